/**
 * `npm run test:mutants`: brings one small error after the other into a copy of the tree and reports which the tests do not notice.
 * `-- --only id,id` tries some, `-- --room src-main/engine` those of a folder, `-- --list` names them all. Run by hand: it takes about a quarter of an hour.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createVitest } from 'vitest/node';
import { faultOf, mutants, MOST_SURVIVORS, type Mutant } from './mutants.ts';

const root = resolve(import.meta.dirname, '../..');
/** A mutant whose tests take longer than this runs for ever: noticed, too. */
const LONGEST_MS = 600_000;

type Verdict =
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'survived' }
  | { readonly kind: 'error'; readonly what: string };

const { values } = parseArgs({
  options: { only: { type: 'string' }, room: { type: 'string' }, list: { type: 'boolean', default: false } },
});
const only = values.only?.split(',');
const chosen = mutants.filter(
  ({ id, path }) =>
    (only === undefined || only.includes(id)) && (values.room === undefined || path.startsWith(values.room)),
);
const unknown = only?.filter((id) => !mutants.some((mutant) => mutant.id === id)) ?? [];
if (unknown.length > 0 || chosen.length === 0)
  throw new Error(unknown.length > 0 ? `there is no mutant ${unknown.join(', ')}` : 'there is nothing to do');

/** @returns the exit code */
async function tryAll(): Promise<number> {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'tessera-mutants-')));
  try {
    copyTree(copy);
    process.chdir(copy);
    const before = await verdictOf(copy, [...new Set(chosen.flatMap(({ killedBy }) => killedBy))]);
    if (before.kind !== 'survived') {
      console.log(`the tests fail without any mutant: ${before.kind === 'killed' ? before.by : before.what}`);
      return 1;
    }
    const survivors: Mutant[] = [];
    const errors: string[] = [];
    for (const mutant of chosen) {
      const verdict = await tryOne(copy, mutant);
      if (verdict.kind === 'survived') survivors.push(mutant);
      if (verdict.kind === 'error') errors.push(mutant.id);
      console.log(`${verdict.kind.padEnd(8)}  ${mutant.id}  ${describe(verdict, mutant)}`);
    }
    const unexplained = survivors.filter(({ survives }) => survives === undefined);
    console.log(
      `${chosen.length} mutants: ${chosen.length - survivors.length - errors.length} killed, ${survivors.length} survived, ${errors.length} could not be tried`,
    );
    return unexplained.length + errors.length > 0 || survivors.length > MOST_SURVIVORS ? 1 : 0;
  } finally {
    process.chdir(root);
    rmSync(copy, { recursive: true, force: true });
  }
}

function describe(verdict: Verdict, { why, survives }: Mutant): string {
  if (verdict.kind === 'killed') return `by "${verdict.by}"`;
  if (verdict.kind === 'error') return verdict.what;
  return survives === undefined ? `unnoticed: ${why}` : `as explained: ${survives}`;
}

/** What git knows or would take, with what is installed and built. */
function copyTree(copy: string): void {
  const { stdout, status } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error('the files of the project are listed by git, which failed');
  for (const path of stdout.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  for (const folder of ['node_modules', 'out'])
    if (existsSync(join(root, folder))) symlinkSync(join(root, folder), join(copy, folder), 'junction');
}

async function tryOne(copy: string, mutant: Mutant): Promise<Verdict> {
  const target = join(copy, mutant.path);
  const fault = faultOf(mutant, copy);
  if (fault !== undefined) return { kind: 'error', what: fault };
  const original = readFileSync(target, 'utf8');
  writeFileSync(
    target,
    original.replace(mutant.find, () => mutant.replace),
  );
  try {
    return await verdictOf(copy, mutant.killedBy);
  } finally {
    writeFileSync(target, original);
  }
}

/** What `tests` of the tree at `copy` say; the run ends with the first that fails. */
async function verdictOf(copy: string, tests: readonly string[]): Promise<Verdict> {
  // Another one each time: one that stays would keep what it has loaded.
  const vitest = await createVitest('test', {
    root: copy,
    config: join(copy, 'vitest.config.ts'),
    watch: false,
    bail: 1,
    reporters: [{}],
    project: ['node', 'replacing', 'component'],
  });
  const timeLimit = Promise.withResolvers<'too long'>();
  const timer = setTimeout(() => timeLimit.resolve('too long'), LONGEST_MS);
  try {
    const specifications = await vitest.globTestSpecifications([...tests]);
    const result = await Promise.race([vitest.runTestSpecifications(specifications), timeLimit.promise]);
    if (result === 'too long') return { kind: 'killed', by: 'a test that never ended' };
    const ran = result.testModules.flatMap((module) => [...module.children.allTests()]);
    const failed = ran.find((test) => test.result().state === 'failed');
    if (failed !== undefined) return { kind: 'killed', by: failed.fullName };
    const [fault] = result.testModules.flatMap((module) => module.errors());
    if (fault !== undefined) return { kind: 'error', what: `a test file does not load: ${fault.message}` };
    return ran.some((test) => test.result().state === 'passed')
      ? { kind: 'survived' }
      : { kind: 'error', what: 'no test ran' };
  } finally {
    clearTimeout(timer);
    await vitest.close();
  }
}

if (values.list) for (const { id, path, why } of chosen) console.log(`${id}  ${path}\n    ${why}`);
else process.exitCode = await tryAll();
