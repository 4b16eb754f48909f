/** The application's command registry, and the composables through which components add to it. */
import { onActivated, onDeactivated, onScopeDispose } from 'vue';
import { useEventListener } from '@vueuse/core';
import { createCommandRegistry, type Command } from './registry.ts';

export const commands = createCommandRegistry();

/** Registers commands for as long as the calling component is there. */
export function useCommands(own: readonly Command[]): void {
  useWhileShown(() => commands.register(own));
}

/** Adds something for as long as the calling component is there; `add` returns the way to remove it. */
export function useWhileShown(add: () => () => unknown): void {
  let remove: (() => unknown) | undefined = add();
  const stop = (): void => {
    remove?.();
    remove = undefined;
  };
  onActivated(() => (remove ??= add()));
  onDeactivated(stop);
  onScopeDispose(stop);
}

/**
 * Listens for shortcuts on the window. Plain keys come last: those that a component has handled, and those typed into a text field,
 * are left alone. Shortcuts with Ctrl/⌘ or Alt come first: a select that opens with Enter must not take Ctrl/⌘ Enter away.
 */
export function useShortcuts(): void {
  const press = (event: KeyboardEvent): boolean => {
    if (event.isComposing || ['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return false;
    return commands.press({ key: event.key, ctrlKey: event.ctrlKey, metaKey: event.metaKey, altKey: event.altKey, shiftKey: event.shiftKey, isTyping: isTextField(event.target), isRepeated: event.repeat });
  };
  const hasModifier = (event: KeyboardEvent): boolean => event.ctrlKey || event.metaKey || event.altKey;
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (!hasModifier(event) || !press(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (!hasModifier(event) && !event.defaultPrevented && press(event)) event.preventDefault();
  });
}

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type);
}
