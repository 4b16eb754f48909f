/** Use cases of the replay: what a recorded run looked like, generation by generation, in slices that keep nobody waiting. */
import { setImmediate } from 'node:timers/promises';
import type { Ancestry, ChromosomeColumns, MutationMap, ReplayWindow } from '#shared/contract/replay-shapes.ts';
import { FrontArchive } from '#shared/analysis/front-archive.ts';
import type { JudgedPoint } from '#shared/analysis/pareto.ts';
import { lineOf } from '#shared/analysis/lineage.ts';
import { metricIndex, metricOf, minimised, type HeadlineMetricName } from '#shared/domain/metrics.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { RunLayout } from '../../store/columns.ts';
import type { RunRecord } from '../../store/record.ts';

/** Chromosomes whose metrics are read in one go: about 5 ms of the main thread. */
const SCAN_SLICE = 2000;
/** Chromosomes read in one go: about 4 ms of the main thread at 500 loci. */
const SLICE = 500;

export class ReplayService {
  readonly #record: Pick<RunRecord, 'runs' | 'replay'>;

  constructor(record: Pick<RunRecord, 'runs' | 'replay'>) {
    this.#record = record;
  }

  /** Generations `from … from + length − 1`, as far as they are recorded. @throws WorkbenchError `run.unknown` or `run.incompleteRecord` */
  async window(runId: number, from: number, length: number): Promise<ReplayWindow> {
    const layout = this.#layout(runId);
    const populations = this.#record.replay.populations(runId, layout, from, length);
    const memberOffsets = new Uint32Array(populations.length + 1);
    populations.forEach(({ members }, i) => {
      memberOffsets[i + 1] = memberOffsets[i] + members.length;
    });
    const members = new Uint32Array(memberOffsets[populations.length]);
    const mutationCounts = new Uint16Array(populations.length * layout.genomeLength);
    populations.forEach((population, i) => {
      members.set(population.members, memberOffsets[i]);
      mutationCounts.set(population.mutationCounts, i * layout.genomeLength);
    });
    const chromosomes = await this.#columns(runId, layout, Uint32Array.from(new Set(members)).sort());
    return { from, length: populations.length, memberOffsets, members, mutationCounts, chromosomes };
  }

  /** Every best of generations `from … from + length − 1`. @throws WorkbenchError `run.unknown` or `run.incompleteRecord` */
  bests(runId: number, from: number, length: number): Promise<ChromosomeColumns> {
    return this.#columns(runId, this.#layout(runId), this.#record.replay.bestIds(runId, from, length));
  }

  /**
   * A chromosome, its line of the fitter parents, and all parents of the line.
   * @throws WorkbenchError `run.unknown`, `run.unknownChromosome` or `run.incompleteRecord`
   */
  async ancestry(runId: number, chromosomeId: number, limit: number): Promise<Ancestry> {
    const layout = this.#layout(runId);
    const { replay } = this.#record;
    if (replay.kinOf(runId, chromosomeId) === undefined) {
      throw new WorkbenchError('run.unknownChromosome', `run ${runId} has no chromosome ${chromosomeId}`, {
        hint: 'its chromosomes are numbered from 0 in the order of their first appearance',
        path: ['chromosomeId'],
      });
    }
    const found = new Set([chromosomeId]);
    let isTruncated = false;
    let walked = 0;
    for (const { parents } of lineOf(chromosomeId, (id) => replay.kinOf(runId, id))) {
      isTruncated = found.size + parents.length > limit;
      if (isTruncated) break;
      for (const parent of parents) found.add(parent);
      if (++walked % SLICE === 0) await setImmediate();
    }
    return { chromosomes: await this.#columns(runId, layout, Uint32Array.from(found).sort()), isTruncated };
  }

  /** Where mutation struck over the whole run, in at most `spans` spans of generations. @throws WorkbenchError `run.unknown` */
  async mutations(runId: number, spans: number): Promise<MutationMap> {
    const layout = this.#layout(runId);
    const { replay } = this.#record;
    const generations = replay.generationCount(runId);
    const loci = layout.genomeLength;
    const spanLength = Math.max(1, Math.ceil(generations / spans));
    const counts = new Uint32Array(Math.ceil(generations / spanLength) * loci);
    for (let from = 0; from < generations; from += SLICE) {
      replay.mutationCounts(runId, layout, from, Math.min(SLICE, generations - from)).forEach((ofGeneration, i) => {
        const first = Math.floor((from + i) / spanLength) * loci;
        for (let locus = 0; locus < loci; locus++) counts[first + locus] += ofGeneration[locus];
      });
      await setImmediate();
    }
    return { generations, spanLength, loci, counts };
  }

  /**
   * The front in `objectives`: of all that was recorded the feasible ones that no other beats, as `Search.front` has it; everything is
   * feasible for a run that ignores constraints.
   * @throws WorkbenchError `run.unknown` or `run.incompleteRecord`
   */
  async front(runId: number, objectives: readonly HeadlineMetricName[]): Promise<ChromosomeColumns> {
    const layout = this.#layout(runId);
    const axes = objectives.map((name) => ({ index: metricIndex[name], goal: metricOf(name).goal }));
    const isUnconstrained = this.#record.runs.snapshot(runId)?.configuration.options['constraints'] === 'ignore';
    const archive = new FrontArchive<JudgedPoint & { readonly id: number }>();
    for (let from = 0; ; from += SCAN_SLICE) {
      const rows = this.#record.replay.metrics(runId, layout, from, from + SCAN_SLICE);
      for (const { id, metrics } of rows) {
        if (!isUnconstrained && metrics[metricIndex.constraintViolation] > 0) continue;
        archive.add({
          id,
          objectives: axes.map(({ index, goal }) => minimised(goal, metrics[index])),
          violation: 0,
        });
      }
      if (rows.length < SCAN_SLICE) break;
      await setImmediate();
    }
    return this.#columns(runId, layout, Uint32Array.from(archive.points, ({ id }) => id).sort());
  }

  async #columns(runId: number, layout: RunLayout, ids: Uint32Array): Promise<ChromosomeColumns> {
    const slices = this.#record.replay.columns(runId, layout, ids, SLICE);
    for (;;) {
      const { done, value } = slices.next();
      if (done === true) return value;
      await setImmediate();
    }
  }

  #layout(runId: number): RunLayout {
    const layout = this.#record.runs.layout(runId);
    if (layout === undefined)
      throw new WorkbenchError('run.unknown', `there is no run ${runId}`, {
        hint: 'see the list of runs',
        path: ['runId'],
      });
    return layout;
  }
}
