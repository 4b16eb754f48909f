/** The application's command registry, and the composables through which components add to it. */
import { onActivated, onDeactivated, onScopeDispose } from 'vue';
import { useEventListener } from '@vueuse/core';
import { createCommandRegistry, type Command } from './registry.ts';

export const commands = createCommandRegistry();

/** Registers commands for as long as the calling component is there. */
export function useCommands(own: readonly Command[]): void {
  let remove: (() => void) | undefined = commands.register(own);
  const stop = (): void => {
    remove?.();
    remove = undefined;
  };
  onActivated(() => (remove ??= commands.register(own)));
  onDeactivated(stop);
  onScopeDispose(stop);
}

/** Listens for shortcuts on the window. Keys that a component already handled, and plain keys in a text field, are left alone. */
export function useShortcuts(): void {
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    if (['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return;
    if (commands.press({ key: event.key, ctrlKey: event.ctrlKey, metaKey: event.metaKey, altKey: event.altKey, shiftKey: event.shiftKey, isTyping: isTextField(event.target) })) event.preventDefault();
  });
}

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type);
}
