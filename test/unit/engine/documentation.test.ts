/** The users' page about schedulers names every scheduler and every option with its default, so that it cannot go stale. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseOptions, schedulers } from '#main/engine/schedulers/index.ts';

const page = readFileSync(join(import.meta.dirname, '../../../resources/docs/schedulers.md'), 'utf8');

/** Options by dotted name with their defaults. */
function defaultsOf(options: object, prefix = ''): [string, unknown][] {
  return Object.entries(options).flatMap(([name, value]): [string, unknown][] => (typeof value === 'object' && value !== null ? defaultsOf(value, `${prefix}${name}.`) : [[`${prefix}${name}`, value]]));
}

test.each(schedulers.map((scheduler) => [scheduler.id, scheduler] as const))('describes %s with every option and its default', (id, scheduler) => {
  expect(page).toContain(`\`${id}\``);
  for (const [name, value] of defaultsOf(parseOptions(scheduler, {}))) expect(page).toMatch(new RegExp(`^\\| \`${name.replace('.', '\\.')}\` \\| ${String(value)} \\|`, 'm'));
});
