/** What the gallery shows: each component or plot in its states, as functions that render them. */
import type { VNode } from 'vue';
import type { ThemeName } from '#renderer/theme/palette.ts';

export interface ExhibitState {
  /** What is special about it: "empty", "long names". */
  readonly name: string;
  /** Takes as much room as it needs where these are left out, px. */
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly render: (theme: ThemeName) => VNode;
}

export interface Exhibit {
  /** The file that is shown, below `src-renderer`. */
  readonly file: string;
  readonly states: readonly ExhibitState[];
}

export interface Hall {
  readonly title: string;
  readonly exhibits: readonly Exhibit[];
}

/** States that differ only in their props. */
export function states<Props>(
  render: (props: Props) => VNode,
  named: Readonly<Record<string, Props>>,
  size: { readonly widthPx?: number; readonly heightPx?: number } = {},
): ExhibitState[] {
  return Object.entries(named).map(([name, props]) => ({ name, ...size, render: () => render(props) }));
}
