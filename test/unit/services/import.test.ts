/** Importing into the library and exporting from it: previews, all or nothing, and what a run can be written as. */
import { expect, test } from 'vitest';
import { aWorkbench } from '#test/fixtures/workbench.ts';
import { asFile } from '#test/fixtures/formats.ts';
import { aNetwork, aPlatform } from '#test/fixtures/builders.ts';

const json = (name: string, document: unknown) => asFile(name, JSON.stringify(document));
const board = aPlatform('board').withCores(2).input;
const net = aNetwork('net')
  .withLayer('stem', { cpu: 2 })
  .withLayer('end', { cpu: 1 }, { dependencies: ['stem'] }).input;
const scenario = { schemaVersion: 1, id: 'both', platform: 'board', applications: [{ id: 'a', network: 'net' }] };
const stg = asFile('graph.stg', '1\n0 0 0\n1 4 1 0\n2 0 1 1\n');
const own = async (client: ReturnType<typeof aWorkbench>['client']) =>
  (await client.invoke('documents.list', {})).documents
    .filter(({ origin }) => origin === 'user')
    .map(({ kind, id, revision }) => `${kind} ${id} ${revision}`);

test('a preview saves nothing and tells which ids are taken', async () => {
  const { client } = aWorkbench();
  await client.invoke('documents.save', { kind: 'network', document: net });
  const { outcomes } = await client.invoke('documents.import', {
    files: [json('a.json', net), json('b.json', { ...board, id: 'simple' }), json('c.json', board)],
  });
  expect(
    outcomes.map((outcome) => (outcome.status === 'read' ? [outcome.documents[0]?.taken, outcome.saved] : outcome)),
  ).toEqual([
    ['user', []],
    ['preset', []],
    [undefined, []],
  ]);
  expect(await own(client)).toEqual(['network net 1']);
});

test('a scenario is saved together with the platform and network it names, in whatever order they come', async () => {
  const { client } = aWorkbench();
  const { outcomes } = await client.invoke('documents.import', {
    files: [json('scenario.json', scenario), json('net.json', net), json('board.json', board)],
    save: true,
  });
  expect(outcomes.map(({ status }) => status)).toEqual(['read', 'read', 'read']);
  expect(await own(client)).toEqual(['network net 1', 'platform board 1', 'scenario both 1']);
});

test('importing the same again makes no new revision, a changed document makes one', async () => {
  const { client } = aWorkbench();
  for (const document of [net, net, { ...net, name: 'Changed' }])
    await client.invoke('documents.import', { files: [json('net.json', document)], save: true });
  expect(await own(client)).toEqual(['network net 2']);
});

test('of documents that belong together none is saved when one cannot be', async () => {
  const { client } = aWorkbench();
  // The platform would be saved, but the network has the id of a preset.
  const { outcomes } = await client.invoke('documents.import', {
    files: [stg],
    format: 'stg',
    options: { id: 'resnet18', units: 2 },
    save: true,
  });
  expect(outcomes).toMatchObject([{ status: 'failed', error: { code: 'document.readOnly' } }]);
  expect(await own(client)).toEqual([]);
});

test('a scenario whose network is missing is not saved, the other files are', async () => {
  const { client } = aWorkbench();
  const { outcomes } = await client.invoke('documents.import', {
    files: [json('scenario.json', scenario), json('board.json', board)],
    save: true,
  });
  expect(outcomes).toMatchObject([
    { status: 'read', files: ['board.json'] },
    { status: 'failed', files: ['scenario.json'], error: { code: 'scenario.unknownNetwork' } },
  ]);
  expect(await own(client)).toEqual(['platform board 1']);
});

test.each([
  ['Mill-9', 'for "Mill-9" nearest is "board-x-mill" of Board X'],
  ['mill 9b', 'for "mill 9b" nearest is "board-x-mill" of Board X'],
  ['etched-chip', 'call the times by the key of the processor that they are of'],
])('times under a key of no processor are noted, with the nearest keys: %s', async (key, nearest) => {
  const { client } = aWorkbench();
  await client.invoke('documents.save', {
    kind: 'platform',
    document: {
      schemaVersion: 1,
      id: 'board-x',
      name: 'Board X',
      processors: [{ id: 'mill', name: 'Mill-9', kind: 'npu', coreCount: 1, executionTimeKey: 'board-x-mill' }],
    },
  });
  const {
    outcomes: [outcome],
  } = await client.invoke('documents.import', { files: [asFile('layers.csv', `id,op,time:${key}\nstem,Conv,2\n`)] });
  const notes = outcome?.status === 'read' ? outcome.notes : [];
  expect(notes).toMatchObject([
    {
      message: expect.stringContaining(`no platform of the library has a processor with the time key "${key}"`),
      hint: expect.stringContaining('give a processor this key'),
    },
  ]);
  expect(notes[0]?.hint).toContain(nearest);
});

test('times under the key of a platform that comes along, or is in the library, need no note', async () => {
  const { client } = aWorkbench();
  const chip = { schemaVersion: 1, id: 'chip', processors: [{ id: 'etched', kind: 'npu', coreCount: 1 }] };
  const files = [json('chip.json', chip), asFile('layers.csv', 'id,op,time:etched\nstem,Conv,2\n')];
  const notesOf = async (given: typeof files) =>
    (await client.invoke('documents.import', { files: given, save: true })).outcomes.map((outcome) =>
      outcome.status === 'read' ? outcome.notes : outcome,
    );
  expect(await notesOf(files)).toEqual([[], []]);
  expect(await notesOf(files.slice(1))).toEqual([[]]);
});

test('documents saved together are all refused with the first that is wrong', async () => {
  const { client } = aWorkbench();
  const documents = [
    { kind: 'platform' as const, document: { ...board } },
    { kind: 'scenario' as const, document: { ...scenario, platform: 'bord' } },
    { kind: 'network' as const, document: { ...net } },
  ];
  await expect(client.invoke('documents.saveTogether', { documents })).rejects.toMatchObject({
    code: 'scenario.unknownPlatform',
    hint: 'did you mean "board"?',
  });
  expect(await own(client)).toEqual([]);
});

test('a scenario is exported with its documents inside where asked, and then is self-contained', async () => {
  const { client } = aWorkbench();
  const { files } = await client.invoke('documents.export', {
    kind: 'scenario',
    id: 'simple',
    format: 'json',
    options: { inline: true },
  });
  const [outcome] = (await client.invoke('documents.import', { files: [files[0]!] })).outcomes;
  expect(outcome).toMatchObject({
    status: 'read',
    documents: [
      {
        kind: 'scenario',
        taken: 'preset',
        document: {
          platform: { processors: expect.any(Array) },
          applications: expect.arrayContaining([
            expect.objectContaining({ network: expect.objectContaining({ layers: expect.any(Array) }) }),
          ]),
        },
      },
    ],
  });
});

test('a platform cannot be written as a layer table, and what can is told', async () => {
  const { client } = aWorkbench();
  await expect(
    client.invoke('documents.export', { kind: 'platform', id: 'simple', format: 'csv' }),
  ).rejects.toMatchObject({
    code: 'format.wrongKind',
    message: 'a platform cannot be written as Layer table',
    hint: 'known: "json"',
  });
  await expect(
    client.invoke('documents.export', { kind: 'network', id: 'nothing', format: 'csv' }),
  ).rejects.toMatchObject({ code: 'document.unknown' });
});

test("a run's best schedule is the same in every format", async () => {
  const workbench = aWorkbench();
  const { client } = workbench;
  const { run } = await client.invoke('runs.start', {
    scenario: 'multi',
    configuration: { scheduler: 'ga', seed: 3, options: { generations: 4, populationSize: 12 } },
  });
  await workbench.untilStatus(run.id, 'finished');
  const { best } = await client.invoke('runs.get', { runId: run.id });
  const text = async (format: string): Promise<string> =>
    new TextDecoder().decode((await client.invoke('runs.export', { runId: run.id, format })).files[0]!.bytes);

  const whole = JSON.parse(await text('run-json')) as {
    schedule: {
      mapping: object;
      timeline: { app: string; instance: number; layer: string; startMs: number; endMs: number }[];
    };
    generations: { length: number; bestFitness: number[] };
  };
  expect(whole.schedule.mapping).toEqual(best?.mapping);
  expect([whole.generations.length, whole.generations.bestFitness.at(-1)]).toEqual([4, best?.fitness]);
  const { timeline } = whole.schedule;
  expect(Math.max(...timeline.map(({ endMs }) => endMs))).toBe(best?.metrics.makespanMs);

  const rows = (await text('schedule-csv')).trim().split('\n');
  expect(rows).toHaveLength(timeline.length + 1);
  const trace = JSON.parse(await text('chrome-trace')) as {
    traceEvents: {
      ph: string;
      name: string;
      ts: number;
      dur: number;
      pid: number;
      tid: number;
      id?: number;
      args?: { instance: number };
    }[];
  };
  const slices = trace.traceEvents.filter(({ ph }) => ph === 'X');
  expect(slices.map(({ name, ts, dur }) => `${name} ${Math.round(ts)} ${Math.round(dur)}`).sort()).toEqual(
    timeline
      .map(
        ({ layer, startMs, endMs }) => `${layer} ${Math.round(startMs * 1000)} ${Math.round((endMs - startMs) * 1000)}`,
      )
      .sort(),
  );
  // Every arrow has both ends, begins where a slice ends and ends where one starts.
  const arrows = Map.groupBy(
    trace.traceEvents.filter(({ ph }) => ph === 's' || ph === 'f'),
    ({ id }) => id,
  );
  expect(arrows.size).toBeGreaterThan(0);
  for (const ends of arrows.values()) expect(ends.map(({ ph }) => ph)).toEqual(['s', 'f']);
  const prism = JSON.parse(await text('prism-schedule')) as { end_times: number[]; map: object };
  expect(Math.max(...prism.end_times) / 1000).toBeCloseTo(best?.metrics.makespanMs ?? Number.NaN, 9);
  expect((await text('generations-csv')).trim().split('\n')).toHaveLength(5);
});

test('of a run, any chromosome can be exported, and one that does not exist is refused', async () => {
  const workbench = aWorkbench();
  const { client } = workbench;
  const { run } = await client.invoke('runs.start', {
    scenario: 'simple',
    configuration: { scheduler: 'random', seed: 3, options: {} },
  });
  await workbench.untilStatus(run.id, 'finished');
  const { files } = await client.invoke('runs.export', { runId: run.id, format: 'run-json', chromosomeId: 0 });
  expect(JSON.parse(new TextDecoder().decode(files[0]!.bytes))).toMatchObject({ schedule: { chromosomeId: 0 } });
  await expect(
    client.invoke('runs.export', { runId: run.id, format: 'run-json', chromosomeId: 1e6 }),
  ).rejects.toMatchObject({ code: 'run.unknownChromosome' });
  await expect(client.invoke('runs.export', { runId: run.id, format: 'json' })).rejects.toMatchObject({
    code: 'format.wrongKind',
  });
});

test('a platform without keys of its own gets some where others have them, and the networks that came with it follow', async () => {
  const { client } = aWorkbench();
  const files = [
    json('net.json', { ...net, timeSources: { cpu: 'measured' } }),
    json('scenario.json', scenario),
    json('board.json', board),
  ];
  const { outcomes } = await client.invoke('documents.import', { files, save: true });
  expect(
    outcomes.map((outcome) => (outcome.status === 'read' ? outcome.notes.map(({ message }) => message) : outcome)),
  ).toEqual([
    ['net: its times under "cpu" are taken as those of board, which came with it'],
    ['board: "board-cpu" instead of "cpu" is the key of its times, because another platform uses that key'],
    [],
  ]);
  const resolved = await client.invoke('scenarios.resolve', { scenario: 'both' });
  expect(resolved.remarks).toEqual([]);
  expect(resolved.scenario).toMatchObject({
    platform: { processors: [{ executionTimeKey: 'board-cpu' }] },
    applications: [
      {
        network: {
          timeSources: { 'board-cpu': 'measured' },
          layers: [{ executionTimeMs: { 'board-cpu': 2 } }, { executionTimeMs: { 'board-cpu': 1 } }],
        },
      },
    ],
  });
  // The same files again change nothing.
  await client.invoke('documents.import', { files, save: true });
  expect(await own(client)).toEqual(['network net 1', 'platform board 1', 'scenario both 1']);
});

test('a key that nobody else has, one that is stated, and the keys of a platform that is there already stay as they are', async () => {
  const { client } = aWorkbench();
  const keysOf = async (id: string) =>
    (
      (await client.invoke('documents.get', { kind: 'platform', id })).document['processors'] as {
        executionTimeKey?: string;
      }[]
    ).map(({ executionTimeKey }) => executionTimeKey);
  await client.invoke('documents.import', {
    files: [
      json(
        'a.json',
        aPlatform('a')
          .withProcessor({ id: 'hailo', kind: 'npu' })
          .withProcessor({ id: 'cpu', kind: 'cpu', executionTimeKey: 'cpu' }).input,
      ),
    ],
    save: true,
  });
  expect(await keysOf('a')).toEqual(['cpu', undefined]);
  await client.invoke('documents.save', { kind: 'platform', document: { ...board } });
  await client.invoke('documents.import', { files: [json('board.json', { ...board, name: 'Changed' })], save: true });
  expect(await keysOf('board')).toEqual([undefined]);
});

test('a network imported later says that its times are not those of the platform', async () => {
  const { client } = aWorkbench();
  await client.invoke('documents.import', { files: [json('board.json', board)], save: true });
  await client.invoke('documents.import', { files: [json('net.json', net)], save: true });
  await expect(client.invoke('scenarios.resolve', { scenario })).rejects.toMatchObject({
    code: 'scenario.invalid',
    message:
      'scenario: applications[0].network: net has no times for cpu of board; its 2 layers can run nowhere: "stem" (Conv) and "end" (Conv)',
  });
});

test('a network whose keys several devices use, and which does not say whose its times are, is said to have them on all', async () => {
  const { client } = aWorkbench();
  const notesOf = async (network: object) => {
    const { outcomes } = await client.invoke('documents.import', { files: [json('table.json', network)] });
    return outcomes.flatMap((outcome) =>
      outcome.status === 'read' ? outcome.notes.map(({ message }) => message) : [],
    );
  };
  const [said] = await notesOf(net);
  expect(said).toContain('does not say whose its times under "cpu" are: ');
  expect(said).toContain('Simple platform');
  expect(await notesOf({ ...net, timePlatforms: { cpu: ['simple'] } })).toEqual([]);
});

test('a table without what reads what says that its layers wait for nobody', async () => {
  const { client } = aWorkbench();
  const notesOf = async (text: string) => {
    const { outcomes } = await client.invoke('documents.import', { files: [asFile('layers.csv', text)] });
    return outcomes.flatMap((outcome) =>
      outcome.status === 'read' ? outcome.notes.map(({ message }) => message) : [],
    );
  };
  expect(await notesOf('id,op\na,Conv\nb,Relu\n')).toContain(
    'there is no column "dependencies": no layer waits for another',
  );
  expect(await notesOf('id,op,dependencies\na,Conv,\nb,Relu,a\n')).toEqual([]);
});
