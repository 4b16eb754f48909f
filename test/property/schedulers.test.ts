/** What holds of every scheduler on random scenarios that use every feature, and of the plans that list scheduling makes. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { heftSchedule } from '#main/engine/list-scheduling/heft.ts';
import { peftSchedule } from '#main/engine/list-scheduling/peft.ts';
import { taskGraphOf, transferBetween } from '#main/engine/list-scheduling/task-graph.ts';
import { createRun, parseRunState, restoreRun, type SearchRun } from '#main/engine/run-search.ts';
import { findScheduler, parseOptions, prepareScheduler, ownSchedulers } from '#main/engine/schedulers/index.ts';
import { obstacleToShop } from '#main/engine/critical-path/shop.ts';
import { arbitraryProblemAndGenes, type ScenarioShape } from '#test/fixtures/random-scenario.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

/** Options that keep a run short, as far as a scheduler knows them. */
const short = {
  populationSize: 8,
  generations: 7,
  neighbours: 5,
  patience: 2,
  maxPasses: 2,
  archiveSize: 4,
  maxSchedules: 40,
  batchSize: 15,
  maxNodes: 5,
  islands: 2,
  maxOrderings: 20_000,
  moves: 6,
  walks: 2,
  children: 6,
};
/** What a scheduler takes: the critical-path search only what is a job shop. */
const shapeFor = (scheduler: string): ScenarioShape =>
  scheduler === 'critical_path' ? { interconnect: 'latency', dispatchTickMs: 0, maxInstances: 1 } : {};

beforeAll(() => prepareScheduler('milp'));

function generationsOf(run: SearchRun): GenerationRecord[] {
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return generations;
}

test.each([
  ...ownSchedulers.map(({ id }): [string, Record<string, unknown>] => [id, {}]),
  ['auto', { objectives: ['makespanMs', 'energyMJ'] }] as const,
  ['auto', { objectives: ['latencyMs', 'energyMJ'] }] as const,
])(
  '%s %j: proposes admissible values only, keeps within its plan, and ends alike when interrupted',
  (scheduler, own) => {
    const known = parseOptions(findScheduler(scheduler), {});
    const options = { ...Object.fromEntries(Object.entries(short).filter(([name]) => name in known)), ...own };
    fc.assert(
      fc.property(
        arbitraryProblemAndGenes(shapeFor(scheduler)),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.nat(12),
        ({ problem }, seed, interruption) => {
          const { scenario } = problem;
          fc.pre(scheduler !== 'critical_path' || obstacleToShop(problem) === undefined);
          const configuration = { scheduler, seed, options };
          const run = createRun(scenario, configuration, { createEvaluator: createKernel });
          const whole = generationsOf(run);
          expect(whole.length).toBeGreaterThan(0);
          expect(whole.length).toBeLessThanOrEqual(run.plannedGenerations);
          for (const { genes } of whole.flatMap(({ newChromosomes }) => recordsOf(newChromosomes))) {
            for (let locus = 0; locus < genes.length; locus++)
              expect(run.problem.layout.loci[locus]!.alleles).toContain(genes[locus]);
          }
          const first = createRun(scenario, configuration);
          const before = whole.slice(0, interruption).map(() => first.step()!);
          const state = parseRunState(JSON.parse(JSON.stringify(first.saveState())));
          const after = generationsOf(
            restoreRun(
              scenario,
              configuration,
              state,
              before.flatMap(({ newChromosomes }) => recordsOf(newChromosomes)),
            ),
          );
          expect([...before, ...after]).toEqual(whole);
        },
      ),
      { numRuns: scheduler === 'milp' ? 5 : 'objectives' in own ? 8 : 25 },
    );
  },
);

describe.each([
  ['HEFT', heftSchedule],
  ['PEFT', peftSchedule],
] as const)('a plan of %s', (_, plan) => {
  test('runs one task at a time on each unit, each where it can run, after its release and its producers', () => {
    fc.assert(
      fc.property(arbitraryProblemAndGenes(), ({ problem }) => {
        const graph = taskGraphOf(problem);
        const schedule = plan(graph);
        const units = graph.peOfUnit.length;
        for (const { index, application } of problem.tasks) {
          const unit = schedule.unitOfTask[index]!;
          expect(graph.unitsOf[index]).toContain(unit);
          expect(schedule.endMs[index]).toBe(schedule.startMs[index]! + graph.costMs[index * units + unit]!);
          expect(schedule.startMs[index]).toBeGreaterThanOrEqual(
            problem.scenario.applications[application]!.startTimeMs,
          );
          for (const other of problem.tasks) {
            const disjoint =
              schedule.endMs[index]! <= schedule.startMs[other.index]! ||
              schedule.endMs[other.index]! <= schedule.startMs[index]!;
            expect(other.index === index || schedule.unitOfTask[other.index] !== unit || disjoint).toBe(true);
          }
        }
        problem.edgeProducer.forEach((producer, edge) => {
          const consumer = problem.edgeConsumer[edge]!;
          const transfer = transferBetween(graph, edge, schedule.unitOfTask[producer]!, schedule.unitOfTask[consumer]!);
          expect(schedule.startMs[consumer]).toBeGreaterThanOrEqual(schedule.endMs[producer]! + transfer);
        });
      }),
      { numRuns: 60 },
    );
  });
});
