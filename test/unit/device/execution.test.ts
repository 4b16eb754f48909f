/** Profiles and executions of small networks by a real agent: order, equality and completeness, never speed. */
import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { AgentClient } from '#main/device/agent-client.ts';
import { serveAgent } from '#main/device/agent.ts';
import { coresOfMachine } from '#main/device/elements.ts';
import { executePlan, makespanOf, planOf, subgraphsOfOrder } from '#main/device/execution.ts';
import { balancedParts, profileNetworks } from '#main/device/profiling.ts';
import { checkProfileLayers } from '#shared/domain/profile.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { readMapping } from '#shared/scheduling/solution.ts';
import { temporaryDirectory } from '#test/doubles/hosts.ts';
import { pairOfStreams, smallNetwork, smallScenario, testMachine } from '#test/fixtures/device.ts';
import * as fc from '#test/fixtures/seeded-fast-check.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());

async function withAgent<Result>(work: (client: AgentClient) => Promise<Result>): Promise<Result> {
  const [client, agent] = pairOfStreams();
  const ended = serveAgent(agent, { dataDirectory: directory.path, product: 'test', workDirectory: directory.path });
  const workbench = await AgentClient.open(client);
  try {
    return await work(workbench);
  } finally {
    workbench.close();
    await ended;
  }
}

const layers = ['stem', 'left', 'right', 'sum', 'head'];
const mappingOf = (cores: readonly number[]): Record<string, string> =>
  Object.fromEntries(
    ['a', 'b'].flatMap((app, at) => layers.map((layer, index) => [`${app}/${layer}`, `cpu:${cores[at * 5 + index]}`])),
  );

describe('the subgraphs of a schedule', () => {
  it('keep every order that it had, and never wait for each other', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1), { minLength: 10, maxLength: 10 }), (cores) => {
        const scenario = smallScenario();
        const { problem, assignment } = readMapping(scenario, mappingOf(cores));
        const subgraphs = subgraphsOfOrder(problem, simulate(problem, assignment));
        // Refused where they were not connected, of one element, or cyclic.
        const plan = planOf(scenario, mappingOf(cores));
        expect(plan.subgraphs).toEqual(subgraphs);
        expect(plan.predictedMs).toBeGreaterThan(0);
      }),
    );
  });

  it('are whole networks where each is on one element', () => {
    const { subgraphs } = planOf(smallScenario(), mappingOf([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]));
    expect(subgraphs.map((names) => names.length)).toEqual([5, 5]);
  });

  it('are those of the mapping where it has some', () => {
    const mapping = { mapping: mappingOf([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]), subgraphs: [['a/sum', 'a/head']] };
    expect(planOf(smallScenario(), mapping).subgraphs).toEqual([['a/sum', 'a/head']]);
  });
});

describe('execution', () => {
  it('gives what the whole networks give, in order, without two at once on an element', async () => {
    const plan = planOf(smallScenario(2), mappingOf([0, 0, 1, 0, 1, 1, 1, 0, 1, 0]));
    const execution = await withAgent(async (client) =>
      executePlan(client, testMachine(await client.describe()), plan, { rounds: 3 }),
    );
    expect(execution).toMatchObject({ outputsEqual: true, rounds: 3, method: { runtime: 'onnxruntime 1.30.0' } });
    expect(execution.roundsMs).toHaveLength(3);
    expect(execution.tasks.length).toBeGreaterThan(6);
    for (const pe of ['cpu:0', 'cpu:1']) {
      const own = execution.tasks.filter((task) => task.pe === pe);
      const starts = own.map(({ executedStartMs }) => executedStartMs);
      expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    }
    const second = execution.tasks.filter(({ instance }) => instance === 2 || instance === 1);
    expect(second.length).toBeGreaterThan(0);
    expect(execution.predictedMs).toBe(plan.predictedMs);
    expect(execution.errorPercent.wall).toBeCloseTo((execution.predictedMs / execution.executedMs - 1) * 100, 9);
  });

  it('is refused on another platform than the machine', async () => {
    const plan = planOf(smallScenario(), mappingOf([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]));
    await withAgent(async (client) => {
      const machine = testMachine(await client.describe());
      const other = { ...machine, clusters: [{ ...machine.clusters[0], id: 'big' }] };
      await expect(executePlan(client, other, plan)).rejects.toMatchObject({ code: 'device.otherPlatform' });
    });
  });

  it('counts the makespan of task times by order and dependencies', () => {
    const task = { model: 'm', releaseMs: 0, inputs: [], outputs: [] };
    const tasks = [
      { ...task, element: 0, after: [] },
      { ...task, element: 1, after: [0] },
      { ...task, element: 0, after: [] },
      { ...task, element: 1, after: [2], releaseMs: 9 },
    ];
    expect(makespanOf(tasks, (index) => [1, 2, 3, 4][index])).toBe(13);
  });
});

describe('profiling', () => {
  it('gives documents of the whole, its layers and its parts', async () => {
    const network = smallNetwork('first');
    const [{ profile, wholes }] = await withAgent(async (client) => {
      const machine = testMachine(await client.describe());
      return profileNetworks(client, machine, [network], coresOfMachine(machine), 'subgraphs', {
        measuring: { warmups: 1, samples: 3, leastMs: 0, burstMs: 400, restMs: 1, sessions: 2, seed: 1 },
      });
    });
    checkProfileLayers(profile, network);
    expect(profile).toMatchObject({ id: 'first-device-test', network: 'first', platform: 'device-test' });
    expect(profile.wholes).toMatchObject([{ on: { key: 'device-test-cpu', cores: 1 } }]);
    const alone = profile.measurements.filter((each) => each.layers?.length === 1);
    expect(alone.map((each) => each.layers?.[0]).toSorted()).toEqual(layers.toSorted());
    expect(profile.measurements.some((each) => (each.layers?.length ?? 0) > 1)).toBe(true);
    expect(wholes.map(({ summary }) => summary.runs > 0)).toEqual(wholes.map(() => true));
    expect(profile.provenance.join('\n')).toMatch(/onnxruntime 1\.30\.0[^]*sha-256 [0-9a-f]{64}[^]*state: load/);
  });

  it('is cancelled, and leaves neither process nor folder', async () => {
    const network = smallNetwork('first');
    await withAgent(async (client) => {
      const machine = testMachine(await client.describe());
      const controller = new AbortController();
      await expect(
        profileNetworks(client, machine, [network], coresOfMachine(machine), 'whole', {
          measuring: { warmups: 1, samples: 10_000, leastMs: 600_000, burstMs: 50, restMs: 1, sessions: 1, seed: 1 },
          onProgress: (text) => {
            if (text.includes('rotation')) controller.abort();
          },
          signal: controller.signal,
        }),
      ).rejects.toMatchObject({ code: 'device.cancelled' });
    });
    expect(readdirSync(directory.path).filter((name) => name.startsWith('tessera-agent-'))).toEqual([]);
  });

  it('cuts a network into connected parts', () => {
    for (const part of balancedParts(smallNetwork('first'))) {
      expect(part.length).toBeGreaterThan(1);
      expect(part.length).toBeLessThan(5);
    }
  });
});
