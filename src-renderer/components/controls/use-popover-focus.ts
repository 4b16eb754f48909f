/** A popover that is worked by keyboard: opening it takes the focus in, Esc closes it, and closing gives the focus back. */
import { nextTick, watch, type Ref } from 'vue';

/**
 * @param isOpen whether the popover is shown; Esc sets it to false
 * @param panel its content
 * @returns what the content's `keydown` calls while it is captured: a drop-down that is open in it closes its list for the same Esc, and
 * afterwards nobody could tell that it was open
 */
export function usePopoverFocus(
  isOpen: Ref<boolean>,
  panel: Readonly<Ref<HTMLElement | null>>,
): (event: KeyboardEvent) => void {
  let before: Element | null = null;
  watch(isOpen, async (isShown) => {
    if (isShown) {
      before = document.activeElement;
      await nextTick();
      panel.value?.querySelector<HTMLElement>('input, button, [tabindex="0"]')?.focus();
    } else if (panel.value?.contains(document.activeElement) === true && before instanceof HTMLElement) before.focus();
  });
  return (event) => {
    if (event.key !== 'Escape' || isListOpen()) return; // a list that is open in it closes first
    event.stopPropagation();
    isOpen.value = false;
  };
}

/** Whether the list of a drop-down is shown; one that is fading away no longer counts. */
function isListOpen(): boolean {
  return Array.from(document.querySelectorAll('.n-base-select-menu')).some(
    (menu) => !menu.className.includes('-leave-'),
  );
}
