/** The Pareto page of a run that traded off what the metrics of its chromosomes do not tell. */
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FrontPlot } from '#renderer/plots/draw-front.ts';
import { headlineMetricNames, headlineVector } from '#shared/domain/metrics.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import type { HostDouble } from './support/host-double.ts';
import { aHostWithRuns } from './support/host-with-runs.ts';
import { openPage, settle } from './support/mount-page.ts';
import { aDetail, aRun, gpuGenes, npuFirstGenes, problem } from './support/run-fixtures.ts';

const genomes = [gpuGenes, npuFirstGenes];
const solutions = genomes.map((genes) => describeSolution(problem, genes, 0));
const longest = (index: number): number =>
  Math.max(...Object.values(solutions[index]!.metrics.applications).map(({ maxResponseMs }) => maxResponseMs));

let wrapper: VueWrapper | undefined;
let host: HostDouble;
beforeEach(() => {
  const detail = aDetail(aRun({ id: 2, scheduler: 'nsga2' }));
  host = aHostWithRuns();
  host.handlers['runs.get'] = () => ({
    ...detail,
    configuration: { scheduler: 'nsga2', seed: 42, options: { objectives: ['energyMJ', 'maxResponseMs'] } },
    front: genomes.map((genes, index) => ({
      chromosomeId: index,
      genome: [...genes],
      fitness: 0,
      metrics: solutions[index]!.metrics,
    })),
  });
  host.handlers['runs.baseline'] = ({ baseline }) => ({
    baseline: { id: String(baseline), name: 'HEFT', metrics: solutions[0]!.metrics, makespanMs: 1 },
  });
  const columns = {
    ids: Uint32Array.of(0),
    loci: gpuGenes.length,
    genes: gpuGenes.slice(),
    fitness: Float64Array.of(0),
    metrics: Float64Array.from(headlineVector(solutions[0]!.metrics)),
    born: Uint32Array.of(0),
    operators: Uint8Array.of(0),
    parentOffsets: Uint32Array.of(0, 0),
    parents: new Uint32Array(),
    mutatedOffsets: Uint32Array.of(0, 0),
    mutatedLoci: new Uint16Array(),
  };
  host.handlers['pareto.front'] = () => columns;
  host.handlers['replay.window'] = ({ from }) => ({
    from,
    length: 1,
    memberOffsets: Uint32Array.of(0, 1),
    members: Uint32Array.of(0),
    mutationCounts: new Uint16Array(gpuGenes.length),
    chromosomes: columns,
  });
});
afterEach(() => wrapper?.unmount());

async function show(address: string) {
  const page = await openPage(address);
  wrapper = page.wrapper;
  await settle();
  return page;
}
const plot = (page: VueWrapper): FrontPlot => page.findComponent({ name: 'FrontPlot' }).vm.$attrs['plot'] as FrontPlot;

describe('the Pareto page', () => {
  it('draws the front that the search found in its own objectives, simulated where no metric tells them', async () => {
    const { wrapper: page } = await show('/pareto/2?of=searched');
    expect(plot(page)).toMatchObject({ x: 'energyMJ', y: 'maxResponseMs', text: { y: 'Max response (ms)' } });
    expect(
      plot(page)
        .points.map(({ values }) => values['maxResponseMs'])
        .toSorted(),
    ).toEqual([longest(0), longest(1)].toSorted());
    expect(plot(page).marks.every(({ values }) => Number.isFinite(values['maxResponseMs']))).toBe(true);
    expect(host.asked('pareto.front')).toEqual([]);
  });

  it('offers what the run searched for as an axis, and asks for the front of the search when it is chosen', async () => {
    const { wrapper: page, router } = await show('/pareto/2');
    expect(plot(page).y).toBe('energyMJ');
    const axis = page
      .findAllComponents({ name: 'Select' })
      .find((each) => (each.props('options') as { value: string }[]).some(({ value }) => value === 'maxResponseMs'))!;
    (axis.vm.$emit as (event: string, value: string) => void)('update:value', 'maxResponseMs');
    await settle();
    expect(router.currentRoute.value.query).toMatchObject({ of: 'searched', y: 'maxResponseMs' });
    expect(plot(page).y).toBe('maxResponseMs');
    expect(plot(page).points).toHaveLength(2);
  });

  it('offers nothing beside the metrics for a run that searched for a fitness', async () => {
    host.handlers['runs.get'] = () => aDetail(aRun({ id: 2 }));
    const { wrapper: page } = await show('/pareto/2');
    const values = page
      .findAllComponents({ name: 'Select' })
      .flatMap((each) => (each.props('options') as { value: string }[]).map(({ value }) => value));
    expect(values.filter((value) => ![...headlineMetricNames, 'two', 'all'].includes(value))).toEqual([]);
  });
});
