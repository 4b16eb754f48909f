/** Moving an application's start, period and deadline on the release timeline, by dragging or by arrow keys. */
import { shallowRef } from 'vue';
import { useDraft } from '../../editing/draft.ts';
import { formatExact } from '../../format.ts';
import type { PlannedApplication } from '../../plots/draw-releases.ts';
import { snapped } from './release-plan.ts';

/** What can be moved. */
export type ReleaseHandle = 'startTimeMs' | 'periodMs' | 'deadlineMs';

export const handleNames: Readonly<Record<ReleaseHandle, string>> = {
  startTimeMs: 'start',
  periodMs: 'period',
  deadlineMs: 'deadline',
};

/** ms */
export function valueOfHandle(application: PlannedApplication, handle: ReleaseHandle): number {
  return application[handle] ?? 0;
}

/** "period 33.3 ms" */
export function describeHandle(application: PlannedApplication, handle: ReleaseHandle): string {
  return `${handleNames[handle]} ${formatExact(valueOfHandle(application, handle), 'ms')}`;
}

export interface ReleaseScale {
  pxPerMs(): number;
  /** The step that values snap to, ms; no period or deadline is shorter. */
  finestMs(): number;
  /** The end of what is shown, ms. */
  endMs(): number;
}

/** How far the pointer moves before something moves with it, px. */
const DEAD_PX = 2;
/** Steps that an arrow key with Shift goes. */
const LARGE_STEP = 10;

export function useReleaseDrag(scale: ReleaseScale) {
  const draft = useDraft();
  let drag:
    | {
        readonly application: PlannedApplication;
        readonly handle: ReleaseHandle;
        readonly fromPx: number;
        readonly value: number;
      }
    | undefined;
  const dragged = shallowRef<{ readonly index: number; readonly handle: ReleaseHandle }>();
  const heldEnd = shallowRef<number>();

  function set(application: PlannedApplication, handle: ReleaseHandle, ms: number): void {
    const value = Math.max(handle === 'startTimeMs' ? 0 : scale.finestMs(), ms);
    const { group, hasOwnDeadline } = application;
    const isOfGroup = group !== undefined && !(handle === 'deadlineMs' && hasOwnDeadline === true);
    draft.edit([{ path: isOfGroup ? ['groups', group, handle] : ['applications', application.index, handle], value }], {
      label: `change of the ${handleNames[handle]} of ${isOfGroup ? 'the group of ' : ''}${application.name}`,
      group: `drag ${handle} ${application.index}`,
    });
  }

  return {
    /** What is being dragged. */
    dragged,
    /** While something is dragged the scale stays as it was: it ends here, ms. */
    heldEnd,
    onDown(event: PointerEvent, application: PlannedApplication, handle: ReleaseHandle): void {
      if (event.button !== 0 || !(event.currentTarget instanceof Element)) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      heldEnd.value = scale.endMs();
      draft.closeStep();
      drag = { application, handle, fromPx: event.clientX, value: valueOfHandle(application, handle) };
      dragged.value = { index: application.index, handle };
    },
    onMove(event: PointerEvent): void {
      if (drag === undefined || Math.abs(event.clientX - drag.fromPx) <= DEAD_PX) return;
      const ms = drag.value + (event.clientX - drag.fromPx) / scale.pxPerMs();
      set(drag.application, drag.handle, event.altKey ? Number(ms.toPrecision(6)) : snapped(ms, scale.finestMs()));
    },
    onUp(): void {
      drag = undefined;
      dragged.value = undefined;
      heldEnd.value = undefined;
      draft.closeStep();
    },
    onKey(event: KeyboardEvent, application: PlannedApplication, handle: ReleaseHandle): void {
      const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (direction === undefined) return;
      event.preventDefault();
      const finest = scale.finestMs();
      const steps = direction * (event.shiftKey ? LARGE_STEP : 1);
      set(application, handle, snapped(valueOfHandle(application, handle) + steps * finest, finest));
    },
  };
}
