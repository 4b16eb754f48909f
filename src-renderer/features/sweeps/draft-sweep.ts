/** A sweep as it is put together in its form, and the document it becomes. */
import { countRuns, MOST_RUNS, parseSweep, type SweepDocument, type VariedValue } from '#shared/domain/sweep.ts';
import { leavesOf, fieldsOf, withValue, type LeafField } from '../../components/options-schema.ts';
import type { SchedulerSummary } from '#shared/contract/shapes.ts';
import { asWorkbenchError } from '../../stores/notifications.ts';

export interface VariedOption {
  /** "ga weights.energy": scheduler and path. */
  readonly scheduler: string;
  readonly path: string;
  /** As typed: "50, 100, 200"; a single one where it is the same in all runs. */
  readonly values: string;
  readonly isFixed: boolean;
}

export interface SweepDraft {
  readonly name: string;
  readonly scenarios: readonly string[];
  readonly schedulers: readonly string[];
  readonly varied: readonly VariedOption[];
  readonly firstSeed: number;
  readonly seedCount: number;
  /** Genomes that each run scores at most; undefined: as its options say. */
  readonly budget: number | undefined;
  /** Combinations of each scheduler that are drawn at random; undefined: all are tried. */
  readonly sampleCount: number | undefined;
  readonly sampleSeed: number;
}

/** Values typed with commas between them: numbers and true or false where they are such, else words. */
export function parseValues(text: string): VariedValue[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) =>
      part === 'true' ? true : part === 'false' ? false : Number.isNaN(Number(part)) ? part : Number(part),
    );
}

/** The sweep of a form, or what is still wrong with it. */
export function sweepOf(
  draft: SweepDraft,
): { readonly document: SweepDocument; readonly runs: number } | { readonly problem: string } {
  if (draft.scenarios.length === 0) return { problem: 'Choose a scenario.' };
  if (draft.schedulers.length === 0) return { problem: 'Choose a scheduler.' };
  const empty = draft.varied.find(({ values }) => parseValues(values).length === 0);
  if (empty !== undefined)
    return {
      problem: empty.isFixed
        ? `Give the value of ${empty.path === '' ? 'the option' : empty.path}.`
        : `Give values for ${empty.path === '' ? 'the varied option' : empty.path}, with commas between them.`,
    };
  const unnamed = draft.varied.find(({ path }) => path === '');
  if (unnamed !== undefined) return { problem: `Choose the option to ${unnamed.isFixed ? 'set' : 'vary'}.` };
  const many = draft.varied.find(({ isFixed, values }) => isFixed && parseValues(values).length > 1);
  if (many !== undefined) return { problem: `${many.path} must be the same in all runs: give one value, or vary it.` };
  const twice = draft.varied.find(
    (one, at) => draft.varied.findIndex(({ scheduler, path }) => scheduler === one.scheduler && path === one.path) < at,
  );
  if (twice !== undefined) return { problem: `${twice.path} is listed twice.` };
  try {
    const document = parseSweep({
      name: draft.name.trim() === '' ? 'Sweep' : draft.name.trim(),
      scenarios: draft.scenarios,
      schedulers: draft.schedulers.map((scheduler) => ({
        scheduler,
        options: draft.varied
          .filter((one) => one.scheduler === scheduler && one.isFixed)
          .reduce<Record<string, unknown>>(
            (options, { path, values }) => withValue(options, path.split('.'), parseValues(values)[0]),
            {},
          ),
        vary: Object.fromEntries(
          draft.varied
            .filter((one) => one.scheduler === scheduler && !one.isFixed)
            .map(({ path, values }) => [path, parseValues(values)]),
        ),
      })),
      ...(draft.budget === undefined ? {} : { budget: { evaluations: draft.budget } }),
      ...(draft.sampleCount === undefined ? {} : { sample: { count: draft.sampleCount, seed: draft.sampleSeed } }),
      seeds: { from: draft.firstSeed, count: draft.seedCount },
    });
    const runs = countRuns(document);
    return runs > MOST_RUNS
      ? {
          problem: `${runs} runs are too many; at most ${MOST_RUNS} are possible. Draw some of the combinations at random, or take fewer seeds.`,
        }
      : { document, runs };
  } catch (error) {
    return { problem: asWorkbenchError(error).message };
  }
}

/** The options of a scheduler that can be varied. */
export function variableOptions(scheduler: SchedulerSummary | undefined): LeafField[] {
  return scheduler === undefined ? [] : leavesOf(fieldsOf(scheduler.optionsSchema));
}
