/** A sweep as it is put together in its form, and the document it becomes. */
import { countRuns, MOST_RUNS, parseSweep, type SweepDocument, type VariedValue } from '#shared/domain/sweep.ts';
import { leavesOf, fieldsOf, type LeafField } from '../../components/options-schema.ts';
import type { SchedulerSummary } from '#shared/contract/shapes.ts';
import { asWorkbenchError } from '../../stores/notifications.ts';

export interface VariedOption {
  /** "ga weights.energy": scheduler and path. */
  readonly scheduler: string;
  readonly path: string;
  /** As typed: "50, 100, 200". */
  readonly values: string;
}

export interface SweepDraft {
  readonly name: string;
  readonly scenarios: readonly string[];
  readonly schedulers: readonly string[];
  readonly varied: readonly VariedOption[];
  readonly firstSeed: number;
  readonly seedCount: number;
}

/** Values typed with commas between them: numbers and true or false where they are such, else words. */
export function parseValues(text: string): VariedValue[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '').map((part) => (part === 'true' ? true : part === 'false' ? false : Number.isNaN(Number(part)) ? part : Number(part)));
}

/** The sweep of a form, or what is still wrong with it. */
export function sweepOf(draft: SweepDraft): { readonly document: SweepDocument; readonly runs: number } | { readonly problem: string } {
  if (draft.scenarios.length === 0) return { problem: 'Choose a scenario.' };
  if (draft.schedulers.length === 0) return { problem: 'Choose a scheduler.' };
  const empty = draft.varied.find(({ values }) => parseValues(values).length === 0);
  if (empty !== undefined) return { problem: `Give values for ${empty.path === '' ? 'the varied option' : empty.path}, with commas between them.` };
  if (draft.varied.some(({ path }) => path === '')) return { problem: 'Choose the option to vary.' };
  try {
    const document = parseSweep({
      name: draft.name.trim() === '' ? 'Sweep' : draft.name.trim(),
      scenarios: draft.scenarios,
      schedulers: draft.schedulers.map((scheduler) => ({
        scheduler,
        vary: Object.fromEntries(draft.varied.filter((one) => one.scheduler === scheduler).map(({ path, values }) => [path, parseValues(values)])),
      })),
      seeds: { from: draft.firstSeed, count: draft.seedCount },
    });
    const runs = countRuns(document);
    return runs > MOST_RUNS ? { problem: `${runs} runs are too many; at most ${MOST_RUNS} are possible.` } : { document, runs };
  } catch (error) {
    return { problem: asWorkbenchError(error).message };
  }
}

/** The options of a scheduler that can be varied. */
export function variableOptions(scheduler: SchedulerSummary | undefined): LeafField[] {
  return scheduler === undefined ? [] : leavesOf(fieldsOf(scheduler.optionsSchema));
}
