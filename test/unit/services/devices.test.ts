/** Work on devices through the boundary: one at a time, told as it goes on, given up, and ended with the host. */
import { describe, expect, it } from 'vitest';
import type { DeviceJobView } from '#shared/contract/device-shapes.ts';
import { fakeAgentCommand } from '#test/doubles/hosts.ts';
import { aWorkbench, type TestWorkbench } from '../../fixtures/workbench.ts';

const slow = [...fakeAgentCommand, '--slow'];
const profile = { kind: 'profile' as const, networks: ['squeezenet-1.1', 'mobilenet-v2'], depth: 'whole' as const };

async function untilEnded(workbench: TestWorkbench, id: number): Promise<DeviceJobView> {
  const isOver = ({ status }: DeviceJobView): boolean => status !== 'running';
  const { promise, resolve } = Promise.withResolvers<DeviceJobView>();
  const stop = workbench.client.on('device.changed', ({ job }) => {
    if (job.id === id && isOver(job)) resolve(job);
  });
  const { jobs } = await workbench.client.invoke('devices.jobs', {});
  for (const job of jobs) if (job.id === id && isOver(job)) resolve(job);
  return promise.finally(stop);
}

describe('work on a device', () => {
  it('saves each network when it is measured, with the platform, and says how far it may be believed', async () => {
    const workbench = aWorkbench({ agentCommand: fakeAgentCommand });
    const { client } = workbench;
    const { job } = await client.invoke('devices.start', { work: profile });
    const ended = await untilEnded(workbench, job.id);
    expect(ended).toMatchObject({ status: 'finished', done: 1 });
    expect(ended.notes).toContain('temperatures are not readable');
    expect(ended.profiles).toEqual([
      { id: 'squeezenet-1.1-device-test', network: 'squeezenet-1.1' },
      { id: 'mobilenet-v2-device-test', network: 'mobilenet-v2' },
    ]);
    expect(ended.wholes.map(({ network, element, marks }) => [network, element, marks])).toEqual([
      ['squeezenet-1.1', 'cpu0', []],
      ['squeezenet-1.1', 'cpu1', []],
      ['mobilenet-v2', 'cpu0', []],
      ['mobilenet-v2', 'cpu1', []],
    ]);
    expect((await client.invoke('devices.describe', {})).isSaved).toBe(true);
  });

  it('is one at a time on a machine, and can be cancelled', async () => {
    const { client } = aWorkbench({ agentCommand: slow });
    const { job } = await client.invoke('devices.start', { work: profile });
    await expect(client.invoke('devices.start', { work: profile })).rejects.toMatchObject({ code: 'device.busy' });
    expect((await client.invoke('devices.cancel', { jobId: job.id })).job).toMatchObject({
      status: 'cancelled',
      profiles: [],
    });
    await expect(client.invoke('devices.cancel', { jobId: 77 })).rejects.toMatchObject({ code: 'device.unknownJob' });
  });

  it('that fails says why: an unknown network, a host without an agent', async () => {
    const workbench = aWorkbench({
      agentCommand: [process.execPath, '-e', 'console.error("no board"); process.exit(3)'],
    });
    const { job } = await workbench.client.invoke('devices.start', { work: profile });
    expect((await untilEnded(workbench, job.id)).error).toMatchObject({
      code: 'device.ended',
      message: 'the agent ended: no board',
    });
    const without = aWorkbench();
    await expect(without.client.invoke('devices.describe', {})).rejects.toMatchObject({ code: 'device.noAgent' });
    const other = aWorkbench({ agentCommand: fakeAgentCommand });
    const { job: unknown } = await other.client.invoke('devices.start', { work: { ...profile, networks: ['none'] } });
    expect((await untilEnded(other, unknown.id)).error?.code).toBe('document.unknown');
  });

  it('ends with its host', async () => {
    const workbench = aWorkbench({ agentCommand: slow });
    const { job } = await workbench.client.invoke('devices.start', { work: profile });
    const ended = untilEnded(workbench, job.id);
    await workbench.close();
    expect((await ended).status).toBe('cancelled');
  });
});
