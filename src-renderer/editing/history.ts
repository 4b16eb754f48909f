/** Undo and redo as plain values: the states of a document one after the other. States share what they have in common, so many are cheap. */

export interface Step<State> {
  readonly state: State;
  /** What was done to come here, as it continues "Undo": "change of the idle power". */
  readonly label: string;
}

export interface History<State> {
  readonly past: readonly Step<State>[];
  readonly present: Step<State>;
  readonly future: readonly Step<State>[];
  /** What can be continued without a step of its own: typing into one field. */
  readonly open: { readonly group: string; readonly at: number } | undefined;
}

export interface StepOptions {
  readonly label: string;
  /** Steps of one group that follow each other closely become one. */
  readonly group?: string | undefined;
  /** Clock, ms. */
  readonly at: number;
}

/** Typing with shorter pauses than this is one step, ms. */
export const GROUP_MS = 1500;
/** Older steps are forgotten. */
const MOST_STEPS = 1000;

export function startHistory<State>(state: State): History<State> {
  return { past: [], present: { state, label: '' }, future: [], open: undefined };
}

/** `history` with a new present. What was undone before can no longer be redone. */
export function recorded<State>(
  history: History<State>,
  state: State,
  { label, group, at }: StepOptions,
): History<State> {
  if (Object.is(state, history.present.state)) return history;
  const continues =
    group !== undefined && history.open?.group === group && at - history.open.at <= GROUP_MS && history.past.length > 0;
  return {
    past: continues ? history.past : [...history.past.slice(-(MOST_STEPS - 1)), history.present],
    present: { state, label },
    future: [],
    open: group === undefined ? undefined : { group, at },
  };
}

/** One step back; the same history where there is none. */
export function undone<State>(history: History<State>): History<State> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
    open: undefined,
  };
}

/** One step forward again; the same history where there is none. */
export function redone<State>(history: History<State>): History<State> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, open: undefined };
}

/** What is typed next is a step of its own. */
export function closed<State>(history: History<State>): History<State> {
  return history.open === undefined ? history : { ...history, open: undefined };
}

/** Every state replaced by what `change` makes of it. */
export function mapStates<State>(
  { past, present, future }: History<State>,
  change: (state: State) => State,
): History<State> {
  const changed = ({ state, label }: Step<State>): Step<State> => ({ state: change(state), label });
  return { past: past.map(changed), present: changed(present), future: future.map(changed), open: undefined };
}
