/** The replay of a recorded run: what it shows is what was recorded, and what the engine computes. */
import { describe, expect, it } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { operatorNames, type GenerationRecord } from '#shared/domain/generation.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '../../fixtures/builders.ts';
import { aWorkbench } from '../../fixtures/workbench.ts';
import { recordsOf, type ChromosomeRecord } from '#test/fixtures/chromosomes.ts';

const configuration = { scheduler: 'ga', seed: 11, options: { populationSize: 16, generations: 40, eliteSize: 2 } };
const small = aSmallScenario();
/** Whatever runs on the NPU for long breaks its limit: some schedules do, some do not. */
const limited = aScenario()
  .on(aPlatform().withCores(2, { idlePowerMW: 30 }).withNpu({ maxUtilization: 0.3, idlePowerMW: 20 }))
  .running(aNetwork().withChain(8, { cpu: 3, npu: 1 }))
  .running(aNetwork().withChain(3, { cpu: 5, npu: 2 }));

/** The run itself, and the same search in this process. */
async function aFinishedRun(scenario = small) {
  const workbench = aWorkbench();
  const { run } = await workbench.client.invoke('runs.start', { scenario: scenario.input, configuration });
  await workbench.untilStatus(run.id, 'finished');
  const search = createRun(scenario.build(), configuration);
  const generations: GenerationRecord[] = [];
  for (let next = search.step(); next !== undefined; next = search.step()) generations.push(next);
  const chromosomes = new Map<number, ChromosomeRecord>(
    generations.flatMap((generation) =>
      recordsOf(generation.newChromosomes).map((chromosome) => [chromosome.id, chromosome] as const),
    ),
  );
  const born = new Map(
    generations.flatMap((generation) =>
      recordsOf(generation.newChromosomes).map((chromosome) => [chromosome.id, generation.index] as const),
    ),
  );
  return { workbench, runId: run.id, generations, chromosomes, born };
}

/** Row `i` of columns, in the form of the engine. */
function row(columns: ChromosomeColumns, i: number) {
  return {
    id: columns.ids[i],
    genes: columns.genes.slice(i * columns.loci, (i + 1) * columns.loci),
    fitness: columns.fitness[i],
    metrics: columns.metrics.slice(i * 5, (i + 1) * 5),
    parents: [...columns.parents.subarray(columns.parentOffsets[i], columns.parentOffsets[i + 1])],
    operator: operatorNames[columns.operators[i]],
    mutatedLoci: [...columns.mutatedLoci.subarray(columns.mutatedOffsets[i], columns.mutatedOffsets[i + 1])],
  };
}

describe('a replay', () => {
  it('shows the members, mutation counts and chromosomes of each generation as the engine computed them', async () => {
    const { workbench, runId, generations, chromosomes, born } = await aFinishedRun();
    const window = await workbench.client.invoke('replay.window', { runId, from: 7, length: 20 });
    expect(window).toMatchObject({ from: 7, length: 20 });
    for (let i = 0; i < window.length; i++) {
      const generation = generations[7 + i];
      expect(window.members.subarray(window.memberOffsets[i], window.memberOffsets[i + 1])).toEqual(generation.members);
      expect(
        window.mutationCounts.subarray(
          i * generation.mutationCounts.length,
          (i + 1) * generation.mutationCounts.length,
        ),
      ).toEqual(generation.mutationCounts);
    }
    window.chromosomes.ids.forEach((id, i) => {
      expect(row(window.chromosomes, i)).toEqual(chromosomes.get(id));
      expect(window.chromosomes.born[i]).toBe(born.get(id));
    });
  });

  it('gives a shorter window where the run ends and an empty one beyond', async () => {
    const { workbench, runId } = await aFinishedRun();
    expect(await workbench.client.invoke('replay.window', { runId, from: 35, length: 20 })).toMatchObject({
      from: 35,
      length: 5,
    });
    expect(await workbench.client.invoke('replay.window', { runId, from: 400, length: 20 })).toMatchObject({
      from: 400,
      length: 0,
    });
  });

  it('gives the best of every generation once', async () => {
    const { workbench, runId, generations, chromosomes } = await aFinishedRun();
    const bests = await workbench.client.invoke('replay.bests', { runId });
    expect(new Set(bests.ids)).toEqual(new Set(generations.map(({ bestId }) => bestId)));
    expect(new Set(bests.ids).size).toBe(bests.ids.length);
    bests.ids.forEach((id, i) => expect(row(bests, i)).toEqual(chromosomes.get(id)));
  });

  it('gives the front of everything that was recorded, in any metrics, of what breaks no limit where anything does not', async () => {
    const { workbench, runId, chromosomes } = await aFinishedRun(limited);
    const front = await workbench.client.invoke('pareto.front', { runId, objectives: ['latencyMs', 'energyMJ'] });
    const all = [...chromosomes.values()].map(({ id, metrics }) => ({
      id,
      x: metrics[3],
      y: metrics[2],
      violation: metrics[4],
    }));
    const isBetter = (a: (typeof all)[number], b: (typeof all)[number]): boolean =>
      a.violation !== b.violation
        ? a.violation < b.violation
        : a.violation > 0
          ? false
          : a.x <= b.x && a.y <= b.y && (a.x < b.x || a.y < b.y);
    const expected = all.filter(
      (one) =>
        !all.some((other) => isBetter(other, one)) &&
        !all.some(
          (other) => other.id < one.id && other.x === one.x && other.y === one.y && other.violation === one.violation,
        ),
    );
    expect([...front.ids]).toEqual(expected.map(({ id }) => id));
    expect(expected.every(({ violation }) => violation === 0)).toBe(true);
    const isFaster = all.some(({ x, violation }) => violation > 0 && expected.every((point) => x < point.x));
    expect(isFaster, 'a schedule that breaks a limit is faster than all of the front').toBe(true);
    front.ids.forEach((id, i) => expect(row(front, i)).toEqual(chromosomes.get(id)));
  });

  it('finds the line of the fitter parents back to the first generation with all its parents, and says when it is longer than asked for', async () => {
    const { workbench, runId, generations, chromosomes, born } = await aFinishedRun();
    const { bestId } = generations.at(-1)!;
    const expected = new Set([bestId]);
    let oldest = bestId;
    for (
      let parents = chromosomes.get(bestId)!.parents;
      parents.length > 0;
      parents = chromosomes.get(oldest)!.parents
    ) {
      for (const id of parents) expected.add(id);
      oldest = parents.reduce((fitter, id) =>
        chromosomes.get(id)!.fitness > chromosomes.get(fitter)!.fitness ? id : fitter,
      );
    }
    expect(born.get(oldest)).toBe(0);
    const all = await workbench.client.invoke('replay.ancestry', { runId, chromosomeId: bestId });
    expect([new Set(all.chromosomes.ids), all.isTruncated]).toEqual([expected, false]);
    expect(expected.size).toBeGreaterThan(3);
    const few = await workbench.client.invoke('replay.ancestry', { runId, chromosomeId: bestId, limit: 3 });
    expect([few.chromosomes.ids.length <= 3, few.isTruncated, [...few.chromosomes.ids].includes(bestId)]).toEqual([
      true,
      true,
      true,
    ]);
    await expect(workbench.client.invoke('replay.ancestry', { runId, chromosomeId: 999_999 })).rejects.toMatchObject({
      code: 'run.unknownChromosome',
    });
  });

  it('sums the mutations of every locus by spans of generations, all of which together are those of the run', async () => {
    const { workbench, runId, generations } = await aFinishedRun();
    const sumOf = (some: readonly GenerationRecord[]): number[] =>
      Array.from(some[0]!.mutationCounts, (_, locus) =>
        some.reduce((sum, { mutationCounts }) => sum + mutationCounts[locus]!, 0),
      );
    const each = await workbench.client.invoke('replay.mutations', { runId, spans: 1000 });
    expect([each.generations, each.spanLength]).toEqual([40, 1]);
    expect([...each.counts]).toEqual(generations.flatMap(({ mutationCounts }) => [...mutationCounts]));
    const few = await workbench.client.invoke('replay.mutations', { runId, spans: 3 });
    expect(few.spanLength).toBe(14);
    expect([...few.counts]).toEqual(
      [generations.slice(0, 14), generations.slice(14, 28), generations.slice(28)].flatMap(sumOf),
    );
    expect(sumOf(generations).some((count) => count > 0)).toBe(true);
    await expect(workbench.client.invoke('replay.mutations', { runId: 999 })).rejects.toMatchObject({
      code: 'run.unknown',
    });
  });
});
