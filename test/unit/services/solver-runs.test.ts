/** Runs with a solver, by a workbench: cancelled in the middle of a model, and what starts a Python. */
import { describe, expect, it } from 'vitest';
import { aSmallScenario } from '#test/fixtures/builders.ts';
import { aWorkbench } from '#test/fixtures/workbench.ts';
import { commandToConfirm, CP_SAT_PROGRAM } from '#shared/domain/external-command.ts';

const scenario = aSmallScenario().input;

describe('Chuffed', () => {
  it('is ended when its run is cancelled, and what was found is kept', async () => {
    const { client, until, untilStatus } = aWorkbench();
    const { run } = await client.invoke('runs.start', {
      scenario: 'hikey970', // more than it proves within minutes
      configuration: { scheduler: 'cp', seed: 1, options: { ownGenerations: 1, mostJobs: 1000 } },
    });
    await until(
      ({ name, payload }) => name === 'run.progress' && payload.note?.startsWith('Chuffed looks for') === true,
    );
    await client.invoke('runs.cancel', { runId: run.id });
    await untilStatus(run.id, 'cancelled');
    const { run: ended, best } = await client.invoke('runs.get', { runId: run.id });
    expect(ended.generations).toBe(1);
    expect(best?.metrics.makespanMs).toBeGreaterThan(0);
  });
});

describe('CP-SAT', () => {
  const configuration = { scheduler: 'cp', seed: 1, options: { solver: 'cp_sat', python: '/opt/python/bin/python3' } };
  const refused = expect.objectContaining({ code: 'command.unconfirmed' });

  it('starts no Python that nobody has confirmed here, by a request or a sweep', async () => {
    const { client, processes } = aWorkbench();
    const error: unknown = await client
      .invoke('runs.start', { scenario, configuration })
      .catch((reason: unknown) => reason);
    expect(error).toEqual(refused);
    expect(commandToConfirm(error)).toEqual({ command: ['/opt/python/bin/python3', CP_SAT_PROGRAM], folder: '' });
    const { scheduler, options } = configuration;
    const sweep = { name: 'mine', scenarios: [scenario], schedulers: [{ scheduler, options }] };
    await expect(client.invoke('sweeps.start', { sweep })).rejects.toEqual(refused);
    await client.invoke('commands.confirm', { command: ['python3', CP_SAT_PROGRAM] }); // another one
    await expect(client.invoke('runs.start', { scenario, configuration })).rejects.toEqual(refused);
    expect(processes).toEqual([]);
  });

  it('fails with what is missing where the interpreter cannot be started, and keeps what was found', async () => {
    const { client, untilStatus } = aWorkbench();
    await client.invoke('commands.confirm', { command: ['/opt/python/bin/python3', CP_SAT_PROGRAM] });
    const { run } = await client.invoke('runs.start', {
      scenario: 'simple',
      configuration: { ...configuration, options: { ...configuration.options, ownGenerations: 1 } },
    });
    await untilStatus(run.id, 'failed');
    const { run: ended } = await client.invoke('runs.get', { runId: run.id });
    expect(ended.statusReason).toContain('there is no such program');
    expect(ended.generations).toBe(1);
  });
});
