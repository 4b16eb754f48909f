/** Comparing saved runs side by side: three schedulers, then a group of seeds against another. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { AppUnderTest } from './workbench-page.ts';

let browser: Browser;
let under: AppUnderTest;
const root = resolve(import.meta.dirname, '../..');

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});
beforeEach(() => {
  under = new AppUnderTest(browser);
});
afterEach(async () => {
  await under.dispose();
});

/** Records a small run from the command line. */
function record(scheduler: string, seed: number): void {
  execFileSync(process.execPath, [join(root, 'out/main/cli.js'), 'run', 'simple', '--db', under.databasePath, '--scheduler', scheduler, '--seed', String(seed), '--set', 'populationSize=40', '--set', 'generations=25'], { cwd: root, stdio: 'ignore' });
}

test('three runs of different schedulers stand side by side, and the baseline can be changed', async () => {
  for (const scheduler of ['ga', 'nsga2', 'random']) record(scheduler, 1);
  const { page } = await under.open();
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/compare/1~2~3`);
  const figures = page.getByRole('region', { name: 'Figures' });
  const row = (name: string | RegExp) => figures.getByRole('row', { name });
  await row(/^Makespan/).waitFor();
  expect(await row(/^Makespan/).getByText(/better|worse|the same/).count()).toBe(2);

  const values = await row(/^Makespan/).getByRole('cell').allTextContents();
  await page.getByRole('listitem').filter({ hasText: 'Random search' }).getByRole('button', { name: 'Compare against this' }).click();
  await page.waitForURL(/base=2/);
  expect((await row(/^Makespan/).getByRole('cell').allTextContents())[0]).toMatch(/better/);
  expect((await row(/^Makespan/).getByRole('cell').allTextContents())[2]).toBe(/^[\d.]+/.exec(values[2])?.[0]);

  await page.getByRole('tab', { name: 'Schedules' }).click();
  await expect.poll(() => page.getByRole('img', { name: /^Schedule of/ }).count()).toBe(3);
  await page.getByRole('region', { name: 'Schedule difference' }).getByText(/\d+ of \d+ layers run elsewhere/).waitFor();
  await page.getByRole('tab', { name: 'Replay' }).click();
  await page.getByText('generation 0 of 24', { exact: false }).first().waitFor();
  await page.keyboard.press('End');
  await expect.poll(() => page.getByText(/generation 24 of 24/).count()).toBe(3);
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await page.getByRole('cell', { name: '"nsga2"' }).waitFor();
  await page.getByText('The same on every side.').waitFor();

  // Saved under a name, it is opened again as it was.
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('textbox', { name: 'Name of this comparison' }).fill('Three schedulers');
  await page.keyboard.press('Enter');
  await page.getByText('Saved “Three schedulers”').waitFor();
  await page.getByRole('button', { name: 'All comparisons' }).click();
  await page.getByRole('link', { name: 'Three schedulers' }).click();
  await page.waitForURL(/#\/compare\/1~2~3\?base=2/);
  expect(under.complaints).toEqual([]);
});

test('a group of seeds is tested against another', async () => {
  for (const scheduler of ['ga', 'random']) for (let seed = 1; seed <= 4; seed++) record(scheduler, seed);
  const { page } = await under.open();
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/compare/1,2,3,4~5,6,7,8`);
  const makespan = page.getByRole('region', { name: 'Figures' }).getByRole('row', { name: /^Makespan/ });
  // Four against four that do not overlap: 2 / C(8, 4) = 0.029.
  await makespan.getByText('p = 0.029, large effect').waitFor();
  // Another seed joins, and the address says so.
  record('ga', 5);
  await page.reload();
  await makespan.waitFor();
  await page.getByRole('listitem').filter({ hasText: 'Genetic algorithm × 4' }).getByRole('button', { name: 'More' }).click();
  await page.getByText('Add another seed…').click();
  await page.getByRole('option', { name: /^9/ }).click();
  await page.waitForURL(/1,2,3,4,9~5,6,7,8/);
  await page.getByText('Simple scenario, Genetic algorithm × 5').first().waitFor();
  expect(under.complaints).toEqual([]);
});
