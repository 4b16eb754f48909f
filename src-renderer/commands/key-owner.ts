/** Which keys belong to the control that has the focus: while it has it, no shortcut of a plain key takes them away. */

/** Controls that letters, digits or signs change, search or are written into. */
const WRITTEN = [
  'textarea',
  'select',
  'audio',
  'video',
  'input:not([type])',
  ...[
    'text',
    'search',
    'number',
    'email',
    'url',
    'tel',
    'password',
    'date',
    'time',
    'datetime-local',
    'month',
    'week',
    'range',
  ].map((type) => `input[type="${type}"]`),
  '[contenteditable]:not([contenteditable="false"])',
  ...[
    'textbox',
    'searchbox',
    'combobox',
    'listbox',
    'option',
    'menu',
    'menubar',
    'menuitem',
    'menuitemcheckbox',
    'menuitemradio',
    'tree',
    'treeitem',
    'grid',
    'treegrid',
    'gridcell',
    'slider',
    'spinbutton',
  ].map((role) => `[role="${role}"]`),
].join(',');

/** Controls that are only pressed or moved: they use these keys and leave the others. */
const PRESSED: readonly (readonly [selector: string, keys: readonly string[]])[] = [
  ['button, summary, [role="button"], [role="switch"]', ['Enter', ' ']],
  ['a[href], [role="link"]', ['Enter']],
  [
    'input[type="radio"], [role="radio"], [role="tab"]',
    ['Enter', ' ', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'],
  ],
  ['input, [role="checkbox"]', ['Enter', ' ']],
  ['[role="separator"]', ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']],
];

/** Parts of a page that can have the focus and handle the keys they use themselves; the others are nobody's. */
const PARTS =
  'body, html, main, article, section, dialog, canvas, [role="application"], [role="row"], [role="img"], ' +
  '[role="region"], [role="dialog"], [role="tabpanel"], [role="document"], [role="note"]';

/** Menus that take keys while the button that opened them keeps the focus. The second is the UI kit's, which has no role. */
const OPEN_MENU = '[role="menu"], .n-dropdown-menu';

/**
 * Whether `key` (of a `KeyboardEvent`, without Ctrl, ⌘ or Alt) belongs to the focused `target`.
 * What can be reached by Tab and does not say what it is keeps every key: the UI kit's drop-downs are such elements.
 */
export function ownsKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(WRITTEN) !== null) return true;
  if (target.ownerDocument.querySelector(OPEN_MENU) !== null) return true;
  const pressed = PRESSED.find(([selector]) => target.matches(selector));
  if (pressed !== undefined) return pressed[1].includes(key);
  if (target.matches(PARTS)) return false;
  const tabIndex = target.getAttribute('tabindex');
  return tabIndex !== null && Number(tabIndex) >= 0;
}

/**
 * The section of commands whose keys `target` hands on although they are its own, or undefined. A control says so with
 * `data-keys-of`, e.g. the track of a playback, whose keys are the commands "Play", "Next", ….
 */
export function sectionOfKeys(target: EventTarget | null): string | undefined {
  return target instanceof HTMLElement ? target.dataset['keysOf'] : undefined;
}
