/** Comparing saved runs side by side: three schedulers, then a group of seeds against another. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { allElements, readXml, textOf } from '#test/fixtures/xml-reader.ts';
import { appForEachTest } from './app-for-each-test.ts';
import type { AppUnderTest } from './workbench-page.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});
const root = resolve(import.meta.dirname, '../..');

/** Records a small run from the command line. */
function record(
  scheduler: string,
  seed: number,
  scenario = 'simple',
  settings = ['populationSize=40', 'generations=25'],
): void {
  execFileSync(
    process.execPath,
    [
      join(root, 'out/main/cli.js'),
      'run',
      scenario,
      '--db',
      under.databasePath,
      '--scheduler',
      scheduler,
      '--seed',
      String(seed),
      ...settings.flatMap((setting) => ['--set', setting]),
    ],
    { cwd: root, stdio: 'ignore' },
  );
}

test('three runs of different schedulers stand side by side, and the baseline can be changed', async () => {
  for (const scheduler of ['ga', 'nsga2', 'random']) record(scheduler, 1);
  const { page } = await under.open();
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/compare/1~2~3`);
  const figures = page.getByRole('region', { name: 'Figures' });
  const row = (name: string | RegExp) => figures.getByRole('row', { name });
  await row(/^Makespan/).waitFor();
  expect(
    await row(/^Makespan/)
      .getByText(/better|worse|the same/)
      .count(),
  ).toBe(2);

  const values = await row(/^Makespan/)
    .getByRole('cell')
    .allTextContents();
  await page
    .getByRole('listitem')
    .filter({ hasText: 'Random search' })
    .getByRole('button', { name: 'Compare against this' })
    .click();
  await page.waitForURL(/base=2/);
  expect(
    (
      await row(/^Makespan/)
        .getByRole('cell')
        .allTextContents()
    )[0],
  ).toMatch(/better/);
  expect(
    (
      await row(/^Makespan/)
        .getByRole('cell')
        .allTextContents()
    )[2],
  ).toBe(/^[\d.]+/.exec(values[2])?.[0]);

  await page.getByRole('tab', { name: 'Schedules' }).click();
  await expect.poll(() => page.getByRole('img', { name: /^Schedule of/ }).count()).toBe(3);
  await page
    .getByRole('region', { name: 'Schedule difference' })
    .getByText(/\d+ of \d+ layers run elsewhere/)
    .waitFor();
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
  await page.waitForURL(/#\/compare\/1~2~3\?base=2&tab=configuration$/);
  expect(under.complaints).toEqual([]);
});

test('a run that was deleted does not keep the others from being compared, and Back goes back to the tab before', async () => {
  for (const scheduler of ['ga', 'random']) record(scheduler, 1);
  const { page } = await under.open();
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/compare/1~77~2?base=2`);
  await page.getByText('Run 77 does not exist any more; the others are compared.').waitFor();
  await page.waitForURL(/#\/compare\/1~2\?base=1$/);
  await page.getByRole('tab', { name: 'Replay' }).click();
  await page.waitForURL(/tab=replay/);
  await page.getByRole('slider', { name: 'Position, generation' }).waitFor();
  await page.goBack();
  await page.getByRole('tab', { name: 'Overview', selected: true }).waitFor();
  expect(under.complaints).toEqual([]);
});

test('three schedules replayed together lie above a transport that is on the screen, in every size of the window', async () => {
  for (const scheduler of ['ga', 'nsga2', 'random']) record(scheduler, 2);
  const { page } = await under.open();
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/compare/1~2~3?tab=replay`);
  const stages = page.getByRole('img', { name: 'Best schedule of the shown generation' });
  await stages.nth(2).waitFor();
  for (const [width, height] of [
    [1024, 700],
    [1440, 900],
    [1920, 1080],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect
      .poll(async () => {
        const transport = await page.getByRole('group', { name: 'Playback' }).boundingBox();
        return transport !== null && transport.y + transport.height <= height;
      })
      .toBe(true);
    if (width < 1440) continue;
    const transport = await page.getByRole('group', { name: 'Playback' }).boundingBox();
    for (const stage of await stages.all()) {
      const box = await stage.boundingBox();
      expect(box!.y + box!.height).toBeLessThanOrEqual(transport!.y);
    }
  }
  expect(under.complaints).toEqual([]);
});

test('schedules under each other have the same moment in the same place, on the page and in the report, whatever their rows are called', async () => {
  record('ga', 1, 'galaxy-s9'); // gives groups of cores
  record('heft', 1, 'galaxy-s9', []);
  const { page } = await under.open();
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/compare/1~2`);
  await page.getByRole('tab', { name: 'Schedules' }).click();
  await expect.poll(() => page.getByRole('img', { name: /^Schedule of/ }).count()).toBe(2);
  const save = page.getByRole('region', { name: 'Schedules' }).getByRole('button', { name: 'Save as SVG' });
  const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
  const texts = allElements(readXml(readFileSync(await download.path(), 'utf8'))).filter(({ name }) => name === 'text');
  const placesOf = (label: string): (string | undefined)[] =>
    texts.filter((element) => textOf(element) === label).map(({ attributes }) => attributes.get('x'));
  for (const label of ['0', '100', '200']) {
    expect(placesOf(label)).toHaveLength(2);
    expect(new Set(placesOf(label)).size).toBe(1);
  }
  expect(texts.map(textOf)).toEqual(expect.arrayContaining(['Object detection', 'Photo']));

  await page.goto(`${origin}/#/compare/1~2/report`);
  const pictures = page
    .getByRole('article')
    .getByRole('img', { name: /^Best schedule of/ })
    .locator('svg');
  await pictures.nth(1).waitFor();
  expect(await pictures.count()).toBe(2);
  const starts = await pictures.evaluateAll((drawn) =>
    drawn.map((svg) =>
      [...svg.querySelectorAll('text')].find(({ textContent }) => textContent === '100')?.getAttribute('x'),
    ),
  );
  expect(starts[0]).toBeDefined();
  expect(starts[1]).toBe(starts[0]);
  expect(under.complaints).toEqual([]);
});

test('ten seeds are tested against another ten', async () => {
  const ids = (first: number, count: number): string => Array.from({ length: count }, (_, i) => first + i).join(',');
  for (let seed = 1; seed <= 9; seed++) record('ga', seed);
  for (let seed = 1; seed <= 10; seed++) record('random', seed);
  record('ga', 10);
  const { page } = await under.open();
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/compare/${ids(1, 9)}~${ids(10, 10)}`);
  const makespan = page.getByRole('region', { name: 'Figures' }).getByRole('row', { name: /^Makespan/ });
  await makespan.getByText(/^\s*p < 0\.001, large effect\s*$/).waitFor();
  // The tenth seed joins, and the address says so.
  await page
    .getByRole('listitem')
    .filter({ hasText: 'Genetic algorithm × 9' })
    .getByRole('button', { name: 'More' })
    .click();
  await page.getByText('Add another seed…').click();
  await page.getByRole('option', { name: /^20/ }).click();
  await page.waitForURL(`**/#/compare/${ids(1, 9)},20~${ids(10, 10)}`);
  await page.getByRole('link', { name: 'Genetic algorithm × 10' }).waitFor();
  // No run of the ten overlaps with the others: U = 0, of all orders the two most extreme.
  await makespan.getByTitle(/significant\. Mann–Whitney U = (0|100), exact, two-sided; A = [01]: /).waitFor();
  expect(under.complaints).toEqual([]);
});
