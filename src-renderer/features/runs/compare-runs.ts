/** Chosen runs as the sides of a comparison: each by itself, or, where there are too many, groups that differ by their seed. */
import type { RunSummary } from '#shared/contract/shapes.ts';
import { LARGEST_GROUP, MOST_SIDES } from '../compare/address.ts';

export type Sides = { readonly sides: readonly (readonly number[])[] } | { readonly reason: string };

/** @param schedulerName a scheduler's name by its id */
export function sidesOf(runs: readonly RunSummary[], schedulerName: (id: string) => string): Sides {
  if (runs.length < 2) return { reason: 'Choose at least two runs.' };
  if (runs.length <= MOST_SIDES) return { sides: runs.map(({ id }) => [id]) };
  const groups = new Map<string, RunSummary[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.scenarioId, run.scheduler]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const families = [...groups.values()];
  if (families.length < 2 || families.length > MOST_SIDES) return { reason: `More than ${MOST_SIDES} runs are compared as 2 to ${MOST_SIDES} groups of the same scenario and scheduler; these are ${families.length}.` };
  if (families.some((family) => family.length > LARGEST_GROUP)) return { reason: `A group has at most ${LARGEST_GROUP} runs.` };
  const repeated = families.find((family) => new Set(family.map(({ seed }) => seed)).size < family.length);
  if (repeated !== undefined) return { reason: `Runs of a group differ by their seed only; seed ${seedTwice(repeated)} of “${repeated[0].scenarioName}” with ${schedulerName(repeated[0].scheduler)} is there twice.` };
  return { sides: families.map((family) => family.map(({ id }) => id)) };
}

function seedTwice(family: readonly RunSummary[]): number | undefined {
  return family.find((run, index) => family.findIndex(({ seed }) => seed === run.seed) < index)?.seed;
}
