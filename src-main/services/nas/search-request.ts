/** A search for networks as it is recorded, with everything inline, and what it takes to carry it out. */
import { z } from 'zod';
import { externalCommandSchema } from '#shared/domain/external-command.ts';
import { parsePlatform, type Platform, type Processor } from '#shared/domain/platform.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import { parseResolvedScenario } from '#shared/domain/scenario.ts';
import type { AccuracySource } from '#shared/nas/accuracy.ts';
import { CandidateLatency } from '#shared/nas/candidate-latency.ts';
import { estimatorIds } from '#shared/nas/latency.ts';
import { parseSearchSpace } from '#shared/nas/search-space.ts';
import { NetworkSpace } from '#shared/nas/space.ts';
import { candidateMetricNames } from '../../engine/networks/network-search-space.ts';
import { networkMethods } from '../../engine/networks/network-schedulers.ts';
import { readBlockTable } from '../../formats/block-table.ts';
import { loadPresets } from '../../formats/presets.ts';
import type { NetworkSearch } from './network-search.ts';
import { scheduledCosts, type CandidateScenario } from './scheduled-costs.ts';

export const evaluatorSchema = z.strictObject({
  command: externalCommandSchema,
  /** Passed on to the program with every candidate, whatever it means there. */
  training: z.record(z.string(), z.unknown()).default({}),
  /** Which of its metrics is the score; default: the first. */
  metric: z.string().optional(),
  tries: z.int().min(1).max(100).default(3),
  /** For one candidate. */
  timeLimitS: z
    .number()
    .positive()
    .max(30 * 86_400)
    .default(3600),
});
export type EvaluatorRequest = z.output<typeof evaluatorSchema>;

const requestSchema = z.strictObject({
  space: z.unknown().transform(parseSearchSpace),
  platform: z.unknown().transform(parsePlatform),
  processor: z.string(),
  scenario: z
    .strictObject({ scenario: z.unknown().transform(parseResolvedScenario), application: z.string() })
    .optional(),
  limitsMs: z.array(z.number().positive()),
  penalty: z.strictObject({ lambda: z.number().positive(), mu: z.number().positive() }).optional(),
  accuracy: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('shipped'), id: z.string() }),
    z.strictObject({ kind: z.literal('table'), path: z.string() }),
    z.strictObject({ kind: z.literal('command'), evaluator: evaluatorSchema }),
  ]),
  method: z.enum(networkMethods).optional(),
  estimator: z.enum(estimatorIds).optional(),
  objectives: z.array(z.enum(candidateMetricNames)).min(1),
  budget: z.int().min(1),
  batch: z.int().min(1).optional(),
  seed: z.int().min(0).max(0xffff_ffff),
});
export type SearchRequest = z.output<typeof requestSchema>;

/** A request as it was recorded. @throws WorkbenchError `networkSearch.invalid`, and of the documents in it */
export function parseSearchRequest(input: unknown): SearchRequest {
  return parseDocument(requestSchema, input, 'networkSearch');
}

export interface SearchPlan {
  readonly search: NetworkSearch;
  readonly latency: CandidateLatency;
  readonly platform: Platform;
  readonly processor: Processor;
  /** Where candidates are scheduled beside other applications. */
  readonly place: CandidateScenario | undefined;
}

/** Spaces of so many networks or fewer are searched exhaustively where nothing else is said and the budget suffices. */
const FEW_NETWORKS = 10_000;

/** @param space of the request @throws WorkbenchError `nas.noEstimate` where stem or head have no time */
export function planSearch(
  request: SearchRequest,
  space: NetworkSpace,
  accuracy: AccuracySource,
  resourcesDirectory: string,
): SearchPlan {
  const { platform, scenario: place, estimator, penalty, limitsMs, budget, batch, seed, objectives } = request;
  const processor = platform.processors.find(({ id }) => id === request.processor);
  if (processor === undefined) throw new Error(`the platform has no processor ${request.processor}`);
  const library = loadPresets(resourcesDirectory);
  const where = {
    platform,
    processor,
    networkOf: (id: string) => library.networks.get(id),
    ...(estimator === 'block-table' ? { table: readBlockTable(resourcesDirectory) } : {}),
  };
  // A table has some blocks only; what it does not have the cost model knows.
  const latency = new CandidateLatency(space, where, estimator === 'block-table' ? undefined : estimator);
  const costs =
    place === undefined
      ? {
          of: (genes: Uint8Array) => ({ latencyMs: latency.ofGenes(genes) }),
          additive: latency.cost,
          wholeOf: (genes: Uint8Array) => latency.ofWhole(genes)?.latencyMs,
        }
      : scheduledCosts(space, place);
  const isAdditive =
    place === undefined && accuracy.additive !== undefined && penalty === undefined && space.groups() !== undefined;
  const byDefault =
    isAdditive && limitsMs.length > 0
      ? 'knapsack'
      : space.choices <= Math.min(FEW_NETWORKS, budget)
        ? 'exhaustive'
        : 'evolution';
  const deadlineMs = place?.scenario.applications.find(({ id }) => id === place.application)?.deadlineMs;
  const search: NetworkSearch = {
    space,
    method: request.method ?? byDefault,
    limitsMs: (limitsMs.length === 0 && typeof deadlineMs === 'number' ? [deadlineMs] : limitsMs).toSorted(
      (a, b) => a - b,
    ),
    penalty,
    accuracy,
    costs,
    budget,
    batch,
    seed,
    objectives,
  };
  return { search, latency, platform, processor, place };
}
