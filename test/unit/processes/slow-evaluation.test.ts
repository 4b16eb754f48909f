/** Scores that take long: kept as they arrive, so that a run process killed in the middle of a generation pays for none of them twice. */
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { nodeSpawnerOf } from '#main/processes/node-spawner.ts';
import type { RunEvent } from '#main/processes/protocol.ts';
import { hashOfGenome, SlowEvaluation, type SlowEvaluator } from '#main/processes/slow-evaluation.ts';
import type { RunProcess } from '#main/processes/spawner.ts';
import { layoutOf } from '#main/services/runs/preparation.ts';
import type { KeptScore } from '#main/store/recorder.ts';
import type { RunRecord } from '#main/store/record.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { recordsOf } from '../../fixtures/chromosomes.ts';
import { aFolder, aRecord } from '../../fixtures/record.ts';
import { logged, type SlowEvaluatorPlan } from '../../fixtures/slow-evaluator.ts';

const scenario = aSmallScenario().build();
const configuration = { scheduler: 'ga', seed: 4, options: { populationSize: 8, generations: 5 } };
const spawner = nodeSpawnerOf(join(import.meta.dirname, '../../fixtures/slow-run-process.ts'));

function aRun(record: RunRecord): number {
  const search = createRun(scenario, configuration);
  return record.runs.create({
    name: 'slow',
    scenario,
    configuration,
    engineVersion: 'test',
    reference: search.reference,
    layout: layoutOf(search.problem),
    createdAt: 1,
    owner: 'test',
  });
}

function aLog(): string {
  const log = join(aFolder(), 'log');
  writeFileSync(log, '');
  return log;
}

/** A run process whose scores come from a slow evaluator with this plan, its events, and its exit. */
function aSlowProcess(record: RunRecord, runId: number, plan: SlowEvaluatorPlan, resume: boolean) {
  process.env['SLOW_EVALUATOR'] = JSON.stringify(plan);
  const runProcess: RunProcess = spawner.spawnRunProcess({ runId, threads: 1 });
  delete process.env['SLOW_EVALUATOR'];
  onTestFinished(() => runProcess.kill());
  const events: RunEvent[] = [];
  runProcess.onEvent((event) => events.push(event));
  const exit = new Promise<string | undefined>((resolve) => runProcess.onExit(({ signal }) => resolve(signal)));
  record.runs.markStarted(runId, 1);
  runProcess.send({
    type: 'start',
    runId,
    scenario,
    configuration,
    sink: { kind: 'database', path: record.path },
    resume,
  });
  return { runProcess, events, exit };
}

const keptIn = (record: RunRecord): number =>
  record.database.prepare<[], number>('SELECT count(*) FROM evaluation').pluck().get()!;

const whole: GenerationRecord[] = [];
const undisturbed = createRun(scenario, configuration);
for (let next = undisturbed.step(); next !== undefined; next = undisturbed.step()) whole.push(next);
const genomes = whole.flatMap(({ newChromosomes }) => recordsOf(newChromosomes).map(({ genes }) => genes.join()));

describe('a run process killed in the middle of a generation', () => {
  // the first generation has 8 new genomes: 5 is in the middle of it, 11 in the middle of the second
  it.each([5, 11])(
    'after %i scores asks for none of them again, and ends like one that was not',
    async (hangsAfter) => {
      const record = aRecord();
      const runId = aRun(record);
      const log = aLog();
      const first = aSlowProcess(record, runId, { log, hangsAfter, parallel: 2, tookMs: 5 }, false);
      await expect.poll(() => keptIn(record), { timeout: 30_000 }).toBe(hangsAfter);
      first.runProcess.kill();
      expect(await first.exit).toBe('SIGKILL');
      const before = logged(log);
      expect(before.scored).toHaveLength(hangsAfter);
      expect(record.generations.checkpoint(runId)?.generation).toBe(hangsAfter > 8 ? 0 : undefined);

      const second = aSlowProcess(record, runId, { log, parallel: 2, tookMs: 5 }, true);
      await second.exit;
      expect(second.events.at(-1)).toMatchObject({
        type: 'finished',
        outcome: { generations: 5, evaluations: undisturbed.evaluations, bestChromosomeId: undisturbed.best!.id },
      });
      const { asked, scored } = logged(log);
      expect(scored.toSorted()).toEqual(genomes.toSorted()); // each once, over both processes
      expect(asked.slice(before.asked.length).filter((genome) => before.scored.includes(genome))).toEqual([]);
      expect(keptIn(record)).toBe(genomes.length);
      const layout = record.runs.layout(runId)!;
      expect([...record.generations.scored(runId, layout, 1000)]).toEqual(
        whole.flatMap(({ newChromosomes }) =>
          recordsOf(newChromosomes).map(({ id, genes, fitness, metrics }) => ({ id, genes, fitness, metrics })),
        ),
      );
      expect(
        record.database.prepare('SELECT DISTINCT source FROM evaluation WHERE run_id = ?').pluck().all(runId),
      ).toEqual(['a board on the desk']);
    },
  );
});

describe('a run process with a slow evaluator', () => {
  it('is interrupted, not failed, when the evaluator fails, and goes on from there', async () => {
    const record = aRecord();
    const runId = aRun(record);
    const log = aLog();
    const first = aSlowProcess(record, runId, { log, failsAfter: 3, parallel: 1, tookMs: 1 }, false);
    await first.exit;
    expect(first.events.at(-1)).toMatchObject({
      type: 'failed',
      error: {
        code: 'evaluation.failed',
        message: 'a board on the desk could not score a genome: the cable came off',
        hint: expect.stringContaining('resume the run'),
      },
    });
    expect(record.runs.summary(runId)).toMatchObject({ status: 'interrupted' });
    record.runs.enqueueAgain(runId, 'test');
    const second = aSlowProcess(record, runId, { log, parallel: 1, tookMs: 1 }, true);
    await second.exit;
    expect(second.events.at(-1)).toMatchObject({ type: 'finished' });
    expect(logged(log).scored.toSorted()).toEqual(genomes.toSorted());
  });

  it('stops asking when it is cancelled in the middle of a generation, and keeps what was scored', async () => {
    const record = aRecord();
    const runId = aRun(record);
    const { runProcess, events, exit } = aSlowProcess(
      record,
      runId,
      { log: aLog(), hangsAfter: 10, parallel: 2, tookMs: 1 },
      false,
    );
    await expect.poll(() => keptIn(record), { timeout: 30_000 }).toBe(10);
    runProcess.send({ type: 'cancel' });
    await exit;
    expect(events.at(-1)).toMatchObject({ type: 'finished', outcome: { status: 'cancelled', generations: 1 } });
    expect(record.runs.summary(runId)).toMatchObject({ status: 'cancelled', generations: 1 });
  });
});

describe('a slow evaluation', () => {
  /** One whose scores the test gives by hand. */
  function anEvaluation(parallel: number, kept?: { genomes: Uint8Array; metrics: Float64Array }) {
    const asked: { genes: Uint8Array; give: (...metrics: number[]) => void; signal: AbortSignal }[] = [];
    const evaluator: SlowEvaluator = {
      isSlow: true,
      source: 'a hand',
      parallel,
      evaluate: (genes, signal) =>
        new Promise((resolve) =>
          asked.push({ genes, signal, give: (...metrics) => resolve(Float64Array.from(metrics)) }),
        ),
    };
    const sent: KeptScore[] = [];
    const evaluation = new SlowEvaluation({
      evaluator,
      metricCount: 2,
      kept,
      keep: (score) => sent.push(score),
      onChange: () => {},
    });
    return { evaluation, asked, sent };
  }
  const genes = [Uint8Array.of(1, 2), Uint8Array.of(3, 4), Uint8Array.of(5, 6)];
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('asks for a few at a time, and gives the scores in order once all of them are kept', async () => {
    const { evaluation, asked, sent } = anEvaluation(2);
    evaluation.begin(genes);
    evaluation.askForMore();
    expect(asked.map((one) => one.genes)).toEqual(genes.slice(0, 2));
    asked[1]!.give(20, 21);
    await settled();
    evaluation.askForMore();
    expect(asked.map((one) => one.genes)).toEqual(genes);
    asked[2]!.give(30, 31);
    asked[0]!.give(10, 11);
    await settled();
    expect(sent.map(({ genome, source }) => [Buffer.from(genome), source])).toEqual(
      [genes[1]!, genes[2]!, genes[0]!].map((one) => [Buffer.from(hashOfGenome(one)), 'a hand']),
    );
    evaluation.confirmKept();
    evaluation.confirmKept();
    expect(evaluation.scores).toBeUndefined();
    evaluation.confirmKept();
    expect(evaluation.scores).toEqual(Float64Array.of(10, 11, 20, 21, 30, 31));
  });

  it('takes what was kept before without asking', () => {
    const { evaluation, asked } = anEvaluation(3, {
      genomes: Uint8Array.from([...hashOfGenome(genes[2]!), ...hashOfGenome(genes[0]!)]),
      metrics: Float64Array.of(30, 31, 10, 11),
    });
    evaluation.begin(genes);
    evaluation.askForMore();
    expect(asked.map((one) => one.genes)).toEqual([genes[1]]);
    const again = anEvaluation(1, { genomes: hashOfGenome(genes[2]!), metrics: Float64Array.of(30, 31) });
    again.evaluation.begin([genes[2]!]);
    expect(again.evaluation.scores).toEqual(Float64Array.of(30, 31));
  });

  it.each([[[1]], [[1, 2, 3]], [[1, Number.NaN]], [[Number.POSITIVE_INFINITY, 1]]])(
    'refuses the scores %j',
    async (metrics) => {
      const { evaluation, asked, sent } = anEvaluation(2);
      evaluation.begin(genes);
      evaluation.askForMore();
      asked[0]!.give(...metrics);
      await settled();
      expect(() => evaluation.scores).toThrow(expect.objectContaining({ code: 'evaluation.invalid' }));
      expect(asked[1]!.signal.aborted).toBe(true);
      expect(sent).toEqual([]);
    },
  );
});
