/** How long a search is laid out for when limits of its own end it. */
import type { StopConditions } from './scheduler.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Where a limit of time or of evaluations is sure to be reached, that ends the run, not the scheduler's plan: as many generations as it
 * takes, laid out for as many as the limit is likely to allow. A gap may never be reached: then the plan ends the run.
 * @param optionsSchema JSON Schema of the scheduler's options
 * @returns options to be set where they are not chosen
 */
export function lengthWithin(
  optionsSchema: JsonSchema,
  { timeMs, evaluations }: StopConditions = {},
): { readonly generations?: number; readonly horizon?: number } {
  const { properties } = optionsSchema;
  if ((timeMs === undefined && evaluations === undefined) || !isObject(properties)) return {};
  const { generations, horizon } = properties;
  if (!isObject(generations) || typeof generations['maximum'] !== 'number') return {};
  if (!isObject(horizon)) return { generations: generations['maximum'] };
  const { generationMs, generationEvaluations } = horizon;
  const likely = Math.min(
    generations['maximum'],
    typeof generationMs === 'number' && timeMs !== undefined ? timeMs / generationMs : Infinity,
    typeof generationEvaluations === 'number' && evaluations !== undefined
      ? evaluations / generationEvaluations
      : Infinity,
  );
  return { generations: generations['maximum'], horizon: Math.max(1, Math.round(likely)) };
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null;
}
