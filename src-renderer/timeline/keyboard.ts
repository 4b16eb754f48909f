/** What each key does on a focused timeline; also the list that help shows. */

export type TimelineCommand =
  | 'panLeft'
  | 'panRight'
  | 'zoomIn'
  | 'zoomOut'
  | 'scrollUp'
  | 'scrollDown'
  | 'fit'
  | 'nextTile'
  | 'previousTile'
  | 'tileAbove'
  | 'tileBelow'
  | 'zoomToSelection'
  | 'criticalPath'
  | 'idleGap'
  | 'search'
  | 'clear';

interface Shortcut {
  readonly command: TimelineCommand;
  /** Values of `KeyboardEvent.key`, lower case. */
  readonly keys: readonly string[];
  readonly shift?: boolean;
}

const shortcuts: readonly Shortcut[] = [
  { command: 'tileAbove', keys: ['arrowup'], shift: true },
  { command: 'tileBelow', keys: ['arrowdown'], shift: true },
  { command: 'nextTile', keys: ['arrowright'], shift: true },
  { command: 'previousTile', keys: ['arrowleft'], shift: true },
  { command: 'nextTile', keys: [']'] },
  { command: 'previousTile', keys: ['['] },
  { command: 'panLeft', keys: ['a', 'arrowleft'] },
  { command: 'panRight', keys: ['d', 'arrowright'] },
  { command: 'zoomIn', keys: ['w', 'arrowup', '+', '='] },
  { command: 'zoomOut', keys: ['s', 'arrowdown', '-'] },
  { command: 'scrollUp', keys: ['pageup'] },
  { command: 'scrollDown', keys: ['pagedown'] },
  { command: 'fit', keys: ['f', '0'] },
  { command: 'zoomToSelection', keys: ['enter', 'z'] },
  { command: 'criticalPath', keys: ['c'] },
  { command: 'idleGap', keys: ['g'] },
  { command: 'search', keys: ['/'] },
  { command: 'clear', keys: ['escape'] },
];

/** The parts of a `KeyboardEvent` that matter. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The command of a key press, or undefined where the key is not the timeline's. */
export function commandOfKey(event: KeyPress): TimelineCommand | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const key = event.key.toLowerCase();
  return shortcuts.find((shortcut) => shortcut.keys.includes(key) && (shortcut.shift !== true || event.shiftKey))
    ?.command;
}

/** For people, in the order they are learnt. */
export const timelineHelp: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: 'Wheel · W S', does: 'zoom at the pointer' },
  { keys: 'Drag · A D', does: 'pan' },
  { keys: 'Shift + drag', does: 'select an area, see its totals' },
  { keys: 'Click', does: 'select a task, see its dependencies' },
  { keys: 'Double click', does: 'zoom to the task' },
  { keys: '[ ]', does: 'previous, next task of the row' },
  { keys: 'Shift + ↑ ↓', does: 'task in the row above, below' },
  { keys: 'Enter', does: 'zoom to the selection' },
  { keys: 'F · 0', does: 'fit the schedule' },
  { keys: 'C', does: 'show or hide the critical path' },
  { keys: 'G', does: 'longest idle gap, then the next longest' },
  { keys: '/', does: 'search a layer' },
  { keys: 'Page ↑ ↓', does: 'scroll rows (or the wheel over the labels)' },
  { keys: 'Esc', does: 'clear' },
];
