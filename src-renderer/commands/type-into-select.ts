/** A drop-down that can be filtered shows the focus before its text field has it; what is typed then has to arrive in the field. */

/** The UI kit's drop-down that is closed, and the text field in it. */
const CLOSED = '.n-base-selection:not(.n-base-selection--active)';
const FIELD = '.n-base-selection-input-tag__input, input.n-base-selection-input';

/**
 * Opens the focused drop-down for a key that writes: the kit then moves the focus into the text field, and the browser puts the letter
 * there. Space only opens. Leaves every other key and every other element alone.
 */
export function typeIntoSelect(event: KeyboardEvent): void {
  const { target, key } = event;
  if (
    key.length !== 1 ||
    !(target instanceof HTMLElement) ||
    target.matches('input') ||
    (target.closest(CLOSED)?.querySelector(FIELD) ?? null) === null
  )
    return;
  target.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  if (key === ' ') event.preventDefault();
}
