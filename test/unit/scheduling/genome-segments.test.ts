/** The table of the kinds of genes: each has genes for what offers a choice, says what they mean, and sets its part of a schedule. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { emptyLibrary } from '#shared/domain/scenario.ts';
import { decodeGenome, encodeAssignment } from '#shared/scheduling/decode.ts';
import { describeGene, isSearched, lociOf, lociThatSet, titleOfLocus } from '#shared/scheduling/genome-layout.ts';
import {
  segmentKinds,
  segmentNames,
  type AssignmentPart,
  type SegmentName,
} from '#shared/scheduling/genome-segments.ts';

const points = (...frequencies: number[]) => frequencies.map((frequencyMHz) => ({ frequencyMHz }));
/** One gene of every kind but those that have one for each layer: "little" has cores, "big" has configurations. */
const builder = aScenario()
  .on(
    aPlatform()
      .with({ processors: [] })
      .withProcessor({ id: 'little', kind: 'cpu', coreCount: 3, executionTimeKey: 'cpu' })
      .withProcessor({
        id: 'big',
        kind: 'cpu',
        coreCount: 4,
        executionTimeKey: 'cpu',
        coreConfigurations: [[1, 1, 1, 1], [2, 2], [4]],
        groupSpeedup: { 2: 1.5, 4: 3 },
      })
      .withNpu({ operatingPoints: points(400, 960) }),
  )
  .running(
    aNetwork()
      .withLayer('x', { cpu: 1, npu: 1 })
      .withLayer('y', { cpu: 1, npu: 1 }, { dependencies: ['x'] }),
  );
const problem = builder.problem(emptyLibrary, { priorities: true, subgraphs: 'searched' });
const { layout } = problem;
/** The same with one priority for all layers of an application. */
const ofApplications = builder.problem(emptyLibrary, { priorities: 'application', subgraphs: 'searched' });
const problemWith = (name: SegmentName) => (name === 'applicationPriority' ? ofApplications : problem);

/** Of the first gene of each kind: its title, what its values mean, and the part and entry of the assignment that a value sets. */
const kinds: Readonly<
  Record<
    SegmentName,
    {
      readonly title: string;
      readonly values: number;
      readonly means: readonly (readonly [value: number, text: string])[];
      readonly sets: readonly [part: AssignmentPart, entry: number];
    }
  >
> = {
  activeCores: {
    title: 'active cores of little',
    values: 3,
    means: [
      [0, '1 core'],
      [2, '3 cores'],
    ],
    sets: ['arrangement', 0],
  },
  coreConfiguration: {
    title: 'core configuration of big',
    values: 3,
    means: [
      [0, '(1, 1, 1, 1)'],
      [1, '(2, 2)'],
    ],
    sets: ['arrangement', 1],
  },
  frequency: {
    title: 'frequency of npu',
    values: 2,
    means: [
      [0, '400 MHz'],
      [1, '960 MHz'],
    ],
    sets: ['operatingPoint', 2],
  },
  mapping: {
    title: 'a/x',
    values: 8,
    means: [
      [0, 'little:0'],
      [7, 'npu'],
    ],
    sets: ['peOfTask', 0],
  },
  partition: {
    title: 'cut of a/x → a/y',
    values: 2,
    means: [
      [0, 'joined'],
      [1, 'cut'],
    ],
    sets: ['cut', 0],
  },
  priority: {
    title: 'priority of a/x',
    values: 256,
    means: [
      [0, '0'],
      [255, '255'],
    ],
    sets: ['taskPriority', 0],
  },
  applicationPriority: {
    title: 'priority of all layers of a',
    values: 256,
    means: [
      [0, '0'],
      [255, '255'],
    ],
    sets: ['applicationPriority', 0],
  },
};

describe.each(segmentNames)('%s genes', (name) => {
  const { title, values, means, sets } = kinds[name];
  const own = problemWith(name);
  const locus = lociOf(own.layout, name)[0]!;
  const decision = own.layout.loci[locus]!;

  it('have a title, and as many values as there is to choose from', () => {
    expect(titleOfLocus(decision)).toBe(title);
    expect(decision.cardinality).toBe(values);
    expect([...decision.alleles]).toEqual(Array.from({ length: values }, (_, value) => value));
  });

  it('say what each value means', () => {
    expect(means.map(([value]) => [value, describeGene(own, decision, value)])).toEqual(means);
    const texts = Array.from(decision.alleles, (value) => describeGene(own, decision, value));
    expect(new Set(texts).size).toBe(values);
  });

  it('set their part of the assignment, and are written back from it', () => {
    const [part, entry] = sets;
    expect(segmentKinds[name].sets).toBe(part);
    for (const [value] of means) {
      // All cores of "little" and "big" are on, so that no place is repaired.
      const genes = encodeAssignment(
        own,
        decodeGenome(own, Uint8Array.of(2, 0, 1, 0, 0, 0, 0, 0).subarray(0, own.layout.length)),
      );
      genes[locus] = value;
      const assignment = decodeGenome(own, genes);
      expect(assignment[part]![entry]).toBe(value);
      expect(encodeAssignment(own, assignment)[locus]).toBe(value);
    }
  });
});

it('one priority for an application is that of all its layers', () => {
  const genes = new Uint8Array(ofApplications.layout.length);
  genes[genes.length - 1] = 9;
  expect(lociOf(ofApplications.layout, 'priority')).toEqual([]);
  expect([...decodeGenome(ofApplications, genes).taskPriority!]).toEqual([9, 9]);
});

it('genes of processors come first, and from the mapping on there is one for each task, or each dependency between two', () => {
  expect(layout.segments.map(({ name, length }) => [name, length])).toEqual([
    ['activeCores', 1],
    ['coreConfiguration', 1],
    ['frequency', 1],
    ['mapping', 2],
    ['partition', 1],
    ['priority', 2],
  ]);
});

describe('loci', () => {
  const plain = aScenario()
    .on(aPlatform().withCores(2))
    .running(aNetwork().withLayer('x', { cpu: 1 }))
    .problem().layout;

  it('are found by the segment they are in; of one that is left out there are none', () => {
    expect(lociOf(layout, 'priority')).toEqual([6, 7]);
    expect(lociOf(plain, 'priority')).toEqual([]);
  });

  it('are found by what they set, whichever kind they are of', () => {
    expect([...lociThatSet(layout, 'arrangement', 3)]).toEqual([0, 1, -1]);
    expect([...lociThatSet(layout, 'operatingPoint', 3)]).toEqual([-1, -1, 2]);
    expect([...lociThatSet(layout, 'taskPriority', 2)]).toEqual([6, 7]);
    expect([...lociThatSet(plain, 'operatingPoint', 1)]).toEqual([-1]);
  });

  it('tell which parts of an assignment are searched', () => {
    const parts: readonly AssignmentPart[] = ['arrangement', 'operatingPoint', 'peOfTask', 'taskPriority', 'cut'];
    expect(parts.filter((part) => isSearched(layout, part))).toEqual(parts);
    expect(parts.filter((part) => isSearched(plain, part))).toEqual(['arrangement', 'peOfTask']);
  });
});
