/** The fronts that searches are measured on: their scenarios and objectives, and the best that is known of each, as files that a test checks. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { resourcesDirectory } from '#main/hosts/toolbox.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { FrontArchive } from '#shared/analysis/front-archive.ts';
import { thinned } from '#shared/analysis/front-thinning.ts';
import { hypervolume } from '#shared/analysis/hypervolume.ts';
import { headlineMetricNames } from '#shared/domain/metrics.ts';
import { resolveScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import type { GeneSelection } from '#shared/domain/scheduler.ts';

/** Everything is decided. */
export const frontGenes: GeneSelection = { priorities: true, cores: true, frequencies: true };

export interface FrontCase {
  readonly scenarioId: string;
  readonly objectives: readonly ['makespanMs' | 'latencyMs', 'energyMJ'];
}

export const frontCases: readonly FrontCase[] = ['simple', 'multi', 'hikey970', 'galaxy-s9'].flatMap((scenarioId) =>
  (['makespanMs', 'latencyMs'] as const).map((first): FrontCase => ({ scenarioId, objectives: [first, 'energyMJ'] })),
);

export const nameOfCase = ({ scenarioId, objectives: [first] }: FrontCase): string =>
  `${scenarioId}, ${first === 'makespanMs' ? 'makespan' : 'response'} × energy`;

/** A schedule of a front. */
export interface FrontMember {
  readonly objectives: readonly number[];
  readonly genes: Uint8Array;
}

const fileSchema = z.strictObject({
  scenario: z.string(),
  objectives: z.tuple([z.enum(['makespanMs', 'latencyMs']), z.literal('energyMJ')]),
  genes: z.strictObject({ priorities: z.literal(true), cores: z.literal(true), frequencies: z.literal(true) }),
  /** By ascending first objective: both objectives, and the genome in base64. */
  schedules: z.array(z.tuple([z.number(), z.number(), z.string()])).min(1),
});

/** Schedules in a file lie at least so far apart: a hundredth of what the eye needs. */
const KEPT_TOLERANCE = 0.0005;

const fileOf = ({ scenarioId, objectives: [first] }: FrontCase): string =>
  join(
    import.meta.dirname,
    'best-known/fronts',
    `${scenarioId}-${first === 'makespanMs' ? 'makespan' : 'response'}-energy.json`,
  );

export function scenarioOf({ scenarioId }: FrontCase): ResolvedScenario {
  const presets = loadPresets(resourcesDirectory());
  const scenario = presets.scenarios.get(scenarioId);
  if (scenario === undefined) throw new Error(`there is no preset scenario "${scenarioId}"`);
  return resolveScenario(scenario, presets);
}

/** By ascending first objective; empty where there is no file yet. */
export function bestKnownFront(of: FrontCase): FrontMember[] {
  const path = fileOf(of);
  if (!existsSync(path)) return [];
  return fileSchema
    .parse(JSON.parse(readFileSync(path, 'utf8')))
    .schedules.map(([x, y, genome]) => ({ objectives: [x, y], genes: Buffer.from(genome, 'base64') }));
}

export function writeBestKnownFront(of: FrontCase, members: readonly FrontMember[]): void {
  const kept = thinned(
    members.map(({ objectives }) => objectives),
    KEPT_TOLERANCE,
  );
  const head = { scenario: of.scenarioId, objectives: of.objectives, genes: frontGenes };
  const rows = kept.map((index) => {
    const { objectives, genes } = members[index]!;
    return JSON.stringify([...objectives, Buffer.from(genes).toString('base64')]);
  });
  mkdirSync(dirname(fileOf(of)), { recursive: true });
  writeFileSync(
    fileOf(of),
    `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "schedules": [\n    ${rows.join(',\n    ')}\n  ]\n}\n`,
  );
}

/** The feasible ones of these chromosomes that no other beats. */
export function frontOf(
  { objectives }: FrontCase,
  chromosomes: Iterable<{ readonly genes: Uint8Array; readonly metrics: Float64Array }>,
): FrontMember[] {
  const indexes = objectives.map((name) => headlineMetricNames.indexOf(name));
  const violation = headlineMetricNames.indexOf('constraintViolation');
  const archive = new FrontArchive<FrontMember & { readonly violation: number }>();
  for (const { genes, metrics } of chromosomes)
    if (metrics[violation] === 0)
      archive.add({ genes, objectives: indexes.map((index) => metrics[index]!), violation: 0 });
  return [...archive.points];
}

/** What is on the front of both. */
export function mergedFront(a: readonly FrontMember[], b: readonly FrontMember[]): FrontMember[] {
  return [...FrontArchive.of([...a, ...b].map((member) => ({ ...member, violation: 0 }))).points];
}

/**
 * Hypervolume of `front` over that of `best`: both objectives scaled so that `best` spans 0 … 1, reference point (1.1, 1.1). Both by
 * ascending first objective.
 */
export function hypervolumeRatio(front: readonly FrontMember[], best: readonly FrontMember[]): number {
  const low = [best[0]!.objectives[0]!, best.at(-1)!.objectives[1]!];
  const high = [best.at(-1)!.objectives[0]!, best[0]!.objectives[1]!];
  const volume = (of: readonly FrontMember[]): number =>
    hypervolume(
      of.map(({ objectives }) => objectives.map((value, m) => (value - low[m]!) / (high[m]! - low[m]!))),
      [1.1, 1.1],
    );
  return volume(front) / volume(best);
}
