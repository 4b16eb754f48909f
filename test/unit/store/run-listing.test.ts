/** Lists of runs: what filters, orders, groups and pages give, and what the file and the sizes say after migrating and recording. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { layoutOf } from '#main/services/runs/preparation.ts';
import { packMetrics } from '#main/store/columns.ts';
import { openRecordRepositories, type RunRecord } from '#main/store/record.ts';
import { RunRecorder } from '#main/store/recorder.ts';
import { markDeleted } from '#main/store/run-deletion.ts';
import { openRecord } from '#main/store/open.ts';
import type { RunListing } from '#shared/contract/run-list-shapes.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aFolder, aRecord, knownMigrations } from '../../fixtures/record.ts';

const scenario = aSmallScenario().build();
const search = createRun(scenario, { scheduler: 'random', seed: 1, options: {} });

interface Given {
  readonly name?: string;
  readonly scenario?: string;
  readonly scheduler?: string;
  readonly tags?: readonly string[];
  readonly makespanMs?: number;
  readonly energyMJ?: number;
  readonly violation?: number;
  readonly createdAt?: number;
  readonly status?: 'finished' | 'cancelled';
}

function addRun(
  record: RunRecord,
  {
    name = 'run',
    scenario: id = 'small',
    scheduler = 'random',
    tags = [],
    makespanMs,
    energyMJ = 3,
    violation = 0,
    createdAt = 5,
    status,
  }: Given = {},
): number {
  const runId = record.runs.create({
    name,
    scenario: { ...scenario, id, name: `Scenario ${id}` },
    configuration: { scheduler, seed: 1, options: {} },
    engineVersion: 'test',
    reference: search.reference,
    layout: layoutOf(search.problem),
    createdAt,
    owner: 'me',
  });
  if (tags.length > 0) record.runs.update(runId, { tags });
  if (makespanMs !== undefined) {
    record.database
      .prepare(
        'UPDATE run SET best_fitness = ?, best_makespan_ms = ?, best_throughput_per_s = ?, best_energy_mj = ?, best_latency_ms = 1, best_constraint_violation = ? WHERE id = ?',
      )
      .run(-makespanMs, makespanMs, 1000 / makespanMs, energyMJ, violation, runId);
  }
  if (status !== undefined) record.runs.setStatus(runId, status, { owner: 'me' }, { at: 9 });
  return runId;
}

const idsOf = (record: RunRecord, listing: RunListing = {}): number[] => [
  ...record.runs.ids({ ...listing, limit: 1000, offset: 0 }),
];

describe('a filter', () => {
  it('keeps the runs that meet every condition given', () => {
    const record = aRecord();
    const a = addRun(record, {
      name: 'Übersicht',
      scenario: 'one',
      tags: ['paper', 'old'],
      makespanMs: 10,
      createdAt: 100,
      status: 'finished',
    });
    const b = addRun(record, {
      scenario: 'two',
      scheduler: 'heft',
      tags: ['paper'],
      makespanMs: 20,
      createdAt: 200,
      status: 'cancelled',
    });
    const c = addRun(record, { scenario: 'two', createdAt: 300 });
    record.runs.update(b, { starred: true });
    const cases: [RunListing, number[]][] = [
      [{}, [c, b, a]],
      [{ text: 'übersicht PAPER' }, [a]],
      [{ text: `#${b}` }, [b]],
      [{ status: 'queued' }, [c]],
      [{ status: ['finished', 'cancelled'] }, [b, a]],
      [{ scheduler: ['heft'] }, [b]],
      [{ scenario: 'two' }, [c, b]],
      [{ tags: ['paper'] }, [b, a]],
      [{ tags: ['paper', 'old'] }, [a]],
      [{ starred: true }, [b]],
      [{ createdFrom: 200, createdBefore: 300 }, [b]],
      [{ bounds: { makespanMs: { min: 15 } } }, [b]],
      [{ bounds: { makespanMs: { max: 20 }, fitness: { min: -10 } } }, [a]],
      [{ ids: [a, c, 99] }, [c, a]],
      [{ except: [a] }, [c, b]],
      [{ scenario: 'two', bounds: { makespanMs: { max: 5 } } }, []],
    ];
    for (const [listing, expected] of cases) {
      const { runs, total } = record.runs.list({ ...listing, limit: 10, offset: 0 });
      expect({
        listing,
        listed: runs.map(({ id }) => id),
        ids: idsOf(record, listing),
        totals: [total, record.runs.overview(listing).total],
      }).toEqual({ listing, listed: expected, ids: expected, totals: [expected.length, expected.length] });
    }
  });

  it('takes no run that is being deleted', () => {
    const record = aRecord();
    const runId = addRun(record, { status: 'finished', tags: ['x'] });
    markDeleted(record.database, runId);
    expect(idsOf(record)).toEqual([]);
    expect(record.runs.facets()).toMatchObject({ total: 0, tags: [], scenarios: [] });
  });
});

describe('an order', () => {
  it('has runs without the figure last, whatever the direction, and the newest first among equals', () => {
    const record = aRecord();
    const [slow, none, fast, alike] = [
      addRun(record, { makespanMs: 30 }),
      addRun(record),
      addRun(record, { makespanMs: 10 }),
      addRun(record, { makespanMs: 10 }),
    ];
    expect(idsOf(record, { sort: { by: 'makespanMs', direction: 'ascending' } })).toEqual([alike, fast, slow, none]);
    expect(idsOf(record, { sort: { by: 'makespanMs', direction: 'descending' } })).toEqual([slow, alike, fast, none]);
    expect(idsOf(record, { sort: { by: 'id', direction: 'ascending' } })).toEqual([slow, none, fast, alike]);
  });

  it('takes an energy of 0 for unknown', () => {
    const record = aRecord();
    const [unknown, known] = [
      addRun(record, { makespanMs: 1, energyMJ: 0 }),
      addRun(record, { makespanMs: 1, energyMJ: 7 }),
    ];
    expect(idsOf(record, { sort: { by: 'energyMJ', direction: 'ascending' } })).toEqual([known, unknown]);
    expect(idsOf(record, { bounds: { energyMJ: { max: 100 } } })).toEqual([known]);
  });

  it('is the same in pages of any size as in one', () => {
    const record = aRecord();
    for (let index = 0; index < 40; index++)
      addRun(record, {
        scenario: `s${index % 3}`,
        makespanMs: (index * 7) % 11,
        tags: index % 2 === 0 ? ['even'] : ['odd', 'all'],
      });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 17 }),
        fc.constantFrom('makespanMs', 'scenario', 'created'),
        fc.constantFrom(undefined, 'scenario', 'tag', 'scheduler', 'sweep'),
        (limit, by, groupBy) => {
          const listing: RunListing = { sort: { by, direction: 'descending' }, groupBy };
          const whole = idsOf(record, listing);
          const pages: number[] = [];
          for (let offset = 0; offset < whole.length; offset += limit)
            pages.push(...record.runs.list({ ...listing, limit, offset }).runs.map((run) => run.id));
          expect(pages).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('groups', () => {
  it('stand in the order of the list, with as many runs as follow under each', () => {
    const record = aRecord();
    const [a, b, c] = [
      addRun(record, { scenario: 'b', tags: ['x', 'y'] }),
      addRun(record, { scenario: 'a', tags: ['y'] }),
      addRun(record, { scenario: 'b' }),
    ];
    expect(record.runs.overview({ groupBy: 'scenario' }).groups).toEqual([
      { key: 'a', title: 'Scenario a', count: 1 },
      { key: 'b', title: 'Scenario b', count: 2 },
    ]);
    expect(idsOf(record, { groupBy: 'scenario' })).toEqual([b, c, a]);
    expect(record.runs.overview({ groupBy: 'tag' })).toMatchObject({
      total: 3,
      groups: [
        { key: 'x', count: 1 },
        { key: 'y', count: 2 },
        { key: null, count: 1 },
      ],
    });
    expect(idsOf(record, { groupBy: 'tag' })).toEqual([a, b, a, c]);
  });

  it('of sweeps are newest first, runs outside of any at the end', () => {
    const record = aRecord();
    const [alone, early, late] = [addRun(record), addRun(record), addRun(record)];
    for (const [name, runId] of [
      ['early', early],
      ['late', late],
    ] as const)
      record.sweeps.addRun(record.sweeps.create(name, {}, 1), runId, {});
    expect(record.runs.overview({ groupBy: 'sweep' }).groups).toEqual([
      { key: '2', title: 'late', count: 1 },
      { key: '1', title: 'early', count: 1 },
      { key: null, title: '', count: 1 },
    ]);
    expect(idsOf(record, { groupBy: 'sweep' })).toEqual([late, early, alone]);
    expect(idsOf(record, { sweepId: 1 })).toEqual([early]);
    expect(record.runs.facets().sweeps).toEqual([
      { id: '2', title: 'late', count: 1 },
      { id: '1', title: 'early', count: 1 },
    ]);
  });
});

describe('the best figures', () => {
  it('are those of each scenario among the feasible runs listed, and none where all are alike', () => {
    const record = aRecord();
    addRun(record, { scenario: 'a', makespanMs: 10 });
    addRun(record, { scenario: 'a', makespanMs: 20 });
    addRun(record, { scenario: 'a', makespanMs: 1, violation: 0.5 });
    addRun(record, { scenario: 'b', makespanMs: 5 });
    expect(record.runs.overview({}).bests).toEqual([
      { scenarioId: 'a', makespanMs: 10, throughputPerS: 100 },
      { scenarioId: 'b' },
    ]);
    expect(record.runs.overview({ bounds: { makespanMs: { min: 15 } } }).bests).toEqual([{ scenarioId: 'a' }]);
  });
});

describe('several runs changed together', () => {
  it('gain and lose tags, each once, and those that are gone are passed over', () => {
    const record = aRecord();
    const [a, b] = [addRun(record, { tags: ['old', 'kept'] }), addRun(record)];
    expect(
      record.runs.updateTogether([a, 99, b], { addTags: ['new', 'kept'], removeTags: ['old'], starred: true }),
    ).toEqual([a, b]);
    expect(record.runs.summary(a)).toMatchObject({ tags: ['kept', 'new'], starred: true });
    expect(record.runs.summary(b)).toMatchObject({ tags: ['new', 'kept'], starred: true });
  });
});

function recordSearch(record: RunRecord, runId: number, generations: number): void {
  const run = createRun(scenario, { scheduler: 'ga', seed: 3, options: { populationSize: 60, generations } });
  const recorder = new RunRecorder(record.database, runId);
  for (let next = run.step(); next !== undefined; next = run.step())
    recorder.record({ generations: [{ record: next, elapsedMs: 1 }], checkpoint: run.saveState(), best: run.best! }, 1);
}

describe('the size of a run', () => {
  it('is within a tenth of what SQLite gives its rows in the file', () => {
    const record = aRecord();
    const runId = addRun(record);
    recordSearch(record, runId, 150);
    const pages = Number(
      record.database
        .prepare("SELECT sum(pgsize - unused) FROM dbstat WHERE name IN ('generation', 'chromosome')")
        .pluck()
        .get(),
    );
    const told = record.runs.summary(runId)?.recordedBytes ?? 0;
    expect(told / pages).toBeGreaterThan(0.9);
    expect(told / pages).toBeLessThan(1.1);
  });
});

describe('a database from before lists had narrow rows', () => {
  it('keeps snapshots, metrics to the last bit and sizes, and still knows the documents of later runs', () => {
    const path = join(aFolder(), 'old.db');
    const old = openRecord(path, knownMigrations.slice(0, 6));
    const metrics = Float64Array.of(12.25, 81.6326530612245, 3.1, 0.1 + 0.2, 0);
    old
      .prepare(`INSERT INTO run (name, scenario_id, scenario_name, platform_name, scheduler, seed, status, created_at, genome_length, gene_bits, instances, engine_version, configuration_json, reference_json, scenario_json, best_metrics, best_fitness)
      VALUES ('old', 'small', 'Small', 'p', 'random', 1, 'finished', 5, 4, 2, 1, 'test', ?, ?, ?, ?, 0.5)`)
      .run(
        JSON.stringify({ scheduler: 'random', seed: 1, options: {} }),
        JSON.stringify(search.reference),
        JSON.stringify(scenario),
        packMetrics(metrics, 1),
      );
    old
      .prepare(
        "INSERT INTO run (name, scenario_id, scenario_name, platform_name, scheduler, seed, status, created_at, genome_length, gene_bits, instances, engine_version, configuration_json, reference_json, scenario_json) VALUES ('empty', 's', 's', 'p', 'random', 1, 'failed', 5, 4, 2, 1, 'test', '{}', '{}', '{}')",
      )
      .run();
    old
      .prepare(
        'INSERT INTO chromosome (key, born, operator, fitness, metrics, parents, mutated_loci, genes) VALUES (1 << 32, 0, 0, 0.5, zeroblob(20), zeroblob(2), zeroblob(3), zeroblob(4))',
      )
      .run();
    old.close();
    const record = openRecordRepositories(path, knownMigrations);
    try {
      expect(record.runs.summary(1)).toMatchObject({
        name: 'old',
        bestFitness: 0.5,
        bestMetrics: {
          makespanMs: 12.25,
          throughputPerS: 81.6326530612245,
          energyMJ: 3.1,
          latencyMs: 0.1 + 0.2,
          constraintViolation: 0,
        },
        recordedBytes: 28 + 29,
      });
      expect(record.runs.summary(2)).not.toHaveProperty('bestMetrics');
      expect(record.runs.snapshot(1)).toMatchObject({
        scenario: JSON.parse(JSON.stringify(scenario)) as unknown,
        configuration: { scheduler: 'random' },
      });
      const usesOfOld = record.database.prepare('SELECT count(*) FROM run_document WHERE run_id = 1').pluck().get();
      const next = addRun(record);
      expect(record.database.prepare('SELECT count(*) FROM run_document WHERE run_id = ?').pluck().get(next)).toBe(
        usesOfOld,
      );
    } finally {
      record.close();
    }
    const whole = new Database(path);
    expect(whole.pragma('integrity_check', { simple: true })).toBe('ok');
    whole.close();
  });
});

describe('what a list answers first', () => {
  it('knows deadlines from the described best, the gap from the bound, the options and whose fitness is measured alike', () => {
    const record = aRecord();
    const withDeadlines = {
      ...scenario,
      id: 'timed',
      applications: scenario.applications.map((application, index) => ({
        ...application,
        deadlineMs: index === 0 ? 5 : null,
      })),
    };
    const add = (options: Record<string, unknown>, deadlineInstances?: number): number =>
      record.runs.create({
        name: 'run',
        scenario: withDeadlines,
        configuration: { scheduler: 'random', seed: 1, options },
        engineVersion: 'test',
        reference: search.reference,
        bound: { makespanMs: 8, method: 'load', lastReleaseMs: 1 },
        ...(deadlineInstances === undefined ? {} : { deadlineInstances }),
        layout: layoutOf(search.problem),
        createdAt: 5,
        owner: 'me',
      });
    const light = add({ samples: 9, weights: { energy: 1 } }, 3);
    const heavy = add({ weights: { energy: 2 } });
    const again = add({ samples: 4, weights: { energy: 1 } });
    const [summary, other, third] = [light, heavy, again].map((id) => record.runs.summary(id)!);
    expect(summary).toMatchObject({
      boundMs: 8,
      deadlines: { ofInstances: 3 },
      options: { samples: 9, weights: { energy: 1 } },
    });
    expect(summary?.fitnessDefinition).toBe(third?.fitnessDefinition);
    expect(summary?.fitnessDefinition).not.toBe(other?.fitnessDefinition);
    const [first] = withDeadlines.applications;
    const best = { metrics: { deadlineMisses: 2, applications: { [first!.id]: { instances: 3 } } } };
    record.database.prepare('UPDATE run_snapshot SET best_json = ? WHERE run_id = ?').run(JSON.stringify(best), light);
    expect(record.runs.summary(light)?.deadlines).toEqual({ missed: 2, ofInstances: 3 });
    record.database.prepare('UPDATE run_snapshot SET best_json = NULL WHERE run_id = ?').run(light);
    expect(record.runs.summary(light)?.deadlines).toEqual({ ofInstances: 3 });
    record.database.prepare('UPDATE run SET best_constraint_violation = 0 WHERE id = ?').run(light);
    expect(record.runs.summary(light)?.deadlines).toEqual({ missed: 0, ofInstances: 3 });
    expect(record.runs.summary(heavy)?.deadlines).toBeUndefined();
  });

  it('raises a bound, and never lowers it', () => {
    const record = aRecord();
    const id = addRun(record);
    record.runs.setBound(id, { makespanMs: 4, method: 'load', lastReleaseMs: 0 });
    record.runs.setBound(id, { makespanMs: 3, method: 'critical_path', lastReleaseMs: 0 });
    expect(record.runs.snapshot(id)?.bound).toEqual({ makespanMs: 4, method: 'load', lastReleaseMs: 0 });
  });
});

describe('what is ranked', () => {
  const addTuned = (
    record: RunRecord,
    energy: number,
    samples: number,
    makespanMs: number,
    boundMs: number,
  ): number => {
    const runId = record.runs.create({
      name: 'run',
      scenario,
      configuration: { scheduler: 'random', seed: 1, options: { samples, weights: { energy } } },
      engineVersion: 'test',
      reference: search.reference,
      bound: { makespanMs: boundMs, method: 'load', lastReleaseMs: 0 },
      layout: layoutOf(search.problem),
      createdAt: 5,
      owner: 'me',
    });
    record.database
      .prepare(
        'UPDATE run SET best_fitness = ?, best_makespan_ms = ?, best_energy_mj = 1, best_latency_ms = 1, best_throughput_per_s = 1, best_constraint_violation = 0 WHERE id = ?',
      )
      .run(-makespanMs / energy, makespanMs, runId);
    return runId;
  };

  it('by fitness are only runs that measure it alike', () => {
    const record = aRecord();
    const [a, b, c, d] = [
      addTuned(record, 1, 5, 10, 9),
      addTuned(record, 50, 5, 10, 9),
      addTuned(record, 1, 5, 8, 7),
      addTuned(record, 50, 5, 20, 9),
    ];
    const order = idsOf(record, { sort: { by: 'fitness', direction: 'descending' } });
    expect([order.indexOf(c) < order.indexOf(a), order.indexOf(b) < order.indexOf(d)]).toEqual([true, true]);
    expect(Math.abs(order.indexOf(c) - order.indexOf(a))).toBe(1);
    const { groups } = record.runs.overview({ groupBy: 'fitness' });
    expect(groups.map(({ count, figures }) => [count, figures?.fitness?.count])).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });

  it('by an option, by the gap, and limited by it', () => {
    const record = aRecord();
    const [a, b, c] = [addTuned(record, 1, 30, 10, 5), addTuned(record, 1, 4, 10, 9), addTuned(record, 1, 100, 10, 12)];
    expect(idsOf(record, { sort: { by: 'options.samples', direction: 'ascending' } })).toEqual([b, a, c]);
    expect(idsOf(record, { sort: { by: 'options.nothing.there', direction: 'ascending' } })).toEqual([c, b, a]);
    expect(idsOf(record, { sort: { by: 'gap', direction: 'ascending' } })).toEqual([c, b, a]);
    expect(idsOf(record, { bounds: { gap: { max: 0.2 } } })).toEqual([c, b]);
  });

  it('in groups are median and best, of one scenario only', () => {
    const record = aRecord();
    for (const [energy, makespan] of [
      [1, 10],
      [1, 12],
      [1, 20],
      [2, 30],
    ] as const)
      addTuned(record, energy, 5, makespan, 5);
    const [group] = record.runs.overview({ groupBy: 'scenario' }).groups;
    expect(group?.figures?.makespanMs).toEqual({ median: 16, best: 10, count: 4 });
    expect(group?.figures?.fitness).toBeUndefined();
    addRun(record, { scenario: 'other', makespanMs: 1 });
    expect(record.runs.overview({ groupBy: 'scheduler' }).groups[0]?.figures).toBeUndefined();
  });
});
