/** `.tessera` files: whole runs from one database into another, row by row the same; and what is not whole leaves nothing behind. */
import Database from 'better-sqlite3';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { exportArchive, importArchive, readArchive, sealArchive } from '#test/fixtures/archive.ts';
import { aWorkbench, type TestWorkbench } from '#test/fixtures/workbench.ts';

const columns = {
  run: 'name, scenario_id, scenario_name, platform_name, scheduler, seed, status, status_reason, created_at, started_at, ended_at, elapsed_ms, generations, planned_generations, evaluations, best_chromosome_id, best_fitness, best_makespan_ms, best_throughput_per_s, best_energy_mj, best_latency_ms, best_constraint_violation, recorded_bytes, genome_length, gene_bits, instances, starred, tags_json, notes, engine_version, front',
  run_snapshot: 'configuration_json, reference_json, best_json, scenario_json',
  generation:
    '"index", elapsed_ms, evaluations, best_fitness, mean_fitness, worst_fitness, std_fitness, best_id, best_metrics, distinct_genomes, mean_entropy, hypervolume, mutation_counts, members',
  chromosome: 'id, born, operator, fitness, metrics, parents, mutated_loci, genes',
  checkpoint: 'generation, saved_at, state_json',
  run_document: 'kind, id',
} as const;

/** Every row of a run, table by table, without the keys of its database. */
function rowsOf(databasePath: string, runId: number): Record<string, unknown[][]> {
  const database = new Database(databasePath, { readonly: true });
  const rows = Object.fromEntries(
    Object.entries(columns).map(([table, names]) => [
      table,
      database
        .prepare(`SELECT ${names} FROM ${table} WHERE ${table === 'run' ? 'id' : 'run_id'} = ? ORDER BY 1, 2`)
        .raw()
        .all(runId) as unknown[][],
    ]),
  );
  database.close();
  return rows;
}

/** How many rows each table has, seen or not. */
function counts(databasePath: string): Record<string, number> {
  const database = new Database(databasePath, { readonly: true });
  const result = Object.fromEntries(
    ['run', 'run_snapshot', 'run_origin', 'generation', 'chromosome', 'checkpoint'].map((table) => [
      table,
      database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number,
    ]),
  );
  database.close();
  return result;
}

async function runToEnd(
  workbench: TestWorkbench,
  scheduler: string,
  options: Record<string, unknown>,
  scenario = 'simple',
): Promise<number> {
  const { run } = await workbench.client.invoke('runs.start', {
    scenario,
    configuration: { scheduler, seed: 7, options },
  });
  await workbench.untilStatus(run.id, 'finished');
  return run.id;
}

describe('a run that is taken to another machine', () => {
  test.each([
    ['ga', { populationSize: 20, generations: 230 }],
    ['nsga2', { populationSize: 12, generations: 8 }],
  ])('is there row by row as it was (%s), under a new id, with where it comes from', async (scheduler, options) => {
    const from = aWorkbench();
    const to = aWorkbench();
    const runId = await runToEnd(from, scheduler, options);
    await from.client.invoke('runs.update', {
      runId,
      name: 'Taken along',
      notes: 'two\nlines',
      tags: ['a', 'b'],
      starred: true,
    });
    await runToEnd(to, 'random', { generations: 3 });

    const file = await exportArchive(from.client, [runId]);
    const [imported] = await importArchive(to.client, file, 1 + Math.floor(file.byteLength / 7));
    expect(imported!.id).toBe(2);
    expect(rowsOf(to.databasePath, 2)).toEqual(rowsOf(from.databasePath, runId));
    const detail = await to.client.invoke('runs.get', { runId: 2 });
    expect(detail.origin).toEqual({
      originalId: runId,
      product: 'Tessera 0.0.0',
      exportedAt: expect.any(Number),
      importedAt: expect.any(Number),
    });
    expect(detail.engineVersion).toBe((await from.client.invoke('runs.get', { runId })).engineVersion);
    // Taken on from there, it still says where it was made.
    const third = aWorkbench();
    const [again] = await importArchive(third.client, await exportArchive(to.client, [2]));
    expect((await third.client.invoke('runs.get', { runId: again!.id })).origin).toMatchObject({
      originalId: runId,
      exportedAt: detail.origin!.exportedAt,
    });
  });

  test('brings the profiles and the subgraphs that it was computed with', async () => {
    const [from, to] = [aWorkbench(), aWorkbench()];
    const layer = (id: string, dependencies: string[]) => ({
      id,
      op: 'Conv',
      executionTimeMs: { cpu: 5 },
      dependencies,
    });
    for (const [kind, document] of [
      ['network', { schemaVersion: 1, id: 'pair', layers: [layer('a', []), layer('b', ['a'])] }],
      ['platform', { schemaVersion: 1, id: 'board', processors: [{ id: 'cpu', kind: 'cpu' }] }],
      [
        'profile',
        {
          schemaVersion: 1,
          id: 'timed',
          network: 'pair',
          measurements: [
            { layers: ['a'], on: { key: 'cpu' }, timeMs: 2, spread: { stdMs: 0.1 } },
            { layers: ['a', 'b'], on: { key: 'cpu' }, timeMs: 3 },
          ],
        },
      ],
      [
        'scenario',
        {
          schemaVersion: 1,
          id: 'timed-pair',
          platform: 'board',
          profiles: ['timed'],
          applications: [{ id: 'app', network: 'pair' }],
        },
      ],
    ] as const)
      await from.client.invoke('documents.save', { kind, document });
    const runId = await runToEnd(from, 'npu_first', { subgraphs: 'groups' }, 'timed-pair');
    const [imported] = await importArchive(to.client, await exportArchive(from.client, [runId]));
    const [before, after] = await Promise.all([
      from.client.invoke('runs.get', { runId }),
      to.client.invoke('runs.get', { runId: imported!.id }),
    ]);
    expect(before.best!.metrics.makespanMs).toBe(3);
    expect(after.best).toEqual(before.best);
    expect(after.best!.subgraphs).toEqual([['app/a', 'app/b']]);
    expect((after.scenario as { profiles: { id: string }[] }).profiles).toMatchObject([{ id: 'timed' }]);
    expect(rowsOf(to.databasePath, imported!.id)).toEqual(rowsOf(from.databasePath, runId));
  });

  test('can be one of several in a file, in their order', async () => {
    const from = aWorkbench();
    const ids = [
      await runToEnd(from, 'ga', { populationSize: 10, generations: 3 }),
      await runToEnd(from, 'npu_first', {}),
      await runToEnd(from, 'random', { generations: 3 }),
    ];
    const order = [ids[2]!, ids[0]!, ids[1]!];
    const imported = await importArchive(from.client, await exportArchive(from.client, order));
    expect(imported.map(({ id }) => id)).toEqual([4, 5, 6]);
    imported.forEach(({ id }, i) =>
      expect(rowsOf(from.databasePath, id)).toEqual(rowsOf(from.databasePath, order[i]!)),
    );
  });

  test('goes on where it was interrupted and ends as it would have', async () => {
    const from = aWorkbench();
    const options = { populationSize: 20, generations: 400 };
    const whole = await runToEnd(from, 'ga', options);
    const { run } = await from.client.invoke('runs.start', {
      scenario: 'simple',
      configuration: { scheduler: 'ga', seed: 7, options },
      paceGenerationsPerS: 50,
    });
    await from.until(
      (event) => event.name === 'run.progress' && event.payload.runId === run.id && event.payload.generation > 5,
    );
    await from.close();
    const reopened = aWorkbench({ databasePath: from.databasePath });
    expect((await reopened.client.invoke('runs.get', { runId: run.id })).run.status).toBe('interrupted');

    const to = aWorkbench();
    const [imported] = await importArchive(to.client, await exportArchive(reopened.client, [run.id]));
    await to.client.invoke('runs.resume', { runId: imported!.id });
    await to.untilStatus(imported!.id, 'finished');
    const membersOf = (path: string, id: number): unknown[] =>
      rowsOf(path, id)['generation']!.map((row) => [row[0], row[3], row[13]]);
    expect(membersOf(to.databasePath, imported!.id)).toEqual(membersOf(from.databasePath, whole));
  });

  test('is not exported while it is under way', async () => {
    const { client } = aWorkbench();
    const { run } = await client.invoke('runs.start', {
      scenario: 'simple',
      configuration: { scheduler: 'ga', seed: 1, options: { generations: 100_000 } },
    });
    await expect(client.invoke('runs.exportArchive', { runIds: [run.id] })).rejects.toMatchObject({
      code: 'run.active',
      hint: expect.stringContaining('cancel'),
    });
    await expect(client.invoke('runs.exportArchive', { runIds: [99] })).rejects.toMatchObject({ code: 'run.unknown' });
    await client.invoke('runs.cancel', { runId: run.id });
  });

  test('stands in the file as the documentation says, for whoever reads it with other means', async () => {
    const from = aWorkbench();
    const runId = await runToEnd(from, 'ga', { populationSize: 10, generations: 5 });
    const parts = readArchive(await exportArchive(from.client, [runId]));
    expect(parts.map(({ record }) => record.kind)).toEqual([
      'manifest',
      'run',
      'generations',
      'chromosomes',
      'checkpoint',
      'end',
    ]);
    expect(parts[1]!.record).toMatchObject({ originalId: runId, scheduler: 'ga', seed: 7, generations: 5 });
  });
});

describe('a file that is not whole', () => {
  let file: Uint8Array | undefined;
  let databasePath: string;
  let target: TestWorkbench;

  /** Made by the first test, and the same for all. */
  beforeEach(async () => {
    target = aWorkbench();
    databasePath = target.databasePath;
    if (file !== undefined) return;
    const from = aWorkbench();
    const ids = [
      await runToEnd(from, 'ga', { populationSize: 10, generations: 12 }),
      await runToEnd(from, 'random', { generations: 3 }),
    ];
    file = await exportArchive(from.client, ids);
  });

  const refusal = async (bytes: Uint8Array, pieceBytes?: number): Promise<WorkbenchError> => {
    const error: unknown = await importArchive(target.client, bytes, pieceBytes).then(
      () => new Error('it was imported'),
      (problem: unknown) => problem,
    );
    expect(error).toBeInstanceOf(WorkbenchError);
    return error as WorkbenchError;
  };
  const expectNothing = (): void =>
    expect(counts(databasePath)).toEqual({
      run: 0,
      run_snapshot: 0,
      run_origin: 0,
      generation: 0,
      chromosome: 0,
      checkpoint: 0,
    });

  test('is refused wherever a byte differs, and leaves no row behind: 300 random corruptions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: file!.byteLength - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.integer({ min: 200, max: 100_000 }),
        async (at, flip, pieceBytes) => {
          const corrupted = file!.slice();
          corrupted[at] = corrupted[at]! ^ flip;
          const { code, hint } = await refusal(corrupted, pieceBytes);
          expect(['archive.damaged', 'archive.foreign', 'archive.truncated']).toContain(code);
          expect(hint).not.toBe('');
        },
      ),
      { numRuns: 300 },
    );
    expectNothing();
  });

  test('is refused wherever it ends, and leaves no row behind: 100 random lengths', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: file!.byteLength - 1 }), async (length) => {
        expect(['archive.truncated', 'archive.foreign']).toContain((await refusal(file!.slice(0, length))).code);
      }),
      { numRuns: 100 },
    );
    expectNothing();
  });

  test.each([
    ['another file', () => new TextEncoder().encode('{"schemaVersion":1}'), 'archive.foreign', /not a \.tessera file/],
    ['an empty file', () => new Uint8Array(0), 'archive.foreign', /not a \.tessera file/],
    [
      'a file with something after its end',
      () => Buffer.concat([file!, new Uint8Array(3)]),
      'archive.damaged',
      /3 bytes follow its end/,
    ],
    [
      'a file whose parts changed places',
      () => {
        const [, a, b] = readArchive(file!);
        return Buffer.concat([
          file!.subarray(0, a!.from),
          file!.subarray(b!.from, b!.to),
          file!.subarray(a!.from, a!.to),
          file!.subarray(b!.to),
        ]);
      },
      'archive.damaged',
      /at byte \d+/,
    ],
    [
      'a file that lacks a part',
      () => {
        const [, a, b] = readArchive(file!);
        return Buffer.concat([file!.subarray(0, a!.to), file!.subarray(b!.to)]);
      },
      'archive.damaged',
      /at byte \d+/,
    ],
  ])('%s is refused with what is wrong', async (_, make, code, message) => {
    expect(await refusal(new Uint8Array(make()))).toMatchObject({ code, message: expect.stringMatching(message) });
    expectNothing();
  });

  test('a file with another run or manifest can be read as it is written', async () => {
    const copy = sealArchive(readArchive(file!).map(({ record }) => record));
    const fresh = aWorkbench();
    expect(await importArchive(fresh.client, copy)).toHaveLength(2);
  });

  test.each([
    ['a name of 5 MB', 'run', { name: 'x'.repeat(5_000_000) }, /name/],
    ['200,000 tags', 'run', { tags: Array.from({ length: 200_000 }, () => 't') }, /tags/],
    ['a long tag', 'run', { tags: ['t'.repeat(51)] }, /tags/],
    ['notes of 50 MB', 'run', { notes: 'n'.repeat(50_000_000) }, /notes/],
    ['more than may be unpacked', 'run', { notes: 'n'.repeat(90_000_000) }, /unpacked/],
    ['a moment outside the calendar', 'run', { createdAt: 9e15 }, /createdAt/],
    ['an end before the calendar', 'run', { endedAt: -9e15 }, /endedAt/],
    ['a scenario with an endless name', 'run', { scenarioName: 'x'.repeat(1001) }, /scenarioName/],
    ['an endless product', 'manifest', { product: 'x'.repeat(201) }, /product/],
    [
      'rows that are none, by the hundred thousand',
      'chromosomes',
      { rows: Array.from({ length: 150_000 }, () => ({})) },
      /rows/,
    ],
  ] as const)('with valid seals and %s is refused, and leaves no row behind', async (_, kind, change, message) => {
    const hostile = sealArchive(
      readArchive(file!).map(({ record }) => (record.kind === kind ? { ...record, ...change } : record)),
    );
    expect(await refusal(hostile)).toMatchObject({ code: 'archive.damaged', message: expect.stringMatching(message) });
    expectNothing();
  });

  test('an import that is cancelled, or whose host ends, leaves nothing behind', async () => {
    const begun = await target.client.invoke('runs.importBegin', {});
    expect((await target.client.invoke('runs.importPiece', { ...begun, bytes: file!.slice(0, -50) })).share).toBe(1);
    expect((await target.client.invoke('runs.list', {})).total).toBe(0);
    await target.client.invoke('runs.importCancel', begun);
    expectNothing();
    await expect(target.client.invoke('runs.importEnd', begun)).rejects.toMatchObject({ code: 'archive.noImport' });

    const other = await target.client.invoke('runs.importBegin', {});
    await target.client.invoke('runs.importPiece', { ...other, bytes: file!.slice(0, -50) });
    await target.close();
    const next = aWorkbench({ databasePath });
    expect((await next.client.invoke('runs.list', {})).total).toBe(0);
    await expect.poll(() => counts(databasePath)).toMatchObject({ run: 0, generation: 0, chromosome: 0 });
  });
});
