/** The genome's layout and its decoding with repairs (DESIGN §6, "Genome"). */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario, type PlatformBuilder } from '#test/fixtures/builders.ts';
import { emptyLibrary } from '#shared/domain/scenario.ts';
import { genesOf, type GeneSelection } from '#shared/domain/scheduler.ts';
import { decodeGenome, defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { describeAssignment } from '#shared/scheduling/solution.ts';

const points = (...frequencies: number[]) => frequencies.map((frequencyMHz) => ({ frequencyMHz }));
const oneLayer = aNetwork().withLayer('x', { cpu: 1, gpu: 1, npu: 1 });
const problemOn = (platform: PlatformBuilder, network = oneLayer) =>
  aScenario().on(platform).running(network).problem();

/** What `genes`, one value per locus in order, stand for, by names. */
const decoded = (problem: Problem, ...genes: number[]) =>
  describeAssignment(problem, decodeGenome(problem, Uint8Array.from(genes)));

describe('layout', () => {
  it('has a locus for the active cores of each pinned CPU cluster, the frequency of each processor with a choice, and the mapping of each task', () => {
    const platform = aPlatform()
      .withCores(4, { operatingPoints: points(500, 1000) })
      .withProcessor({ id: 'little', kind: 'cpu', coreCount: 2 })
      .withGpu({ operatingPoints: points(700) })
      .withNpu({ operatingPoints: points(400, 600, 800) });
    const { layout } = aScenario().on(platform).running(oneLayer).running(oneLayer).problem();
    expect(layout.segments).toEqual([
      { name: 'activeCores', offset: 0, length: 2 },
      { name: 'frequency', offset: 2, length: 2 },
      { name: 'mapping', offset: 4, length: 2 },
    ]);
    expect(layout.loci.map(({ label, cardinality }) => [label, cardinality])).toEqual([
      ['cpu', 4],
      ['little', 2],
      ['cpu', 2],
      ['npu', 3],
      ['a/x', 8],
      ['b/x', 8],
    ]);
    expect(layout).toMatchObject({ length: 6, offsetOf: { mapping: 4 } });
  });

  it('has a locus for the core configuration instead where there are core configurations', () => {
    const { layout } = problemOn(
      aPlatform().withCores(4, { coreConfigurations: [[1, 1, 1, 1], [2, 2], [4]], groupSpeedup: { 2: 1.5, 4: 3 } }),
    );
    expect(layout.segments).toEqual([
      { name: 'coreConfiguration', offset: 0, length: 1 },
      { name: 'mapping', offset: 1, length: 1 },
    ]);
    expect(layout.loci[0]).toMatchObject({ label: 'cpu', cardinality: 3 });
  });

  it('leaves out what offers no choice: one core, pooled cores, a single configuration, cores that are no CPU', () => {
    const only = [{ name: 'mapping', offset: 0, length: 1 }];
    expect(problemOn(aPlatform()).layout.segments).toEqual(only);
    expect(problemOn(aPlatform().withCores(4, { dispatch: 'pooled' })).layout.segments).toEqual(only);
    expect(
      problemOn(aPlatform().withCores(4, { coreConfigurations: [[2, 2]], groupSpeedup: { 2: 1.5 } })).layout.segments,
    ).toEqual(only);
    expect(problemOn(aPlatform().withNpu({ coreCount: 2 })).layout.segments).toEqual(only);
  });

  it('offers as alleles of a task the processing elements that can run it', () => {
    const network = aNetwork()
      .withLayer('any', { cpu: 1, npu: 1 })
      .withLayer('softmax', { cpu: 1, npu: 1 }, { op: 'Softmax' })
      .withLayer('npuOnly', { npu: 1 });
    const { layout } = problemOn(
      aPlatform()
        .withCores(2)
        .withNpu({ supportedOps: ['Conv'] }),
      network,
    );
    expect(layout.loci.slice(layout.offsetOf.mapping).map(({ alleles }) => [...alleles])).toEqual([
      [0, 1, 2],
      [0, 1],
      [2],
    ]);
  });
});

describe('optional segments', () => {
  const platform = aPlatform()
    .withCores(2, { operatingPoints: points(500, 1000) })
    .withNpu();
  const segmentsWith = (genes: Partial<GeneSelection>) =>
    aScenario()
      .on(platform)
      .running(oneLayer)
      .running(oneLayer)
      .problem(emptyLibrary, genes)
      .layout.segments.map(({ name, offset, length }) => [name, offset, length]);

  it('are those that the scheduler configuration chooses, without priorities by default', () => {
    expect(genesOf({ options: { populationSize: 10 } })).toEqual({ priorities: false, cores: true, frequencies: true });
    expect(genesOf({ options: { genes: { priorities: true, cores: false } } })).toEqual({
      priorities: true,
      cores: false,
      frequencies: true,
    });
    expect(() => genesOf({ options: { genes: { priority: true } } })).toThrow('unknown field "priority"');
  });

  it('can be left out; the decisions are then those without a gene', () => {
    expect(segmentsWith({ cores: false })).toEqual([
      ['frequency', 0, 1],
      ['mapping', 1, 2],
    ]);
    expect(segmentsWith({ frequencies: false })).toEqual([
      ['activeCores', 0, 1],
      ['mapping', 1, 2],
    ]);
    expect(segmentsWith({ cores: false, frequencies: false })).toEqual([['mapping', 0, 2]]);
    const problem = aScenario()
      .on(platform)
      .running(oneLayer)
      .problem(emptyLibrary, { cores: false, frequencies: false });
    expect(decoded(problem, 1)).toEqual({
      activeCores: { cpu: 2 },
      frequencies: { cpu: 1000, npu: 1 },
      mapping: { 'a/x': 'cpu:1' },
    });
  });

  it('can have a priority of 256 levels for each task, after the mapping', () => {
    expect(segmentsWith({ priorities: true })).toEqual([
      ['activeCores', 0, 1],
      ['frequency', 1, 1],
      ['mapping', 2, 2],
      ['priority', 4, 2],
    ]);
    const problem = aScenario()
      .on(platform)
      .running(oneLayer)
      .running(oneLayer)
      .problem(emptyLibrary, { priorities: true });
    expect(problem.layout).toMatchObject({ length: 6, offsetOf: { mapping: 2, priority: 4 } });
    expect(problem.layout.loci[5]).toMatchObject({ label: 'b/x', subject: 1, cardinality: 256 });
    expect(decoded(problem, 1, 1, 0, 2, 7, 255)).toMatchObject({
      mapping: { 'a/x': 'cpu:0', 'b/x': 'npu' },
      priorities: { 'a/x': 7, 'b/x': 255 },
    });
  });

  it('start from the order of the layers’ own priorities where an assignment has none', () => {
    const network = aNetwork()
      .withLayer('x', { cpu: 1 }, { priority: 3 })
      .withLayer('y', { cpu: 1 }, { priority: -2 })
      .withLayer('z', { cpu: 1 }, { priority: 3 });
    const problem = aScenario().running(network).problem(emptyLibrary, { priorities: true });
    const { taskPriority } = decodeGenome(problem, encodeAssignment(problem, defaultAssignment(problem, [0, 0, 0])));
    expect([...taskPriority!]).toEqual([192, 64, 192]);
  });
});

describe('decoding', () => {
  it('reads active cores as gene + 1, frequencies in ascending order, mappings as processing elements', () => {
    const problem = problemOn(
      aPlatform()
        .withCores(4, { operatingPoints: points(2000, 500, 1000) })
        .withNpu(),
    );
    expect(decoded(problem, 2, 1, 4)).toEqual({
      activeCores: { cpu: 3 },
      frequencies: { cpu: 1000, npu: 1 },
      mapping: { 'a/x': 'npu' },
    });
  });

  it('reads a core configuration by its place in the list', () => {
    const problem = problemOn(
      aPlatform().withCores(4, {
        coreConfigurations: [
          [1, 1, 1, 1],
          [2, 2],
        ],
        groupSpeedup: { 2: 1.5 },
      }),
    );
    expect(decoded(problem, 1, 1)).toMatchObject({
      activeCores: { cpu: 4 },
      coreConfigurations: { cpu: [2, 2] },
      mapping: { 'a/x': 'cpu:1' },
    });
  });

  it('moves a task from a core that is not active to core mod active cores of its cluster', () => {
    const problem = problemOn(
      aPlatform().withNpu().withProcessor({ id: 'big', kind: 'cpu', coreCount: 4, executionTimeKey: 'cpu' }),
    );
    // elements: cpu, npu, big:0 … big:3; two active cores of "big": 2 → 0, 3 → 1
    expect(decoded(problem, 1, 4).mapping).toEqual({ 'a/x': 'big:0' });
    expect(decoded(problem, 1, 5).mapping).toEqual({ 'a/x': 'big:1' });
    expect(decoded(problem, 0, 5).mapping).toEqual({ 'a/x': 'big:0' });
    expect(decoded(problem, 3, 5).mapping).toEqual({ 'a/x': 'big:3' });
  });

  it('moves a task to group mod groups of the chosen configuration', () => {
    const problem = problemOn(
      aPlatform().withCores(4, { coreConfigurations: [[1, 1, 1, 1], [2, 2], [4]], groupSpeedup: { 2: 1.5, 4: 3 } }),
    );
    expect(decoded(problem, 1, 3).mapping).toEqual({ 'a/x': 'cpu:1' });
    // with the single group of four its element is still called cpu:0, for it is one of four that the processor can have
    expect(decoded(problem, 2, 3).mapping).toEqual({ 'a/x': 'cpu:0' });
  });

  it('moves a task from an element that cannot run it to the next one that can, cyclically', () => {
    const network = aNetwork().withLayer('x', { cpu: 1, gpu: 1 });
    const problem = problemOn(aPlatform().withNpu().withGpu().withProcessor({ id: 'dsp', kind: 'dsp' }), network);
    // elements: cpu 0, npu 1, gpu 2, dsp 3
    expect(decoded(problem, 0).mapping).toEqual({ 'a/x': 'cpu' });
    expect(decoded(problem, 1).mapping).toEqual({ 'a/x': 'gpu' });
    expect(decoded(problem, 3).mapping).toEqual({ 'a/x': 'cpu' });
  });

  it('finds a supporting element first and an active core of it second', () => {
    // npu (element 0) cannot run x; the next one that can is cpu:0, core 0 mod 1; cpu:2 (element 3) is core 2 mod 1
    const platform = aPlatform().with({
      processors: [
        { id: 'npu', kind: 'npu' },
        { id: 'cpu', kind: 'cpu', coreCount: 3 },
      ],
    });
    const problem = problemOn(platform, aNetwork().withLayer('x', { cpu: 1 }));
    expect(decoded(problem, 0, 0).mapping).toEqual({ 'a/x': 'cpu:0' });
    expect(decoded(problem, 0, 3).mapping).toEqual({ 'a/x': 'cpu:0' });
  });

  it('lowers a frequency above the cap for the active cores to the highest allowed', () => {
    const problem = problemOn(
      aPlatform()
        .withCores(4, { operatingPoints: points(500, 1000, 1500, 2000) })
        .withCap('cpu', 2, 1500)
        .withCap('cpu', 4, 1200),
    );
    expect([0, 1, 2, 3].map((cores) => decoded(problem, cores, 3, 0).frequencies)).toEqual([
      { cpu: 2000 },
      { cpu: 1500 },
      { cpu: 1500 },
      { cpu: 1000 },
    ]);
    expect(decoded(problem, 3, 0, 0).frequencies).toEqual({ cpu: 500 });
  });

  it('runs processors without a frequency locus at their only operating point, or at nominal', () => {
    expect(
      decoded(problemOn(aPlatform().withCores(1, { operatingPoints: points(800), nominalFrequencyMHz: 1000 })), 0)
        .frequencies,
    ).toEqual({ cpu: 800 });
    expect(decoded(problemOn(aPlatform().withCores(1, { nominalFrequencyMHz: 1000 })), 0).frequencies).toEqual({
      cpu: 1000,
    });
  });

  it('leaves the genome as it is', () => {
    const problem = problemOn(
      aPlatform()
        .withCores(4, { operatingPoints: points(500, 2000) })
        .withCap('cpu', 1, 500),
    );
    const genes = Uint8Array.from([0, 1, 3]);
    decodeGenome(problem, genes);
    expect([...genes]).toEqual([0, 1, 3]);
  });

  it('refuses a genome of another length, and a gene its locus does not have', () => {
    const problem = problemOn(aPlatform().withCores(2));
    expect(() => decodeGenome(problem, new Uint8Array(3))).toThrow('genome has 3 genes, this problem has 2 loci');
    expect(() => decodeGenome(problem, Uint8Array.from([0, 2]))).toThrow('gene 1 is 2, its locus takes 0 … 1');
  });
});

describe('encoding', () => {
  it('gives a genome that decodes to the same assignment', () => {
    const problem = problemOn(
      aPlatform()
        .withCores(4, { operatingPoints: points(500, 1000) })
        .withNpu({ operatingPoints: points(300, 600) }),
    );
    const assignment = decodeGenome(problem, Uint8Array.from([1, 1, 0, 4]));
    expect([...encodeAssignment(problem, assignment)]).toEqual([1, 1, 0, 4]);
    expect(decodeGenome(problem, encodeAssignment(problem, assignment))).toEqual(assignment);
  });

  it('of the default assignment has all cores active at the operating point closest to nominal within the caps', () => {
    const problem = problemOn(
      aPlatform()
        .withCores(3, { operatingPoints: points(500, 1000, 2000) })
        .withCap('cpu', 3, 1500)
        .withNpu(),
    );
    expect(describeAssignment(problem, defaultAssignment(problem, [3]))).toEqual({
      activeCores: { cpu: 3 },
      frequencies: { cpu: 1000, npu: 1 },
      mapping: { 'a/x': 'npu' },
    });
  });
});

describe('limits', () => {
  it('refuses more processing elements than a gene can tell apart', () => {
    let platform = aPlatform().withCores(64);
    for (const id of ['b', 'c', 'd', 'e']) platform = platform.withProcessor({ id, kind: 'cpu', coreCount: 64 });
    expect(() => problemOn(platform)).toThrow(
      'platform "board" has 320 processing elements, a genome can distinguish 256',
    );
  });
});
