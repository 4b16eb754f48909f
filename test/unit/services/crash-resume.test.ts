/**
 * Runs that are killed at ten random moments, their process or the whole application, and paused in between: what they have recorded
 * in the end is, row by row, what an uninterrupted run records. CRASH_SEED chooses other moments.
 */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { Random } from '#main/engine/random.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aFolder } from '../../fixtures/record.ts';
import { aKillableWorkbench } from '../../fixtures/workbench-in-process.ts';
import { aWorkbench } from '../../fixtures/workbench.ts';

const seed = Number(process.env['CRASH_SEED'] ?? 11);
const random = new Random(seed);
const scenario = aSmallScenario().input;

type Crash = 'process' | 'application';

/** Generations a second while nothing is killed, so that no run ends before its last crash. */
const SLOWLY = 50;

/** Each takes a second or two undisturbed. Ten crashes in all. */
const cases: readonly { scheduler: string; options: Record<string, unknown>; crashes: readonly Crash[] }[] = [
  {
    scheduler: 'ga',
    options: { mutation: 'adaptive', populationSize: 40, generations: 2500, stagnationLimit: 0 },
    crashes: ['process', 'application', 'process', 'application'],
  },
  {
    scheduler: 'nsga2',
    options: { populationSize: 40, generations: 800 },
    crashes: ['application', 'process', 'process'],
  },
  {
    scheduler: 'hill_climb',
    options: { neighbours: 40, generations: 2500, patience: 100_000 },
    crashes: ['process', 'application', 'process'],
  },
];

describe(`killed at random moments (CRASH_SEED=${seed})`, () => {
  it.each(cases)('$scheduler: $crashes', async ({ scheduler, options, crashes }) => {
    const configuration = { scheduler, seed: 11, options };
    const databasePath = join(aFolder(), 'tessera.db');
    let workbench = aKillableWorkbench(databasePath);
    await workbench.invoke('runs.start', { scenario, configuration, paceGenerationsPerS: SLOWLY });
    for (const crash of crashes) {
      const { progress = 0 } = await workbench.until((told) => told.progress !== undefined);
      if (random.chance(0.5)) {
        await workbench.invoke('runs.pause', { runId: 1 });
        await workbench.invoke('runs.resume', { runId: 1 });
      }
      const delayMs = random.nextInt(40);
      await workbench.invoke('runs.pace', { runId: 1, generationsPerS: null });
      await setTimeout(delayMs);
      console.info(
        `CRASH_SEED=${seed}: ${scheduler}, ${crash} killed ${delayMs} ms after generation ${progress} was told`,
      );
      if (crash === 'process') {
        const restarted = workbench.until((told) => told.runProcess !== undefined);
        process.kill(workbench.runProcess, 'SIGKILL');
        await restarted;
      } else {
        await workbench.kill();
        workbench = aKillableWorkbench(databasePath);
        await workbench.invoke('runs.list', {}); // what the dead one owned is interrupted
        await workbench.invoke('runs.resume', { runId: 1 });
      }
      await workbench.invoke('runs.pace', { runId: 1, generationsPerS: SLOWLY });
    }
    const finished = workbench.until((told) => told.status === 'finished');
    await workbench.invoke('runs.pace', { runId: 1, generationsPerS: null });
    await finished;
    await workbench.close();

    const undisturbed = aWorkbench();
    await undisturbed.client.invoke('runs.start', { scenario, configuration });
    await undisturbed.untilStatus(1, 'finished');
    expect(differences(databasePath, undisturbed.databasePath)).toEqual({ generation: [], chromosome: [] });
  });
});

/** The rows of either database that the other has not, by their keys; times spent are not compared. */
function differences(one: string, other: string): { generation: unknown[]; chromosome: unknown[] } {
  const database = new Database(one, { readonly: true });
  try {
    database.prepare('ATTACH ? AS other').run(other);
    const differing = (table: string): unknown[] => {
      const columns = database.pragma(`main.table_info(${table})`) as { name: string }[];
      const compared = columns
        .map(({ name }) => name)
        .filter((name) => name !== 'elapsed_ms')
        .map((name) => `"${name}"`)
        .join(', ');
      expect(database.prepare(`SELECT count(*) FROM main.${table}`).pluck().get()).toBeGreaterThan(100);
      const rows = (in_: string, notIn: string): string =>
        `SELECT ${compared} FROM ${in_}.${table} EXCEPT SELECT ${compared} FROM ${notIn}.${table}`;
      return [
        ...database
          .prepare(`SELECT key FROM (${rows('main', 'other')}) LIMIT 5`)
          .pluck()
          .all(),
        ...database
          .prepare(`SELECT key FROM (${rows('other', 'main')}) LIMIT 5`)
          .pluck()
          .all(),
      ];
    };
    return { generation: differing('generation'), chromosome: differing('chromosome') };
  } finally {
    database.close();
  }
}
