/** The figures of a comparison as its table tells them: differences where both sides have a figure, and none where one has not. */
import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { effectScope } from 'vue';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import type { HeadlineMetrics } from '#shared/domain/metrics.ts';
import FigureTable from '#renderer/comparison/FigureTable.vue';
import { useSideFronts } from '#renderer/comparison/use-side-fronts.ts';
import type { ComparedSide } from '#renderer/comparison/use-comparison.ts';
import { HostDouble } from './support/host-double.ts';
import { aDetail, aRun, aSeries, gpuGenes, problem } from './support/run-fixtures.ts';

/** A run whose best has some other figures; without a record: one that ended before its first generation. */
function aSide(
  title: string,
  changes: Partial<HeadlineMetrics> & { deadlineMisses?: number },
  hasRecord = true,
): ComparedSide {
  const run = aRun({ name: title, ...(hasRecord ? {} : { generations: 0, bestFitness: undefined }) });
  const detail = aDetail(run, hasRecord ? gpuGenes : null);
  const runs = [
    {
      detail:
        detail.best === undefined
          ? detail
          : { ...detail, best: { ...detail.best, metrics: { ...detail.best.metrics, ...changes } } },
      series: aSeries(0, 0),
      bests: undefined as never,
    },
  ];
  return { runs, leader: runs[0]!, problem, schedule: undefined, title };
}

function rowsOf(sides: readonly ComparedSide[]): Map<string, string> {
  const table = mount(FigureTable, {
    props: { sides, colors: sides.map(() => '#000000'), baseline: 0, hasComparableFitness: false },
  });
  const rows = new Map(
    table
      .findAll('tbody tr')
      .map((row) => [row.get('th').text(), row.findAll('td').at(-1)!.text().replaceAll(/\s+/g, ' ')]),
  );
  table.unmount();
  return rows;
}

describe('the table of figures', () => {
  it('tells the difference from a baseline of nought as it is, not in per cent', () => {
    expect(rowsOf([aSide('a', { deadlineMisses: 0 }), aSide('b', { deadlineMisses: 3 })]).get('Deadline misses')).toBe(
      '3▼ +3 worse',
    );
    expect(rowsOf([aSide('a', { makespanMs: 20 }), aSide('b', { makespanMs: 10 })]).get('Makespan (ms)')).toBe(
      '10▲ −50 % better',
    );
  });

  it('tells no energy or power of a platform without such figures, and no saving of them', () => {
    const rows = rowsOf([aSide('a', { energyMJ: 60 }), aSide('b', { energyMJ: 0 })]);
    expect(rows.get('Energy (mJ)')).toBe('–');
  });

  it('tells no difference from a run that found nothing', () => {
    expect(rowsOf([aSide('a', {}, false), aSide('b', { makespanMs: 10 })]).get('Makespan (ms)')).toBe('10');
  });
});

/** A group of runs whose bests have these makespans. */
function aGroup(title: string, makespansMs: readonly number[], firstId = 1): ComparedSide {
  const runs = makespansMs.map((makespanMs, index) => {
    const [run] = aSide(title, { makespanMs }).runs;
    return { ...run!, detail: { ...run!.detail, run: { ...run!.detail.run, id: firstId + index, seed: index } } };
  });
  return { runs, leader: runs[0]!, problem, schedule: undefined, title };
}

describe('differences between groups', () => {
  const makespanOf = (a: readonly number[], b: readonly number[]) => {
    const table = mount(FigureTable, {
      props: {
        sides: [aGroup('a', a), aGroup('b', b, 20)],
        colors: ['#000000', '#000000'],
        baseline: 0,
        hasComparableFitness: false,
      },
    });
    const row = table.findAll('tbody tr').find((candidate) => candidate.get('th').text().startsWith('Makespan'))!;
    const cell = row.findAll('td').at(-1)!;
    const found = {
      text: cell.text(),
      isColoured: cell.find('.better, .worse').exists(),
      isBold: row.find('.isBest').exists(),
      head: table.get('header').text(),
    };
    table.unmount();
    return found;
  };

  it('have neither colour nor weight where the test finds none', () => {
    const found = makespanOf([20, 21, 22, 23, 24], [19.9, 21.1, 21.9, 23.2, 23.8]);
    expect(found).toMatchObject({ isColoured: false, isBold: false });
    expect(found.text).not.toMatch(/better|worse|▲|▼/);
    expect(found.text).toMatch(/not significant/);
  });

  it('have both where it does, after the correction that the head names', () => {
    const found = makespanOf([20, 21, 22, 23, 24, 25, 26, 27], [10, 11, 12, 13, 14, 15, 16, 17]);
    expect(found).toMatchObject({ isColoured: true, isBold: true });
    expect(found.text).toMatch(/better/);
    expect(found.head).toMatch(/Holm’s correction for the \d+ tests/);
  });

  it('are not called better for one run against a group, which cannot be tested', () => {
    expect(makespanOf([20, 21, 22], [10])).toMatchObject({ isColoured: false });
  });
});

/** Chromosomes with these makespans and energies. */
function aFront(values: readonly (readonly [makespanMs: number, energyMJ: number])[]): ChromosomeColumns {
  const count = values.length;
  return {
    ids: Uint32Array.from(values, (_, index) => index),
    loci: 0,
    genes: new Uint8Array(0),
    fitness: new Float64Array(count),
    metrics: Float64Array.from(values.flatMap(([makespanMs, energyMJ]) => [makespanMs, 1, energyMJ, 1, 0])),
    born: new Uint32Array(count),
    operators: new Uint8Array(count),
    parentOffsets: new Uint32Array(count + 1),
    parents: new Uint32Array(0),
    mutatedOffsets: new Uint32Array(count + 1),
    mutatedLoci: new Uint16Array(0),
  };
}

it('hypervolumes wait until the front of every run is here, and again for other axes', async () => {
  const release: (() => void)[] = [];
  new HostDouble({
    'pareto.front': ({ runId }) =>
      new Promise((resolve) => release.push(() => resolve(aFront(runId === 1 ? [[1, 1]] : [[2, 2]])))),
  }).install();
  const sides = [aGroup('a', [1]), aGroup('b', [2], 20)];
  const scope = effectScope();
  const fronts = scope.run(() =>
    useSideFronts(
      () => sides,
      () => 0,
    ),
  )!;
  const shown = (): number[] => fronts.fronts.value.map(({ hypervolume }) => hypervolume);
  await flushPromises();
  release.shift()?.();
  await flushPromises();
  expect(fronts.status.value).toBe('loading');
  expect(shown()).toEqual([Number.NaN, Number.NaN]);
  release.shift()?.();
  await flushPromises();
  expect(fronts.status.value).toBe('complete');
  expect(shown().every((share) => share >= 0 && share <= 1)).toBe(true);
  fronts.x.value = 'latencyMs';
  expect(shown()).toEqual([Number.NaN, Number.NaN]);
  scope.stop();
});
