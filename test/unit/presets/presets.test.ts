/** The presets that ship with the product: true to their publications and worth searching, and how loading them fails. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadPresets } from '#main/formats/presets.ts';
import { runsOfDemo } from '#shared/contract/shapes.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun } from '#main/engine/run-search.ts';
import { completeConfiguration } from '#main/engine/schedulers/index.ts';
import { resolveScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { headlineMetricNames } from '#shared/domain/metrics.ts';
import { canRun, compileProblem } from '#shared/scheduling/problem.ts';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';

const resources = resolve(import.meta.dirname, '../../../resources');
const presets = loadPresets(resources);
const exampleNetworks = ['cnn', 'resnet18', 'mobilenet-v1'];
const resolved = (id: string): ResolvedScenario => resolveScenario(presets.scenarios.get(id)!, presets);

describe('preset files', () => {
  it('say of every number where it comes from', () => {
    for (const document of [
      ...presets.platforms.values(),
      ...presets.networks.values(),
      ...presets.scenarios.values(),
    ]) {
      expect(document.provenance).not.toEqual([]);
      for (const line of document.provenance) expect(line).toMatch(/^(published|derived|assumed): /);
    }
    for (const id of exampleNetworks)
      expect(presets.networks.get(id)!.provenance.join('\n')).toMatch(/^assumed: executionTimeMs/m);
  });
});

describe('example networks', () => {
  it('carry shapes through: the last convolution of ResNet-18 gives 512 × 7 × 7 values of two bytes', () => {
    const layer = presets.networks.get('resnet18')!.layers.find(({ id }) => id === 'layer4.1.conv2');
    expect(layer).toMatchObject({
      outputBytes: 2 * 512 * 7 * 7,
      macs: 9 * 512 * 512 * 7 * 7,
      parameters: 9 * 512 * 512 + 512,
    });
  });

  it('take as long as phones of 2018 take, within a quarter', () => {
    // ncnn benchmark, Kirin 970: one Cortex-A73 core, Mali-G72 with Vulkan
    const sum = (id: string, processor: string) =>
      presets.networks.get(id)!.layers.reduce((time, layer) => time + layer.executionTimeMs[processor]!, 0);
    for (const [id, processor, measuredMs] of [
      ['resnet18', 'cpu', 260.4],
      ['resnet18', 'gpu', 51.7],
      ['mobilenet-v1', 'cpu', 109],
      ['mobilenet-v1', 'gpu', 27.3],
    ] as const) {
      expect(Math.abs(sum(id, processor) / measuredMs - 1)).toBeLessThan(0.25);
    }
  });

  it('leave a mapping to be found: no processor is best for every layer, and some layers cannot run on the NPU', () => {
    const fastest = exampleNetworks.flatMap((id) =>
      presets.networks
        .get(id)!
        .layers.map(({ executionTimeMs }) => Object.entries(executionTimeMs).toSorted(([, a], [, b]) => a - b)[0]![0]),
    );
    for (const processor of ['cpu', 'gpu', 'npu'])
      expect(fastest.filter((name) => name === processor).length).toBeGreaterThan(4);
    const simple = compileProblem(resolved('simple'));
    const npu = simple.processors.find(({ id }) => id === 'npu')!.index;
    expect(simple.tasks.filter((task) => !canRun(simple, task.index, npu)).map(({ id }) => id)).toEqual([
      'resnet/softmax',
      'mobilenet/softmax',
    ]);
  });
});

describe('scenarios and demos', () => {
  it('are the simple one with two applications and the multi one with three that start at different times', () => {
    expect(resolved('simple').applications).toHaveLength(2);
    expect(new Set(resolved('multi').applications.map(({ startTimeMs }) => startTimeMs)).size).toBe(3);
    for (const id of ['simple', 'multi'])
      expect(resolved(id).platform.processors.map(({ kind, coreCount }) => [kind, coreCount])).toEqual([
        ['cpu', 4],
        ['gpu', 1],
        ['npu', 1],
      ]);
  });

  it('keep a search quick: 60 to 200 tasks', () => {
    for (const id of ['simple', 'multi']) {
      const { jobTask } = compileProblem(resolved(id));
      expect(jobTask.length).toBeGreaterThanOrEqual(60);
      expect(jobTask.length).toBeLessThanOrEqual(200);
    }
  });

  it('also run on the platform without NPU', () => {
    const withoutNpu = resolveScenario({ ...presets.scenarios.get('simple')!, platform: 'simple-no-npu' }, presets);
    expect(referenceMetrics(compileProblem(withoutNpu)).makespanMs).toBeGreaterThan(
      referenceMetrics(compileProblem(resolved('simple'))).makespanMs,
    );
  });

  it('run on real devices with at most 500 jobs, within reach of a demo', () => {
    for (const id of ['galaxy-s9', 'hikey970', 'midap'])
      expect(compileProblem(resolved(id)).jobTask.length).toBeLessThanOrEqual(500);
  });

  it('weigh one goal each, and all of them, on the same scenario and seed in the demo of goals', () => {
    const demo = presets.demos.find(({ id }) => id === 'goals')!;
    const weights = runsOfDemo(demo).map(({ configuration }) => configuration.options['weights']);
    expect(weights).toEqual([
      { throughput: 1, energy: 0, latency: 0 },
      { throughput: 0, energy: 1, latency: 0 },
      { throughput: 0, energy: 0, latency: 1 },
      { throughput: 1, energy: 1, latency: 1 },
    ]);
    expect(new Set(runsOfDemo(demo).map(({ configuration }) => configuration.seed))).toEqual(new Set([42]));
    expect(demo.opens).toBe('compare');
  });

  it('give the demo of goals runs that are each the best in what they aim at', () => {
    const demo = presets.demos.find(({ id }) => id === 'goals')!;
    const best = runsOfDemo(demo).map(({ configuration }) => {
      const run = createRun(resolved(demo.scenario), configuration, { createEvaluator: createKernel });
      while (run.step() !== undefined);
      return Object.fromEntries(headlineMetricNames.map((name, index) => [name, run.best!.metrics[index]!]));
    });
    const column = (name: string) => best.map((metrics) => metrics[name]!);
    expect(column('throughputPerS')[0]).toBe(Math.max(...column('throughputPerS')));
    expect(column('energyMJ')[1]).toBe(Math.min(...column('energyMJ')));
    expect(column('latencyMs')[2]).toBe(Math.min(...column('latencyMs')));
  });

  it('have demos whose configurations their schedulers accept', () => {
    for (const demo of presets.demos)
      for (const { configuration } of runsOfDemo(demo))
        expect(() => completeConfiguration(configuration)).not.toThrow();
    expect(presets.demos.map(({ id }) => id)).toEqual(['simple', 'multi', 'goals', 'pareto', 'galaxy-s9']);
  });

  it('have a demo each, with the genetic algorithm and a fixed seed', () => {
    for (const id of ['simple', 'multi', 'galaxy-s9'])
      expect(presets.demos.find((demo) => demo.id === id)).toMatchObject({
        scenario: id,
        configuration: { scheduler: 'ga', seed: 42 },
      });
  });
});

describe('loading', () => {
  const directories: string[] = [];
  afterEach(() => {
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
  });

  /** A copy of the presets with one file replaced, or removed. */
  function withFile(name: string, text: string | undefined): string {
    const directory = mkdtempSync(join(tmpdir(), 'tessera-presets-'));
    directories.push(directory);
    cpSync(join(resources, 'presets'), join(directory, 'presets'), { recursive: true });
    if (text === undefined) rmSync(join(directory, 'presets', name));
    else writeFileSync(join(directory, 'presets', name), text);
    return directory;
  }
  const simple = readFileSync(join(resources, 'presets/platforms/simple.json'), 'utf8');

  it.each<[string, string, string | undefined, RegExp]>([
    ['text that is not JSON', 'platforms/simple.json', '{', /simple\.json: not JSON: /],
    [
      'a document with an error',
      'platforms/simple.json',
      simple.replace('"kind": "gpu"', '"kind": "gpv"'),
      /simple\.json: platform: processors\[1\]\.kind: "gpv" is not one of/,
    ],
    [
      'a file named otherwise than its document',
      'platforms/other.json',
      simple,
      /other\.json: the document's id is "simple"/,
    ],
    [
      'a scenario whose network is missing',
      'networks/cnn.json',
      undefined,
      /face-frames\.json: application "landmarks" uses network "cnn", which does not exist/,
    ],
    ['demos of a wrong shape', 'demos.json', '{}', /demos\.json: demos: an object is not an array/],
    [
      'a demo of no scenario',
      'demos.json',
      '[{"id":"x","name":"x","description":"","scenario":"simpl","configuration":{"scheduler":"ga"}}]',
      /demos\.json: demo "x" uses scenario "simpl", which does not exist/,
    ],
    ['no demos', 'demos.json', undefined, /cannot read .*demos\.json/],
  ])('names the file: %s', (_, name, text, message) => {
    const directory = withFile(name, text);
    expect(() => loadPresets(directory)).toThrow(message);
  });

  it('says so when there are no presets at all', () => {
    expect(() => loadPresets(join(resources, 'nowhere'))).toThrow(/cannot read the presets in .*nowhere/);
  });
});
