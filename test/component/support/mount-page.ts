/** Mounts a page with the stores, the router and the host double it needs; canvases, which happy-dom cannot draw, are left out. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia, type Pinia } from 'pinia';
import { defineComponent, h, type Component } from 'vue';
import { createMemoryHistory, RouterView, type Router } from 'vue-router';
import { vi } from 'vitest';
import { createWorkbenchRouter } from '#renderer/router.ts';

export interface MountedPage {
  readonly wrapper: VueWrapper;
  readonly router: Router;
  readonly pinia: Pinia;
}

/** What a canvas would have been given, readable in the page. */
const standIn = (name: string): Component =>
  defineComponent({
    name,
    props: { timeline: Object, problem: Object, option: Object, emptyText: String },
    setup:
      (props, { slots }) =>
      () =>
        h('div', { 'data-stand-in': name }, [props.emptyText ?? '', slots['default']?.()]),
  });

/** Happy-dom lays nothing out: everything is as large as a window. */
const WIDTH_PX = 1200;
const HEIGHT_PX = 700;
for (const [name, size] of [
  ['offsetWidth', WIDTH_PX],
  ['clientWidth', WIDTH_PX],
  ['offsetHeight', HEIGHT_PX],
  ['clientHeight', HEIGHT_PX],
] as const)
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
const size = [{ inlineSize: WIDTH_PX, blockSize: HEIGHT_PX }];
globalThis.ResizeObserver = class implements ResizeObserver {
  readonly #callback: ResizeObserverCallback;
  constructor(callback: ResizeObserverCallback) {
    this.#callback = callback;
  }
  observe(target: Element): void {
    this.#callback(
      [
        {
          target,
          contentRect: new DOMRect(0, 0, WIDTH_PX, HEIGHT_PX),
          borderBoxSize: size,
          contentBoxSize: size,
          devicePixelContentBoxSize: size,
        },
      ],
      this,
    );
  }
  unobserve(): void {}
  disconnect(): void {}
};

/** Opens `address` in a workbench without its frame. */
export async function openPage(address: string): Promise<MountedPage> {
  localStorage.clear();
  sessionStorage.clear();
  const pinia = createPinia();
  setActivePinia(pinia);
  const router = createWorkbenchRouter(createMemoryHistory());
  await loadPages(router);
  await router.push(address);
  const wrapper = mount(RouterView, {
    attachTo: document.body,
    global: {
      plugins: [pinia, router],
      stubs: {
        TimelineView: standIn('TimelineView'),
        AppChart: standIn('AppChart'),
        LayerGraph: standIn('LayerGraph'),
        FrontPlot: standIn('FrontPlot'),
        ParallelPlot: standIn('ParallelPlot'),
        SharedTimeline: standIn('SharedTimeline'),
      },
    },
  });
  await settle();
  return { wrapper, router, pinia };
}

/** Pages are loaded when they are first needed; here before, so that no test waits for the bundler. */
async function loadPages(router: Router): Promise<void> {
  for (const { components } of router.getRoutes()) {
    const page: unknown = components?.['default'];
    if (typeof page === 'function') await (page as () => Promise<unknown>)();
  }
}

/** Waits until answers have arrived and everything is drawn. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await flushPromises();
    await vi.dynamicImportSettled(); // what is loaded when it is first needed: a busy machine takes long for that
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** The button with this text or name. */
export function button(wrapper: VueWrapper, name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].find(
    (candidate) => candidate.textContent?.trim().startsWith(name) || candidate.getAttribute('aria-label') === name,
  );
  if (found === undefined) throw new Error(`no button "${name}" in: ${wrapper.text().slice(0, 400)}`);
  return found;
}

export function hasButton(name: string): boolean {
  return [...document.querySelectorAll('button')].some(
    (candidate) => candidate.textContent?.trim().startsWith(name) || candidate.getAttribute('aria-label') === name,
  );
}
