/** The preset files below resources/presets are those that the preset documents give, and there are no others. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { presetFiles } from '#main/presets/write.ts';

const directory = join(import.meta.dirname, '../../../resources/presets');
const files = presetFiles();

test.each([...files])('%s is current (write it with `node src-main/presets/write.ts`)', (path, text) => {
  expect(readFileSync(join(directory, path), 'utf8')).toBe(text);
});

test('there is no file that no preset document gives', () => {
  // Search spaces are written by hand; `test/unit/nas` reads them.
  const found = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.json') && !path.startsWith('search-spaces'),
  );
  expect(found.sort()).toEqual([...files.keys()].sort());
});
