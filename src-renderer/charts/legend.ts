/** What a chart's legend says: on the page as its head, in an exported picture drawn. */

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  /** How it is drawn in the chart; "square": as points or areas. */
  readonly dash: 'solid' | 'dashed' | 'dotted' | 'square';
  /** The latest value, already written. */
  readonly value?: string | undefined;
}
