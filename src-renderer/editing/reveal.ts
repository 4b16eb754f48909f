/** Leading to the place of a problem: fields are found by their path, tables show their cell. */
import { inject, onScopeDispose, provide, shallowReactive, type InjectionKey } from 'vue';
import { formatPath, type Path } from '#shared/domain/errors.ts';

/** Shows the place of a value and gives it the focus; false where it is somewhere else. */
export type RevealHandler = (path: Path) => boolean;

const key: InjectionKey<Set<RevealHandler>> = Symbol('reveal');

/** @returns leads to the place of a value, or to the nearest one above it that is shown. */
export function provideReveal(): (path: Path) => void {
  const handlers = shallowReactive(new Set<RevealHandler>());
  provide(key, handlers);
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const part = path.slice(0, length);
      const field = document.getElementById(`field-${formatPath(part)}`);
      if (field !== null) {
        field.scrollIntoView({ block: 'center' });
        field.focus();
        return;
      }
      if ([...handlers].some((handler) => handler(part))) return;
    }
  };
}

/** Answers for the places that the calling component shows. */
export function useReveal(handler: RevealHandler): void {
  const handlers = inject(key, undefined);
  handlers?.add(handler);
  onScopeDispose(() => handlers?.delete(handler));
}
