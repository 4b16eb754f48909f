/** What can be done with a run: pause, resume, cancel, change its name, tags, notes and star. Problems are shown as toasts. */
import { shallowRef, type ShallowRef } from 'vue';
import { client } from '../../api/index.ts';
import { useConfirmationStore } from '../../stores/confirmation.ts';
import { useNotificationsStore } from '../../stores/notifications.ts';
import { useRunsStore } from '../../stores/runs.ts';

export interface RunActions {
  /** While an answer is awaited. */
  readonly isBusy: ShallowRef<boolean>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  cancel(): Promise<void>;
  update(changes: { name?: string; notes?: string; tags?: string[]; starred?: boolean }): Promise<void>;
}

export function useRunActions(runId: number): RunActions {
  const runs = useRunsStore();
  const notifications = useNotificationsStore();
  const { withConfirmation } = useConfirmationStore();
  const isBusy = shallowRef(false);

  async function attempt(title: string, action: () => Promise<unknown>): Promise<void> {
    isBusy.value = true;
    try {
      await action();
    } catch (error) {
      notifications.showError(error, title);
    } finally {
      isBusy.value = false;
    }
  }

  return {
    isBusy,
    pause: () => attempt('The run was not paused', () => client.invoke('runs.pause', { runId })),
    resume: () =>
      attempt('The run was not resumed', () => withConfirmation(() => client.invoke('runs.resume', { runId }))),
    cancel: () => attempt('The run was not cancelled', () => client.invoke('runs.cancel', { runId })),
    update: (changes) => attempt('The change could not be saved', () => runs.update(runId, changes)),
  };
}
