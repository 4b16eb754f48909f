/** Subgraphs as the unit of execution: which sets are subgraphs, what they take, when they start, worked out by hand. */
import { describe, expect, it } from 'vitest';
import { defaultGenes, type SubgraphMode } from '#shared/domain/scheduler.ts';
import { coarsen } from '#shared/scheduling/coarsen.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { describeAssignment, describeTimeline, readMapping } from '#shared/scheduling/solution.ts';
import { noExactTimes, type ExactTimes } from '#shared/scheduling/subgraph-times.ts';
import { partitionByMode } from '#shared/scheduling/subgraph-choice.ts';
import { cycleOf, namesOfPartition, partitionOfNames } from '#shared/scheduling/subgraphs.ts';
import { WorkbenchError, type Issue } from '#shared/domain/errors.ts';
import { aNetwork, aPlatform, aScenario, type ProcessorInput } from '#test/fixtures/builders.ts';

function issuesOf(read: () => unknown): readonly Issue[] {
  try {
    read();
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'mapping.invalid') return error.details;
    throw error;
  }
  throw new Error('nothing was refused');
}

/**
 * A CPU core and an NPU; stem → left, right → join → end. Every layer takes 4 ms on the CPU and 1 ms on the NPU, every output is 1 MB,
 * and a transfer takes 0.5 ms.
 */
const board = (npu: Partial<ProcessorInput> = {}, cpu: Partial<ProcessorInput> = {}) =>
  aPlatform().withCores(1, cpu).withNpu(npu).withDefaultLink({ latencyMs: 0.5 });
const times = { cpu: 4, npu: 1 };
const output = { outputBytes: 1_000_000 };
const diamond = () =>
  aNetwork()
    .withLayer('stem', times, output)
    .withLayer('left', times, { ...output, dependencies: ['stem'] })
    .withLayer('right', times, { ...output, dependencies: ['stem'] })
    .withLayer('join', times, { ...output, dependencies: ['left', 'right'] })
    .withLayer('end', times, { ...output, dependencies: ['join'] });
const on = (places: Readonly<Record<string, string>>) =>
  Object.fromEntries(['stem', 'left', 'right', 'join', 'end'].map((layer) => [`a/${layer}`, places[layer] ?? 'npu']));
const run = (
  platform: ReturnType<typeof board>,
  places: Readonly<Record<string, string>>,
  subgraphs: readonly (readonly string[])[] | undefined,
  network = diamond(),
) => {
  const scenario = aScenario().on(platform).running(network).build();
  const { problem, assignment } = readMapping(scenario, {
    mapping: on(places),
    ...(subgraphs === undefined ? {} : { subgraphs: subgraphs.map((set) => set.map((layer) => `a/${layer}`)) }),
  });
  const timeline = simulate(problem, assignment);
  return {
    problem,
    assignment,
    entries: describeTimeline(problem, timeline),
    metrics: computeMetrics(problem, assignment, timeline),
  };
};
const spans = ({ entries }: ReturnType<typeof run>) =>
  Object.fromEntries(entries.map(({ layer, startMs, endMs }) => [layer, [startMs, endMs]]));

describe('the start and the end of a subgraph', () => {
  it('starts when every input of every layer has arrived, and gives all outputs at its end', () => {
    // left and right as one need stem alone; join and end wait for the whole of it, although right is done 1 ms earlier on paper
    const result = run(board(), { right: 'cpu' }, [['join', 'end']]);
    expect(spans(result)).toEqual({
      stem: [0, 1],
      left: [1, 2],
      right: [1.5, 5.5],
      // 5.5 + 0.5 for the transfer; join alone could not start earlier, and end is within
      'join+end': [6, 8],
    });
    expect(result.metrics.makespanMs).toBe(8);
  });

  it('waits for the input of its last layer before its first one starts', () => {
    const result = run(board(), { right: 'cpu' }, [['left', 'join', 'end']]);
    // left alone would have run from 1 to 2
    expect(spans(result)).toEqual({ stem: [0, 1], right: [1.5, 5.5], 'left+join+end': [6, 9] });
  });

  it('lets nothing come between its layers', () => {
    const scenario = aScenario()
      .on(board())
      .running(aNetwork().withChain(2, { npu: 2 }))
      .running(aNetwork().withLayer('urgent', { npu: 1 }), { startTimeMs: 1, priority: 5 })
      .build();
    const mapping = { 'a/l0': 'npu', 'a/l1': 'npu', 'b/urgent': 'npu' };
    const startOf = (subgraphs: readonly string[][]) => {
      const { problem, assignment } = readMapping(scenario, { mapping, subgraphs });
      return describeTimeline(problem, simulate(problem, assignment)).find(({ app }) => app === 'b')?.startMs;
    };
    expect(startOf([])).toBe(2);
    expect(startOf([['a/l0', 'a/l1']])).toBe(4);
  });

  it('sends what several of its layers read once', () => {
    // both left and right read stem: one transfer of 0.5 ms, its energy counted once
    const platform = board().with({
      interconnect: { default: { latencyMs: 0.5, energyPJPerByte: 1000 } },
    });
    const alone = run(platform, { stem: 'cpu' }, undefined);
    const joined = run(platform, { stem: 'cpu' }, [['left', 'right', 'join']]);
    expect(alone.metrics.energyMJ).toBe(2);
    expect(joined.metrics.energyMJ).toBe(1);
    expect(spans(joined)).toEqual({ stem: [0, 4], 'left+right+join': [4.5, 7.5], end: [7.5, 8.5] });
  });

  it('is one entry of the timeline, which names its layers', () => {
    const { entries, problem, assignment } = run(
      board(),
      {},
      [['left', 'right', 'join']].map((set) => ['stem', ...set]),
    );
    expect(entries.map(({ layer, layers }) => [layer, layers])).toEqual([
      ['stem … join (4 layers)', ['stem', 'left', 'right', 'join']],
      ['end', undefined],
    ]);
    expect(describeAssignment(problem, assignment)).toMatchObject({
      mapping: on({}),
      subgraphs: [['a/stem', 'a/left', 'a/right', 'a/join']],
    });
  });
});

describe('the time of a subgraph', () => {
  const time = (
    npu: Partial<ProcessorInput>,
    subgraphs: readonly (readonly string[])[],
    layer: string,
    wholeTimeMs: Record<string, number> = {},
  ) => {
    const entry = run(board(npu), {}, subgraphs, diamond().with({ wholeTimeMs })).entries.find(
      (candidate) => candidate.layer === layer,
    )!;
    return entry.endMs - entry.startMs;
  };

  it('is the launch and the sum of its layers', () => {
    expect(time({ launchMs: 0.25 }, [['stem', 'left']], 'stem+left')).toBe(2.25);
    expect(time({ launchMs: 0.25 }, [], 'stem')).toBe(1.25);
  });

  it('has a border for each megabyte that enters or leaves over its cuts', () => {
    // stem leaves to left and to right: 2 MB
    expect(time({ borderMsPerMB: 0.125 }, [], 'stem')).toBe(1.25);
    // join: 2 MB enter, 1 MB leaves
    expect(time({ borderMsPerMB: 0.125 }, [], 'join')).toBe(1.375);
    // left, right and join: stem enters once, join leaves once
    expect(time({ borderMsPerMB: 0.125 }, [['left', 'right', 'join']], 'left+right+join')).toBe(3.25);
    // nothing is cut
    expect(time({ borderMsPerMB: 0.125 }, [['stem', 'left', 'right', 'join', 'end']], 'stem … end (5 layers)')).toBe(5);
  });

  it('is in the proportion that the measured whole has to the sum of all layers', () => {
    // κ = (3 − 0.5) / 5 = 0.5: stem and left take 0.5 + 0.5 × 2
    const whole = { npu: 3 };
    expect(time({ launchMs: 0.5 }, [['stem', 'left']], 'stem+left', whole)).toBe(1.5);
    expect(time({ launchMs: 0.5 }, [['stem', 'left', 'right', 'join', 'end']], 'stem … end (5 layers)', whole)).toBe(3);
  });

  it('is never below the launch and the longest layer', () => {
    expect(time({ launchMs: 0.5 }, [['stem', 'left']], 'stem+left', { npu: 1.5 })).toBe(1.5);
    expect(time({}, [], 'stem', { npu: 2 })).toBe(1);
  });

  it('is measured where exactly these layers were measured together, and nothing is added to that', () => {
    const scenario = aScenario()
      .on(board({ launchMs: 0.5, borderMsPerMB: 3 }))
      .running(diamond())
      .build();
    const exact: ExactTimes = {
      ...noExactTimes,
      of: (_, layers, { id }) =>
        id === 'npu' && layers.join() === 'stem,left' ? { timeMs: 0.7, source: 'measured' } : undefined,
    };
    const partition = partitionOfNames(scenario, [['a/stem', 'a/left']]);
    const [first, second] = coarsen(scenario, partition, exact).scenario.applications[0].network.layers;
    expect(first.executionTimeMs).toEqual({ cpu: 8, npu: 0.7 });
    expect(first.timeSources).toEqual({ cpu: 'modelled', npu: 'measured' });
    // right: launch, itself, 1 MB in and 1 MB out
    expect(second.executionTimeMs).toEqual({ cpu: 4, npu: 7.5 });
  });

  it('comes from the profiles of the scenario, the whole and the sets that gain too', () => {
    const on = { key: 'npu' };
    const scenario = aScenario()
      .on(board({ launchMs: 0.5 }))
      .running(diamond())
      .with({
        profiles: [
          {
            schemaVersion: 1,
            id: 'measured',
            network: 'net',
            measurements: [
              { layers: ['left', 'stem'], on, timeMs: 0.7 },
              { layers: ['join', 'end'], on, timeMs: 9 },
              { layers: ['left', 'join'], on, unsupported: true },
              { layers: ['right'], on, timeMs: 1.25, includes: ['launch'] },
              { layers: ['end'], on, timeMs: 1.25 },
            ],
            wholes: [{ on, timeMs: 4 }],
          },
        ],
      })
      .build();
    const timesOf = (subgraphs: SubgraphMode) =>
      compileProblem(scenario, { ...defaultGenes, subgraphs }).scenario.applications[0].network.layers.map(
        ({ id, executionTimeMs }) => [id, executionTimeMs['npu']],
      );
    // κ = (4 − 0.5) / 5.5 where it matters nothing: the longest layer and the launch are more
    expect(timesOf('groups')).toEqual([
      ['stem+left', 0.7],
      ['right', 1.25],
      ['join', 1.5],
      ['end', 1.75],
    ]);
    expect(timesOf('network')).toEqual([['stem … end (5 layers)', 4]]);
    const apart = compileProblem(scenario, defaultGenes, partitionOfNames(scenario, [['a/left', 'a/join']]));
    expect(apart.scenario.applications[0].network.layers[1].executionTimeMs).toEqual({ cpu: 8 });
  });

  it('scales with frequency and group as the time of a layer does', () => {
    const points = [{ frequencyMHz: 500 }, { frequencyMHz: 1000 }];
    const scenario = aScenario()
      .on(board({ launchMs: 0.5, operatingPoints: points }))
      .running(diamond())
      .build();
    const { problem, assignment } = readMapping(scenario, {
      mapping: on({}),
      subgraphs: [['a/stem', 'a/left']],
      frequencies: { npu: 500 },
    });
    expect(simulate(problem, assignment).endMs[0]).toBe(5);
  });

  it('is missing where a layer has none, so that it cannot run there', () => {
    const network = aNetwork()
      .withLayer('x', { cpu: 1, npu: 1 })
      .withLayer('y', { cpu: 1 }, { dependencies: ['x'] });
    const scenario = aScenario().on(board()).running(network).build();
    const mapping = { 'a/x': 'npu', 'a/y': 'npu' };
    expect(issuesOf(() => readMapping(scenario, { mapping, subgraphs: [['a/x', 'a/y']] }))).toEqual([
      expect.objectContaining({ path: ['mapping', 'a/x'], expected: 'one of cpu' }),
    ]);
  });
});

describe('what is no subgraph', () => {
  const scenario = aScenario().on(board()).running(diamond()).running(diamond()).build();
  const refused = (subgraphs: readonly (readonly string[])[]) => issuesOf(() => partitionOfNames(scenario, subgraphs));

  it('is refused where it is not connected', () => {
    expect(refused([['a/left', 'a/right']])).toEqual([
      expect.objectContaining({
        path: ['subgraphs', 0],
        message: 'the subgraph is not connected: no dependency joins "a/left" and "a/right"',
      }),
    ]);
  });

  it('is refused where it would wait for a layer that waits for it', () => {
    expect(refused([['a/end'], ['a/stem', 'a/left', 'a/join']])).toEqual([
      expect.objectContaining({
        path: ['subgraphs', 1],
        message: 'subgraphs wait for each other: "a/right" → ("a/stem", "a/left", "a/join") → "a/right"',
      }),
    ]);
  });

  it('is refused where it is of two applications, twice named, or of no layer', () => {
    expect(refused([['a/stem', 'b/stem']])[0]?.message).toContain('different applications');
    expect(refused([['a/stem', 'a/left'], ['a/left']])[0]?.message).toBe('layer "a/left" is already in subgraph 0');
    expect(refused([['a/stem', 'a/lift']])[0]).toMatchObject({
      path: ['subgraphs', 0, 1],
      hint: 'did you mean "a/left"?',
    });
  });

  it('is refused where its layers are on different elements', () => {
    expect(
      issuesOf(() =>
        readMapping(aScenario().on(board()).running(diamond()).build(), {
          mapping: on({ left: 'cpu' }),
          subgraphs: [['a/stem', 'a/left']],
        }),
      ),
    ).toEqual([
      expect.objectContaining({
        path: ['mapping', 'a/left'],
        message: 'layers "a/stem" and "a/left" of one subgraph are mapped to different elements',
      }),
    ]);
  });
});

describe('what a run executes as one', () => {
  const scenario = aScenario()
    .on(board({ launchMs: 0.5 }))
    .running(diamond())
    .build();
  const grouped = (sets: Readonly<Record<string, number>>): ExactTimes => ({
    ...noExactTimes,
    of: (_, layers, { id }) => {
      const timeMs = id === 'npu' ? sets[layers.join('+')] : undefined;
      return timeMs === undefined ? undefined : { timeMs, source: 'measured' };
    },
    sets: (_, { id }) => (id === 'npu' ? Object.keys(sets).map((key) => key.split('+')) : []),
  });
  const names = (exact: ExactTimes) =>
    namesOfPartition(scenario, partitionByMode(scenario, exact, 'groups')).map((set) =>
      set.map((name) => name.slice(2)).join('+'),
    );

  it('joins groups where their least time is below the sum of the least times of their layers', () => {
    // alone each takes 1.5 on the NPU
    expect(names(grouped({ 'stem+left': 2.9, 'join+end': 3 }))).toEqual(['stem+left']);
  });

  it('takes the largest gain first, and no layer twice', () => {
    expect(names(grouped({ 'stem+left': 2.9, 'left+join': 2 }))).toEqual(['left+join']);
  });

  it('leaves out a group that would make subgraphs wait for each other', () => {
    expect(names(grouped({ 'stem+left+join': 0.5, 'join+end': 2 }))).toEqual(['join+end']);
  });

  it('executes an application as a whole, or its parts where nothing joins them', () => {
    const both = aScenario()
      .on(board())
      .running(diamond())
      .running(aNetwork('two').withLayer('x', times).withLayer('y', times))
      .build();
    const problem = compileProblem(both, { ...defaultGenes, subgraphs: 'network' });
    expect(problem.tasks.map(({ id }) => id)).toEqual(['a/stem … end (5 layers)', 'b/x', 'b/y']);
    expect(problem.layout.segments).toEqual([expect.objectContaining({ name: 'mapping', length: 3 })]);
  });

  it('says why an application cannot be executed as one', () => {
    const network = aNetwork()
      .withLayer('x', { cpu: 1 })
      .withLayer('y', { npu: 1 }, { dependencies: ['x'] });
    const split = aScenario().on(board()).running(network).build();
    expect(() => compileProblem(split, { ...defaultGenes, subgraphs: 'network' })).toThrow(
      'no processor of board can run all of its layers (cpu cannot run "y"; npu cannot run "x")',
    );
  });

  it('is the scenario itself, untouched, where nothing joins layers and calls take no time of their own', () => {
    const plain = aScenario().on(board()).running(diamond()).build();
    expect(compileProblem(plain).scenario).toBe(plain);
    expect(cycleOf(plain.applications[0].network, compileProblem(plain).partition[0])).toBeUndefined();
  });
});
