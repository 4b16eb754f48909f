/** Whether the host is out of reach, for components that know no transport: the application provides it to everything below. */
import { inject, provide, readonly, ref, type InjectionKey, type Ref } from 'vue';

const key: InjectionKey<Readonly<Ref<boolean>>> = Symbol('host is gone');
const present: Readonly<Ref<boolean>> = readonly(ref(false));

export function provideHostPresence(isHostGone: Readonly<Ref<boolean>>): void {
  provide(key, isHostGone);
}

/** True while the host is out of reach; false where nothing reports it. */
export function useHostPresence(): Readonly<Ref<boolean>> {
  return inject(key, present);
}
