/** What the list of runs says of a run and of a group: names without repetition, deadlines, options, definitions of fitness. */
import { describe, expect, it } from 'vitest';
import { fieldsOf, leavesOf } from '#renderer/components/options-schema.ts';
import { definitionText, groupNote } from '#renderer/features/runs/fitness-definition.ts';
import { listingOf, parseListAddress } from '#renderer/features/runs/list-address.ts';
import { ownName } from '#renderer/components/facts/name-parts.ts';
import { orderOf, runColumns } from '#renderer/features/runs/run-table.ts';
import { aRun, gaSummary } from './support/run-fixtures.ts';

const plain = (text: string | undefined) => text?.replaceAll(/[\u00A0\u2009]/g, ' ');

it('a name leaves out what the columns beside it show', () => {
  expect(ownName('Small scenario, Genetic algorithm, seed 15', ['Small scenario', 'Genetic algorithm'])).toBe(
    'Seed 15',
  );
  expect(ownName('Small scenario, Genetic algorithm, seed 15', ['Genetic algorithm'])).toBe(
    'Small scenario, Genetic algorithm, seed 15',
  );
  expect(ownName('Evening run', ['Small scenario'])).toBe('Evening run');
});

describe('columns', () => {
  const textOf = (id: string, changes: Parameters<typeof aRun>[0]) =>
    plain(
      runColumns((name) => name, leavesOf(fieldsOf(gaSummary.optionsSchema)))
        .find((column) => column.id === id)
        ?.text?.(aRun(changes)),
    );

  it('tell missed deadlines, and claim nothing without deadlines or before it is known', () => {
    expect([
      textOf('deadlines', { deadlines: { missed: 2, ofInstances: 12 } }),
      textOf('deadlines', { deadlines: { ofInstances: 12 } }),
      textOf('deadlines', {}),
    ]).toEqual(['2 of 12', '? of 12', 'none set']);
  });

  it('tell how far the makespan is above the bound', () => {
    const { bestMetrics } = aRun();
    expect([
      textOf('gap', { boundMs: bestMetrics!.makespanMs / 1.25 }),
      textOf('gap', { boundMs: bestMetrics!.makespanMs * 1.0001 }),
      textOf('gap', {}),
    ]).toEqual(['25', 'optimal', '–']);
    expect([
      textOf('gap', { boundMs: bestMetrics!.makespanMs * (1 - 1e-10) }),
      textOf('gap', { boundMs: bestMetrics!.makespanMs * (1 - 1e-4) }),
    ]).toEqual(['optimal', expect.stringMatching(/^0[.]01/)]);
  });

  it('show any option of the schedulers, also one inside another', () => {
    const options = { populationSize: 40, heuristicSeeding: true, weights: { energy: 2 } };
    expect([
      textOf('options.populationSize', { options }),
      textOf('options.heuristicSeeding', { options }),
      textOf('options.weights.energy', { options }),
      textOf('options.mutationRate', { options }),
    ]).toEqual(['40', 'on', '2', '–']);
    expect([orderOf('options.weights.energy'), orderOf('deadlines'), orderOf('gap'), orderOf('nonsense')]).toEqual([
      'options.weights.energy',
      'deadlineMisses',
      'gap',
      'id',
    ]);
  });
});

it('sorted by fitness, runs stand under the definition of theirs unless they are grouped otherwise', () => {
  expect(listingOf(parseListAddress({ sort: 'fitness-descending' }))).toMatchObject({
    groupBy: 'fitness',
    sort: { by: 'fitness' },
  });
  expect(listingOf(parseListAddress({ sort: 'fitness-descending', group: 'tag' }))).toMatchObject({ groupBy: 'tag' });
  expect(listingOf(parseListAddress({ sort: 'options.weights.energy-ascending' }))).toMatchObject({
    sort: { by: 'options.weights.energy', direction: 'ascending' },
  });
});

it('a definition of fitness is put into words', () => {
  const of = (weights: object | null) => plain(definitionText(JSON.stringify(['small', weights, 1, 2, 3])));
  expect(of({ throughput: 1, energy: 0.5, latency: 0, penalty: 2, normalise: true })).toBe(
    'throughput − 0.5 · energy − 2 · violation, relative to NPU first',
  );
  expect(of({ throughput: 0, energy: 1, latency: 0, penalty: 0, normalise: false })).toBe('−energy, raw');
  expect([of(null), definitionText('')]).toEqual([undefined, undefined]);
});

it('a group says median and best of what is comparable in it', () => {
  expect(
    plain(
      groupNote({
        key: 'a',
        title: 'A',
        count: 3,
        figures: { makespanMs: { median: 18.25, best: 17, count: 3 }, fitness: { median: 0.5, best: 0.75, count: 3 } },
      }),
    ),
  ).toBe('median: makespan 18.3 ms (best 17) · fitness 0.5 (best 0.75)');
  expect(groupNote({ key: 'a', title: 'A', count: 3 })).toBeUndefined();
});
