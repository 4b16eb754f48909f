/** How each run status looks and reads. */
import type { RunStatus } from '#shared/domain/run.ts';
import type { IconName } from './icons.ts';

export interface StatusLook {
  readonly title: string;
  readonly icon: IconName;
  readonly tone: 'neutral' | 'active' | 'good' | 'warning' | 'bad';
  readonly isFilled: boolean;
}

export const statusLooks: Readonly<Record<RunStatus, StatusLook>> = {
  queued: { title: 'Queued', icon: 'clock', tone: 'neutral', isFilled: false },
  running: { title: 'Running', icon: 'play', tone: 'active', isFilled: true },
  paused: { title: 'Paused', icon: 'pause', tone: 'active', isFilled: false },
  interrupted: { title: 'Interrupted', icon: 'interrupted', tone: 'warning', isFilled: false },
  finished: { title: 'Finished', icon: 'check', tone: 'good', isFilled: false },
  cancelled: { title: 'Cancelled', icon: 'stop', tone: 'neutral', isFilled: false },
  failed: { title: 'Failed', icon: 'error', tone: 'bad', isFilled: false },
};
