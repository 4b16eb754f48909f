/** No program is started that nobody has confirmed on this machine, whatever names it: a test for each way in. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aServedHost, connect, signIn } from '#test/doubles/hosts.ts';
import { exportArchive, importArchive } from '#test/fixtures/archive.ts';
import { aSmallScenario } from '#test/fixtures/builders.ts';
import { aFolder } from '#test/fixtures/record.ts';
import { aWorkbench, type TestWorkbench } from '#test/fixtures/workbench.ts';
import { createClient } from '#shared/contract/client.ts';
import { commandToConfirm } from '#shared/domain/external-command.ts';

const scenario = aSmallScenario().input;
const program = join(import.meta.dirname, '../../fixtures/external-program.ts');

/** A program that leaves a file behind when it is started. */
function aCommand() {
  const trace = join(aFolder(), 'started.json');
  const command = [process.execPath, program, 'waits', trace];
  return {
    command,
    configuration: { scheduler: 'external', seed: 1, options: { command } },
    wasStarted: () => existsSync(trace),
  };
}

const refused = expect.objectContaining({ code: 'command.unconfirmed' });

/** A run of `command` that was interrupted in another workbench, whose person had confirmed it. */
async function anInterruptedRun(command: readonly string[]): Promise<{ elsewhere: TestWorkbench; runId: number }> {
  const elsewhere = aWorkbench();
  await elsewhere.client.invoke('commands.confirm', { command: [...command] });
  const { run } = await elsewhere.client.invoke('runs.start', {
    scenario,
    configuration: { scheduler: 'external', seed: 1, options: { command: [...command] } },
  });
  await elsewhere.until((event) => event.name === 'run.progress' && event.payload.generation >= 0);
  return { elsewhere, runId: run.id };
}

describe('a program that nobody has confirmed here', () => {
  it('is not started by a request, which records nothing either and says which command it is', async () => {
    const { client } = aWorkbench();
    const { command, configuration, wasStarted } = aCommand();
    const error: unknown = await client
      .invoke('runs.start', { scenario, configuration })
      .catch((reason: unknown) => reason);
    expect(error).toEqual(refused);
    expect(commandToConfirm(error)).toEqual({ command, folder: '' });
    expect((await client.invoke('runs.list', {})).total).toBe(0);
    expect(wasStarted()).toBe(false);
  });

  it('is not started by a request to the served host', async () => {
    const workbench = aWorkbench();
    const directory = dirname(workbench.databasePath);
    const host = await aServedHost(workbench, directory);
    const transport = connect(() => host, await signIn(host));
    onTestFinished(async () => {
      transport.close();
      await host.close();
    });
    const { configuration, wasStarted } = aCommand();
    const error: unknown = await createClient(transport)
      .invoke('runs.start', { scenario, configuration })
      .catch((reason: unknown) => reason);
    expect(error).toEqual(refused);
    expect(commandToConfirm(error)?.command).toEqual(configuration.options.command);
    expect(wasStarted()).toBe(false);
  });

  it('is not started by a sweep file: none of its runs is', async () => {
    const { client } = aWorkbench();
    const { command, wasStarted } = aCommand();
    const sweep = {
      name: 'mine',
      scenarios: [scenario],
      schedulers: [
        { scheduler: 'random', options: { generations: 2 } },
        { scheduler: 'external', options: { command } },
      ],
    };
    await expect(client.invoke('sweeps.start', { sweep })).rejects.toEqual(refused);
    expect((await client.invoke('runs.list', {})).total).toBe(0);
    expect(wasStarted()).toBe(false);
  });

  it('is not started by a run of an archive that is resumed', async () => {
    const { command } = aCommand();
    const { elsewhere, runId } = await anInterruptedRun(command);
    await elsewhere.close();
    const again = aWorkbench({ databasePath: elsewhere.databasePath });
    const here = aWorkbench();
    const [imported] = await importArchive(here.client, await exportArchive(again.client, [runId]));
    expect(imported).toMatchObject({ scheduler: 'external', status: 'interrupted' });
    await expect(here.client.invoke('runs.resume', { runId: imported.id })).rejects.toEqual(refused);
    const { scenario: document, configuration } = await here.client.invoke('runs.get', { runId: imported.id });
    await expect(here.client.invoke('runs.start', { scenario: document, configuration })).rejects.toEqual(refused);
    expect(here.processes).toEqual([]);
  });

  it('is not started by a database of another machine whose run is resumed', async () => {
    const { command } = aCommand();
    const { elsewhere, runId } = await anInterruptedRun(command);
    await elsewhere.close();
    const settings = join(dirname(elsewhere.databasePath), 'settings.json');
    const before = JSON.parse(readFileSync(settings, 'utf8'));
    expect(before).toMatchObject({ confirmedCommands: [{ command }] });
    const here = aWorkbench({ databasePath: elsewhere.databasePath });
    await here.client.invoke('commands.forget', { command }); // as on a machine that has never seen it
    await expect(here.client.invoke('runs.resume', { runId })).rejects.toEqual(refused);
    expect((await here.client.invoke('runs.get', { runId })).run.status).toBe('interrupted');
    expect(here.processes).toEqual([]);
  });

  it('is not started by changing the settings', async () => {
    const { client } = aWorkbench();
    const { command, configuration } = aCommand();
    await client.invoke('settings.set', { theme: 'dark', confirmedCommands: [{ command, folder: '' }] } as object);
    await expect(client.invoke('runs.start', { scenario, configuration })).rejects.toEqual(refused);
  });

  it('is not the one that was confirmed with another argument, or in another folder', async () => {
    const { client } = aWorkbench();
    const { command, configuration, wasStarted } = aCommand();
    await client.invoke('commands.confirm', { command: command.slice(0, -1) });
    await client.invoke('commands.confirm', { command, folder: '/' });
    await expect(client.invoke('runs.start', { scenario, configuration })).rejects.toEqual(refused);
    expect(wasStarted()).toBe(false);
  });
});

describe('a command that was confirmed', () => {
  it('is kept for this machine until it is forgotten', async () => {
    const { client, databasePath } = aWorkbench();
    const { command, configuration } = aCommand();
    await client.invoke('commands.confirm', { command });
    await client.invoke('commands.confirm', { command });
    await client.invoke('settings.set', { theme: 'dark' });
    const other = aWorkbench({ databasePath });
    expect((await other.client.invoke('commands.list', {})).commands).toEqual([{ command, folder: '' }]);
    const { run } = await other.client.invoke('runs.start', { scenario, configuration });
    await other.until((event) => event.name === 'run.progress' && event.payload.runId === run.id);
    await other.client.invoke('runs.cancel', { runId: run.id });
    await other.client.invoke('commands.forget', { command });
    await expect(client.invoke('runs.start', { scenario, configuration })).rejects.toEqual(refused);
  });

  it('is short enough to be shown whole', async () => {
    const { client } = aWorkbench();
    const configuration = {
      scheduler: 'external',
      seed: 1,
      options: { command: ['x'.repeat(1000), 'y'.repeat(1000)] },
    };
    await expect(client.invoke('runs.start', { scenario, configuration })).rejects.toMatchObject({
      code: 'scheduler.invalid',
      message: expect.stringContaining('longer than 1900 characters'),
    });
  });
});
