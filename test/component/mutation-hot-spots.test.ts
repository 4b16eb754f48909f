/** Mutation hot spots of a run: sums, what lies on the best's line, and what a point of the drawing stands for. */
import { describe, expect, test } from 'vitest';
import { compileProblem } from '#shared/scheduling/problem.ts';
import type { MutationMap } from '#shared/contract/replay-shapes.ts';
import { drawMutations, mutationCellAt, type MutationScene } from '#renderer/plots/draw-mutations.ts';
import { areEven, hotSpots, keptMutations } from '#renderer/recorded/mutation-hot-spots.ts';
import { SvgContext } from '#renderer/canvas/svg-context.ts';
import { canvasThemes } from '#renderer/canvas/canvas-theme.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';

const problem = compileProblem(
  aScenario()
    .on(aPlatform().withNpu())
    .running(aNetwork().withChain(3, { cpu: 2, npu: 1 }))
    .build(),
);
const loci = problem.layout.length;
const WIDTH_PX = 704;
const HEIGHT_PX = 354;
/** Five generations in spans of two; locus 0 is struck most. */
const map: MutationMap = {
  generations: 5,
  spanLength: 2,
  loci,
  counts: Uint32Array.from({ length: 3 * loci }, (_, index) => (index % loci === 0 ? 4 : index === loci + 1 ? 3 : 0)),
};

/** A line of three: 0 and 1 are the parents of 2, of which 1 is fitter; 2 is the parent of 3. */
const columns = {
  ids: Uint32Array.of(0, 1, 2, 3),
  loci,
  genes: new Uint8Array(4 * loci),
  fitness: Float64Array.of(1, 2, 3, 4),
  metrics: new Float64Array(20),
  born: Uint32Array.of(0, 0, 1, 2),
  operators: new Uint8Array(4),
  parentOffsets: Uint32Array.of(0, 0, 0, 2, 3),
  parents: Uint32Array.of(0, 1, 2),
  mutatedOffsets: Uint32Array.of(0, 1, 1, 2, 4),
  mutatedLoci: Uint16Array.of(2, 1, 0, 1),
};

describe('hot spots', () => {
  test('are the sums over the run, with their share of all mutations', () => {
    const spots = hotSpots(problem, map, undefined);
    expect(spots.map(({ mutations, kept }) => [mutations, kept])).toEqual([
      [12, undefined],
      [3, undefined],
      [0, undefined],
    ]);
    expect(spots[0]!.share).toBeCloseTo(12 / 15, 12);
    expect(spots[0]!.label).toBe(problem.layout.loci[0]!.label);
  });

  test('that led to the best are those of the line of the fitter parents alone', () => {
    const kept = keptMutations({ chromosomes: columns, isTruncated: false }, 3);
    expect(kept).toEqual([
      { locus: 1, generation: 1 },
      { locus: 0, generation: 2 },
      { locus: 1, generation: 2 },
    ]);
    expect(hotSpots(problem, map, kept).map((spot) => spot.kept)).toEqual([1, 2, 0]);
  });
});

describe('a point of the map', () => {
  const scene: MutationScene = { problem, map, spots: hotSpots(problem, map, undefined), kept: [], chosen: undefined };
  const at = (x: number, y: number) => mutationCellAt(scene, WIDTH_PX, HEIGHT_PX, x, y);

  test('is a locus and a span of generations, and beside the map a locus', () => {
    // 704 − 112 − 12 − 64 − 8 = 508 px for 5 generations, 300 px for 3 loci.
    expect(at(112 + 1, 20)).toEqual({ locus: 0, span: { from: 0, to: 1, mutations: 4 } });
    expect(at(112 + 508 * 0.5, 170)).toEqual({ locus: 1, span: { from: 2, to: 3, mutations: 3 } });
    expect(at(112 + 508 - 1, 310)).toEqual({ locus: 2, span: { from: 4, to: 4, mutations: 0 } });
    expect(at(112 + 508 + 20, 20)).toEqual({ locus: 0, span: undefined });
    expect([at(20, 20), at(300, 5), at(300, 340)]).toEqual([undefined, undefined, undefined]);
  });

  test('is drawn where it is found: the last span ends with the map', () => {
    const svg = (own: MutationScene): string => {
      const drawing = new SvgContext((text) => text.length * 6);
      drawMutations(drawing, own, WIDTH_PX, HEIGHT_PX, canvasThemes.light);
      return drawing.toString(WIDTH_PX, HEIGHT_PX, 'Mutation hot spots');
    };
    const rights = [...svg(scene).matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)]
      .map(([, x, width]) => Number(x) + Number(width))
      .filter((right) => right < 112 + 508 + 5);
    expect(Math.max(...rights)).toBeLessThanOrEqual(112 + 508 + 0.01);
    expect(svg(scene)).toContain('Generation');
    expect(svg({ ...scene, chosen: 1 })).not.toBe(svg(scene));
    expect(svg({ ...scene, kept: [{ locus: 1, generation: 4 }] })).not.toBe(svg(scene));
  });
});

describe('mutations struck all genes alike', () => {
  test('where their counts differ by no more than chance', () => {
    let state = 12345;
    const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    const counts = Array.from({ length: 40 }, () => 0);
    for (let mutation = 0; mutation < 20_000; mutation++) counts[Math.floor(random() * 40)]++;
    expect(areEven(counts)).toBe(true);
    expect(areEven(counts.map((count, locus) => (locus < 4 ? 2 * count : count)))).toBe(false);
  });

  test('or is not known of too few', () => {
    expect(areEven([1, 0, 2, 0])).toBeUndefined();
    expect(areEven([100])).toBeUndefined();
  });
});
