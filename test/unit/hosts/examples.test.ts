/** The examples that help shows: one for every command, and each understood by it. */
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { examples } from '#main/hosts/cli/examples.ts';
import { createProgram } from '#main/hosts/cli/program.ts';

function leaves(command: Command, path: readonly string[] = []): { path: string; command: Command }[] {
  if (command.commands.length === 0) return [{ path: path.join(' '), command }];
  return command.commands.flatMap((inner) => leaves(inner, [...path, inner.name()]));
}

const commands = leaves(await createProgram());

test('every command has an example', () => {
  expect(commands.map(({ path }) => path).filter((path) => examples[path] === undefined)).toEqual([]);
});

describe.each(Object.entries(examples))('the examples of %s', (path, lines) => {
  test('are commands that there are, with options that there are', () => {
    const command = commands.find((candidate) => candidate.path === path)?.command;
    for (const line of lines) {
      const [own = ''] = line.split(' | ');
      const isOwn = own.startsWith(`tessera ${path}`);
      const known = isOwn
        ? command
        : commands.find((candidate) => own.startsWith(`tessera ${candidate.path}`))?.command;
      const options = [...own.matchAll(/ (--[\w-]+)/g)].map(([, option]) => option);
      expect(options.filter((option) => known?.options.find(({ long }) => long === option) === undefined)).toEqual([]);
    }
  });

  test('are part of its help', () => {
    const command = commands.find((candidate) => candidate.path === path)?.command;
    let help = '';
    command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    for (const line of lines) expect(help).toContain(line);
  });
});
