/**
 * `npm run test:seeds`: the property tests with a hundred other seeds than the one of `npm test`; `-- --seeds N` takes N, `-- --from M`
 * begins at the M-th, `-- test/property` tries only what is in that folder. What it finds names its seed: PROPERTY_SEEDS=… repeats it.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '100' }, from: { type: 'string', default: '1' } },
});
const [count, from] = [Number(values.seeds), Number(values.from)];
if (!(Number.isInteger(count) && count > 0 && Number.isInteger(from) && from > 0))
  throw new Error('--seeds and --from are whole numbers above 0');

/** Seeds far from each other: the first draws of neighbouring ones are alike. */
const seeds = Array.from({ length: count }, (_, index) => Math.imul(from + index, 0x9e37_79b1));

/** Whether a file checks properties. */
const hasProperties = (path: string): boolean =>
  readFileSync(join(root, path), 'utf8').includes('fixtures/seeded-fast-check.ts');
const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path.replaceAll('\\', '/')}`)
  .filter((path) => path.endsWith('.test.ts') && hasProperties(path))
  .filter((path) => positionals.length === 0 || positionals.some((part) => path.includes(part)))
  .toSorted();
console.log(`${files.length} files, ${count} seeds: ${seeds[0]} … ${seeds.at(-1)}`);
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--project',
    'node',
    '--project',
    'component',
    '--testTimeout',
    '0',
    ...files,
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, PROPERTY_SEEDS: seeds.join(',') } },
);
process.exitCode = status ?? 1;
