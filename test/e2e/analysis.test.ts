/** Looking closely at a run: its population, its lineage, its trade-offs. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { allElements, readXml, textOf } from '#test/fixtures/xml-reader.ts';
import { appForEachTest } from './app-for-each-test.ts';
import type { AppUnderTest } from './workbench-page.ts';
import { settledBox } from './settled-box.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});
const root = resolve(import.meta.dirname, '../..');

/** Records a small run from the command line; its JSON. */
function record(scheduler: string): { best: { fitness: number; metrics: { makespanMs: number } } } {
  const json = execFileSync(
    process.execPath,
    [
      join(root, 'out/main/cli.js'),
      'run',
      'simple',
      '--json',
      '--db',
      under.databasePath,
      '--scheduler',
      scheduler,
      '--seed',
      '3',
      '--set',
      'populationSize=40',
      '--set',
      'generations=30',
    ],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return JSON.parse(json) as { best: { fitness: number; metrics: { makespanMs: number } } };
}

test('any generation’s population is listed, and the best’s family leads back to the first', async () => {
  record('ga');
  const { page } = await under.open();
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/runs/1/population`);
  const first = page.getByRole('row').nth(1);
  await first.waitFor();
  const newest = await first.textContent();
  await page.getByRole('textbox', { name: 'Generation' }).fill('0');
  await page.keyboard.press('Enter');
  await expect.poll(() => first.textContent()).not.toBe(newest);
  await first.click();
  await page.getByRole('region', { name: /^Schedule of chromosome \d+$/ }).waitFor();

  await page.getByRole('tab', { name: 'Lineage' }).click();
  await page.getByText(/\d+ steps? back to generation 0; \d+ improved on the fitter parent/).waitFor();
  const tree = page.getByRole('application', { name: /^Ancestors of the best/ });
  await tree.focus();
  await page
    .getByRole('img', { name: /^Genes that #\d+ passed on/ })
    .first()
    .waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('button', { name: 'Follow its own line' }).click();
  await page.getByRole('heading', { name: /^Lineage of #\d+/ }).waitFor();
  await page.getByRole('button', { name: 'Back to the best' }).click();
  await page.getByRole('heading', { name: /^Lineage of the best/ }).waitFor();
  await tree.focus();
  await page.keyboard.press('Home');
  await page.getByText(/^\s*born in generation 0;/).waitFor();

  await page.getByRole('tab', { name: 'Mutations' }).click();
  const told = await page.getByText(/\d mutations in \d+ generations; \d+ led to the best\s*$/).textContent();
  await page.getByRole('columnheader', { name: 'Led to the best' }).click();
  const mostLasting = (await page.getByRole('row').nth(1).getByRole('cell').allTextContents())
    .map((text) => Number(text))
    .filter((count) => count > 0);
  expect(Number(/(\d+) led/.exec(told ?? '')?.[1])).toBeGreaterThanOrEqual(Math.max(...mostLasting));
  expect(mostLasting.length).toBeGreaterThan(0);
  await page.getByRole('img', { name: /^Mutations by gene and generation/ }).hover({ position: { x: 200, y: 60 } });
  await page.getByText(/, generation \d+(?: to \d+)?: \d+ mutations?\s*$/).waitFor();
  expect(under.complaints).toEqual([]);
});

test('a trade-off is found on the front, limited, set beside another, and its mapping saved', async () => {
  record('nsga2');
  const { page } = await under.open();
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/runs/1`);
  await page.getByRole('button', { name: 'Trade-offs' }).click();
  await page.waitForURL(/#\/pareto\/1/);
  const count = page.getByText(/^\s*\d+ of \d+ trade-offs\s*$/);
  const [all] = /\d+/.exec((await count.textContent()) ?? '') ?? [];
  for (const [region, title] of [
    ['Front', 'Energy (mJ) over Makespan (ms)'],
    ['All metrics', 'All metrics, better is up'],
  ] as const) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('region', { name: region, exact: true }).getByRole('button', { name: 'Save as SVG' }).click(),
    ]);
    expect(
      allElements(readXml(readFileSync(await download.path(), 'utf8')))
        .filter(({ name }) => name === 'text')
        .map(textOf),
    ).toContain(title);
  }
  const chosen = page.getByRole('region', { name: 'Chosen schedules' });
  await chosen.getByRole('img', { name: /^Schedule 1/ }).waitFor();
  await page.keyboard.press('b');
  await chosen.getByRole('img', { name: /^Schedule 2/ }).waitFor();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => chosen.getByText(/vs 1/).count()).toBeGreaterThan(0);

  // A brush over the left half of the front accepts fewer of them.
  const plot = await settledBox(page.getByRole('application', { name: /^Energy \(mJ\) over Makespan/ }));
  await page.mouse.move(plot.x + 62, plot.y + 30);
  await page.mouse.down();
  await page.mouse.move(plot.x + plot.width / 2, plot.y + plot.height - 45, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Number(/\d+/.exec((await count.textContent()) ?? '')?.[0])).toBeLessThan(Number(all));
  await page.getByRole('button', { name: 'Clear limits' }).click();
  await expect.poll(async () => /\d+/.exec((await count.textContent()) ?? '')?.[0]).toBe(all);

  const download = page.waitForEvent('download');
  await chosen.getByRole('button', { name: 'Save mapping' }).first().click();
  const saved = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as {
    mapping: Record<string, string>;
    metrics: { makespanMs: number };
  };
  // The saved mapping is one the command line takes and comes to the same makespan with.
  const file = join(under.directory, 'mapping.json');
  await (await download).saveAs(file);
  const simulated = JSON.parse(
    execFileSync(process.execPath, [join(root, 'out/main/cli.js'), 'simulate', 'simple', '--mapping', file, '--json'], {
      cwd: root,
      encoding: 'utf8',
    }),
  ) as { metrics: { makespanMs: number } };
  expect(simulated.metrics.makespanMs).toBe(saved.metrics.makespanMs);
  expect(under.complaints).toEqual([]);
});
