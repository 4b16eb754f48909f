/** Work on devices: what is under way and what it came to, kept current by the host's events. */
import { computed, shallowReactive } from 'vue';
import { defineStore } from 'pinia';
import type { DeviceJobView, DeviceWork } from '#shared/contract/device-shapes.ts';
import type { RouteInput } from '#shared/contract/routes.ts';
import { client } from '../api/index.ts';
import { useNotificationsStore } from './notifications.ts';

export const useDevicesStore = defineStore('devices', () => {
  const byId = shallowReactive(new Map<number, DeviceJobView>());
  const notifications = useNotificationsStore();
  /** The newest first. */
  const jobs = computed(() => [...byId.values()].toSorted((a, b) => b.id - a.id));
  client.on('device.changed', ({ job }) => void byId.set(job.id, job));

  async function load(): Promise<void> {
    for (const job of (await client.invoke('devices.jobs', {})).jobs) byId.set(job.id, job);
  }

  /** @returns undefined where it was not started; that is said */
  async function start(
    host: string | undefined,
    work: RouteInput<'devices.start'>['work'],
  ): Promise<DeviceJobView | undefined> {
    try {
      const { job } = await client.invoke('devices.start', { ...(host === undefined ? {} : { host }), work });
      if (!byId.has(job.id)) byId.set(job.id, job);
      return job;
    } catch (error) {
      notifications.showError(error, 'The work on the device was not started');
      return undefined;
    }
  }

  async function cancel(jobId: number): Promise<void> {
    try {
      const { job } = await client.invoke('devices.cancel', { jobId });
      byId.set(job.id, job);
    } catch (error) {
      notifications.showError(error, 'The work on the device was not cancelled');
    }
  }

  /** What is left of work that did not reach its end; undefined where it is all done, or cannot be continued. */
  function restOf({ work, profiles, status }: DeviceJobView): DeviceWork | undefined {
    if (status !== 'cancelled' && status !== 'failed') return undefined;
    if (work.kind !== 'profile') return work;
    const done = new Set(profiles.map(({ network }) => network));
    const networks = work.networks.filter((network) => !done.has(network));
    return networks.length === 0 ? undefined : { ...work, networks };
  }

  return { jobs, load, start, cancel, restOf };
});
