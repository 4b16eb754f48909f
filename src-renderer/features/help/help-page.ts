/** A page of the documentation, read. */
import type { Block } from './markdown.ts';

export interface HelpPage {
  /** File name without ending. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}
