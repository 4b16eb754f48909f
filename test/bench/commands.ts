/** What a short command costs from the shell's point of view: its whole life, processes that it starts included. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BenchSection } from './types.ts';

const cli = resolve(import.meta.dirname, '../../out/main/cli.js');
const ROUNDS = 9;

const commands: readonly (readonly string[])[] = [
  ['--version'],
  ['runs', 'list'],
  ['run', 'simple', '--scheduler', 'heft', '--no-record'],
  ['run', 'simple', '--scheduler', 'heft'],
  ['run', 'simple', '--scheduler', 'ga', '--set', 'generations=90'],
  ['run', 'simple', '--scheduler', 'ga', '--set', 'generations=110'],
];

export const commandsSection: BenchSection = {
  name: 'commands',
  async run(size) {
    const directory = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
    try {
      const rows = commands.map((args) => {
        const spent = Array.from({ length: size === 'tiny' ? 1 : ROUNDS }, () => timed(args, directory));
        return {
          command: `tessera ${args.join(' ')}`,
          'CPU s': median(spent.map(({ cpuS }) => cpuS)),
          'wall s': median(spent.map(({ wallS }) => wallS)),
        };
      });
      return [
        {
          title: 'Short commands',
          note:
            `The built command line under Node, without npm, from start to end; medians of ${ROUNDS}. Runs of fewer than 10,000 ` +
            'evaluations (ga of 90 generations) search in the process of the command, longer ones (110) in one of their own.',
          rows,
        },
      ];
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

/** @throws Error when the command fails */
function timed(args: readonly string[], directory: string): { cpuS: number; wallS: number } {
  const started = performance.now();
  // The shell's "times" ends with the user and system time of all that it started.
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', '"$@" >/dev/null || exit 1; times', 'sh', process.execPath, cli, ...args],
    { encoding: 'utf8', env: { ...process.env, TESSERA_DB: join(directory, 'tessera.db'), XDG_DATA_HOME: directory } },
  );
  const wallS = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`tessera ${args.join(' ')} failed: ${stderr}`);
  const [, children = ''] = stdout.trim().split('\n');
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return { cpuS: parts.reduce((sum, part) => sum + part, 0), wallS };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
