/** What a timeline shows, independent of size, zoom and colours: a row per unit, tiles sorted for binary search, releases and deadlines. */
import type { ProcessorKind } from '#shared/domain/platform.ts';
import { arrangementOf, groupSizeOf, type Assignment } from '#shared/scheduling/decode.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { ranJobs, type Timeline } from '#shared/scheduling/simulate.ts';
import { clusterOf } from '../../theme/palette.ts';

/** One unit of a processing element. Its tiles are `firstTile … endTile − 1`. */
export interface SceneRow {
  readonly pe: number;
  readonly unit: number;
  readonly processor: number;
  readonly kind: ProcessorKind;
  /** The row's number within its processor, and that of its processor among those of its kind: which shade it has. */
  readonly core: number;
  readonly cluster: number;
  /** "gpu", "cpu:1", "cpu:0 ×2" (a group of two cores), "cpu #3" (unit of a pooled processor). */
  readonly label: string;
  /** False for a core that the assignment switched off, or that works in the group of another one. */
  readonly isActive: boolean;
  /** What is shown in place of its load where it is not active. */
  readonly idleWord: IdleWord;
  readonly firstTile: number;
  readonly endTile: number;
  readonly busyMs: number;
}

/** Release and absolute deadline of one application instance. */
export interface InstanceMark {
  readonly application: number;
  readonly instance: number;
  readonly releaseMs: number;
  /** NaN: no deadline. */
  readonly deadlineMs: number;
  readonly finishMs: number;
  readonly isMissed: boolean;
  /** When it was dropped because it was late, ms; NaN: it ran. */
  readonly droppedMs: number;
}

/**
 * N tiles, one per job that ran, in order of (row, start, end, job); tiles of a row do not overlap, so starts and ends both ascend in a row
 * (with a dispatch tick, up to the rounding of its multiples: far below a pixel).
 * All arrays are copies: the scene stays valid when the simulator that made the timeline runs again.
 */
export interface Scene {
  readonly problem: Problem;
  readonly rows: readonly SceneRow[];
  readonly tileJob: Int32Array;
  readonly tileRow: Int32Array;
  readonly tileApplication: Int32Array;
  readonly tileStartMs: Float64Array;
  readonly tileEndMs: Float64Array;
  readonly tileReadyMs: Float64Array;
  /** [J] tile of each job; −1: it was dropped. */
  readonly tileOfJob: Int32Array;
  /** In order of release. */
  readonly instances: readonly InstanceMark[];
  readonly makespanMs: number;
  /** Where the time axis ends at first: the makespan with a margin, and the deadlines soon after it. */
  readonly fittedEndMs: number;
  /** Where the time axis ends at last: makespan and all deadlines, with a margin; at least a little. */
  readonly endMs: number;
}

/** Share of the makespan left free at the right. */
const MARGIN = 0.02;
/** Deadlines up to this share of the makespan after it are shown from the start; later ones would only make the schedule small. */
const SOON = 0.1;

/** Builds the scene of `timeline`; with the `assignment` it came from, cores that are switched off are shown as off. */
export function buildScene(problem: Problem, timeline: Timeline, assignment?: Assignment): Scene {
  const rowOfPe = new Int32Array(problem.pes.length);
  let rowCount = 0;
  for (const pe of problem.pes) {
    rowOfPe[pe.index] = rowCount;
    rowCount += pe.units;
  }
  const jobs = problem.jobTask.length;
  const firstTile = new Int32Array(rowCount + 1);
  const rowOfJob = Int32Array.from({ length: jobs }, (_, job) => rowOfPe[timeline.pe[job]] + timeline.unit[job]);
  const ran = ranJobs(timeline);
  for (const job of ran) firstTile[rowOfJob[job] + 1]++;
  for (let row = 0; row < rowCount; row++) firstTile[row + 1] += firstTile[row];
  const tileJob = sortedByRowAndStart(ran, rowOfJob, firstTile, timeline);
  const tileOfJob = new Int32Array(jobs).fill(-1);
  tileJob.forEach((job, tile) => {
    tileOfJob[job] = tile;
  });

  const tileStartMs = Float64Array.from(tileJob, (job) => timeline.startMs[job]);
  const tileEndMs = Float64Array.from(tileJob, (job) => timeline.endMs[job]);
  const instances = instanceMarks(problem, timeline);
  const makespanMs = tileEndMs.reduce((latest, end) => Math.max(latest, end), 0);
  const markTimesMs = instances.flatMap((mark) =>
    Number.isNaN(mark.deadlineMs) ? [mark.releaseMs] : [mark.releaseMs, mark.deadlineMs],
  );
  const lastOf = (until: number): number =>
    markTimesMs.reduce((latest, timeMs) => (timeMs <= until ? Math.max(latest, timeMs) : latest), makespanMs);
  const withMargin = (timeMs: number): number => (timeMs > 0 ? timeMs * (1 + MARGIN) : 1);
  const endMs = withMargin(lastOf(Number.POSITIVE_INFINITY));
  return {
    problem,
    rows: buildRows(problem, assignment, firstTile, tileStartMs, tileEndMs),
    tileJob,
    tileRow: Int32Array.from(tileJob, (job) => rowOfJob[job]),
    tileApplication: Int32Array.from(tileJob, (job) => problem.tasks[problem.jobTask[job]].application),
    tileStartMs,
    tileEndMs,
    tileReadyMs: Float64Array.from(tileJob, (job) => timeline.readyMs[job]),
    tileOfJob,
    instances,
    makespanMs,
    fittedEndMs: makespanMs > 0 ? withMargin(lastOf(makespanMs * (1 + SOON))) : endMs,
    endMs,
  };
}

/** Layer of a tile, as its network names it. */
export function layerOfTile(
  scene: Scene,
  tile: number,
): { readonly id: string; readonly name: string; readonly op: string } {
  const task = scene.problem.tasks[scene.problem.jobTask[scene.tileJob[tile]]];
  return scene.problem.scenario.applications[task.application].network.layers[task.layer];
}

/** Number that all tiles of one application instance share. */
export function instanceKeyOfTile(scene: Scene, tile: number): number {
  return scene.problem.jobFirstOfInstance[scene.tileJob[tile]];
}

/** Busy share of a row up to the makespan, 0…1. */
export function rowUtilization(scene: Scene, row: SceneRow): number {
  return scene.makespanMs > 0 ? row.busyMs / scene.makespanMs : 0;
}

function sortedByRowAndStart(
  jobs: readonly number[],
  rowOfJob: Int32Array,
  firstTile: Int32Array,
  { startMs, endMs }: Timeline,
): Int32Array {
  const order = new Int32Array(jobs.length);
  const cursor = firstTile.slice();
  for (const job of jobs) order[cursor[rowOfJob[job]]++] = job;
  for (let row = 0; row + 1 < firstTile.length; row++) {
    order
      .subarray(firstTile[row], firstTile[row + 1])
      .sort((a, b) => startMs[a] - startMs[b] || endMs[a] - endMs[b] || a - b);
  }
  return order;
}

/** Whether a processing element takes part: a core can be switched off, or work as part of another's group. */
export function isPowered(
  problem: Problem,
  assignment: Assignment,
  { processor, indexInProcessor }: Problem['pes'][number],
): boolean {
  return (
    problem.processors[processor].dispatch === 'pooled' ||
    indexInProcessor < arrangementOf(problem, assignment, processor).groups.length
  );
}

/** Why a core has no load of its own: it is off, or one of a group of cores that work as one. */
export type IdleWord = 'off' | 'grouped';

/** For a core that is not powered as one of its own. */
export function idleWordOf(
  problem: Problem,
  assignment: Assignment,
  { processor, indexInProcessor }: Problem['pes'][number],
): IdleWord {
  const { groups } = arrangementOf(problem, assignment, processor);
  return indexInProcessor < groups.reduce((cores, size) => cores + size, 0) ? 'grouped' : 'off';
}

function buildRows(
  problem: Problem,
  assignment: Assignment | undefined,
  firstTile: Int32Array,
  startMs: Float64Array,
  endMs: Float64Array,
): SceneRow[] {
  const rows: SceneRow[] = [];
  for (const pe of problem.pes) {
    const processor = problem.processors[pe.processor];
    const isActive = assignment === undefined || isPowered(problem, assignment, pe);
    const groupSize = assignment === undefined ? 1 : groupSizeOf(problem, assignment, pe.index);
    for (let unit = 0; unit < pe.units; unit++) {
      const row = rows.length;
      let busyMs = 0;
      for (let tile = firstTile[row]; tile < firstTile[row + 1]; tile++) busyMs += endMs[tile] - startMs[tile];
      rows.push({
        pe: pe.index,
        unit,
        processor: processor.index,
        kind: processor.kind,
        core: pe.indexInProcessor + unit,
        cluster: clusterOf(problem.processors, pe.processor),
        label: pe.units > 1 ? `${pe.id} #${unit}` : isActive && groupSize > 1 ? `${pe.id} ×${groupSize}` : pe.id,
        isActive,
        idleWord: assignment === undefined ? 'off' : idleWordOf(problem, assignment, pe),
        firstTile: firstTile[row],
        endTile: firstTile[row + 1],
        busyMs,
      });
    }
  }
  return rows;
}

function instanceMarks(problem: Problem, timeline: Timeline): InstanceMark[] {
  const marks = Array.from(problem.instanceApplication, (application, index): InstanceMark => {
    const first = problem.instanceFirstJob[index];
    const end =
      index + 1 < problem.instanceFirstJob.length ? problem.instanceFirstJob[index + 1] : timeline.endMs.length;
    const droppedMs = timeline.droppedMs[index];
    // What would have been released by a dropped instance is dropped with it.
    const releaseMs = Number.isNaN(timeline.releaseMs[index]) ? droppedMs : timeline.releaseMs[index];
    const deadlineMs = releaseMs + problem.deadlineMs[application];
    let finishMs = releaseMs;
    for (let job = first; job < end; job++) if (timeline.endMs[job] > finishMs) finishMs = timeline.endMs[job];
    // The same comparison as the metrics': the sum above may differ from it in the last bit.
    return {
      application,
      instance: problem.instanceNumber[index],
      releaseMs,
      deadlineMs,
      finishMs,
      isMissed: finishMs - releaseMs > problem.deadlineMs[application],
      droppedMs,
    };
  });
  return marks.sort((a, b) => a.releaseMs - b.releaseMs || a.application - b.application);
}
