/** Writing a recorded run, or one of its schedules, in a format: in whichever thread has the record open. */
import { z } from 'zod';
import type { ExportOutcome } from '#shared/contract/format-shapes.ts';
import { USUAL_SPANS } from '#shared/contract/replay-shapes.ts';
import type { RunDetail } from '#shared/contract/shapes.ts';
import type { Baseline } from '#shared/domain/run.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import { defaultBaselineId } from '#shared/scheduling/baselines.ts';
import { executedSchedule } from '#shared/scheduling/executed-schedule.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import { problemOfSnapshot } from '#shared/scheduling/problem-of-snapshot.ts';
import { baselineOf } from '../../engine/baselines.ts';
import { findFormat } from '../../formats/index.ts';
import type { RunLayout } from '../../store/columns.ts';
import type { RunRecord } from '../../store/record.ts';
import { outcomeOf, wrongKind } from './export-outcome.ts';
import { readGenerations } from './generation-reader.ts';
import { ReplayService } from './replay-service.ts';

/** Ancestors drawn in a picture of a family. */
const MOST_ANCESTORS = 5000;

/** The parts of the record that an export reads. */
export type ExportedRecord = Pick<RunRecord, 'runs' | 'generations' | 'replay'>;

export interface RunExportRequest {
  readonly detail: RunDetail;
  readonly layout: RunLayout;
  readonly format: string;
  /** The format's own, unchecked. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The schedule that is written. */
  readonly schedule: { readonly chromosomeId: number; readonly genes: Uint8Array; readonly fitness: number };
  /** What figures are compared with; undefined: what the platform suggests. */
  readonly baseline?: Baseline | undefined;
  /** What writes it: "Tessera 0.1.0". */
  readonly product: string;
  /** Unix time, ms. */
  readonly exportedAt: number;
}

/** @throws WorkbenchError `format.unknown`, `format.wrongKind`, and what the format throws */
export async function exportRun(
  { detail, layout, format: formatId, options, schedule, baseline, product, exportedAt }: RunExportRequest,
  record: ExportedRecord,
): Promise<ExportOutcome> {
  const format = findFormat(formatId);
  if (format.runWriter === undefined) throw wrongKind(format, 'run');
  if (format.runWriter.options === undefined) parseDocument(z.strictObject({}), options, 'options');
  const genomeProblem = problemOfSnapshot(detail);
  const replay = new ReplayService(record);
  const { id, generations } = detail.run;
  const { chromosomeId, genes, fitness } = schedule;
  const { problem, assignment } = executedSchedule(genomeProblem, genes);
  return outcomeOf(
    await format.runWriter.write(
      {
        detail,
        problem,
        genomeProblem,
        chromosomeId,
        genes,
        baseline: baseline ?? baselineOf(problem.layerwise, defaultBaselineId(problem)),
        product,
        exportedAt,
        timeline: simulate(problem, assignment),
        solution: describeSolution(genomeProblem, genes, fitness),
        generations: () => readGenerations(record.generations, id, layout, 0, generations),
        bests: () => replay.bests(id, 0, generations),
        window: (from, length) => replay.window(id, from, length),
        ancestry: () => replay.ancestry(id, chromosomeId, MOST_ANCESTORS),
        mutations: () => replay.mutations(id, USUAL_SPANS),
      },
      options,
    ),
  );
}
