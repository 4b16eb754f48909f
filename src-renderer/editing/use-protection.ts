/** Keeps unsaved changes from getting lost: over a reload, when the page is left, when the window is closed. */
import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import { onBeforeRouteLeave, onBeforeRouteUpdate, type RouteLocationNormalized } from 'vue-router';
import { useEventListener } from '@vueuse/core';
import { forgetDraft, keepDraft } from './draft-storage.ts';
import type { Draft } from './draft.ts';

const KEEP_AFTER_MS = 250;

/** What a person answers when a page with unsaved changes is left. */
export type LeaveAnswer = 'stay' | 'leave';

export interface Protection {
  /** The question that waits for an answer: to be shown while it is there. */
  readonly question: Readonly<ShallowRef<((answer: LeaveAnswer) => void) | undefined>>;
  /** Lets the next departure pass without a question. */
  allowOnce(): void;
  /** Forgets what was kept for the case of a reload. */
  forget(): void;
}

export function useProtection(draft: Draft): Protection {
  const question = shallowRef<(answer: LeaveAnswer) => void>();
  let isAllowed = false;

  function keepNow(): void {
    const { id, revision } = draft.source.value;
    if (draft.isDirty.value)
      keepDraft(draft.kind, id, { content: draft.content.value, basedOn: revision, at: Date.now() });
    else forgetDraft(draft.kind, id);
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch([draft.content, draft.isDirty], () => {
    clearTimeout(timer);
    timer = setTimeout(keepNow, KEEP_AFTER_MS);
  });
  // A reload comes before the pause is over: what was typed last is kept too.
  useEventListener(window, 'pagehide', keepNow);
  useEventListener(window, 'beforeunload', (event: BeforeUnloadEvent) => {
    if (!draft.isDirty.value) return;
    keepNow();
    event.preventDefault();
  });

  function guard(to: RouteLocationNormalized, from: RouteLocationNormalized): Promise<boolean> | boolean {
    if (isAllowed || !draft.isDirty.value || to.path === from.path) {
      isAllowed = false;
      return true;
    }
    keepNow();
    return new Promise((resolve) => {
      question.value = (answer) => {
        question.value = undefined;
        resolve(answer === 'leave');
      };
    });
  }
  onBeforeRouteLeave(guard);
  onBeforeRouteUpdate(guard);
  onScopeDispose(() => {
    // The guard has kept what is to be kept; a draft that is opened again must not be touched by an old page.
    clearTimeout(timer);
    question.value?.('stay');
  });

  return {
    question,
    allowOnce: () => (isAllowed = true),
    forget: () => forgetDraft(draft.kind, draft.source.value.id),
  };
}
