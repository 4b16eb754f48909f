/** An agent that is killed in the middle of a job: its processes end, and the next start clears away what it left. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { AgentClient } from '#main/device/agent-client.ts';
import { serveAgent } from '#main/device/agent.ts';
import { coresOfMachine } from '#main/device/elements.ts';
import { profileNetworks } from '#main/device/profiling.ts';
import { processStream } from '#main/device/streams.ts';
import { root, temporaryDirectory } from '#test/doubles/hosts.ts';
import { pairOfStreams, smallNetwork, testMachine } from '#test/fixtures/device.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const left = (): string[] => readdirSync(directory.path).filter((name) => name.startsWith('tessera-agent-'));
/** Processes below `pid`, as the system lists them. */
const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1]);
        return parent === pid ? [Number(name)] : [];
      } catch {
        return []; // it has ended meanwhile
      }
    });

it.runIf(process.platform === 'linux')(
  'leaves no process, and neither files nor other governors after the next start',
  async () => {
    // What an agent writes down before it changes a governor, here a file of our own.
    const governor = join(directory.path, 'scaling_governor');
    writeFileSync(governor, 'performance');
    mkdirSync(join(directory.path, 'device'), { recursive: true });
    const note = join(directory.path, 'device', 'governors-before.json');

    const program = join(root, 'src-main/hosts/cli/main.ts');
    const agent = processStream([
      '/usr/bin/env',
      `TMPDIR=${directory.path}`,
      `XDG_DATA_HOME=${directory.path}`,
      process.execPath,
      program,
      'agent',
      '--stdio',
    ]);
    const workbench = await AgentClient.open(agent, undefined, agent.said);
    const machine = testMachine(await workbench.describe());
    const pid = agent.pid ?? 0;
    let jobs: number[] = [];
    const work = profileNetworks(workbench, machine, [smallNetwork('first')], coresOfMachine(machine), 'whole', {
      measuring: { warmups: 1, samples: 10_000, leastMs: 600_000, burstMs: 50, restMs: 1, sessions: 1, seed: 1 },
      onProgress(text) {
        if (!text.includes('rotation') || jobs.length > 0) return;
        jobs = childrenOf(pid);
        writeFileSync(note, JSON.stringify({ [governor]: 'schedutil' }));
        process.kill(pid, 'SIGKILL');
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'device.ended' });
    expect(jobs.length).toBeGreaterThan(0);
    for (const job of jobs) await expect.poll(() => existsSync(`/proc/${job}`), { timeout: 30_000 }).toBe(false);
    expect(left()).toHaveLength(1);

    const [client, served] = pairOfStreams();
    const ended = serveAgent(served, { dataDirectory: directory.path, product: 'test', workDirectory: directory.path });
    expect(left()).toEqual([expect.stringContaining(`tessera-agent-${process.pid}-`)]);
    expect(readFileSync(governor, 'utf8')).toBe('schedutil');
    expect(existsSync(note)).toBe(false);
    client.close();
    await ended;
    expect(left()).toEqual([]);
  },
);
