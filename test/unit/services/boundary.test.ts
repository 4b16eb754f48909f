/** The boundary's own rules: inputs and outputs are validated, and only WorkbenchErrors come out. */
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createDispatcher } from '#main/services/dispatch.ts';
import { connect } from '#main/store/open.ts';
import { routes, type Handlers } from '#shared/contract/routes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { anExecution } from '#test/fixtures/execution.ts';
import { aWorkbench } from '../../fixtures/workbench.ts';

describe('a call', () => {
  it('of a route that does not exist names the closest one', async () => {
    await expect(aWorkbench().invoke('runs.lisst', {})).rejects.toMatchObject({
      code: 'contract.unknownRoute',
      hint: 'did you mean "runs.list"?',
    });
  });

  it('with a wrong input names the field', async () => {
    await expect(aWorkbench().invoke('runs.get', { runId: 'seven' })).rejects.toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('runId'),
    });
  });

  it('fills the defaults of its input', async () => {
    expect(await aWorkbench().invoke('runs.list', {})).toEqual({ runs: [], total: 0 });
  });

  it('that fails unexpectedly tells an id under which the log has the cause, and nothing else', async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line) => void lines.push(line) });
    const handlers = {
      'runs.list': () => {
        throw new TypeError('secret internals');
      },
    } as unknown as Handlers;
    const error: unknown = await createDispatcher(
      handlers,
      log,
      (cause) => cause,
    )('runs.list', {}).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(WorkbenchError);
    const { code, message } = error as WorkbenchError;
    expect(code).toBe('internal.unexpected');
    expect(message).not.toContain('secret');
    const id = /error (\w+)/.exec(message)![1]!;
    expect(lines.join('')).toContain(id);
    expect(lines.join('')).toContain('secret internals');
  });

  it('whose output breaks the contract fails instead of passing it on', async () => {
    const handlers = { 'runs.list': () => ({ runs: 'none' }) } as unknown as Handlers;
    await expect(
      createDispatcher(handlers, pino({ level: 'silent' }), (cause) => cause)('runs.list', {}),
    ).rejects.toMatchObject({ code: 'internal.unexpected' });
  });
});

it('every route of the contract is answered', async () => {
  const workbench = aWorkbench();
  const input = {
    platform: 'none',
    tags: [],
    files: [{ name: 'none.stg', bytes: new Uint8Array(0) }],
    documents: [{ kind: 'network', document: {} }],
    format: 'json',
    from: 0,
    length: 1,
    runId: 1,
    runIds: [1],
    path: 'none',
    importId: 'none',
    bytes: new Uint8Array(0),
    generation: 0,
    chromosomeId: 0,
    kind: 'network',
    id: 'none',
    document: {},
    scenario: 'none',
    configuration: { scheduler: 'ga' },
    generationsPerS: null,
    baseline: 'heft',
    objectives: ['makespanMs'],
    name: 'none',
    address: '/compare/1',
    sweepId: 1,
    comparisonId: 1,
    execution: anExecution,
    jobId: 1,
    work: { kind: 'execute', runId: 1 },
    sweep: { name: 'none', scenarios: ['none'], schedulers: [{ scheduler: 'ga' }] },
  };
  const inputOf = (name: string): object => (/^commands\.(confirm|forget)$/.test(name) ? { command: ['none'] } : input);
  const codeOf = (error: unknown): string => (error instanceof WorkbenchError ? error.code : String(error));
  const answers = await Promise.all(
    Object.values(routes).map(({ name }) => workbench.invoke(name, inputOf(name)).then(() => 'answered', codeOf)),
  );
  expect(
    answers.filter(
      (answer) =>
        !/^(answered|(archive|baseline|database|run|document|network|scenario|format|sweep|comparison|device)\.\w+)$/.test(
          answer,
        ),
    ),
  ).toEqual([]);
});

describe('documents', () => {
  const network = { schemaVersion: 1, id: 'mine', layers: [{ id: 'a', op: 'Conv', executionTimeMs: { cpu: 1 } }] };
  const scenario = { schemaVersion: 1, id: 'own', platform: 'simple', applications: [{ id: 'a', network: 'mine' }] };

  it("are the presets and the user's own, and a scenario may use both", async () => {
    const { client } = aWorkbench();
    expect((await client.invoke('documents.save', { kind: 'network', document: network })).summary).toMatchObject({
      id: 'mine',
      name: 'mine',
      origin: 'user',
      revision: 1,
    });
    expect(
      (await client.invoke('documents.save', { kind: 'network', document: { ...network, name: 'Mine' } })).summary,
    ).toMatchObject({ name: 'Mine', revision: 2 });
    await client.invoke('documents.save', { kind: 'scenario', document: scenario });
    const resolved = (await client.invoke('scenarios.resolve', { scenario: 'own' })).scenario;
    expect(resolved).toMatchObject({
      platform: { id: 'simple' },
      applications: [{ network: { id: 'mine', name: 'Mine' } }],
    });
    const { documents } = await client.invoke('documents.list', { kind: 'network' });
    expect(documents.map(({ id, origin }) => [id, origin])).toEqual(
      expect.arrayContaining([
        ['cnn', 'preset'],
        ['mine', 'user'],
      ]),
    );
  });

  it('that are presets cannot be changed or deleted', async () => {
    const { client } = aWorkbench();
    await expect(
      client.invoke('documents.save', { kind: 'network', document: { ...network, id: 'cnn' } }),
    ).rejects.toMatchObject({ code: 'document.readOnly' });
    await expect(client.invoke('documents.delete', { kind: 'network', id: 'cnn' })).rejects.toMatchObject({
      code: 'document.readOnly',
    });
  });

  it('that are broken are not saved, not even in part', async () => {
    const { client } = aWorkbench();
    await expect(client.invoke('documents.save', { kind: 'scenario', document: scenario })).rejects.toMatchObject({
      code: 'scenario.unknownNetwork',
    });
    await expect(
      client.invoke('documents.save', { kind: 'network', document: { ...network, layers: [] } }),
    ).rejects.toMatchObject({ code: 'network.invalid' });
    expect((await client.invoke('documents.list', {})).documents.filter(({ origin }) => origin === 'user')).toEqual([]);
  });

  it('in use by a scenario cannot be deleted before it', async () => {
    const { client } = aWorkbench();
    await client.invoke('documents.save', { kind: 'network', document: network });
    await client.invoke('documents.save', { kind: 'scenario', document: scenario });
    await expect(client.invoke('documents.delete', { kind: 'network', id: 'mine' })).rejects.toMatchObject({
      code: 'document.inUse',
      message: expect.stringContaining('"own"'),
    });
    await client.invoke('documents.delete', { kind: 'scenario', id: 'own' });
    await client.invoke('documents.delete', { kind: 'network', id: 'mine' });
    await expect(client.invoke('documents.get', { kind: 'network', id: 'mine' })).rejects.toMatchObject({
      code: 'document.unknown',
    });
  });

  it.each([
    ['rules of another version', JSON.stringify({ ...network, id: 'old', layers: [] }), 'layers'],
    ['a damaged text', '{"id": "old", ', 'JSON'],
  ])(
    'that cannot be read any more, for %s, are listed with the reason and stop nothing else',
    async (_, json, reason) => {
      const { client, databasePath } = aWorkbench();
      await client.invoke('documents.save', { kind: 'network', document: network });
      await client.invoke('documents.save', { kind: 'network', document: { ...network, id: 'old' } });
      await client.invoke('documents.save', {
        kind: 'scenario',
        document: { ...scenario, id: 'uses-old', applications: [{ id: 'a', network: 'old' }] },
      });
      const database = connect(databasePath);
      database.prepare("UPDATE document SET json = ? WHERE id = 'old'").run(json);
      database.close();

      const { documents } = await client.invoke('documents.list', { kind: 'network' });
      expect(documents.find(({ id }) => id === 'old')).toMatchObject({
        name: 'old',
        origin: 'user',
        description: expect.stringMatching(new RegExp(`cannot be read: .*${reason}`)),
      });
      expect((await client.invoke('scenarios.resolve', { scenario })).scenario).toMatchObject({
        id: 'own',
        applications: [{ network: { id: 'mine' } }],
      });
      const unreadable = {
        code: 'document.unreadable',
        message: expect.stringContaining('network "old"'),
        hint: 'save it again, or delete it',
      };
      await expect(client.invoke('documents.get', { kind: 'network', id: 'old' })).rejects.toMatchObject(unreadable);
      await expect(client.invoke('scenarios.resolve', { scenario: 'uses-old' })).rejects.toMatchObject(unreadable);
      await client.invoke('documents.save', { kind: 'network', document: { ...network, id: 'old' } });
      await client.invoke('scenarios.resolve', { scenario: 'uses-old' });
    },
  );
});

it('the doctor finds a healthy database', async () => {
  const workbench = aWorkbench();
  const { checks } = await workbench.client.invoke('doctor.report', {});
  expect(checks.find((check) => check.name === 'Database')).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining(workbench.databasePath),
  });
  expect(checks.map((check) => check.name)).toEqual(expect.arrayContaining(['Tessera', 'Node', 'SQLite']));
});

describe('the library', () => {
  const network = {
    schemaVersion: 1,
    id: 'mine',
    layers: [{ id: 'l', op: 'Conv', executionTimeMs: { cpu: 2, npu: 1 }, macs: 30 }],
  };
  const scenario = { schemaVersion: 1, id: 'own', platform: 'simple', applications: [{ id: 'a', network: 'mine' }] };

  it('keeps every revision, newest first, and reads each', async () => {
    const { client } = aWorkbench();
    await client.invoke('documents.save', { kind: 'network', document: network });
    await client.invoke('documents.save', { kind: 'network', document: { ...network, name: 'Second' } });
    const { revisions } = await client.invoke('documents.revisions', { kind: 'network', id: 'mine' });
    expect(revisions.map(({ revision }) => revision)).toEqual([2, 1]);
    expect((await client.invoke('documents.get', { kind: 'network', id: 'mine', revision: 1 })).summary).toMatchObject({
      name: 'mine',
      revision: 1,
    });
    await expect(client.invoke('documents.get', { kind: 'network', id: 'mine', revision: 3 })).rejects.toMatchObject({
      code: 'document.unknownRevision',
    });
  });

  it('does not overwrite what somebody else has saved meanwhile', async () => {
    const { client } = aWorkbench();
    await client.invoke('documents.save', { kind: 'network', document: network, basedOn: 0 });
    await client.invoke('documents.save', { kind: 'network', document: network, basedOn: 1 });
    for (const basedOn of [0, 1, 3])
      await expect(
        client.invoke('documents.save', { kind: 'network', document: network, basedOn }),
      ).rejects.toMatchObject({ code: 'document.changedMeanwhile' });
    expect((await client.invoke('documents.get', { kind: 'network', id: 'mine' })).summary.revision).toBe(2);
  });

  it('tells which scenarios name a document and how many runs keep a copy of it', async () => {
    const workbench = aWorkbench();
    const { client } = workbench;
    await client.invoke('documents.save', { kind: 'network', document: network });
    await client.invoke('documents.save', { kind: 'scenario', document: scenario });
    const { run } = await client.invoke('runs.start', {
      scenario: 'own',
      configuration: { scheduler: 'npu_first', seed: 1, options: {} },
      name: 'Copy',
    });
    await workbench.untilStatus(run.id, 'finished');
    await client.invoke('documents.save', {
      kind: 'profile',
      document: {
        schemaVersion: 1,
        id: 'measured',
        name: 'Measured',
        network: 'mine',
        measurements: [{ operator: { op: 'Conv' }, on: { key: 'cpu' }, timeMs: 1 }],
      },
    });
    const uses = await client.invoke('documents.usedBy', { kind: 'network', id: 'mine' });
    expect(uses).toMatchObject({
      scenarios: [{ id: 'own', origin: 'user' }],
      profiles: [{ id: 'measured', name: 'Measured', origin: 'user' }],
      runCount: 1,
      latestRuns: [{ id: run.id, name: 'Copy' }],
    });
    const entryOf = async (kind: 'platform' | 'network' | 'scenario', id: string) =>
      (await client.invoke('documents.overview', { kind })).entries.find(({ summary }) => summary.id === id);
    expect(await entryOf('network', 'mine')).toMatchObject({
      scenarios: ['own'],
      profiles: ['measured'],
      runs: 1,
      facts: { layers: 1, macs: 30, timeKeys: ['cpu', 'npu'] },
    });
    expect(await entryOf('platform', 'simple')).toMatchObject({
      runs: 1,
      scenarios: expect.arrayContaining(['simple', 'own']),
    });
    expect(await entryOf('scenario', 'own')).toMatchObject({ runs: 1, scenarios: [] });
    await client.invoke('runs.delete', { runId: run.id });
    expect(await entryOf('network', 'mine')).toMatchObject({ runs: 0 });
  });

  it('deletes what scenarios use only when told to, and runs keep their copy', async () => {
    const workbench = aWorkbench();
    const { client } = workbench;
    await client.invoke('documents.save', { kind: 'network', document: network });
    await client.invoke('documents.save', { kind: 'scenario', document: scenario });
    const { run } = await client.invoke('runs.start', {
      scenario: 'own',
      configuration: { scheduler: 'npu_first', seed: 1, options: {} },
    });
    await workbench.untilStatus(run.id, 'finished');
    await expect(client.invoke('documents.delete', { kind: 'network', id: 'mine' })).rejects.toMatchObject({
      code: 'document.inUse',
    });
    await client.invoke('documents.delete', { kind: 'network', id: 'mine', evenIfUsed: true });
    await expect(client.invoke('scenarios.resolve', { scenario: 'own' })).rejects.toMatchObject({
      code: 'scenario.unknownNetwork',
    });
    expect((await client.invoke('runs.get', { runId: run.id })).scenario).toMatchObject({
      applications: [{ network: { id: 'mine' } }],
    });
  });

  it('lists the content of a document that was deleted and made again, not the old one', async () => {
    const { client } = aWorkbench();
    const layersOf = async () =>
      (await client.invoke('documents.overview', { kind: 'network' })).entries.find(
        ({ summary }) => summary.id === 'mine',
      )?.facts;
    await client.invoke('documents.save', { kind: 'network', document: network });
    expect(await layersOf()).toMatchObject({ layers: 1 });
    await client.invoke('documents.delete', { kind: 'network', id: 'mine' });
    await client.invoke('documents.save', {
      kind: 'network',
      document: { ...network, layers: [...network.layers, { id: 'm', op: 'Conv' }] },
    });
    expect(await layersOf()).toMatchObject({ layers: 2 });
  });

  it('keeps the tags of a preset, and forgets those of a deleted document', async () => {
    const { client } = aWorkbench();
    await client.invoke('documents.save', { kind: 'network', document: network });
    for (const id of ['cnn', 'mine'])
      await client.invoke('documents.setTags', { kind: 'network', id, tags: ['vision'] });
    await client.invoke('documents.delete', { kind: 'network', id: 'mine' });
    await client.invoke('documents.save', { kind: 'network', document: network });
    const { entries } = await client.invoke('documents.overview', { kind: 'network' });
    expect(entries.filter(({ tags }) => tags.length > 0).map(({ summary }) => summary.id)).toEqual(['cnn']);
    await expect(client.invoke('documents.setTags', { kind: 'network', id: 'none', tags: [] })).rejects.toMatchObject({
      code: 'document.unknown',
    });
  });
});
