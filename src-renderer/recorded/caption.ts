/** What happened in a generation, in words: whether the best changed, what it gained, which layers moved where, which settings changed. */
import { operatorNames } from '#shared/domain/generation.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import { arrangementOf, type Assignment } from '#shared/scheduling/decode.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { formatDelta, formatDuration } from '../format.ts';

/** A layer, or several of an application, that went the same way. */
export interface Move {
  readonly application: number;
  readonly layers: readonly string[];
  readonly fromPe: string;
  readonly toPe: string;
}

export interface Caption {
  /** One sentence. */
  readonly headline: string;
  readonly moves: readonly Move[];
  /** "gpu: 400 → 700 MHz", "cpu: 4 → 2 cores". */
  readonly settings: readonly string[];
  /** How the new best came to be; empty where it is not new. */
  readonly origin: string;
}

/** The best of a generation. */
export interface ShownBest {
  readonly id: number;
  readonly fitness: number;
  readonly makespanMs: number;
  readonly assignment: Assignment;
}

const operatorWords: Readonly<Record<(typeof operatorNames)[number], string>> = {
  seed: 'a heuristic’s schedule',
  random: 'drawn at random',
  elite: 'kept',
  crossover: 'by crossover',
  mutation: 'by mutation',
  'crossover+mutation': 'by crossover and mutation',
  clone: 'copied',
  heuristic: 'made by the scheduler’s rule',
  local_search: 'by local search',
  external: 'by the external scheduler',
  given: 'the schedule that it began with',
};

/** From the best before (undefined: this is the first generation) to the best now. */
export function describeGeneration(
  problem: Problem,
  before: ShownBest | undefined,
  now: ShownBest,
  origin: string,
): Caption {
  if (before === undefined)
    return {
      headline: `The first generation’s best takes ${formatDuration(now.makespanMs)}.`,
      moves: [],
      settings: [],
      origin,
    };
  if (before.id === now.id) return { headline: 'The best has not changed.', moves: [], settings: [], origin: '' };
  const moves = movesBetween(problem, before.assignment, now.assignment);
  const settings = settingsBetween(problem, before.assignment, now.assignment);
  const makespan =
    now.makespanMs === before.makespanMs
      ? `its makespan is still ${formatDuration(now.makespanMs)}`
      : `makespan ${formatDuration(before.makespanMs)} → ${formatDuration(now.makespanMs)} (${formatDelta(now.makespanMs, before.makespanMs)})`;
  const kind =
    now.fitness > before.fitness
      ? 'A better schedule'
      : now.fitness < before.fitness
        ? 'The best was lost; the next one'
        : 'Another, equally good schedule';
  return { headline: `${kind}: ${makespan}.`, moves, settings, origin };
}

/** How chromosome `row` of `columns` came to be. */
export function originOf(columns: ChromosomeColumns, row: number): string {
  const operator = operatorWords[operatorNames[columns.operators[row]]];
  const parents = columns.parents.subarray(columns.parentOffsets[row], columns.parentOffsets[row + 1]);
  const mutated = columns.mutatedOffsets[row + 1] - columns.mutatedOffsets[row];
  const from = parents.length === 0 ? '' : ` from ${[...parents].map((id) => `#${id}`).join(' and ')}`;
  return `#${columns.ids[row]}, ${operator}${from}${mutated === 0 ? '' : `, ${mutated} ${mutated === 1 ? 'gene' : 'genes'} mutated`}`;
}

/** Layers on another processing element, those that went the same way together, the most first. */
export function movesBetween(problem: Problem, before: Assignment, now: Assignment): Move[] {
  const moves = new Map<string, { application: number; layers: string[]; fromPe: string; toPe: string }>();
  for (const task of problem.tasks) {
    const from = before.peOfTask[task.index];
    const to = now.peOfTask[task.index];
    if (from === to) continue;
    const key = `${task.application} ${from} ${to}`;
    const move = moves.get(key) ?? {
      application: task.application,
      layers: [],
      fromPe: problem.pes[from].id,
      toPe: problem.pes[to].id,
    };
    move.layers.push(problem.scenario.applications[task.application].network.layers[task.layer].name);
    moves.set(key, move);
  }
  return [...moves.values()].sort((a, b) => b.layers.length - a.layers.length);
}

function settingsBetween(problem: Problem, before: Assignment, now: Assignment): string[] {
  return problem.processors.flatMap((processor) => {
    const changes: string[] = [];
    const wasMHz = processor.operatingPoints[before.operatingPoint[processor.index]].frequencyMHz;
    const isMHz = processor.operatingPoints[now.operatingPoint[processor.index]].frequencyMHz;
    if (wasMHz !== isMHz) changes.push(`${processor.id}: ${wasMHz} → ${isMHz} MHz`);
    const was = arrangementOf(problem, before, processor.index);
    const is = arrangementOf(problem, now, processor.index);
    if (was !== is)
      changes.push(
        was.groups.every((size) => size === 1) && is.groups.every((size) => size === 1)
          ? `${processor.id}: ${was.activeCores} → ${is.activeCores} cores`
          : `${processor.id}: cores (${was.groups.join(', ')}) → (${is.groups.join(', ')})`,
      );
    return changes;
  });
}
