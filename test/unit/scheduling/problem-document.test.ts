/** The problem in the open: enough to know what the simulator makes of a mapping, and nothing that depends on Tessera's documents. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '#test/fixtures/builders.ts';
import { simulateMapping } from '#test/fixtures/schedules.ts';
import { loadPresets, resourcesDirectory } from '#main/hosts/toolbox.ts';
import { problemFile, problemFormat } from '#main/formats/problem.ts';
import { Random } from '#main/engine/random.ts';
import { quickBound } from '#shared/analysis/makespan-bound.ts';
import { resolveScenario } from '#shared/domain/scenario.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { describeProblem, problemDocumentSchema, type ProblemDocument } from '#shared/scheduling/problem-document.ts';

const presets = loadPresets(resourcesDirectory());

/** Non-delay dispatch as resources/docs/own-scheduler.md describes it, from the document alone: no ticks, no contended links. ms */
function makespanOf(document: ProblemDocument, mapping: Readonly<Record<string, string>>): number {
  const tasks = new Map(document.tasks.map((task) => [task.id, task]));
  const units = new Map(document.elements.map(({ id, units: count }) => [id, Array<number>(count).fill(0)]));
  const processorOf = new Map(
    document.elements.map(({ id, processor }) => [id, document.processors.indexOf(processor)]),
  );
  const ends = new Map<string, number>();
  const waiting = new Set(document.jobs);
  let now = 0;
  const readyAt = (job: ProblemDocument['jobs'][number]): number =>
    document.edges
      .filter(({ to }) => to === job.task)
      .reduce((ready, { from, transferMs }) => {
        const [p, q] = [mapping[from], mapping[job.task]].map((element) => processorOf.get(element)!);
        return Math.max(ready, (ends.get(`${from}#${job.instance}`) ?? Infinity) + transferMs[p][q]);
      }, job.releaseMs);
  while (waiting.size > 0) {
    for (const [element, free] of units) {
      for (let unit = free.findIndex((at) => at <= now); unit >= 0; unit = free.findIndex((at) => at <= now)) {
        const [next] = [...waiting]
          .filter((job) => mapping[job.task] === element && readyAt(job) <= now)
          .sort((a, b) => {
            const [s, t] = [tasks.get(a.task)!, tasks.get(b.task)!];
            return t.applicationPriority - s.applicationPriority || t.priority - s.priority || readyAt(a) - readyAt(b);
          });
        if (next === undefined) break;
        waiting.delete(next);
        free[unit] = now + tasks.get(next.task)!.timesMs[element];
        ends.set(`${next.task}#${next.instance}`, free[unit]);
      }
    }
    now = Math.min(...[...units.values(), [...waiting].map(readyAt)].flat().filter((at) => at > now));
  }
  return Math.max(...ends.values());
}

describe('the exported problem', () => {
  it.each(['simple', 'multi', 'galaxy-s9'])('of %s is enough to compute what the simulator measures', (id) => {
    const problem = compileProblem(resolveScenario(presets.scenarios.get(id)!, presets));
    const document = describeProblem(problem, undefined);
    const random = new Random(7);
    for (let draw = 0; draw < 3; draw++) {
      const mapping = Object.fromEntries(
        document.tasks.map((task) => {
          const able = Object.keys(task.timesMs);
          return [task.id, able[random.nextInt(able.length)]];
        }),
      );
      expect(makespanOf(document, mapping)).toBeCloseTo(simulateMapping(problem, { mapping }).metrics.makespanMs, 9);
    }
  });

  it('has times only where a task may run, at the settings that a solution has by itself', () => {
    const document = describeProblem(aSmallScenario().problem(), undefined);
    expect(document.tasks.find(({ id }) => id === 'a/softmax')?.timesMs).toEqual({
      'cpu:0': expect.any(Number),
      'cpu:1': expect.any(Number),
      gpu: expect.any(Number),
    });
    expect(document.settings).toEqual({ frequencies: { cpu: 2000, gpu: 700, npu: 960 }, activeCores: { cpu: 2 } });
  });

  it('lists the elements of the first core configuration, with its times', () => {
    const platform = aPlatform().withCores(4, {
      coreConfigurations: [
        [2, 2],
        [1, 1, 1, 1],
      ],
      groupSpeedup: { '1': 1, '2': 2 },
    });
    const network = aNetwork().withLayer('conv', { cpu: 6 });
    const document = describeProblem(aScenario().on(platform).running(network).problem(), undefined);
    expect(document.elements.map(({ id }) => id)).toEqual(['cpu:0', 'cpu:1']);
    expect(document.tasks[0].timesMs).toEqual({ 'cpu:0': 3, 'cpu:1': 3 });
  });

  it('counts deadlines from the start of the schedule, as it does releases', () => {
    const network = aNetwork().withLayer('conv', { cpu: 1 });
    const scenario = aScenario().running(network, { periodMs: 10, instances: 2, deadlineMs: 8, startTimeMs: 3 });
    expect(describeProblem(scenario.problem(), undefined).jobs).toEqual([
      { task: 'a/conv', instance: 0, releaseMs: 3, deadlineMs: 11 },
      { task: 'a/conv', instance: 1, releaseMs: 13, deadlineMs: 21 },
    ]);
  });

  it('has a bound that holds for every choice a solution can make', () => {
    const scenario = aSmallScenario();
    const { makespanMs, method } = quickBound(scenario.problem())!;
    const document: ProblemDocument = JSON.parse(problemFile(scenario.build()).content);
    expect(document.bound).toEqual({ makespanMs, method });
  });

  it('is a format of scenarios, and valid by its schema', () => {
    const scenario = presets.scenarios.get('simple')!;
    const { files } = problemFormat.writer!.write({ kind: 'scenario', document: scenario }, {}, () => ({
      ...resolveScenario(scenario, presets),
    }));
    expect(files.map(({ name }) => name)).toEqual(['simple.problem.json']);
    expect(problemDocumentSchema.parse(JSON.parse(String(files[0].content)))).toMatchObject({
      format: 'tessera-problem',
      version: 1,
      scenario: 'simple',
    });
  });
});
