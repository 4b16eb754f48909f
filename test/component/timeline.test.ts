/** The timeline as a person uses it: pointer, wheel, keyboard, search, panel, minimap, legend; what it tells its page and a screen reader. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import TimelineView from '#renderer/timeline/TimelineView.vue';
import { simulate } from '#shared/scheduling/simulate.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { everythingOn, simulateMapping } from '#test/fixtures/schedules.ts';
import { exampleSchedule, RecordingContext } from '../unit/timeline/example-scene.ts';

const WIDTH_PX = 1000;
const HEIGHT_PX = 300;
/** Label column of the example with letters of 6 pixels, and the free strip at the right. */
const GUTTER_PX = 86;
const PLOT_PX = WIDTH_PX - GUTTER_PX - 12;
const END_MS = 33 * 1.02;

/** Happy-dom lays nothing out and draws nothing: sizes and the canvas context are given here; animation is off. */
let context: RecordingContext & { setTransform?: unknown; scale?: unknown };
let reducedMotion = true;
let wrapper: VueWrapper;

beforeEach(() => {
  context = Object.assign(new RecordingContext(), { setTransform: () => {}, scale: () => {} });
  reducedMotion = true;
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(WIDTH_PX);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(HEIGHT_PX);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(() => context as never);
  vi.spyOn(window, 'matchMedia').mockImplementation(
    (query) =>
      Object.assign(new EventTarget(), {
        matches: query.includes('reduced-motion') && reducedMotion,
        media: query,
      }) as never,
  );
});

afterEach(() => {
  wrapper.unmount();
  vi.restoreAllMocks();
});

const { problem, outcome } = exampleSchedule();

async function show(props: Record<string, unknown> = {}) {
  wrapper = mount(TimelineView, {
    props: { problem, timeline: outcome.timeline, assignment: outcome.assignment, theme: 'light', ...props },
    attachTo: document.body,
  });
  await frame();
  return wrapper;
}

async function frame(): Promise<void> {
  await flushPromises();
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await nextTick();
}

const host = () => wrapper.get('[role="application"]');
const zoom = (): string => wrapper.get('output').text();
const announced = (): string =>
  wrapper
    .get('[aria-live]')
    .text()
    .replace(/[\u202F\u00A0]/g, ' ');
const panel = (): string =>
  wrapper
    .get('aside')
    .text()
    .replace(/[\u202F\u00A0]/g, ' ');
const xOf = (timeMs: number): number => GUTTER_PX + (timeMs / END_MS) * PLOT_PX;
/** Height of the middle of a row in 300 pixels with three rows, from the canvas's own drawing of the row labels. */
const yOf = (label: string): number => {
  const call = context.calls.findLast((candidate) => candidate.kind === 'fillText' && candidate.text === label);
  if (call?.kind !== 'fillText') throw new Error(`no row "${label}" was drawn`);
  return call.y;
};

async function pointer(type: string, x: number, y: number, options: Record<string, unknown> = {}): Promise<void> {
  host().element.dispatchEvent(
    new PointerEvent(type, {
      clientX: x,
      clientY: y,
      pointerId: 1,
      button: 0,
      bubbles: true,
      cancelable: true,
      ...options,
    }),
  );
  await nextTick();
}

async function click(timeMs: number, row: string): Promise<void> {
  const y = yOf(row);
  await pointer('pointerdown', xOf(timeMs), y);
  await pointer('pointerup', xOf(timeMs), y);
  await frame();
}

const key = async (value: string, options: Record<string, unknown> = {}): Promise<void> => {
  await host().trigger('keydown', { key: value, ...options });
  await frame();
};

/** happy-dom's elements have no pointer capture. */
Element.prototype.setPointerCapture ??= () => {};

describe('timeline component', () => {
  it('draws the schedule and tells it in words', async () => {
    await show();
    expect(context.texts()).toEqual(expect.arrayContaining(['cpu:0', 'gpu', 'stem', 'branch']));
    expect(host().attributes('aria-label')).toMatch(/Timeline of demo, makespan 31/);
    expect(document.getElementById(host().attributes('aria-describedby') ?? '')?.textContent).toContain(
      '8 tasks of 2 applications',
    );
    expect(host().attributes('tabindex')).toBe('0');
  });

  it('selects the clicked task, tells the page and shows its details', async () => {
    await show();
    await click(6, 'gpu');
    const job = [...problem.jobTask].findIndex((task) => problem.tasks[task].id === 'camera/branch');
    expect(wrapper.emitted('select')).toEqual([[job]]);
    expect(panel()).toContain('branch');
    expect(panel()).toContain('Reads from');
    expect(announced()).toContain('branch (Conv) of camera, instance 0 on gpu: 5 ms to 8 ms');
    await click(15, 'gpu');
    expect(wrapper.emitted('select')).toEqual([[job], [undefined]]);
    expect(panel()).toContain('Whole schedule');
  });

  it('shows a tooltip for the task under the pointer and tells the page', async () => {
    await show();
    await pointer('pointermove', xOf(6), yOf('gpu'));
    expect(
      wrapper
        .get('.timeline-tooltip')
        .text()
        .replace(/\u00A0/g, ' '),
    ).toMatch(/branch.*Duration3 msStart5 msEnd8 msReady5 msWaiting0 ms/s);
    expect(wrapper.emitted('hover')).toHaveLength(1);
    await pointer('pointerleave', 0, 0);
    expect(wrapper.find('.timeline-tooltip').exists()).toBe(false);
    expect(wrapper.emitted('hover')?.at(-1)).toEqual([undefined]);
  });

  it('zooms with the wheel, and leaves the wheel to the page when everything is shown already', async () => {
    await show();
    const wheel = (deltaY: number): WheelEvent => {
      // happy-dom's wheel events have no position and no modifier keys.
      const event = Object.assign(new WheelEvent('wheel', { deltaY, bubbles: true, cancelable: true }), {
        clientX: 500,
        clientY: 100,
        shiftKey: false,
        ctrlKey: false,
      });
      host().element.dispatchEvent(event);
      return event;
    };
    expect(wheel(100).defaultPrevented).toBe(false);
    expect(wheel(-240).defaultPrevented).toBe(true);
    await nextTick();
    expect(zoom()).toBe('1.7×');
    expect(wheel(100).defaultPrevented).toBe(true);
  });

  it('pans by dragging, and does not take a drag for a click', async () => {
    await show();
    await key('w');
    await pointer('pointerdown', 500, 100);
    await pointer('pointermove', 300, 100);
    await pointer('pointerup', 300, 100);
    await frame();
    expect(wrapper.emitted('select')).toBeUndefined();
    expect(context.texts()).toContain('20');
    expect(zoom()).toBe('1.5×');
  });

  it('pinches with two fingers', async () => {
    await show();
    await pointer('pointerdown', 400, 100, { pointerId: 1, pointerType: 'touch' });
    await pointer('pointerdown', 600, 100, { pointerId: 2, pointerType: 'touch' });
    await pointer('pointermove', 300, 100, { pointerId: 1, pointerType: 'touch' });
    await pointer('pointermove', 700, 100, { pointerId: 2, pointerType: 'touch' });
    await pointer('pointerup', 700, 100, { pointerId: 2, pointerType: 'touch' });
    await pointer('pointerup', 300, 100, { pointerId: 1, pointerType: 'touch' });
    expect(zoom()).toBe('2×');
    expect(wrapper.emitted('select')).toBeUndefined();
  });

  it('selects an area by shift-drag, shows its totals, zooms to it and clears it', async () => {
    await show();
    await pointer('pointerdown', xOf(2), yOf('cpu:0'), { shiftKey: true });
    await pointer('pointermove', xOf(10), yOf('gpu'), { shiftKey: true });
    await pointer('pointerup', xOf(10), yOf('gpu'), { shiftKey: true });
    expect(panel()).toContain('Selected area');
    expect(panel()).toMatch(/cpu4\s*11 ms68\.[78] %/);
    await key('Enter');
    expect(Number.parseFloat(zoom())).toBeGreaterThan(3.5);
    await key('Escape');
    expect(panel()).toContain('Whole schedule');
  });

  it('zooms to a double-clicked task', async () => {
    await show();
    host().element.dispatchEvent(new MouseEvent('dblclick', { clientX: xOf(6), clientY: yOf('gpu'), bubbles: true }));
    await nextTick();
    expect(Number.parseFloat(zoom())).toBeCloseTo(END_MS / 9, 0);
  });

  it('walks from task to task by keyboard, bringing each into view', async () => {
    await show();
    await key(']');
    expect(announced()).toContain('stem (Conv) of camera, instance 0 on cpu:0');
    await key(']');
    expect(announced()).toContain('join (Add) of camera, instance 0');
    await key('ArrowDown', { shiftKey: true });
    expect(announced()).toContain('l1 (Conv) of voice');
    for (let i = 0; i < 6; i++) await key('w');
    await key('ArrowUp', { shiftKey: true });
    await key(']');
    await key(']');
    expect(announced()).toContain('join (Add) of camera, instance 1');
    expect(context.texts()).toContain('30');
    await key('Escape');
    expect(announced()).toBe('');
    expect(wrapper.emitted('select')?.at(-1)).toEqual([undefined]);
  });

  it('zooms and fits by keyboard, and leaves other keys alone', async () => {
    await show();
    await key('w');
    await key('ArrowUp');
    expect(zoom()).toBe('2.2×');
    await key('0');
    expect(zoom()).toBe('1×');
    const event = new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true, cancelable: true });
    host().element.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
  });

  it('searches a layer and jumps to it', async () => {
    await show();
    await key('/');
    const input = wrapper.get('input');
    await input.setValue('voice');
    expect(wrapper.findAll('[role="option"]').map((option) => option.get('.layer').text())).toEqual(['l0', 'l1']);
    await input.trigger('keydown', { key: 'ArrowDown' });
    await input.trigger('keydown', { key: 'Enter' });
    expect(announced()).toContain('l1 (Conv) of voice');
    expect(wrapper.find('input').exists()).toBe(false);
    expect(document.activeElement).toBe(host().element);
    await key('/');
    await wrapper.get('input').setValue('nothing');
    expect(wrapper.get('.layer-search').text()).toContain('No layer matches “nothing”');
    await wrapper.get('input').trigger('keydown', { key: 'Escape' });
    expect(wrapper.find('input').exists()).toBe(false);
  });

  it('goes from the details of a task to the tasks it reads from', async () => {
    await show();
    await click(6, 'gpu');
    await wrapper.get('aside li button').trigger('click');
    expect(announced()).toContain('stem (Conv) of camera, instance 0');
  });

  it('emphasises an application from the legend, and takes it back', async () => {
    await show();
    const button = wrapper.get('.timeline-legend button');
    await button.trigger('click');
    expect(button.attributes('aria-pressed')).toBe('true');
    await key('Escape');
    expect(button.attributes('aria-pressed')).toBe('false');
  });

  it('moves the view from the minimap', async () => {
    await show();
    await key('w');
    const minimap = wrapper.get('.timeline-minimap');
    const send = async (type: string, x: number): Promise<void> => {
      minimap.element.dispatchEvent(
        new PointerEvent(type, { clientX: x, clientY: 5, pointerId: 1, button: 0, bubbles: true }),
      );
      await nextTick();
    };
    await send('pointerdown', 500);
    await send('pointermove', 990);
    await send('pointerup', 990);
    await frame();
    expect(zoom()).toBe('1.5×');
    expect(context.texts()).toContain('30');
  });

  it('keeps the zoom of a person and the selected task when a better schedule arrives, and stays fitted otherwise', async () => {
    await show();
    const other = simulate(problem, { ...outcome.assignment, peOfTask: outcome.assignment.peOfTask.map(() => 0) });
    await wrapper.setProps({ timeline: other });
    expect(zoom()).toBe('1×');
    await wrapper.setProps({ timeline: outcome.timeline });
    await click(6, 'gpu');
    await key('w');
    await key('w');
    await wrapper.setProps({ timeline: other });
    expect(Number.parseFloat(zoom())).toBeGreaterThan(2);
    expect(announced()).toContain('branch (Conv) of camera, instance 0 on cpu:0');
  });

  it('forgets selection and emphasis when another problem is shown', async () => {
    await show();
    await click(6, 'gpu');
    const another = aScenario('another')
      .on(aPlatform())
      .running(aNetwork().withLayer('only', { cpu: 3 }))
      .problem();
    const schedule = simulateMapping(another, everythingOn(another, 'cpu'));
    await wrapper.setProps({ problem: another, timeline: schedule.timeline, assignment: schedule.assignment });
    await frame();
    expect(wrapper.emitted('select')?.at(-1)).toEqual([undefined]);
    expect(panel()).toContain('Makespan3 ms');
    expect(context.texts()).toContain('only');
  });

  it('glides unless less motion is asked for', async () => {
    reducedMotion = false;
    await show();
    await host().trigger('keydown', { key: 'w' });
    expect(zoom()).toBe('1×');
    await vi.waitFor(() => expect(zoom()).toBe('1.5×'));
  });

  it('saves the picture as SVG under the scenario’s name', async () => {
    await show();
    let saved: { name: string; type: string } | undefined;
    let blob: Blob | undefined;
    vi.spyOn(URL, 'createObjectURL').mockImplementation((object) => {
      blob = object as Blob;
      return 'blob:picture';
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(this: HTMLAnchorElement) {
      saved = { name: this.download, type: blob?.type ?? '' };
    });
    await wrapper.get('[aria-label="Save as SVG"]').trigger('click');
    expect(saved).toEqual({ name: 'demo-timeline.svg', type: 'image/svg+xml' });
    expect(await blob?.text()).toContain('>branch</text>');
  });

  it('says why a picture was not saved', async () => {
    await show();
    vi.spyOn(HTMLCanvasElement.prototype, 'toBlob').mockImplementation((callback) => callback(null));
    await wrapper.get('[aria-label="Save as PNG"]').trigger('click');
    await flushPromises();
    expect(wrapper.get('[role="alert"]').text()).toMatch(/could not encode a picture of \d+ × \d+ pixels.*save as SVG/);
  });

  it('is fitted to the schedule, says at its edge that a deadline follows long after it, and goes there by zooming out', async () => {
    const late = aScenario('late')
      .on(aPlatform())
      .running(aNetwork().withLayer('only', { cpu: 10 }), { deadlineMs: 68 })
      .problem();
    const schedule = simulateMapping(late, everythingOn(late, 'cpu'));
    await show({ problem: late, timeline: schedule.timeline, assignment: schedule.assignment });
    const drawn = (): string[] => context.texts().map((text) => text.replace(/[\u202F\u00A0]/g, ' '));
    expect(zoom()).toBe('1×');
    expect(drawn()).toContain('deadline at 68 ms ▸');
    expect(wrapper.get('[aria-label="Zoom out"]').attributes('disabled')).toBeUndefined();
    context.calls.length = 0;
    for (let step = 0; step < 6; step++) await key('s');
    expect(zoom()).toBe('0.15×');
    expect(wrapper.get('[aria-label="Zoom out"]').attributes('disabled')).toBeDefined();
    context.calls.length = 0;
    await key('s');
    expect(drawn()).not.toContain('deadline at 68 ms ▸');
    await key('f');
    expect(zoom()).toBe('1×');
  });

  it('tells of the chosen task on a card where the panel has no room of its own, away from the task', async () => {
    await show({ hasPanel: false });
    expect(wrapper.find('aside').exists()).toBe(false);
    await click(6, 'gpu');
    expect(wrapper.get('aside').classes()).toEqual(expect.arrayContaining(['isCard']));
    expect(wrapper.get('aside').classes()).not.toContain('isCardLeft');
    expect(panel()).toContain('branch');
    await click(26, 'gpu');
    expect(wrapper.get('aside').classes()).toContain('isCardLeft');
    await wrapper.get('aside').trigger('keydown', { key: 'Escape' });
    expect(wrapper.find('aside').exists()).toBe(false);
    expect(document.activeElement).toBe(host().element);
  });

  it('keeps the card closed for the rest of a selection once it was closed, and shows it for the next', async () => {
    await show({ hasPanel: false });
    await click(6, 'gpu');
    await wrapper.get('[aria-label="Details"]').trigger('click');
    await click(26, 'gpu');
    expect(wrapper.find('aside').exists()).toBe(false);
    await key('Escape');
    await click(6, 'gpu');
    expect(wrapper.find('aside').exists()).toBe(true);
  });

  it('takes the tooltip away when the keyboard moves the selection, a search begins, or the panel tells the same', async () => {
    await show();
    const tooltip = (): boolean => wrapper.find('.timeline-tooltip').exists();
    await pointer('pointermove', xOf(6), yOf('gpu'));
    expect(tooltip()).toBe(true);
    await key('ArrowDown', { shiftKey: true });
    expect(tooltip()).toBe(false);
    await pointer('pointermove', xOf(6), yOf('gpu'));
    await key('/');
    expect(tooltip()).toBe(false);
    await key('Escape');
    await click(6, 'gpu');
    expect(tooltip()).toBe(false);
    await pointer('pointermove', xOf(26), yOf('gpu'));
    expect(tooltip()).toBe(true);
  });

  it('opens and closes help and details', async () => {
    await show({ hasPanel: false });
    expect(wrapper.find('aside').exists()).toBe(false);
    await wrapper.get('[aria-label="Details"]').trigger('click');
    expect(wrapper.find('aside').exists()).toBe(true);
    await wrapper.get('[aria-label="Keys and gestures"]').trigger('click');
    expect(wrapper.get('.timeline-help').text()).toContain('select an area, see its totals');
  });
});
