/** Measured, not guessed: a profile is dropped, says whose it is, gets its left-over row joined by hand, and a scenario runs with its times. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { builtCommandLine } from '#test/fixtures/command-line.ts';
import { Editor } from './editor-page.ts';
import { appForEachTest } from './app-for-each-test.ts';
import type { AppUnderTest } from './workbench-page.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});

const network = {
  schemaVersion: 1,
  id: 'gnome',
  name: 'Gnome',
  layers: [
    { id: 'conv1', op: 'Conv', macs: 1_000_000, outputBytes: 4000 },
    { id: 'relu1', op: 'Relu', outputBytes: 4000, dependencies: ['conv1'] },
    { id: 'conv2', op: 'Conv', macs: 500_000, outputBytes: 4000, dependencies: ['relu1'] },
  ],
};
const times = ['layer,timeMs,runs,p10Ms,p90Ms', 'conv1 + relu1,3,20,2.9,3.2', 'odd_7,2,20,1.9,2.1'].join('\n');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a profile is imported, its left-over row joined by hand, and used by a scenario that is run', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/profiles');
  await editor.drop([{ name: 'gnome.json', content: bytes(JSON.stringify(network)) }]);
  const panel = page.getByRole('dialog', { name: 'Import' });
  await panel.getByRole('heading', { name: 'Imported 1 file' }).waitFor();
  await page.keyboard.press('Escape');

  await editor.drop([{ name: 'times.csv', content: bytes(times) }]);
  await panel.getByText('but not of which network', { exact: false }).first().waitFor();
  await editor.choose(panel.locator('.n-select').nth(0), 'Gnome');
  await editor.choose(panel.locator('.n-select').nth(1), 'Cortex-A73');
  await panel.getByRole('button', { name: 'Read the times' }).click();
  await panel.getByText(/^\s*\d notes/).click();
  await panel.getByText('2 of 3 layers of gnome have a time', { exact: false }).waitFor();
  await panel.getByText('1 row (2 ms) has no layer: "odd_7"', { exact: false }).waitFor();
  await panel.getByRole('link').last().click();
  await page.waitForURL(/#\/profiles\/gnome-kirin970-a73-csv$/);

  const left = page.getByRole('region', { name: 'Left over' });
  await left.getByText('odd_7').waitFor();
  await left.locator('.n-select').click();
  await page.locator('.n-base-select-option').filter({ hasText: 'conv2' }).click();
  await page.keyboard.press('Escape');
  await left.getByRole('button', { name: 'Join' }).click();
  await left.waitFor({ state: 'detached' });
  await page.getByRole('list', { name: 'Sum of the rows and time of the whole' }).getByText('5 ms').first().waitFor();
  await editor.save(/#\/profiles\/gnome-kirin970-a73-csv$/);

  await editor.at('/scenarios/new');
  await editor.name('Measured');
  await editor.choose(page.locator('.reference .n-select'), 'HiKey970');
  await page.locator('.fields .n-select').nth(1).click();
  await page.locator('.n-base-select-option').filter({ hasText: 'Gnome on kirin970-a73' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Add an application' }).click();
  await page.getByRole('option').filter({ hasText: 'Gnome' }).click();
  await page.getByText('measured (profile Gnome on kirin970-a73)', { exact: false }).first().waitFor();
  await editor.save(/#\/scenarios\/measured$/);
  await page.getByRole('button', { name: 'Run this scenario' }).click();
  await page.getByRole('button', { name: /^Start/ }).click();
  await page.waitForURL(/#\/runs\/\d+$/);
  await page.getByRole('main').getByText('Finished', { exact: true }).first().waitFor();
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await page.getByText('measured (profile Gnome on kirin970-a73)', { exact: false }).first().waitFor();
  expect(under.complaints).toEqual([]);
});

/** A profile of ONNX Runtime: two runs of four nodes, of which the first is a warm-up; conv2 was executed with its activation. */
const events = [0, 1].flatMap((run) =>
  (
    [
      ['stem', 'Conv', 1500],
      ['left', 'Conv', 4000],
      ['mystery', 'Conv', 2500],
      ['join', 'Add', 600],
    ] as const
  ).map(([name, op, dur], index) => ({
    cat: 'Node',
    name: `${name}_kernel_time`,
    dur: dur + 10 * run,
    ts: 100_000 * run + index,
    args: { op_name: op, provider: 'CPUExecutionProvider', node_index: String(index) },
  })),
);
const branched = {
  schemaVersion: 1,
  id: 'branched',
  name: 'Branched',
  layers: [
    { id: 'stem', op: 'Conv', executionTimeMs: { 'brd-npu': 1 }, outputBytes: 4000 },
    { id: 'left', op: 'Conv', executionTimeMs: { 'brd-npu': 2 }, outputBytes: 4000, dependencies: ['stem'] },
    { id: 'right/1', op: 'Gemm', executionTimeMs: { 'brd-npu': 2 }, outputBytes: 4000, dependencies: ['stem'] },
    { id: 'join', op: 'Add', outputBytes: 4000, dependencies: ['left', 'right/1'] },
  ],
};
/** What the NPU takes for two of them together. */
const groups = 'layer,timeMs,runs\nstem + left,1.25,20\n';
const board = {
  schemaVersion: 1,
  id: 'board',
  name: 'Twin unit',
  processors: [
    { id: 'cpu', kind: 'cpu', executionTimeKey: 'brd-cpu' },
    { id: 'npu', kind: 'npu', executionTimeKey: 'brd-npu' },
  ],
};

test('a plan by profiles is exported, imported again in three formats, and compares with the same makespan to the bit', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  const panel = page.getByRole('dialog', { name: 'Import' });
  const json = (document: object): Uint8Array => bytes(JSON.stringify(document));
  await editor.at('/profiles');
  await editor.drop([
    { name: 'branched.json', content: json(branched) },
    { name: 'board.json', content: json(board) },
  ]);
  await panel.getByRole('heading', { name: /Imported/ }).waitFor();
  await panel.getByRole('button', { name: 'Close' }).click();

  for (const [file, content, key] of [
    ['times.json', JSON.stringify(events), 'cpu, Twin unit'],
    ['groups.csv', groups, 'npu, Twin unit'],
  ] as const) {
    await editor.drop([{ name: file, content: bytes(content) }]);
    await panel.getByText('but not of which network', { exact: false }).first().waitFor();
    await editor.choose(panel.locator('.n-select').nth(0), 'Branched');
    await editor.choose(panel.locator('.n-select').nth(1), key);
    await panel.getByRole('button', { name: 'Read the times' }).click();
    await panel.getByRole('heading', { name: /Imported/ }).waitFor();
    if (file === 'times.json') {
      // The row that no name fits is joined by hand.
      await panel.getByRole('link').last().click();
      const left = page.getByRole('region', { name: 'Left over' });
      await left.getByText('mystery').first().waitFor();
      await left.locator('.n-select').click();
      await page.locator('.n-base-select-option').filter({ hasText: 'right/1' }).click();
      await page.keyboard.press('Escape');
      await left.getByRole('button', { name: 'Join' }).click();
      await left.waitFor({ state: 'detached' });
      await editor.save(/#\/profiles\/branched-brd-cpu-onnxruntime$/);
    } else await panel.getByRole('button', { name: 'Close' }).click();
  }

  await editor.at('/scenarios/new');
  await editor.name('Planned');
  await editor.choose(page.locator('.reference .n-select'), 'Twin unit');
  await page.locator('.fields .n-select').nth(1).click();
  for (const profile of ['Branched on brd-cpu', 'Branched on brd-npu'])
    await page.locator('.n-base-select-option').filter({ hasText: profile }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Add an application' }).click();
  await page.getByRole('option').filter({ hasText: 'Branched', hasNotText: ' on ' }).click();
  await page.getByText('measured (profile Branched on brd-cpu)', { exact: false }).first().waitFor();
  await editor.save(/#\/scenarios\/planned$/);

  const finish = async (): Promise<void> => {
    await page.getByRole('button', { name: /^Start/ }).click();
    await page.waitForURL(/#\/runs\/\d+$/);
    await page.getByRole('main').getByText('Finished', { exact: true }).first().waitFor();
  };
  const newRun = async (scheduler: string): Promise<void> => {
    await editor.at(`/runs/new?scenario=planned&scheduler=${scheduler}`);
    await page.waitForURL(/#\/runs\/new$/);
  };
  await newRun('partition_tuner');
  await finish();
  await newRun('ga');
  await page.getByText(/^More options/).click();
  await page.getByLabel('Subgraphs', { exact: true }).click();
  await page
    .locator('.n-base-select-option')
    .filter({ hasText: /^groups$/i })
    .click();
  await finish();

  const metricsOf = (run: number): { makespanMs: number; subgraphs: unknown } => {
    const text = execFileSync(
      process.execPath,
      [builtCommandLine, 'runs', 'show', String(run), '--json', '--db', under.databasePath],
      { encoding: 'utf8' },
    );
    const { best } = JSON.parse(text) as { best: { metrics: { makespanMs: number }; subgraphs: unknown } };
    return { makespanMs: best.metrics.makespanMs, subgraphs: best.subgraphs };
  };
  const planned = metricsOf(1);
  expect(planned.subgraphs).toEqual([['branched/stem', 'branched/left']]);
  let run = 2;
  for (const choice of ['NEST-C plan', 'Assignment as CSV', 'Run as JSON']) {
    await editor.at('/runs/1');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: /^Export/ });
    await dialog.getByRole('radio', { name: choice, exact: true }).click();
    const file = await editor.download(() => dialog.getByRole('button', { name: 'Export', exact: true }).click());
    await dialog.getByRole('button', { name: 'Close' }).click();
    await newRun('given');
    await page
      .getByLabel('Schedule to begin with')
      .setInputFiles({ name: file.name, mimeType: 'text/plain', buffer: file.bytes });
    await page.getByText('What it executes as one stays so', { exact: false }).waitFor();
    await finish();
    run++;
    expect(metricsOf(run)).toEqual(planned);
  }
  await editor.at('/compare/1~2~3~4');
  await page.getByText('Given schedule', { exact: false }).first().waitFor();
  expect(under.complaints).toEqual([]);
});
