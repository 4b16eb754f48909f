/** Mapping files, as `tessera simulate --mapping` takes them: their forms, the names they may use, and their errors. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '#test/fixtures/builders.ts';
import { everythingOn } from '#test/fixtures/schedules.ts';
import { WorkbenchError, type Issue } from '#shared/domain/errors.ts';
import { describeAssignment, describeSolution, parseMapping } from '#shared/scheduling/solution.ts';

const points = (...frequencies: number[]) => frequencies.map((frequencyMHz) => ({ frequencyMHz }));
const platform = aPlatform()
  .withCores(4, { operatingPoints: points(500, 1000, 2000) })
  .withCap('cpu', 3, 1000)
  .withNpu({ supportedOps: ['Conv'] });
const network = aNetwork().withLayer('conv', { cpu: 1, npu: 1 }).withLayer('softmax', { cpu: 1 }, { op: 'Softmax' });
const problem = aScenario().on(platform).running(network).problem();
const named = (input: unknown) => describeAssignment(problem, parseMapping(problem, input));

function issuesOf(input: unknown): readonly Issue[] {
  try {
    parseMapping(problem, input);
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'mapping.invalid') return error.details;
    throw error;
  }
  throw new Error('the mapping was accepted');
}

describe('forms', () => {
  it('a bare mapping runs all cores at the operating point closest to nominal within the caps', () => {
    expect(named({ 'a/conv': 'npu', 'a/softmax': 'cpu:3' })).toEqual({
      mapping: { 'a/conv': 'npu', 'a/softmax': 'cpu:3' },
      frequencies: { cpu: 1000, npu: 1 },
      activeCores: { cpu: 4 },
    });
  });

  it('an object with "mapping" may choose frequencies and active cores', () => {
    const file = {
      mapping: { 'a/conv': 'cpu:0', 'a/softmax': 'cpu:1' },
      frequencies: { cpu: 500 },
      activeCores: { cpu: 2 },
    };
    expect(named(file)).toEqual({ ...file, frequencies: { cpu: 500, npu: 1 } });
  });

  it('without a frequency, the caps for the chosen active cores hold', () => {
    expect(
      named({ mapping: { 'a/conv': 'cpu:0', 'a/softmax': 'cpu:1' }, activeCores: { cpu: 2 } }).frequencies,
    ).toEqual({ cpu: 2000, npu: 1 });
  });

  it('core configurations are chosen by their group sizes', () => {
    const grouped = aScenario()
      .on(
        aPlatform().withCores(4, {
          coreConfigurations: [
            [1, 1, 1, 1],
            [2, 2],
          ],
          groupSpeedup: { 2: 1.5 },
        }),
      )
      .running(aNetwork().withLayer('conv', { cpu: 1 }))
      .problem();
    const assignment = parseMapping(grouped, { mapping: { 'a/conv': 'cpu:1' }, coreConfigurations: { cpu: [2, 2] } });
    expect(describeAssignment(grouped, assignment).coreConfigurations).toEqual({ cpu: [2, 2] });
    expect(() => parseMapping(grouped, { mapping: { 'a/conv': 'cpu:1' }, coreConfigurations: { cpu: [4] } })).toThrow(
      '"cpu" cannot have the core configuration [4]',
    );
  });

  it('takes what `run --json` prints as best', () => {
    const small = aSmallScenario().problem();
    const genes = Uint8Array.from(small.layout.loci, ({ cardinality }) => cardinality - 1);
    const best = describeSolution(small, genes, -1);
    expect(describeAssignment(small, parseMapping(small, JSON.parse(JSON.stringify(best))))).toEqual({
      mapping: best.mapping,
      frequencies: best.frequencies,
      activeCores: best.activeCores,
    });
  });
});

describe('names of processing elements', () => {
  it.each(['cpu:2', 'cpu2', 'cpu.2', 'cpu#2', 'cpu-2', 'cpu_2', 'cpu/2', 'cpu[2]'])(
    '"%s" is core 2 of the CPU',
    (name) => {
      expect(named(everythingOn(problem, name)).mapping['a/conv']).toBe('cpu:2');
    },
  );

  it.each(['npu', 'npu:0', 'npu0'])('"%s" is the only element of the NPU', (name) => {
    expect(named({ 'a/conv': name, 'a/softmax': 'cpu:0' }).mapping['a/conv']).toBe('npu');
  });

  it('a processor’s own id is never taken for a core of another', () => {
    const twins = aScenario()
      .on(
        aPlatform()
          .withCores(2)
          .withProcessor({ id: 'cpu-1', kind: 'cpu', executionTimeKey: 'cpu' })
          .withProcessor({ id: 'cpu0', kind: 'cpu', coreCount: 2, executionTimeKey: 'cpu' }),
      )
      .running(aNetwork().withLayer('x', { cpu: 1 }))
      .problem();
    expect(describeAssignment(twins, parseMapping(twins, { 'a/x': 'cpu-1' })).mapping).toEqual({ 'a/x': 'cpu-1' });
    expect(describeAssignment(twins, parseMapping(twins, { 'a/x': 'cpu:1' })).mapping).toEqual({ 'a/x': 'cpu:1' });
    expect(() => parseMapping(twins, { 'a/x': 'cpu0' })).toThrow('"cpu0" has 2 processing elements');
  });
});

describe('errors', () => {
  const valid = { 'a/conv': 'npu', 'a/softmax': 'cpu:0' };
  it.each<[string, unknown, Partial<Issue>]>([
    [
      'a layer that is not mapped',
      { 'a/conv': 'npu' },
      {
        path: ['a/softmax'],
        message: 'layer "a/softmax" is not mapped',
        expected: 'a processing element',
        hint: 'add "a/softmax": "cpu:0"',
      },
    ],
    [
      'a layer that does not exist',
      { ...valid, 'a/conf': 'npu' },
      { path: ['a/conf'], message: 'there is no layer "a/conf"', value: '"npu"', hint: 'did you mean "a/conv"?' },
    ],
    [
      'an element that does not exist',
      { ...valid, 'a/conv': 'npv' },
      {
        path: ['a/conv'],
        message: 'there is no processing element "npv"',
        value: '"npv"',
        hint: 'did you mean "npu"?',
      },
    ],
    [
      'a core that does not exist',
      { ...valid, 'a/conv': 'cpu:4' },
      { path: ['a/conv'], message: 'there is no processing element "cpu:4"' },
    ],
    [
      'a processor with several elements',
      { ...valid, 'a/conv': 'cpu' },
      { path: ['a/conv'], message: '"cpu" has 4 processing elements', hint: 'say which: "cpu:0" … "cpu:3"' },
    ],
    [
      'an element that cannot run the layer',
      { ...valid, 'a/softmax': 'npu' },
      {
        path: ['a/softmax'],
        message: 'layer "a/softmax" cannot run on "npu"',
        value: '"npu"',
        expected: 'one of cpu:0, cpu:1, cpu:2, cpu:3',
      },
    ],
    [
      'a core that is not active',
      { mapping: { ...valid, 'a/conv': 'cpu:2' }, activeCores: { cpu: 2 } },
      {
        path: ['mapping', 'a/conv'],
        message: 'layer "a/conv" is mapped to "cpu:2", which is not active',
        value: '"cpu:2"',
        hint: 'raise activeCores of "cpu", or map it to another core',
      },
    ],
    [
      'more active cores than there are',
      { mapping: valid, activeCores: { cpu: 5 } },
      { path: ['activeCores', 'cpu'], message: '"cpu" cannot have 5 active cores', expected: 'one of 1, 2, 3, 4' },
    ],
    [
      'a frequency that is no operating point',
      { mapping: valid, frequencies: { cpu: 600 } },
      {
        path: ['frequencies', 'cpu'],
        message: '"cpu" has no operating point at 600 MHz',
        value: '600',
        expected: 'one of 500, 1000',
      },
    ],
    [
      'a frequency above the cap',
      { mapping: valid, frequencies: { cpu: 2000 } },
      {
        path: ['frequencies', 'cpu'],
        message: '2000 MHz is above the cap of "cpu" for its active cores',
        hint: 'use one of 500, 1000',
      },
    ],
    [
      'a processor that does not exist',
      { mapping: valid, frequencies: { gpu: 600 } },
      { path: ['frequencies', 'gpu'], message: 'there is no processor "gpu"', hint: 'did you mean "cpu"?' },
    ],
    [
      'a priority of a layer that does not exist',
      { mapping: valid, priorities: { 'a/conf': 3 } },
      { path: ['priorities', 'a/conf'], message: 'there is no layer "a/conf"', hint: 'did you mean "a/conv"?' },
    ],
    [
      'a priority beyond the levels',
      { mapping: valid, priorities: { 'a/conv': 256 } },
      { path: ['priorities', 'a/conv'], expected: expect.stringContaining('at most 255') },
    ],
    [
      'a field it does not know',
      { mapping: valid, frequency: { cpu: 600 } },
      { path: ['frequency'], message: 'unknown field "frequency"' },
    ],
    ['a value that is no name', { ...valid, 'a/conv': 3 }, { path: ['a/conv'], message: '3 is not a string' }],
    ['a mapping that is no object', { mapping: null }, { path: ['mapping'], message: 'null is not an object' }],
    ['a file that is no object', [1], { path: [], message: 'an array of 1 is not an object' }],
  ])('%s', (_, input, issue) => {
    expect(issuesOf(input)).toEqual([expect.objectContaining(issue)]);
  });

  it('reports every offending entry at once, each with what to do', () => {
    const issues = issuesOf({ mapping: { 'a/conv': 'tpu', 'b/x': 'cpu:0' }, activeCores: { cpu: 9 } });
    expect(issues.map(({ path }) => path)).toEqual([
      ['activeCores', 'cpu'],
      ['mapping', 'b/x'],
      ['mapping', 'a/conv'],
      ['mapping', 'a/softmax'],
    ]);
    for (const issue of issues) expect(issue.hint).toBeTruthy();
  });
});
