/** The users' page about schedulers has a section for every scheduler with its source and every option's default, so that it cannot go stale. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseOptions, schedulers } from '#main/engine/schedulers/index.ts';

const page = readFileSync(join(import.meta.dirname, '../../../resources/docs/schedulers.md'), 'utf8');
const sections = page.split(/^## /m).slice(1);
const shared = sections.find((section) => section.startsWith('What is optimised'))!;

/** Options by dotted name with their defaults as the page shows them. */
function defaultsOf(options: object, prefix = ''): [string, string][] {
  return Object.entries(options).flatMap(([name, value]): [string, string][] => {
    if (Array.isArray(value)) return [[`${prefix}${name}`, value.join(', ')]];
    if (typeof value !== 'object' || value === null) return [[`${prefix}${name}`, String(value)]];
    return Object.keys(value).length === 0 ? [[`${prefix}${name}`, 'none']] : defaultsOf(value, `${prefix}${name}.`);
  });
}

test.each(schedulers.map((scheduler) => [scheduler.id, scheduler] as const))(
  'describes %s with every option and its default',
  (id, scheduler) => {
    const section = sections.find((candidate) => candidate.split('\n')[0]!.endsWith(`\`${id}\``));
    expect(section, `a section "## …: \`${id}\`"`).toBeDefined();
    const needed = id === 'external' ? { command: ['needed'] } : {};
    for (const [name, value] of defaultsOf(parseOptions(scheduler, needed))) {
      // What a section leaves out stands in the part about the options of every scheduler.
      const place = section!.includes(`| \`${name}\` |`) ? section! : shared;
      expect(place).toContain(`| \`${name}\` | ${value} |`);
    }
  },
);

test('has no section about a scheduler that does not exist', () => {
  const described = sections.flatMap((section) => /: `(\w+)`$/.exec(section.split('\n')[0]!)?.slice(1) ?? []);
  expect(described.sort()).toEqual(schedulers.map(({ id }) => id).sort());
});
