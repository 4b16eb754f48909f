/** The list of mutants fits the sources as they are; whether tests notice them, `npm run test:mutants` tries. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '#test/doubles/hosts.ts';
import { faultOf, MOST_SURVIVORS, mutants } from '#test/mutants/mutants.ts';

test.each(mutants.map(({ id }) => id))('%s: its text occurs once in its file, and its tests exist', (id) => {
  const mutant = mutants.find((candidate) => candidate.id === id)!;
  expect(faultOf(mutant, root)).toBeUndefined();
  expect(mutant.killedBy.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('each has a name of its own, and few are known to survive', () => {
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  expect(mutants.length).toBeGreaterThanOrEqual(60);
  expect(mutants.filter(({ survives }) => survives !== undefined).length).toBeLessThanOrEqual(MOST_SURVIVORS);
});
