/** Tuning on a made-up device: what is searched, measured, kept and repeated. */
import { describe, expect, it } from 'vitest';
import { AgentClient } from '#main/device/agent-client.ts';
import type { ProfileJob } from '#main/device/protocol.ts';
import { tune, type TuneOptions, type TuneResult } from '#main/device/tune.ts';
import { fitBorder } from '#main/device/border.ts';
import { platformOf } from '#main/device/elements.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { parseProfile } from '#shared/domain/profile.ts';
import { pairOfStreams, smallNetwork } from '#test/fixtures/device.ts';
import { fakeMachine, serveFakeAgent, type FakeDevice } from '#test/fixtures/fake-agent.ts';
import { aWorkbench, type TestWorkbench } from '#test/fixtures/workbench.ts';

/** Three networks on two cores: whichever way they are placed, one core has more than the other. */
const scenario = {
  schemaVersion: 1,
  id: 'three',
  platform: { ...platformOf(fakeMachine) },
  applications: ['first', 'second', 'third'].map((id) => ({
    id,
    network: {
      ...smallNetwork(id),
      layers: smallNetwork(id).layers.map((layer) => ({ ...layer, executionTimeMs: {} })),
    },
  })),
};

async function tuned(
  workbench: TestWorkbench,
  device: FakeDevice = {},
  options: Partial<TuneOptions> = {},
): Promise<TuneResult> {
  const [here, there] = pairOfStreams();
  serveFakeAgent(there, device);
  const client = await AgentClient.open(here);
  try {
    return await tune(client, await client.describe(), workbench.client, scenario, {
      budgetMs: 600_000,
      scheduler: 'ga',
      evaluations: 200,
      repetitions: 3,
      ...options,
    });
  } finally {
    client.close();
  }
}

const setsOf = ({ models, kernels }: ProfileJob): number => (kernels.length > 0 ? 0 : models.length);

describe('tuning', () => {
  it('measures what the best schedules execute as one until the prediction is right, and records each round', async () => {
    const workbench = aWorkbench();
    const { end, rounds, profiles } = await tuned(workbench);
    expect(end).toBe('withinNoise');
    const last = rounds[rounds.length - 1];
    expect(last.winner.measuredPercent).toBeCloseTo(100, 9);
    expect(last.errorPercent).toBeCloseTo(0, 6);
    expect(rounds.reduce((sum, { measuredSets }) => sum + measuredSets, 0)).toBeGreaterThan(0);
    expect(last.winner.subgraphs).toBeGreaterThan(3);
    expect(profiles).toEqual(expect.arrayContaining(['first-device-test', 'second-device-test', 'third-device-test']));
    for (const { sweepId, runIds } of rounds) {
      const { runs } = await workbench.client.invoke('sweeps.get', { sweepId });
      expect(runs.map(({ run }) => [run.id, run.status])).toEqual(runIds.map((id) => [id, 'finished']));
    }
    const { executions = [] } = await workbench.client.invoke('runs.get', { runId: last.winner.runId });
    expect(executions[0]).toMatchObject({ chromosomeId: last.winner.chromosomeId, execution: { outputsEqual: true } });
    const { documents } = await workbench.client.invoke('documents.list', { kind: 'profile' });
    expect(documents.map(({ id }) => id)).toEqual(expect.arrayContaining([...profiles]));
  });

  it('repeats a round to the bit from its recorded sweep, whatever was measured since', async () => {
    const workbench = aWorkbench();
    const { rounds } = await tuned(workbench);
    const [{ sweepId, runIds }] = rounds;
    const { document } = await workbench.client.invoke('sweeps.get', { sweepId });
    const again = await workbench.client.invoke('sweeps.start', { sweep: document });
    for (const { run } of again.runs) await workbench.untilStatus(run.id, 'finished');
    for (const [index, runId] of runIds.entries()) {
      const before = await workbench.client.invoke('runs.get', { runId });
      const after = await workbench.client.invoke('runs.get', { runId: again.runs[index].run.id });
      expect(after.scenario).toEqual(before.scenario);
      expect(after.best).toEqual(before.best);
    }
  });

  it('goes on with what an earlier start has measured', async () => {
    const workbench = aWorkbench();
    const jobs: number[] = [];
    const onJob: FakeDevice['onJob'] = (job) => jobs.push(job.kind === 'profile' ? setsOf(job) : 0);
    await tuned(workbench, { onJob });
    const profiling = jobs.filter((models) => models > 0).length;
    expect(profiling).toBeGreaterThan(0);
    jobs.length = 0;
    const kernels: string[] = [];
    const { rounds } = await tuned(workbench, {
      onJob: (job) => {
        if (job.kind === 'profile') kernels.push(...job.kernels);
        onJob(job);
      },
    });
    expect(kernels).toEqual([]); // the networks themselves are known
    expect(jobs.filter((models) => models > 0).length).toBeLessThan(profiling);
    expect(rounds[0].winner.measuredPercent).toBeGreaterThan(0);
  });

  it('ends where nothing is left to be measured, though the device takes longer than its parts did', async () => {
    const { end, rounds } = await tuned(aWorkbench(), { slowdown: 1.3 });
    expect(end).toBe('settled');
    const last = rounds[rounds.length - 1];
    expect(last.errorPercent).toBeCloseTo((1 - 1 / 1.3) * 100, 6);
    expect(last.measuredSets).toBe(0);
  });

  it('begins no further round after its budget', async () => {
    let now = 0;
    const { end, rounds } = await tuned(aWorkbench(), { slowdown: 1.3 }, { budgetMs: 10, now: () => (now += 20) });
    expect(end).toBe('budget');
    expect(rounds).toHaveLength(1);
    expect(rounds[0].measuredSets).toBe(0);
  });

  it.each([
    ['searching', ['first-device-test', 'second-device-test', 'third-device-test']],
    ['measuring', []],
  ])('is cancelled while it is %s, and keeps what it has measured', async (phase, kept) => {
    const workbench = aWorkbench();
    const controller = new AbortController();
    const { end } = await tuned(
      workbench,
      {},
      {
        evaluations: 100_000,
        signal: controller.signal,
        onProgress: (text) => {
          if (text.includes(phase)) setImmediate(() => controller.abort());
        },
      },
    );
    expect(end).toBe('cancelled');
    const { documents } = await workbench.client.invoke('documents.list', { kind: 'profile' });
    expect(documents.map(({ id }) => id).filter((id) => id.endsWith('-device-test'))).toEqual(kept);
    const { runs } = await workbench.client.invoke('runs.list', {});
    for (const { status } of runs) expect(['cancelled', 'finished']).toContain(status);
  });

  it('refuses a platform that is not the device', async () => {
    await expect(tuned(aWorkbench(), { machine: { clusters: [] } })).rejects.toMatchObject({
      code: 'device.otherPlatform',
    });
  });
});

describe('the cost of a border', () => {
  const [processor] = parsePlatform(scenario.platform).processors;
  const network = smallNetwork('first');
  const key = 'device-test-cpu';
  const profile = (sets: readonly { readonly layers: string[]; readonly timeMs: number }[]) =>
    parseProfile({
      schemaVersion: 1,
      id: 'p',
      network: 'first',
      measurements: [
        ...network.layers.map(({ id }) => ({ layers: [id], on: { key }, timeMs: 1 })),
        ...sets.map(({ layers, timeMs }) => ({ layers, on: { key }, timeMs })),
      ],
      wholes: [{ on: { key }, timeMs: 10 }],
    });

  it('is what sets take beyond their share of the whole, by their megabytes', () => {
    // κ = 10 / 5: two layers take 4 ms. stem and left: 4,608 bytes leave to right, and to sum.
    const sets = [{ layers: ['stem', 'left'], timeMs: 4 + (2 * 4608) / 1e6 }];
    expect(fitBorder([network], [profile(sets)], processor)).toBeCloseTo(1, 9);
  });

  it('is never negative, and not known where no set was measured', () => {
    expect(fitBorder([network], [profile([{ layers: ['stem', 'left'], timeMs: 1 }])], processor)).toBe(0);
    expect(fitBorder([network], [profile([])], processor)).toBeUndefined();
  });
});
