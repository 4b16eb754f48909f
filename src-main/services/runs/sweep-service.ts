/** Use cases of sweeps: starting a family of runs at once, following it, cancelling what is left of it. */
import { setImmediate } from 'node:timers/promises';
import type { SweepDetail, SweepSummary } from '#shared/contract/sweep-shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { activeStatuses } from '#shared/domain/run.ts';
import { optionsWithin } from '#shared/domain/evaluations.ts';
import { expandSweep, parseSweep, type SweepPoint } from '#shared/domain/sweep.ts';
import { optionInWords } from '#shared/domain/words.ts';
import { completeConfiguration, findScheduler } from '../../engine/schedulers/index.ts';
import type { RunRecord } from '../../store/record.ts';
import type { Documents } from '../documents/document-library.ts';
import type { ConfirmedCommands } from '../confirmed-commands.ts';
import type { RemoteRuns } from '../remote/remote-runs.ts';
import type { Preparation, PreparedRun } from './preparation.ts';
import type { RunService } from './run-service.ts';
import type { RunSupervisor } from './run-supervisor.ts';

export interface SweepServiceOptions {
  readonly record: RunRecord;
  readonly documents: Documents;
  readonly runs: RunService;
  readonly supervisor: RunSupervisor;
  readonly remote: RemoteRuns;
  readonly preparation: Preparation;
  readonly commands: ConfirmedCommands;
  /** Unix time, ms. */
  readonly now: () => number;
}

export class SweepService {
  readonly #options: SweepServiceOptions;

  constructor(options: SweepServiceOptions) {
    this.#options = options;
  }

  /**
   * Checks every run of the sweep, then records and queues them all. Nothing is started where one of them could not be.
   * @throws WorkbenchError `sweep.…`, `scenario.…`, `scheduler.…`, `command.unconfirmed`
   */
  async start(input: unknown): Promise<SweepDetail> {
    const { record, documents, runs, commands, now } = this.#options;
    const document = parseSweep(input);
    const points = expandSweep(document).map((point) => withinBudget(point, document.budget?.evaluations));
    // Names do not change while the runs are made: what is resolved once holds for all.
    const titles = new Map(document.scenarios.map((scenario) => [scenario, documents.resolve(scenario).name]));
    for (const point of points) commands.assertConfirmed(completeConfiguration(point.configuration));
    const sweepId = record.sweeps.create(document.name, document, now());
    for (const point of points) {
      const run = await runs.start(
        point.scenario,
        point.configuration,
        nameOf(point, titles.get(point.scenario) ?? ''),
        undefined,
      );
      record.sweeps.addRun(sweepId, run.id, point.varied);
      await setImmediate();
    }
    return this.detail(sweepId);
  }

  /**
   * The same on other machines: the runs are there from now on, and are carried out by the workers of a queue. Those that the record has
   * already are not searched again.
   * @throws WorkbenchError `queue.…`, or as `start`
   */
  async startOn(queue: string, input: unknown): Promise<SweepDetail> {
    const { record, documents, remote, preparation, now } = this.#options;
    const document = parseSweep(input);
    const points = expandSweep(document).map((point) => withinBudget(point, document.budget?.evaluations));
    const titles = new Map(document.scenarios.map((scenario) => [scenario, documents.resolve(scenario).name]));
    await remote.reach(queue);
    const there: { readonly runId: number; readonly point: SweepPoint }[] = [];
    const missing: { readonly prepared: PreparedRun; readonly name: string; readonly point: SweepPoint }[] = [];
    for (const point of points) {
      const prepared = await preparation.prepare(point.scenario, point.configuration);
      const runId = remote.same(prepared);
      if (runId !== undefined) there.push({ runId, point });
      else missing.push({ prepared, name: nameOf(point, titles.get(point.scenario) ?? ''), point });
      await setImmediate();
    }
    const inLibrary = { runs: there.length, of: points.length };
    const earlier = missing.length > 0 ? undefined : record.sweeps.ofRuns(there.map(({ runId }) => runId));
    remote.follow(); // also what was submitted before
    if (earlier !== undefined) return { ...this.detail(earlier), inLibrary };
    const sweepId = record.sweeps.create(document.name, document, now());
    const submitted = remote.submit(queue, missing);
    submitted.forEach((runId, index) => record.sweeps.addRun(sweepId, runId, missing[index].point.varied));
    for (const { runId, point } of there) record.sweeps.addRunOfNone(sweepId, runId, point.varied);
    remote.follow();
    return { ...this.detail(sweepId), inLibrary };
  }

  list(): SweepSummary[] {
    return this.#options.record.sweeps.list();
  }

  /** @throws WorkbenchError `sweep.unknown` */
  detail(sweepId: number): SweepDetail {
    const { record, runs } = this.#options;
    const sweep = record.sweeps.summary(sweepId);
    const document = record.sweeps.document(sweepId);
    if (sweep === undefined || document === undefined) throw unknownSweep(sweepId);
    return {
      sweep,
      document,
      runs: record.sweeps.runs(sweepId).map(({ runId, varied }) => ({ run: runs.summary(runId), varied })),
    };
  }

  /** Cancels the runs that are queued, running or paused. @throws WorkbenchError `sweep.unknown` */
  async cancel(sweepId: number): Promise<SweepDetail> {
    const { runs } = this.detail(sweepId);
    // The queued ones first, so that none of them begins because another has ended.
    const active = runs
      .map(({ run }) => run)
      .filter((run) => activeStatuses.includes(run.status))
      .sort((a, b) => Number(b.status === 'queued') - Number(a.status === 'queued'));
    const { remote, supervisor } = this.#options;
    for (const run of active)
      if (remote.owns(run.id)) await remote.cancel(run.id);
      else await supervisor.cancel(run.id);
    return this.detail(sweepId);
  }

  /** Forgets the sweep; its runs stay. @throws WorkbenchError `sweep.unknown` */
  delete(sweepId: number): void {
    if (!this.#options.record.sweeps.delete(sweepId)) throw unknownSweep(sweepId);
  }
}

/** The point with a number of generations that keeps to the budget. @throws WorkbenchError `scheduler.…` or `sweep.budgetTooSmall` */
function withinBudget(point: SweepPoint, evaluations: number | undefined): SweepPoint {
  if (evaluations === undefined) return point;
  const { configuration } = point;
  const { options } = completeConfiguration(configuration);
  const within = optionsWithin(options, evaluations);
  if (within === undefined) {
    throw new WorkbenchError(
      'sweep.budgetTooSmall',
      `${evaluations} evaluations are fewer than one generation of ${configuration.scheduler} has with ${JSON.stringify(point.varied)}`,
      { hint: 'take a larger budget or a smaller population', path: ['budget', 'evaluations'] },
    );
  }
  return { ...point, configuration: { ...configuration, options: { ...within } } };
}

function nameOf({ configuration, varied }: SweepPoint, scenario: string): string {
  const values = Object.entries(varied).map(([path, value]) => optionInWords(path, JSON.stringify(value)));
  return [scenario, findScheduler(configuration.scheduler).name, ...values, `seed ${configuration.seed}`]
    .join(', ')
    .slice(0, 200);
}

function unknownSweep(sweepId: number): WorkbenchError {
  return new WorkbenchError('sweep.unknown', `there is no sweep ${sweepId}`, {
    hint: 'see the list of sweeps',
    path: ['sweepId'],
  });
}
