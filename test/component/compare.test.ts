/** The figures of a comparison as its table tells them: differences where both sides have a figure, and none where one has not. */
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { HeadlineMetrics } from '#shared/domain/run.ts';
import FigureTable from '#renderer/features/compare/FigureTable.vue';
import type { ComparedSide } from '#renderer/features/compare/use-comparison.ts';
import { aDetail, aRun, aSeries, gpuGenes, problem } from './support/run-fixtures.ts';

/** A run whose best has some other figures; without a record: one that ended before its first generation. */
function aSide(title: string, changes: Partial<HeadlineMetrics> & { deadlineMisses?: number }, hasRecord = true): ComparedSide {
  const run = aRun({ name: title, ...(hasRecord ? {} : { generations: 0, bestFitness: undefined }) });
  const detail = aDetail(run, hasRecord ? gpuGenes : null);
  const runs = [{ detail: detail.best === undefined ? detail : { ...detail, best: { ...detail.best, metrics: { ...detail.best.metrics, ...changes } } }, series: aSeries(0, 0), bests: undefined as never }];
  return { runs, leader: runs[0]!, problem, schedule: undefined, title };
}

function rowsOf(sides: readonly ComparedSide[]): Map<string, string> {
  const table = mount(FigureTable, { props: { sides, colors: sides.map(() => '#000000'), baseline: 0, hasComparableFitness: false } });
  const rows = new Map(table.findAll('tbody tr').map((row) => [row.get('th').text(), row.findAll('td').at(-1)!.text().replaceAll(/\s+/g, ' ')]));
  table.unmount();
  return rows;
}

describe('the table of figures', () => {
  it('tells the difference from a baseline of nought as it is, not in per cent', () => {
    expect(rowsOf([aSide('a', { deadlineMisses: 0 }), aSide('b', { deadlineMisses: 3 })]).get('Deadline misses')).toBe('3▼ +3 worse');
    expect(rowsOf([aSide('a', { makespanMs: 20 }), aSide('b', { makespanMs: 10 })]).get('Makespan (ms)')).toBe('10▲ −50 % better');
  });

  it('tells no energy or power of a platform without such figures, and no saving of them', () => {
    const rows = rowsOf([aSide('a', { energyMJ: 60 }), aSide('b', { energyMJ: 0 })]);
    expect(rows.get('Energy (mJ)')).toBe('–');
  });

  it('tells no difference from a run that found nothing', () => {
    expect(rowsOf([aSide('a', {}, false), aSide('b', { makespanMs: 10 })]).get('Makespan (ms)')).toBe('10');
  });
});
