/**
 * A search within a limit of CPU time: the product's own loop, whose time limit reads this process's CPU clock in place of the wall clock.
 *
 * The search has one thread, and nothing else runs in the process, so that other work on the machine takes nothing from it but caches.
 * CPU time counts what the process's other threads do, too: garbage collection and compilation. So a second of it is at most as long as
 * one of the wall clock on a quiet machine with an idle core; `describeClocks` says how long it was.
 */
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun } from '#main/engine/run-search.ts';
import { describeSchedulers, prepareScheduler } from '#main/engine/schedulers/index.ts';
import { unpackBatch } from '#main/processes/batch.ts';
import { SearchLoop } from '#main/processes/search-loop.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { lengthWithin } from '#shared/domain/stop-conditions.ts';

/** What a search took. */
export interface Clocks {
  /** CPU time of the process, s: what the limit counts. */
  readonly processS: number;
  /** CPU time of the searching thread alone, s: what a wall clock would show if the thread had a core to itself. */
  readonly threadS: number;
  readonly wallS: number;
}

export interface SearchWithin {
  readonly scenario: ResolvedScenario;
  readonly scheduler: string;
  readonly seed: number;
  /** Where they say nothing else, generations and horizon are those of `--time-limit`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly limitMs: number;
}

/** CPU time of this process, ms. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Searches until it is over or `limitMs` of CPU time are; each generation is given to `take`. @throws WorkbenchError */
export async function searchWithin(
  { scenario, scheduler, seed, options, limitMs }: SearchWithin,
  take: (generation: GenerationRecord) => void,
): Promise<Clocks> {
  await prepareScheduler(scheduler);
  const schema = describeSchedulers().find(({ id }) => id === scheduler)?.optionsSchema ?? {};
  const stop = { timeMs: limitMs };
  const from = clocksNow();
  const run = createRun(
    scenario,
    { scheduler, seed, options: { ...lengthWithin(schema, stop), ...options }, stop },
    { createEvaluator: createKernel },
  );
  const loop = new SearchLoop(
    run,
    0,
    (event) => {
      if (event.type !== 'batch') return;
      for (const { record } of unpackBatch(event.batch)) take(record);
      loop.obey({ type: 'credit' });
    },
    cpuMs,
    undefined,
    undefined,
    limitMs,
  );
  await loop.run();
  const to = clocksNow();
  return { processS: to.processS - from.processS, threadS: to.threadS - from.threadS, wallS: to.wallS - from.wallS };
}

/** How the clocks of some searches compare, in a sentence. */
export function describeClocks(clocks: readonly Clocks[]): string {
  const sum = (name: keyof Clocks): number => clocks.reduce((total, each) => total + each[name], 0);
  const perCpu = (name: keyof Clocks): string => (sum(name) / sum('processS')).toFixed(2);
  return (
    'Limits count the CPU time of the searching process, garbage collection and compilation included: ' +
    `one second of it was ${perCpu('threadS')} s of the searching thread (what the wall clock shows where nothing else runs) and ` +
    `${perCpu('wallS')} s on the wall clock here.`
  );
}

function clocksNow(): Clocks {
  const { user, system } = process.threadCpuUsage();
  return { processS: cpuMs() / 1000, threadS: (user + system) / 1e6, wallS: performance.now() / 1000 };
}
