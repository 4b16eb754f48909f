/** The documentation of the command line names every command and option there is, and none that is not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '#main/hosts/cli/program.ts';
import { root } from '#test/doubles/hosts.ts';

const page = readFileSync(join(root, 'resources/docs/cli.md'), 'utf8');
const commands = allCommands(await createProgram());

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

test.each(commands.filter((command) => command.commands.length === 0).map((command) => command.name()))(
  'command %s is described',
  (name) => {
    expect(page).toMatch(new RegExp(`(^## tessera .*|^- \`runs )\\b${name}\\b`, 'm'));
  },
);

test.each([...new Set(commands.flatMap((command) => command.options.map((option) => option.long ?? '')))])(
  'option %s is described',
  (option) => {
    expect(page).toMatch(new RegExp(`${option}\\b`));
  },
);

test('no option is described that there is not', () => {
  const known = new Set(commands.flatMap((command) => command.options.map((option) => option.long)));
  const described = new Set(page.match(/--[a-z][a-z-]*/g));
  described.delete('--help');
  expect([...described].filter((option) => !known.has(option))).toEqual([]);
});
