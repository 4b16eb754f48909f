/** On random scenarios: what a replay shows of any generation is what was recorded, and what the simulator gives for those genes. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { expect, test } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { layoutOf } from '#main/services/runs/preparation.ts';
import { ReplayService } from '#main/services/runs/replay-service.ts';
import { RunRecorder } from '#main/store/recorder.ts';
import type { RunRecord } from '#main/store/record.ts';
import { BestScenes } from '#renderer/recorded/best-scenes.ts';
import { geneMapScene, pointsOf } from '#renderer/plots/replay-scenes.ts';
import { ReplaySource } from '#renderer/recorded/replay-source.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { headlineMetricNames, headlineVector } from '#shared/domain/metrics.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { aRecord } from '../../fixtures/record.ts';
import { arbitraryScenario } from '../../fixtures/random-scenario.ts';
import { recordsOf, type ChromosomeRecord } from '#test/fixtures/chromosomes.ts';

const configuration: fc.Arbitrary<SchedulerConfiguration> = fc.record({
  scheduler: fc.constantFrom('ga', 'nsga2', 'random'),
  seed: fc.integer({ min: 0, max: 0xffff_ffff }),
  options: fc.record({ populationSize: fc.integer({ min: 4, max: 8 }), generations: fc.integer({ min: 1, max: 9 }) }),
});

/** Runs the search to its end and records it. */
function recordRun(record: RunRecord, scenario: ResolvedScenario, of: SchedulerConfiguration) {
  const search = createRun(scenario, of);
  const runId = record.runs.create({
    name: 'test',
    scenario,
    configuration: of,
    engineVersion: 'test',
    reference: search.reference,
    layout: layoutOf(search.problem),
    createdAt: 1,
    owner: 'test',
  });
  record.runs.markStarted(runId, 2);
  const generations: GenerationRecord[] = [];
  for (let next = search.step(); next !== undefined; next = search.step()) generations.push(next);
  new RunRecorder(record.database, runId).record(
    {
      generations: generations.map((one) => ({ record: one, elapsedMs: one.index })),
      checkpoint: search.saveState(),
      best: search.best!,
    },
    3,
  );
  return { runId, generations, problem: search.problem };
}

test('members, metrics, genes and the best schedule of every generation are those recorded and simulated, wherever one jumps', async () => {
  const record = aRecord();
  const service = new ReplayService(record);
  await fc.assert(
    fc.asyncProperty(
      arbitraryScenario(),
      configuration,
      fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 4 }),
      async (scenario, of, jumps, windowLength) => {
        const { runId, generations, problem } = recordRun(record, scenario, of);
        const chromosomes = new Map<number, ChromosomeRecord>(
          generations.flatMap(({ newChromosomes }) => recordsOf(newChromosomes).map((one) => [one.id, one] as const)),
        );
        const bests = await service.bests(runId, 0, generations.length);
        const scenes = new BestScenes(problem, bests);
        let arrived = Promise.withResolvers<void>();
        const source = new ReplaySource({
          load: (from, length) => service.window(runId, from, length),
          onArrival: () => arrived.resolve(),
          onError: (error) => arrived.reject(error),
          windowLength,
          mostWindows: 2,
        });
        source.setCount(generations.length);
        for (const jump of jumps) {
          const { index, members, bestId } = generations[jump % generations.length];
          let frame = source.at(index);
          while (frame === undefined) {
            await arrived.promise;
            arrived = Promise.withResolvers<void>();
            frame = source.at(index);
          }
          expect(frame.members).toEqual(members);
          const shown = headlineMetricNames.map((name) => pointsOf(frame, name, name).map(({ x }) => x));
          const { shares } = geneMapScene(problem, frame, bests, bestId, []);
          const counts = new Float64Array(shares.shares.length);
          members.forEach((id, at) => {
            const { genes, metrics } = chromosomes.get(id)!;
            const assignment = decodeGenome(problem, genes);
            const simulated = headlineVector(computeMetrics(problem, assignment, simulate(problem, assignment)));
            expect(simulated).toEqual(metrics);
            expect(shown.map((values) => values[at])).toEqual([...simulated]);
            genes.forEach((value, locus) => {
              const { segment, subject } = problem.layout.loci[locus];
              counts[locus * shares.width + (segment === 'mapping' ? assignment.peOfTask[subject] : value)]++;
            });
          });
          expect(Array.from(shares.shares, (share) => Math.round(share * members.length))).toEqual([...counts]);
          const best = decodeGenome(problem, chromosomes.get(bestId)!.genes);
          expect(scenes.get(bestId)?.schedule.timeline).toEqual(simulate(problem, best));
        }
        source.close();
      },
    ),
    { numRuns: 40 },
  );
});
