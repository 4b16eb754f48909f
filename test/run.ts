/**
 * `npm test`: build, then unit to component tests, and at the same time end-to-end tests, which wait for their browsers much of the time;
 * also at the same time format, lint, import rules and types, which need no build.
 * Every step runs even when an earlier one failed; the last line counts tests and checks: "N passed, N failed".
 * A step that executes no test, and a test that is skipped, count as failed: nothing is skipped silently.
 * `npm run test:fast` leaves out the build and what starts hosts, processes or browsers: for the inner loop.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const bin = (tool: string): string =>
  join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${tool}.cmd` : tool);

interface Count {
  passed: number;
  failed: number;
}

/** What a step prints. Steps beside others keep it until they end, so that lines of two never mix. */
type Output = (text: string) => void;

function run(command: string, args: readonly string[], output: Output): Promise<boolean> {
  return new Promise((settle) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', output);
    child.on('error', (error) => {
      output(`cannot run ${command}: ${error.message}\n`);
      settle(false);
    });
    child.on('close', (code) => settle(code === 0));
  });
}

/** A tool that passes or fails as a whole. */
async function check(output: Output, command: string, ...args: readonly string[]): Promise<Count> {
  return (await run(command, args, output)) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Vitest projects, counted test by test. */
async function vitest(output: Output, projects: readonly string[], filters: readonly string[] = []): Promise<Count> {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-test-'));
  const report = join(directory, 'report.json');
  try {
    const succeeded = await run(
      bin('vitest'),
      [
        'run',
        ...filters,
        ...projects.flatMap((project) => ['--project', project]),
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      output,
    );
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    ) as Record<string, number>;
    const skipped = (numPendingTests ?? 0) + (numTodoTests ?? 0);
    if (skipped > 0) output(`${skipped} tests were skipped: counted as failed\n`);
    const failed = (numFailedTests ?? 0) + skipped;
    // A suite that breaks outside its tests, or runs none, fails without a failed test.
    const broken = failed === 0 && (!succeeded || numPassedTests === 0) ? 1 : 0;
    return { passed: numPassedTests ?? 0, failed: failed + broken };
  } catch (error) {
    output(`vitest gave no report: ${String(error)}\n`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Step = readonly [name: string, step: (output: Output) => Promise<Count>];

const staticChecks: readonly Step[] = [
  ['format', (output) => check(output, bin('oxfmt'), '--check', '**/*.ts', '**/*.vue')],
  ['lint', (output) => check(output, bin('oxlint'), '--deny-warnings')],
  [
    'import rules',
    (output) =>
      check(output, bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'src-main', 'src-renderer', 'src-shared'),
  ],
  ['types: shared', (output) => check(output, bin('tsc'), '-p', 'tsconfig.shared.json')],
  ['types: node', (output) => check(output, bin('tsc'), '-p', 'tsconfig.node.json')],
  ['types: web', (output) => check(output, bin('vue-tsc'), '-p', 'tsconfig.web.json')],
];
const build: readonly Step[] = [
  ['build', (output) => check(output, process.execPath, 'src-main/hosts/launch/launch.js', 'build')],
];
const endToEndTests: readonly Step[] = [['end-to-end tests', (output) => vitest(output, ['e2e'])]];
const tests: readonly Step[] = [
  [
    'unit, golden, property, contract and component tests',
    (output) => vitest(output, ['node', 'replacing', 'commands', 'component']),
  ],
];
/** Of the tests, those that start no host, no process and no browser. */
const fastUnitTests = readdirSync(join(root, 'test/unit'), { withFileTypes: true })
  .filter(({ name }) => !['hosts', 'services', 'processes'].includes(name))
  .map((entry) => `test/unit/${entry.name}${entry.isDirectory() ? '/' : ''}`);
const fastTests: readonly Step[] = [
  [
    'unit, golden, property and component tests',
    (output) =>
      vitest(output, ['node', 'component'], [...fastUnitTests, 'test/golden/', 'test/property/', 'test/component/']),
  ],
];

const total: Count = { passed: 0, failed: 0 };
const failures: string[] = [];

async function lane(steps: readonly Step[], isBeside: boolean): Promise<void> {
  for (const [name, step] of steps) {
    const kept: string[] = [];
    if (!isBeside) console.log(`\n── ${name}`);
    const started = performance.now();
    const count = await step(isBeside ? (text) => void kept.push(text) : (text) => void process.stdout.write(text));
    total.passed += count.passed;
    total.failed += count.failed;
    if (count.failed > 0) failures.push(name);
    // What passes beside others has nothing to say.
    if (count.failed > 0) process.stdout.write(kept.join(''));
    console.log(
      `── ${name}: ${count.failed === 0 ? 'passed' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(1)} s)`,
    );
  }
}

const isFast = process.argv.includes('--fast');
if (isFast) await lane([...staticChecks, ...fastTests], false);
else {
  const checked = lane(staticChecks, true);
  await lane(build, false);
  await Promise.all([checked, lane(endToEndTests, true), lane(tests, false)]);
}
if (failures.length > 0) console.log(`\nfailed: ${failures.join('; ')}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
