/** Keyboard shortcuts as text ("Mod+Enter", "Shift+C", "?", "g r"): how they are shown, and how key presses match them. */

const isApple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

/** The parts of a key press that matter. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const appleNames: Readonly<Record<string, string>> = { mod: '⌘', shift: '⇧', alt: '⌥' };
const otherNames: Readonly<Record<string, string>> = { mod: 'Ctrl', shift: 'Shift', alt: 'Alt' };
const keyNames: Readonly<Record<string, string>> = {
  enter: '↵',
  escape: 'Esc',
  space: 'Space',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  delete: 'Del',
};

/** The keys of a shortcut as labelled on the keyboard. */
export function describeShortcut(shortcut: string, apple: boolean = isApple): string[] {
  return strokesOf(shortcut).flatMap((stroke) =>
    partsOf(stroke).map((part) => {
      const name = part.toLowerCase();
      return (
        (apple ? appleNames : otherNames)[name] ?? keyNames[name] ?? (part.length === 1 ? part.toUpperCase() : part)
      );
    }),
  );
}

/** The strokes of a shortcut, one after the other. */
export function strokesOf(shortcut: string): string[] {
  return shortcut.split(' ');
}

/** Whether `press` is the stroke, e.g. "Mod+K". Shift only counts for letters and named keys: "?" already needs it. */
export function matchesStroke(stroke: string, press: KeyPress, apple: boolean = isApple): boolean {
  const parts = partsOf(stroke);
  const key = (parts[parts.length - 1] ?? '').toLowerCase();
  const pressed = press.key === ' ' ? 'space' : press.key.toLowerCase();
  if (pressed !== key) return false;
  const wants = (name: string): boolean => parts.slice(0, -1).some((part) => part.toLowerCase() === name);
  const mod = apple ? press.metaKey : press.ctrlKey;
  const other = apple ? press.ctrlKey : press.metaKey;
  const shiftCounts = key.length > 1 || /[a-z]/.test(key);
  return (
    mod === wants('mod') &&
    !other &&
    press.altKey === wants('alt') &&
    (!shiftCounts || press.shiftKey === wants('shift'))
  );
}

/** "+" joins the parts of a stroke; a "+" at the end is the key itself. */
function partsOf(stroke: string): string[] {
  return stroke.endsWith('+')
    ? [
        ...stroke
          .slice(0, -1)
          .split('+')
          .filter((part) => part !== ''),
        '+',
      ]
    : stroke.split('+');
}
