/** The schedules of a run's bests, simulated when they are first shown and kept while they are near. */
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { buildScene, type Scene } from '../timeline/scene/scene.ts';
import { scheduleOf, type Schedule } from './schedule-of.ts';
import { rowOf } from './replay-source.ts';

/** Schedules kept; those shown longest ago are dropped. */
const MOST_SCENES = 200;

export interface BestScene {
  readonly schedule: Schedule;
  readonly scene: Scene;
}

export class BestScenes {
  readonly #problem: Problem;
  readonly #bests: ChromosomeColumns;
  readonly #scenes = new Map<number, BestScene>();

  constructor(problem: Problem, bests: ChromosomeColumns) {
    this.#problem = problem;
    this.#bests = bests;
  }

  /** The schedule of chromosome `id`, or undefined where it is not among the bests. */
  get(id: number): BestScene | undefined {
    const known = this.#scenes.get(id);
    if (known !== undefined) {
      // The one used last goes to the end.
      this.#scenes.delete(id);
      this.#scenes.set(id, known);
      return known;
    }
    const row = rowOf(this.#bests, id);
    if (row === undefined) return undefined;
    const { genes, loci } = this.#bests;
    const schedule = scheduleOf(this.#problem, genes.slice(row * loci, (row + 1) * loci));
    const made = { schedule, scene: buildScene(schedule.problem, schedule.timeline, schedule.assignment) };
    this.#scenes.set(id, made);
    const [oldest] = this.#scenes.keys();
    if (this.#scenes.size > MOST_SCENES) this.#scenes.delete(oldest);
    return made;
  }
}
