/** The real devices: every number has a source, and cost models are as good as the documentation says. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPresets } from '#main/formats/presets.ts';
import { fitFile, fitText } from '#main/presets/fit/kirin970.ts';
import { minimise } from '#main/presets/fit/minimise.ts';
import { residualTables } from '#main/presets/fit/residual-tables.ts';
import { estimateTimes } from '#shared/domain/modelled-times.ts';
import type { Platform } from '#shared/domain/platform.ts';
import { costModelResiduals } from '#shared/domain/residuals.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import { parseScenario, resolveScenario } from '#shared/domain/scenario.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { sourceOf } from '#shared/domain/sources.ts';

const resources = resolve(import.meta.dirname, '../../../resources');
const presets = loadPresets(resources);
const publicDevices = ['snapdragon-x-elite', 'snapdragon-8-gen2', 'a311d', 'rk3588'];
const devices = ['hikey970', 'galaxy-s9', 'midap-board', ...publicDevices];

/** The paths of all numbers of a document. */
function numbersOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value === 'number') return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => numbersOf(item, [...path, index]));
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, item]) => numbersOf(item, [...path, key]))
    : [];
}

describe.each(devices)('platform %s', (id) => {
  const platform = presets.platforms.get(id)!;

  it('says of every number where it comes from', () => {
    const numbers = numbersOf(platform).filter(([field]) => field !== 'schemaVersion' && field !== 'sources');
    expect(numbers.length).toBeGreaterThan(30);
    expect(numbers.filter((path) => sourceOf(platform, path) === undefined).map((path) => path.join('/'))).toEqual([]);
  });

  it('names no source for what is not there', () => {
    const operations = platform.processors.map((_, index) => ['processors', index, 'supportedOps']);
    const used = new Set([...numbersOf(platform), ...operations].map((path) => sourceOf(platform, path)?.path));
    expect(platform.sources!.map(({ path }) => path).filter((path) => !used.has(path))).toEqual([]);
  });

  it('has a time for every layer of every preset network on a CPU or GPU with a cost model', () => {
    for (const [networkId, network] of presets.networks) {
      if (networkId === 'xception-prism') continue; // PRISM states no multiply-accumulates.
      const modelled = platform.processors.filter(
        ({ kind, costModel, supportedOps }) => kind !== 'npu' && costModel !== undefined && supportedOps === 'all',
      );
      for (const times of estimateTimes(network, platform))
        for (const { executionTimeKey } of modelled) expect(times[executionTimeKey!]).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('core configurations', () => {
  it('group four cores in every way', () => {
    const clusters = ['hikey970', 'galaxy-s9'].flatMap((id) =>
      presets.platforms.get(id)!.processors.filter(({ kind }) => kind === 'cpu'),
    );
    expect(clusters).toHaveLength(4);
    for (const { coreConfigurations, groupSpeedup } of clusters) {
      expect(coreConfigurations).toEqual(expect.arrayContaining([[1, 1, 1, 1], [2, 1, 1], [2, 2], [3, 1], [4]]));
      expect(groupSpeedup).toMatchObject({ 2: expect.any(Number), 3: expect.any(Number), 4: expect.any(Number) });
    }
  });

  it('let the big cluster of the Galaxy S9 run faster with fewer cores, as published', () => {
    const { frequencyCaps } = presets.platforms.get('galaxy-s9')!;
    expect(frequencyCaps.map(({ activeCores, maxFrequencyMHz }) => [activeCores, maxFrequencyMHz])).toEqual([
      [1, 2704],
      [2, 2314],
      [3, 1794],
      [4, 1794],
    ]);
  });
});

describe('the fit of the Kirin 970', () => {
  const hikey970: Platform = presets.platforms.get('hikey970')!;
  const residuals = (id: string) =>
    costModelResiduals(
      hikey970,
      hikey970.processors.find((processor) => processor.id === id)!,
      (network) => presets.networks.get(network),
    );
  const meanError = (errors: readonly number[]) =>
    errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length;

  it('is current (run `node src-main/presets/fit/kirin970.ts`)', () => {
    expect(JSON.parse(fitText())).toEqual(JSON.parse(readFileSync(fitFile, 'utf8')));
  });

  it('is within 10 % of one A73 core and 15 % of the GPU on average, and no network is off by more than 30 %', () => {
    const a73 = residuals('a73').filter(({ reference }) => reference.cores === 1);
    expect([a73.length, residuals('gpu').length, residuals('npu').length, residuals('a53').length]).toEqual([
      9, 9, 4, 5,
    ]);
    expect(meanError(a73.map(({ error }) => error))).toBeLessThan(0.1);
    expect(meanError(residuals('gpu').map(({ error }) => error))).toBeLessThan(0.15);
    expect([...a73, ...residuals('gpu')].filter(({ error }) => Math.abs(error) > 0.3)).toEqual([]);
  });

  it('is documented with the residuals it has (run `node src-main/presets/fit/residual-tables.ts`)', () => {
    expect(readFileSync(join(resources, 'docs/cost-model.md'), 'utf8')).toContain(residualTables());
  });

  it('finds the minimum of a function of several parameters', () => {
    const [x, y] = minimise(
      [1, 1],
      ([a, b]) => Math.log(a / 5) ** 2 + Math.log(b / 0.02) ** 2 + Math.log((a * b) / 0.1) ** 2,
    );
    expect(x).toBeCloseTo(5, 1);
    expect(y).toBeCloseTo(0.02, 3);
  });
});

describe('networks that were measured in public', () => {
  const wholes = [...presets.profiles.values()].flatMap((profile) =>
    profile.wholes.map((whole) => ({ profile, ...whole })),
  );

  it('take exactly their published latency as one call', () => {
    expect(wholes.length).toBeGreaterThan(25);
    for (const { profile, on, timeMs } of wholes) {
      const scenario = resolveScenario(
        parseScenario({
          schemaVersion: 1,
          id: 'whole',
          platform: profile.platform,
          profiles: [profile.id],
          applications: [{ id: 'a', network: profile.network }],
        }),
        presets,
      );
      const problem = compileProblem(scenario, { ...defaultGenes, subgraphs: 'network' });
      const processor = scenario.platform.processors.findIndex(({ executionTimeKey }) => executionTimeKey === on.key);
      expect([on.key, problem.tasks.length, problem.baseTimeMs[processor]]).toEqual([on.key, 1, timeMs]);
    }
  });

  it('each time is of a processor of its platform, with its source', () => {
    for (const { profile, on } of wholes) {
      const { processors } = presets.platforms.get(profile.platform!)!;
      expect(processors.map(({ executionTimeKey }) => executionTimeKey)).toContain(on.key);
      expect(profile.provenance).toHaveLength(profile.wholes.length);
    }
  });
});
