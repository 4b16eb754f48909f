/** The application's command registry, and the composables through which components add to it. */
import { onActivated, onDeactivated, onScopeDispose } from 'vue';
import { useEventListener } from '@vueuse/core';
import { ownsKey, sectionOfKeys } from './key-owner.ts';
import { createCommandRegistry, type Command } from './registry.ts';
import { typeIntoSelect } from './type-into-select.ts';

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
 * Listens for shortcuts on the window. Plain keys come last: those that a component has handled, and those of the control that has the
 * focus (`key-owner.ts`), are left alone. Shortcuts with Ctrl/⌘ or Alt come first: a select that opens with Enter must not take Ctrl/⌘ Enter away.
 */
export function useShortcuts(): void {
  const press = (event: KeyboardEvent): boolean => {
    if (event.isComposing || ['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return false;
    const [target = null] = event.composedPath();
    return commands.press({
      key: event.key,
      ctrlKey: event.ctrlKey,
      metaKey: event.metaKey,
      altKey: event.altKey,
      shiftKey: event.shiftKey,
      isOwned: ownsKey(target, event.key),
      ownSection: sectionOfKeys(target),
      isRepeated: event.repeat,
    });
  };
  const hasModifier = (event: KeyboardEvent): boolean => event.ctrlKey || event.metaKey || event.altKey;
  useEventListener(
    window,
    'keydown',
    (event: KeyboardEvent) => {
      if (!hasModifier(event) || !press(event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (hasModifier(event) || event.defaultPrevented) return;
    if (press(event)) event.preventDefault();
    else typeIntoSelect(event);
  });
}
