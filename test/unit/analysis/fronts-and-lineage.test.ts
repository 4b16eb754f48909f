/** Attainment surfaces, knees, allele shares and family trees. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { attainmentSurface, kneeOf, nonDominated, type FrontPoint } from '#shared/analysis/attainment.ts';
import { lineageOf } from '#shared/analysis/lineage.ts';
import { alleleShares, groupSizesInUse, placeShares } from '#shared/analysis/population.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '../../fixtures/builders.ts';

const at = (x: number, y: number): FrontPoint => ({ x, y });
const anyFront = fc.array(fc.record({ x: fc.integer({ min: 0, max: 9 }), y: fc.integer({ min: 0, max: 9 }) }), {
  maxLength: 8,
});
const attains = (front: readonly FrontPoint[], { x, y }: FrontPoint): boolean =>
  front.some((point) => point.x <= x && point.y <= y);

describe('an attainment surface', () => {
  it('of one front is that front', () => {
    expect(attainmentSurface([[at(1, 3), at(2, 2), at(2, 5), at(4, 1)]], 1)).toEqual([at(1, 3), at(2, 2), at(4, 1)]);
  });

  it('bounds exactly what so many fronts attain', () => {
    fc.assert(
      fc.property(fc.array(anyFront, { minLength: 1, maxLength: 5 }), fc.nat(4), (fronts, wanted) => {
        const count = 1 + (wanted % fronts.length);
        const surface = attainmentSurface(fronts, count);
        for (let x = 0; x < 10; x++) {
          for (let y = 0; y < 10; y++) {
            expect(attains(surface, at(x, y))).toBe(fronts.filter((front) => attains(front, at(x, y))).length >= count);
          }
        }
      }),
    );
  });

  it('has no point that another dominates', () => {
    fc.assert(
      fc.property(anyFront, (points) => {
        const front = nonDominated(points);
        for (const point of front)
          expect(front.filter((other) => other.x <= point.x && other.y <= point.y)).toEqual([point]);
        for (const point of points) expect(attains(front, point)).toBe(true);
      }),
    );
  });
});

describe('the knee', () => {
  it('is the point farthest below the line between the ends', () => {
    expect(kneeOf([at(0, 10), at(1, 4), at(2, 1), at(10, 0)])).toBe(2);
  });

  it('is missing where the front bends nowhere', () => {
    expect(kneeOf([at(0, 10), at(10, 0)])).toBeUndefined();
    expect(kneeOf([at(0, 10), at(5, 5), at(10, 0)])).toBeUndefined();
    expect(kneeOf([at(1, 1), at(1, 1), at(1, 1)])).toBeUndefined();
  });
});

describe('allele shares', () => {
  it('count the values of each locus, members that stand there twice twice', () => {
    const { layout } = compileProblem(aSmallScenario().build());
    const genes = new Uint8Array(2 * layout.length);
    genes[layout.offsetOf.mapping] = 1;
    const { shares, width, entropy } = alleleShares(layout, genes, [0, 1, 1, 1]);
    expect(shares[layout.offsetOf.mapping * width + 1]).toBe(0.25);
    expect(shares[layout.offsetOf.mapping * width]).toBe(0.75);
    const bits = -(0.25 * Math.log2(0.25) + 0.75 * Math.log2(0.75));
    expect(entropy[layout.offsetOf.mapping]).toBeCloseTo(
      bits / Math.log2(layout.loci[layout.offsetOf.mapping].cardinality),
      12,
    );
    expect(entropy[layout.offsetOf.mapping + 1]).toBe(0);
  });
});

describe('a family tree', () => {
  const family = [
    { id: 0, born: 0, parents: [], fitness: 1 },
    { id: 1, born: 0, parents: [], fitness: 2 },
    { id: 2, born: 0, parents: [], fitness: 3 },
    { id: 3, born: 1, parents: [0, 1], fitness: 4 },
    { id: 4, born: 1, parents: [1, 2], fitness: 5 },
    { id: 5, born: 2, parents: [3, 4], fitness: 6 },
  ];

  it('follows the fitter parent back to the first generation', () => {
    expect(
      lineageOf(family, 5)
        .filter((node) => node.isMainLine)
        .map((node) => node.id),
    ).toEqual([2, 4, 5]);
  });

  it('says what each has gained over its fitter parent', () => {
    expect(lineageOf(family, 5).map(({ id, gain }) => [id, gain])).toEqual([
      [0, undefined],
      [1, undefined],
      [2, undefined],
      [3, 2],
      [4, 2],
      [5, 1],
    ]);
  });

  it('ends its line where a family goes round in a circle', () => {
    const circle = [
      { id: 0, born: 0, parents: [1], fitness: 1 },
      { id: 1, born: 0, parents: [0], fitness: 2 },
    ];
    expect(lineageOf(circle, 0).map(({ isMainLine }) => isMainLine)).toEqual([true, true]);
  });

  it('is empty for one who is not there', () => {
    expect(lineageOf(family, 9)).toEqual([]);
  });
});

describe('places of a population', () => {
  const problem = aScenario()
    .on(aPlatform().withCores(4, { coreConfigurations: [[1, 1, 1, 1], [4]], groupSpeedup: { 1: 1, 4: 3 } }))
    .running(aNetwork().withLayer('x', { cpu: 1 }))
    .problem();
  const configuration = problem.layout.loci.findIndex(({ segment }) => segment === 'coreConfiguration');
  /** Members with a chosen configuration and core. */
  const genesOfMembers = (members: readonly (readonly [configuration: number, core: number])[]): Uint8Array =>
    Uint8Array.from(
      members.flatMap(([chosen, core]) =>
        problem.layout.loci.map(({ segment }, locus) =>
          locus === configuration ? chosen : segment === 'mapping' ? core : 0,
        ),
      ),
    );

  it('are one for all cores of a group, whatever the genes say', () => {
    const { shares, width } = placeShares(
      problem,
      genesOfMembers([
        [1, 0],
        [1, 2],
        [1, 3],
        [0, 3],
      ]),
      [0, 1, 2, 3],
    );
    const mapping = problem.layout.offsetOf.mapping;
    expect(Array.from({ length: 4 }, (_, core) => shares[mapping * width + core])).toEqual([0.75, 0, 0, 0.25]);
  });

  it('are those cores that some member has, with the sizes of their groups', () => {
    const sizesOf = (members: readonly (readonly [number, number])[]) =>
      groupSizesInUse(
        problem,
        placeShares(
          problem,
          genesOfMembers(members),
          members.map((_, index) => index),
        ),
      ).map((sizes) => [...sizes].sort());
    expect(
      sizesOf([
        [1, 0],
        [1, 2],
      ]),
    ).toEqual([[4], [], [], []]);
    expect(
      sizesOf([
        [1, 0],
        [0, 2],
      ]),
    ).toEqual([[1, 4], [1], [1], [1]]);
  });
});
