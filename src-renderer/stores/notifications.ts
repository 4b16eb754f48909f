/** Short-lived messages: toasts with what happened, what to do, and at most one action such as undo. */
import { shallowRef } from 'vue';
import { defineStore } from 'pinia';
import { WorkbenchError, formatPath } from '#shared/domain/errors.ts';

export interface Toast {
  readonly id: number;
  readonly kind: 'info' | 'success' | 'error';
  readonly title: string;
  readonly hint?: string | undefined;
  /** Everything there is to know, for a report; offered as "copy details". */
  readonly details?: string | undefined;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
  /** How long it stays, ms; Infinity: until closed. */
  readonly durationMs: number;
}

/** Errors stay long enough to be read and copied. */
const ERROR_MS = 12_000;
const NOTICE_MS = 4000;
const MOST_TOASTS = 4;

export const useNotificationsStore = defineStore('notifications', () => {
  const toasts = shallowRef<readonly Toast[]>([]);
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let nextId = 1;

  function show(toast: Omit<Toast, 'id' | 'durationMs'> & { readonly durationMs?: number }): number {
    const shown: Toast = { id: nextId++, durationMs: toast.kind === 'error' ? ERROR_MS : NOTICE_MS, ...toast };
    toasts.value = [...toasts.value.slice(-MOST_TOASTS + 1), shown];
    hold(shown.id, false);
    return shown.id;
  }

  function close(id: number): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  /** Keeps a toast while the pointer or the focus is on it. */
  function hold(id: number, isHeld: boolean): void {
    clearTimeout(timers.get(id));
    const toast = toasts.value.find((candidate) => candidate.id === id);
    if (isHeld || toast === undefined || !Number.isFinite(toast.durationMs)) return;
    timers.set(
      id,
      setTimeout(() => close(id), toast.durationMs),
    );
  }

  function showError(error: unknown, title?: string): number {
    const known = asWorkbenchError(error);
    return show({
      kind: 'error',
      title: title === undefined ? sentence(known.message) : `${title}: ${known.message}`,
      hint: known.place === '' ? known.hint : `At ${known.place}. ${known.hint}`,
      details: errorReport(known),
    });
  }

  return { toasts, show, close, hold, showError };
});

/** Any thrown value as a WorkbenchError. */
export function asWorkbenchError(error: unknown): WorkbenchError {
  if (error instanceof WorkbenchError) return error;
  return new WorkbenchError('workbench.unexpected', error instanceof Error ? error.message : String(error), {
    hint: 'reload the page; if it happens again, report it with the details',
    cause: error,
  });
}

/** Everything an error says, as text for a report. */
export function errorReport(error: WorkbenchError): string {
  const lines = [`${error.code}: ${error.message}`];
  if (error.path.length > 0) lines.push(`at: ${formatPath(error.path)}`);
  if (error.hint !== '') lines.push(`hint: ${error.hint}`);
  for (const issue of error.details)
    lines.push(`- ${formatPath(issue.path)}: ${issue.message} (expected ${issue.expected})`);
  if (error.cause instanceof Error && error.cause.stack !== undefined) lines.push(error.cause.stack);
  return lines.join('\n');
}

/**
 * With a capital letter at its start, unless it starts with a name that is written otherwise: a file ("mine.json"), a
 * field ("eliteSize"), an id ("npu_first").
 */
export function sentence(text: string): string {
  const [first = ''] = /^\S*/.exec(text) ?? [];
  return /^\p{Ll}[\p{Ll}’'-]*[,;:.]?$/u.test(first) ? first.charAt(0).toUpperCase() + text.slice(1) : text;
}
