/**
 * `npm test`: lint, types, import rules, unit to component tests, build, end-to-end tests, in this order.
 * Every step runs even when an earlier one failed; the last line counts tests and checks: "N passed, N failed".
 * A step that executes no test, and a test that is skipped, count as failed: nothing is skipped silently.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const bin = (tool: string): string => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${tool}.cmd` : tool);

interface Count {
  passed: number;
  failed: number;
}

function run(command: string, args: readonly string[]): boolean {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
  if (result.error !== undefined) console.error(`cannot run ${command}: ${result.error.message}`);
  return result.status === 0;
}

/** A tool that passes or fails as a whole. */
function check(command: string, args: readonly string[]): Count {
  return run(command, args) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Vitest projects, counted test by test. */
function vitest(...projects: readonly string[]): Count {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-test-'));
  const report = join(directory, 'report.json');
  try {
    const succeeded = run(bin('vitest'), ['run', ...projects.flatMap((project) => ['--project', project]), '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>;
    const skipped = (numPendingTests ?? 0) + (numTodoTests ?? 0);
    if (skipped > 0) console.error(`${skipped} tests were skipped: counted as failed`);
    const failed = (numFailedTests ?? 0) + skipped;
    // A suite that breaks outside its tests, or runs none, fails without a failed test.
    const broken = failed === 0 && (!succeeded || numPassedTests === 0) ? 1 : 0;
    return { passed: numPassedTests ?? 0, failed: failed + broken };
  } catch (error) {
    console.error(`vitest gave no report: ${String(error)}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const steps: readonly (readonly [name: string, step: () => Count])[] = [
  ['lint', () => check(bin('oxlint'), ['--deny-warnings'])],
  ['import rules', () => check(bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'src-main', 'src-renderer', 'src-shared'])],
  ['types: shared', () => check(bin('tsc'), ['-p', 'tsconfig.shared.json'])],
  ['types: node', () => check(bin('tsc'), ['-p', 'tsconfig.node.json'])],
  ['types: web', () => check(bin('vue-tsc'), ['-p', 'tsconfig.web.json'])],
  ['build', () => check(process.execPath, ['src-main/hosts/launch/launch.js', 'build'])],
  ['unit, golden, property, contract and component tests', () => vitest('node', 'component')],
  ['end-to-end tests', () => vitest('e2e')],
];

const total: Count = { passed: 0, failed: 0 };
const failures: string[] = [];
for (const [name, step] of steps) {
  console.log(`\n── ${name}`);
  const started = performance.now();
  const count = step();
  total.passed += count.passed;
  total.failed += count.failed;
  if (count.failed > 0) failures.push(name);
  console.log(`── ${name}: ${count.failed === 0 ? 'passed' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
if (failures.length > 0) console.log(`\nfailed: ${failures.join('; ')}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
