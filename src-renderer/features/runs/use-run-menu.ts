/** The menu of a run in the list, and the keys that do the same while its row has the focus. */
import { nextTick, shallowRef } from 'vue';
import type { RunSummary } from '#shared/contract/shapes.ts';

/** What the list does with a run. */
export interface RunActions {
  open(run: RunSummary): void;
  rename(run: RunSummary): void;
  repeat(run: RunSummary): void;
  star(run: RunSummary): void;
  /** This run, whatever is selected. */
  remove(run: RunSummary): void;
  /** This run, or, where it is one of several selected ones, all of them. */
  removeWithSelected(run: RunSummary): void;
  /** Gives the focus back to the row of `run`. */
  focus(run: RunSummary): void;
}

/** Keys of a row, for the sheet of shortcuts. */
export const rowKeys = [
  { keys: 'F2', does: 'rename' },
  { keys: '*', does: 'star' },
  { keys: 'Del', does: 'delete' },
  { keys: 'Shift F10', does: 'all that can be done' },
];

const MENU_CLASS = 'run-menu';

export function useRunMenu(actions: RunActions) {
  const openAt = shallowRef<{ readonly run: RunSummary; readonly x: number; readonly y: number }>();

  /** The menu takes the focus, so that its keys do not reach the row as well. */
  async function open(event: MouseEvent, run: RunSummary): Promise<void> {
    event.preventDefault();
    openAt.value = { run, x: event.clientX, y: event.clientY };
    await nextTick();
    document.querySelector<HTMLElement>(`.${MENU_CLASS}`)?.focus();
  }
  /** Closes it without giving the focus back: something else was clicked. */
  function leave(): void {
    openAt.value = undefined;
  }
  function close(): RunSummary | undefined {
    const run = openAt.value?.run;
    leave();
    if (run !== undefined) actions.focus(run);
    return run;
  }
  async function choose(key: string): Promise<void> {
    const run = close();
    if (run === undefined) return;
    await nextTick();
    if (key === 'open') actions.open(run);
    if (key === 'rename') actions.rename(run);
    if (key === 'again') actions.repeat(run);
    if (key === 'delete') actions.remove(run);
  }
  function onRowKey(event: KeyboardEvent, run: RunSummary): void {
    if (event.key === 'Delete' || event.key === 'Backspace') actions.removeWithSelected(run);
    else if (event.key === 'F2') actions.rename(run);
    else if (event.key === '*') actions.star(run);
    else return;
    event.preventDefault();
  }

  return {
    openAt,
    open,
    leave,
    close,
    choose,
    onRowKey,
    entries: [
      { key: 'open', label: 'Open' },
      { key: 'rename', label: 'Rename' },
      { key: 'again', label: 'Run again…' },
      { key: 'delete', label: 'Delete' },
    ],
    menuProps: (): Record<string, string | number> => ({
      class: MENU_CLASS,
      tabindex: -1,
      role: 'menu',
      'aria-label': 'This run',
    }),
    nodeProps: () => ({ role: 'menuitem' }),
  };
}
