/** Searching networks against published numbers: the spaces of S3NAS, all networks of NAS-Bench-Macro, the trained ones of Accel-NASBench. */
import { describe, expect, test } from 'vitest';
import { NetworkSpace } from '#shared/nas/space.ts';
import { CandidateLatency } from '#shared/nas/candidate-latency.ts';
import { proxyScore } from '#shared/nas/accuracy.ts';
import { rankCorrelation } from '#shared/nas/ridge.ts';
import { parseS3nasNetwork, s3nasNetwork } from '#shared/nas/s3nas-network.ts';
import { scaleNetwork } from '#shared/nas/scaling.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { loadSearchSpaces } from '#main/formats/nas/spaces.ts';
import { readPublishedBlocks } from '#main/formats/nas/published-networks.ts';
import { readAccel, readMacro } from '#main/formats/nas/trained-networks.ts';
import { shippedSource } from '#main/services/nas/accuracy-sources.ts';
import { frontOf, metricsOf, searchNetworks, type NetworkSearch } from '#main/services/nas/network-search.ts';
import { publishedLatencies } from '#test/fixtures/s3nas.ts';

const spaces = loadSearchSpaces('resources');
const spaceOf = (id: string): NetworkSpace => new NetworkSpace(spaces.get(id)!);
const platform = loadPresets('resources').platforms.get('midap-board')!;
const processor = platform.processors.find(({ kind }) => kind === 'npu')!;
const latencyIn = (space: NetworkSpace): CandidateLatency =>
  new CandidateLatency(space, { platform, processor }, 'midap');

describe('the spaces of S3NAS', () => {
  test.each([
    ['s3nas-mbconv', '5:6', 2.393476],
    ['s3nas-mbconv-4', '5:6', 3.051223],
    ['s3nas-mixconv', '5:4+7:2', 3.973748],
    ['s3nas-conv-4', 'conv 5:6', 10.545737],
    ['s3nas-conv-mbconv-4', '5:6', 6.068831],
    ['s3nas-mixconv-4', '5:4+7:2', 3.573466],
    ['s3nas-mixconv-332', '5:4+7:2', 17.484404],
  ])('%s: its largest network takes as long as by the block table, within 1 %', (id, largest, totalMs) => {
    const space = spaceOf(id);
    const genes = Uint8Array.from(space.layout.loci, ({ values }) => {
      const exact = values.indexOf(largest);
      return exact < 0 ? values.indexOf(`conv ${largest}`) : exact;
    });
    expect(Math.abs(latencyIn(space).ofGenes(genes) / totalMs - 1)).toBeLessThan(0.01);
  });

  test('ours-M is in the space of MixConv, and takes as long as by the block table, within 0.1 %', () => {
    const space = spaceOf('s3nas-mixconv');
    const options = 'c b b|a a a a|a b b a a c d|f b h b|g i i i i i i i i i i'.split(/[ |]/);
    const meaning: Readonly<Record<string, string>> = {
      a: '3:4+5:2',
      b: '3:6',
      c: '3:2+5:2',
      d: '5:2',
      f: '3:2+5:4',
      h: '3:4',
      g: '3:2+5:2+7:2',
      i: '5:6',
    };
    const genes = Uint8Array.from(space.layout.loci, ({ values }, locus) => values.indexOf(meaning[options[locus]!]!));
    const network = space.network(genes);
    const ours = publishedLatencies().find(({ name }) => name === 'ours-M')!.network;
    expect(network.layers).toEqual(ours.layers);
    expect(Math.abs(latencyIn(space).ofGenes(genes) / 2.460661 - 1)).toBeLessThan(0.001);
  });

  test.each([
    ['ours-M', 12.8, 1.29],
    ['ours-M+', 15.4, 1.29],
    ['ours-L+', 20.7, 2.47],
  ])('%s has the published parameters and multiply-accumulates', (name, parameters, macs) => {
    const { layers } = publishedLatencies().find((each) => each.name === name)!.network;
    const sum = (key: 'parameters' | 'macs'): number => layers.reduce((total, layer) => total + (layer[key] ?? 0), 0);
    expect(sum('parameters') / 1e6).toBeCloseTo(parameters, 0);
    expect(Math.abs(sum('parameters') / 1e6 - parameters)).toBeLessThan(0.1);
    expect(Math.abs(sum('macs') / 1e9 - macs)).toBeLessThan(0.006);
  });

  test('under 2.47 ms the most multiply-accumulates are 1.37 G, early 3:6 and late 5 and 7 mixed', async () => {
    const space = spaceOf('s3nas-mixconv');
    const latency = latencyIn(space);
    const { candidates } = await searchNetworks({
      space,
      method: 'knapsack',
      limitsMs: [2.46],
      accuracy: proxyScore(space, 'macs'),
      costs: { of: (genes) => ({ latencyMs: latency.ofGenes(genes) }), additive: latency.cost },
      seed: 1,
      budget: 1,
      objectives: ['score', 'latencyMs'],
    });
    const [optimum] = candidates;
    expect(metricsOf(optimum!).macs! / 1e9).toBeCloseTo(1.37, 2);
    expect(metricsOf(optimum!).parameters! / 1e6).toBeCloseTo(13.1, 1);
    expect(space.text(optimum!.genes)).toMatch(/^3:6 3:6 3:6 \| .*5:4\+7:2$/);
  });
});

describe('NAS-Bench-Macro', () => {
  const space = spaceOf('nas-bench-macro');
  const latency = latencyIn(space);
  const trained = readMacro('resources', space);
  const limits = [0.15, 0.2, 0.3];
  const search = (
    method: NetworkSearch['method'],
    limitsMs: readonly number[],
    budget: number,
    seed = 1,
  ): Promise<ReturnType<typeof bestUnder>> =>
    searchNetworks({
      space,
      method,
      limitsMs,
      accuracy: shippedSource('nas-bench-macro', space, 'resources'),
      costs: { of: (genes) => ({ latencyMs: latency.ofGenes(genes) }), additive: latency.cost },
      seed,
      budget,
      objectives: ['score', 'latencyMs'],
    }).then(({ candidates }) => bestUnder(candidates, limitsMs));
  const bestUnder = (
    candidates: Awaited<ReturnType<typeof searchNetworks>>['candidates'],
    limitsMs: readonly number[],
  ) =>
    limitsMs.map((limitMs) => {
      const within = frontOf(candidates, true).filter(({ metrics }) => metrics[1]! <= limitMs);
      return within.at(-1)?.metrics[0];
    });

  test('has 6561 networks of 0.0217 to 0.263 ms', () => {
    expect(trained).toHaveLength(6561);
    const all = trained.map(({ genes }) => latency.ofGenes(genes));
    expect(Math.min(...all)).toBeCloseTo(0.0217, 4);
    expect(Math.max(...all)).toBeCloseTo(0.263, 3);
  });

  test('its best networks under three limits are the known ones', () => {
    const best = limits.map((limitMs) => {
      const within = trained.filter(({ genes }) => latency.ofGenes(genes) <= limitMs);
      const [first] = within.toSorted(
        (a, b) => b.score.value - a.score.value || latency.ofGenes(a.genes) - latency.ofGenes(b.genes),
      );
      return first!;
    });
    expect(best.map(({ score }) => score.value.toFixed(2))).toEqual(['92.83', '93.08', '93.13']);
    expect(best.map(({ genes }) => space.code(space.canonical(genes))).slice(0, 2)).toEqual(['21221200', '22222200']);
    expect(best[2]!.score.value).toBe(trained.find(({ genes }) => space.code(genes) === '22212202')!.score.value);
    expect(latency.ofGenes(best[2]!.genes)).toBeCloseTo(0.2078, 4);
  });

  test.each([
    ['exhaustive', 6561],
    ['evolution', 2000],
    ['nsga2', 5000],
  ] as const)('%s finds them', async (method, budget) => {
    const found = await search(method, limits, budget);
    expect(found.map((value) => value?.toFixed(2))).toEqual(['92.83', '93.08', '93.13']);
  });

  test('scores of untrained networks sort them as was published here', () => {
    const values = trained.map(({ score }) => score.value);
    const ofScore = async (id: 'macs' | 'log-synflow' | 'parameters'): Promise<number> => {
      const scores = await proxyScore(space, id).scores(trained.map(({ genes }) => ({ genes, hash: '' })));
      return rankCorrelation(
        scores.map((score) => ('value' in score ? score.value : Number.NaN)),
        values,
      );
    };
    return Promise.all([ofScore('macs'), ofScore('log-synflow'), ofScore('parameters')]).then((found) =>
      expect(found.map((value) => Number(value.toFixed(3)))).toEqual([0.748, 0.701, 0.317]),
    );
  });
});

describe('Accel-NASBench', () => {
  const space = spaceOf('mnasnet');

  test('has 5138 networks of the MnasNet space', () => {
    expect(readAccel('resources', space)).toHaveLength(5138);
  });

  test('its surrogate sorts networks that it was not fitted to, and says how far off it is', () => {
    const { heldOut } = shippedSource('accel-nasbench', space, 'resources');
    expect(heldOut).toMatchObject({ fitted: 3000, heldOut: 2138 });
    expect(heldOut!.rankCorrelation).toBeGreaterThan(0.98);
    expect(heldOut!.mean).toBeLessThan(0.45);
  });
});

describe('scaling', () => {
  const published = readPublishedBlocks('resources');

  test.each([
    ['ours-L+', 1.1, 268],
    ['ours-XL+', 1.22, 332],
  ])('ours-M+ becomes %s, block by block', (name, factor, size) => {
    const scaled = scaleNetwork(published.get('ours-M+')!, { depth: factor, width: factor, size, widthStep: 16 });
    const { id: _, ...expected } = published.get(name)!;
    expect(scaled).toEqual({ ...expected, id: 'ours-M-plus' });
  });

  test('as a result file of S3NAS it is read the same', () => {
    for (const network of published.values()) {
      const { provenance: _, ...rest } = network;
      expect(parseS3nasNetwork(s3nasNetwork(network), network.id)).toEqual({ ...rest, inputChannels: 3 });
    }
  });
});
