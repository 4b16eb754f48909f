/** One export at a time: what it is doing, how long it still takes, how it ended; and the way to stop it. */
import { computed, onScopeDispose, shallowRef } from 'vue';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import { asWorkbenchError } from '../../stores/notifications.ts';
import { download } from '../../download.ts';

export interface ExportedContent {
  readonly name: string;
  readonly content: Blob;
  /** What a person should know about it. */
  readonly notes?: readonly string[];
}

export type ExportState =
  | { readonly status: 'idle' }
  | { readonly status: 'busy'; readonly share: number; readonly etaMs: number | undefined }
  | { readonly status: 'done'; readonly files: readonly ExportedContent[]; readonly tookMs: number }
  | { readonly status: 'failed'; readonly error: WorkbenchError };

/** No estimate before this, ms: the first steps say little. */
const SETTLED_MS = 700;

export function useExport() {
  const state = shallowRef<ExportState>({ status: 'idle' });
  let abort: AbortController | undefined;

  /** Does `work`, and hands what it makes to the person as files. */
  async function start(
    work: (signal: AbortSignal, onProgress: (share: number) => void) => Promise<readonly ExportedContent[]>,
  ): Promise<void> {
    abort?.abort();
    const own = new AbortController();
    abort = own;
    const startedAt = performance.now();
    state.value = { status: 'busy', share: 0, etaMs: undefined };
    const onProgress = (share: number): void => {
      if (abort !== own) return;
      const elapsedMs = performance.now() - startedAt;
      state.value = {
        status: 'busy',
        share,
        etaMs: elapsedMs < SETTLED_MS || share === 0 ? undefined : (elapsedMs / share) * (1 - share),
      };
    };
    try {
      const files = await work(own.signal, onProgress);
      own.signal.throwIfAborted();
      for (const { name, content } of files) download(content, name);
      state.value = { status: 'done', files, tookMs: performance.now() - startedAt };
    } catch (error) {
      if (abort !== own) return;
      state.value = own.signal.aborted ? { status: 'idle' } : { status: 'failed', error: asWorkbenchError(error) };
    }
  }

  function cancel(): void {
    abort?.abort();
    abort = undefined;
    state.value = { status: 'idle' };
  }

  onScopeDispose(() => abort?.abort());
  return { state, isBusy: computed(() => state.value.status === 'busy'), start, cancel };
}
