/** What keys and clicks on a table's lines do: move the focus, open, select, open and close groups. */
import type { Line, LineSource, PickKind } from './data-table.ts';

export interface RowGestures<Row> {
  lines(): LineSource<Row>;
  isOpenable(): boolean;
  /** How many rows are selected; undefined where none can be. */
  selectedCount(): number | undefined;
  /** Lines that Page Up and Page Down go. */
  pageSize(): number;
  /** Gives the focus to a line. */
  move(index: number): void;
  open(row: Row): void;
  /** A key that does nothing of these. */
  key(event: KeyboardEvent, row: Row): void;
  pick(index: number, how: PickKind): void;
  pickAll(): void;
  pickHead(index: number): void;
  clear(): void;
}

/** A box whose click is prevented goes back to what it showed, so what is selected may only change after that. */
export function afterClick(act: () => void): void {
  setTimeout(act);
}

export function useRowGestures<Row>(on: RowGestures<Row>) {
  function open(line: Line<Row>): void {
    if (line.kind === 'row') on.open(line.row);
  }

  /** Whether the key was about the selection. */
  function pressToSelect(event: KeyboardEvent, index: number): boolean {
    const selected = on.selectedCount();
    if (selected === undefined) return false;
    const { key } = event;
    if (key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) on.pickAll();
    else if (key === ' ' && on.lines().at(index).kind === 'head') on.pickHead(index);
    else if (key === ' ') on.pick(index, event.shiftKey ? 'range' : 'toggle');
    else if ((key === 'ArrowDown' || key === 'ArrowUp') && event.shiftKey) {
      const next = Math.min(on.lines().count - 1, Math.max(0, index + (key === 'ArrowDown' ? 1 : -1)));
      if (selected === 0) on.pick(index, 'toggle');
      on.pick(next, 'range');
      on.move(next);
    } else if (key === 'Escape' && selected > 0) on.clear();
    else return false;
    return true;
  }

  return {
    onKeyDown(event: KeyboardEvent, index: number): void {
      if (event.target !== event.currentTarget || event.altKey) return;
      if (pressToSelect(event, index)) event.preventDefault();
      if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
      const targets: Readonly<Record<string, number>> = {
        ArrowDown: index + 1,
        ArrowUp: index - 1,
        PageDown: index + on.pageSize(),
        PageUp: index - on.pageSize(),
        Home: 0,
        End: on.lines().count - 1,
      };
      const target = targets[event.key];
      const line = on.lines().at(index);
      if (target !== undefined) on.move(target);
      else if (
        line.kind === 'head' &&
        (event.key === 'Enter' || event.key === 'ArrowRight' || event.key === 'ArrowLeft')
      )
        line.toggle();
      else if (event.key === 'Enter' && on.isOpenable()) open(line);
      else {
        if (line.kind === 'row') on.key(event, line.row);
        return;
      }
      event.preventDefault();
    },
    onClick(event: MouseEvent, index: number): void {
      const line = on.lines().at(index);
      if (line.kind === 'head') line.toggle();
      else if (on.selectedCount() !== undefined && (event.shiftKey || event.ctrlKey || event.metaKey))
        on.pick(index, event.shiftKey ? 'range' : 'toggle');
      else if (on.isOpenable()) open(line);
    },
    /** A click on the box of a line. */
    pickLine(index: number, isRange: boolean): void {
      afterClick(() => on.pick(index, isRange ? 'range' : 'toggle'));
    },
  };
}
