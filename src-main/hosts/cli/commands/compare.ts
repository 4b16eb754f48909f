/** `tessera runs compare`: recorded runs side by side; metrics and schedules against those of the first. */
import type { Command } from 'commander';
import { isImpossible } from '#shared/analysis/deadlines.ts';
import { differingFields, type FieldDifference } from '#shared/analysis/differing-fields.ts';
import {
  scheduleDifference,
  type ScheduledProblem,
  type ScheduleDifference,
} from '#shared/analysis/schedule-difference.ts';
import type { RunDetail } from '#shared/contract/shapes.ts';
import { parseResolvedScenario } from '#shared/domain/scenario.ts';
import { genesOf } from '#shared/domain/scheduler.ts';
import { executedSchedule } from '#shared/scheduling/executed-schedule.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { problemOfSnapshot } from '#shared/scheduling/problem-of-snapshot.ts';
import { verdictsOf, type Answers } from '../answers.ts';
import { runIds, withDatabase, withJson, type DatabaseOption, type OutputOptions } from '../arguments.ts';
import { printJson, printText, usageError } from '../output.ts';
import { withWorkbench } from '../session.ts';
import { renderSideBySide } from '../side-by-side.ts';
import { number, table } from '../table.ts';

/** Rows of differing fields and of moved layers that are printed; `--json` has all. */
const MOST_ROWS = 20;

export function registerCompare(runs: Command): void {
  withDatabase(
    withJson(runs.command('compare')).argument(
      '<ids...>',
      'the ids of two runs or more; the others are compared with the first',
      runIds,
    ),
  )
    .description('compare recorded runs: metrics, configuration, and which layers moved where')
    .action(async (ids: number[], { db, json }: OutputOptions & DatabaseOption) => {
      if (new Set(ids).size < Math.max(2, ids.length))
        throw usageError(
          'a comparison needs two different runs or more',
          'give their ids: "tessera runs compare 1 2"; "tessera runs list" shows them',
        );
      const details = await withWorkbench(db, (client) =>
        Promise.all(ids.map((id) => client.invoke('runs.get', { runId: id }))),
      );
      const fields = differingFields(details.map(({ configuration, scenario }) => ({ ...configuration, scenario })));
      const schedules = details
        .slice(1)
        .map((detail) => ({ runId: detail.run.id, difference: differenceOf(details[0], detail) }));
      if (json) {
        printJson({
          baseline: ids[0],
          runs: details.map((detail) => ({ run: detail.run, best: detail.best ?? null, ...verdictOf(detail) })),
          fields: fields.map(({ path, values }) => ({
            path,
            values: values.map((value) => (value === undefined ? null : (JSON.parse(value) as unknown))),
          })),
          schedules: schedules.map(({ runId: id, difference }) => ({ runId: id, difference: difference ?? null })),
        });
        return;
      }
      printText(details.map(({ run }) => `Run ${run.id} · ${run.name}`).join('\n'));
      printText(`\n${renderAnswersSideBySide(details)}`);
      printText(
        `\n${renderSideBySide(
          details.map(({ run, best }) => ({ name: `run ${run.id}`, metrics: best?.metrics })),
          true,
        )}`,
      );
      printText(`\n${renderFields(ids, fields)}`);
      for (const { runId: id, difference } of schedules)
        if (difference !== undefined) printText(`\n${renderMoves(ids[0], id, difference)}`);
    });
}

/** What is asked of each run first. */
function verdictOf({ scenario, configuration, best, bound }: RunDetail): Pick<Answers, 'bound' | 'gap' | 'deadlines'> {
  return verdictsOf({
    scenario: parseResolvedScenario(scenario),
    genes: genesOf(configuration),
    metrics: best?.metrics,
    bound,
  });
}

/** Deadlines, application by application, and the distance from the lower bound, a column for each run. */
function renderAnswersSideBySide(details: readonly RunDetail[]): string {
  const verdicts = details.map(verdictOf);
  const applications = [
    ...new Set(verdicts.flatMap(({ deadlines }) => deadlines.map(({ application }) => application))),
  ];
  const late = applications.map((application) => ({
    title: `deadline of ${application}`,
    values: verdicts.map(({ deadlines }) => {
      const result = deadlines.find((candidate) => candidate.application === application);
      return result === undefined
        ? '–'
        : `${result.missed} of ${result.ofInstances} missed, ${result.dropped === undefined ? '' : `${result.dropped} dropped, `}` +
            `worst ${number(result.worstMs)} of ${number(result.deadlineMs ?? undefined)} ms${result.missed > 0 && isImpossible(result.deadlineMs, result.leastMs) ? `, impossible below ${number(result.leastMs)} ms` : ''}`;
    }),
  }));
  const gaps = {
    title: 'makespan above the optimum',
    values: verdicts.map(({ bound, gap }) =>
      bound === null || gap === null
        ? 'no bound'
        : bound.proven
          ? 'optimal (proven)'
          : `at most ${number(gap * 100)} %`,
    ),
  };
  const rows = [...(late.length > 0 ? late : [{ title: 'deadlines', values: details.map(() => 'none set') }]), gaps];
  return table(rows, [
    { title: 'first', value: ({ title }) => title },
    ...details.map(({ run }, index) => ({
      title: `run ${run.id}`,
      value: ({ values }: (typeof rows)[number]) => values[index] ?? '–',
      align: 'right' as const,
    })),
  ]);
}

/** What became of the schedule of `before`'s best; undefined where either has none. */
function differenceOf(before: RunDetail, after: RunDetail): ScheduleDifference | undefined {
  const first = scheduleOf(before);
  const second = scheduleOf(after);
  return first === undefined || second === undefined ? undefined : scheduleDifference(first, second);
}

function scheduleOf({ scenario, configuration, best }: RunDetail): ScheduledProblem | undefined {
  if (best === undefined) return undefined;
  const { problem, assignment } = executedSchedule(
    problemOfSnapshot({ scenario, configuration }),
    Uint8Array.from(best.genome),
  );
  return { problem, peOfTask: assignment.peOfTask, timeline: simulate(problem, assignment) };
}

function renderFields(ids: readonly number[], fields: readonly FieldDifference[]): string {
  if (fields.length === 0) return 'scenario, configuration and seed are the same';
  const shown = fields.slice(0, MOST_ROWS);
  const rows = table(shown, [
    { title: 'what differs', value: ({ path }) => path },
    ...ids.map((id, index) => ({
      title: `run ${id}`,
      value: ({ values }: FieldDifference) => shortened(values[index] ?? '–'),
    })),
  ]);
  return withRest(rows, fields.length);
}

function renderMoves(baseline: number, id: number, { moved, stayed, makespanChangeMs }: ScheduleDifference): string {
  const head = `run ${id} against run ${baseline}: ${moved.length} layers moved, ${stayed} stayed; makespan ${signed(makespanChangeMs)} ms`;
  if (moved.length === 0) return head;
  const rows = table(moved.slice(0, MOST_ROWS), [
    { title: 'layer', value: ({ layer }) => layer },
    { title: 'from', value: ({ fromPe }) => fromPe },
    { title: 'to', value: ({ toPe }) => toPe },
    { title: 'takes ms', value: ({ durationChangeMs }) => signed(durationChangeMs), align: 'right' },
    { title: 'ends ms', value: ({ endChangeMs }) => signed(endChangeMs), align: 'right' },
  ]);
  return `${head}\n${withRest(rows, moved.length)}`;
}

/** A whole document as a value would push everything else off the line; --json has it. */
const LONGEST_VALUE = 60;

function shortened(value: string): string {
  return value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE - 1)}…`;
}

function withRest(rows: string, count: number): string {
  return count <= MOST_ROWS ? rows : `${rows}\n… and ${count - MOST_ROWS} more; --json has all`;
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${number(value)}`;
}
