/** Running a search without a record (`tessera run --no-record`): a run process like any other, but no database. */
import type { RunProgress } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { loadPresets } from '../../formats/presets.ts';
import type { RunOutcome } from '../../processes/protocol.ts';
import { MORE_MEMORY } from '../../processes/out-of-memory.ts';
import { describeEnd, type ProcessEnd } from '../../processes/process-end.ts';
import { endGroup } from '../../processes/process-group.ts';
import type { ProcessSpawner } from '../../processes/spawner.ts';
import { Documents, type ExaminedScenario, type ScenarioReference } from '../documents/document-library.ts';

/** There is only one in its process. */
const RUN_ID = 1;

export interface UnrecordedRun {
  readonly scenario: ResolvedScenario;
  readonly configuration: SchedulerConfiguration;
  readonly spawner: ProcessSpawner;
  /** How many threads may evaluate; undefined: as many as there are cores. */
  readonly threads?: number | undefined;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Aborting cancels the search; the promise then resolves with what it had found. */
  readonly signal?: AbortSignal;
}

/** The scenario a person means, from the presets alone. @throws WorkbenchError as `Documents.examine` */
export function examineWithoutRecord(resourcesDirectory: string, reference: ScenarioReference): ExaminedScenario {
  return new Documents(loadPresets(resourcesDirectory), undefined, Date.now).examine(reference);
}

/** Resolves when the search has ended. Rejects with a WorkbenchError: what the search threw, or `run.interrupted` when its process died. */
export function runUnrecorded({
  scenario,
  configuration,
  spawner,
  threads,
  onProgress,
  signal,
}: UnrecordedRun): Promise<RunOutcome> {
  return new Promise((resolve, reject) => {
    const runProcess = spawner.spawnRunProcess({ runId: RUN_ID, threads, configuration });
    const cancel = (): void => runProcess.send({ type: 'cancel' });
    let end: (() => void) | undefined;
    let outside: number | undefined;
    runProcess.onEvent((event) => {
      if (event.type === 'progress') onProgress?.(event.progress);
      else if (event.type === 'outside') outside = event.group;
      else if (event.type === 'finished') end = () => resolve(event.outcome);
      else if (event.type === 'failed') end = () => reject(WorkbenchError.fromPayload(event.error));
    });
    runProcess.onExit((ended) => {
      signal?.removeEventListener('abort', cancel);
      if (end === undefined && outside !== undefined) endGroup(outside); // it would outlive the process that has died
      if (end === undefined)
        reject(
          new WorkbenchError('run.interrupted', `before the search ended, its process ${describeEnd(ended)}`, {
            hint: hintFor(ended),
          }),
        );
      else end();
    });
    runProcess.send({
      type: 'start',
      runId: RUN_ID,
      scenario,
      configuration,
      sink: undefined,
      resume: false,
    });
    if (signal?.aborted === true) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
  });
}

function hintFor({ cause, stderr }: ProcessEnd): string {
  if (cause === 'outOfMemory' || cause === 'systemShortOfMemory') return MORE_MEMORY;
  const again = 'run it again; if it happens twice, report it';
  return stderr.trim() === '' ? again : `${again}, with what it wrote last:\n${stderr.trimEnd()}`;
}
