/** What the table that is edited like a spreadsheet offers to the component around it: generic components have no type of their instance. */
import type { Cell } from './grid.ts';

export interface GridFocus {
  /** Shows and selects a row, e.g. because it was chosen elsewhere. */
  reveal(row: number): void;
  /** Gives the focus to a cell. */
  focusCell(cell: Cell): void;
}
