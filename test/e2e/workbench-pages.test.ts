/** What a person does besides running a demo: a run of their own, wrong input, commands by keyboard, theme, addresses. */
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { appForEachTest } from './app-for-each-test.ts';
import type { AppUnderTest } from './workbench-page.ts';
import { settledBox } from './settled-box.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});

/** A scenario with everything in it, as a person may bring it along. */
const ownScenario = {
  schemaVersion: 1,
  id: 'mine',
  name: 'Mine',
  platform: {
    schemaVersion: 1,
    id: 'board',
    processors: [
      { id: 'cpu', kind: 'cpu', coreCount: 2 },
      { id: 'npu', kind: 'npu' },
    ],
  },
  applications: [
    {
      id: 'app',
      network: {
        schemaVersion: 1,
        id: 'net',
        layers: [
          { id: 'first', op: 'Conv', executionTimeMs: { cpu: 4, npu: 1 } },
          { id: 'second', op: 'Conv', executionTimeMs: { cpu: 2, npu: 3 }, dependencies: ['first'] },
        ],
      },
    },
  ],
};

/** Where New run takes a scenario from; further down it takes a start. */
function scenarioFile(page: Page): Locator {
  return page.locator('section').filter({ hasText: 'Scenario' }).locator('input[type="file"]').first();
}

test('a scenario from a file runs with another scheduler, options and seed', async () => {
  const workbench = await under.open();
  const { page } = workbench;
  const file = join(under.directory, 'mine.json');
  writeFileSync(file, JSON.stringify(ownScenario));
  await workbench.button('New run').first().click();
  await workbench.title('New run').waitFor();
  await scenarioFile(page).setInputFiles(file);
  await page
    .getByRole('complementary', { name: 'The chosen scenario' })
    .getByRole('heading', { name: 'Mine on board' })
    .waitFor();
  await page.getByRole('textbox', { name: 'Scheduler' }).click();
  await page.getByText('Hill climbing', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Seed' }).fill('7');
  await page.getByRole('button', { name: /^Start/ }).click();
  await page.waitForURL(/#\/runs\/\d+$/);
  await workbench.status('Finished');
  // first on the NPU (1 ms), second on a core (2 ms): 3 ms, against 4 ms for NPU first
  expect((await workbench.metrics())[0]).toMatch(/Makespan ?3 ?ms.*−25 % better/);
  expect(under.complaints).toEqual([]);
});

test('a file that cannot be run is refused with where and what, and the chosen scenario can still be started', async () => {
  const workbench = await under.open();
  const { page } = workbench;
  await workbench.button('New run').first().click();
  const summary = page.getByRole('complementary', { name: 'The chosen scenario' });
  await summary.getByRole('heading', { name: /^Simple scenario/ }).waitFor();
  const broken = structuredClone(ownScenario);
  broken.applications[0].network.layers[1].dependencies = ['frist'];
  const file = join(under.directory, 'broken.json');
  writeFileSync(file, JSON.stringify(broken));
  await scenarioFile(page).setInputFiles(file);
  const alert = page.getByRole('alert').filter({ hasText: 'broken.json was not loaded' });
  await alert.filter({ hasText: /did you mean "first"\?/i }).waitFor();
  writeFileSync(file, '{ "schemaVersion": 1, ');
  await scenarioFile(page).setInputFiles(file);
  await alert.filter({ hasText: 'broken.json is not JSON' }).waitFor();
  writeFileSync(file, JSON.stringify(ownScenario.platform));
  await scenarioFile(page).setInputFiles(file);
  await alert.filter({ hasText: 'a platform document, not a scenario' }).waitFor();
  expect(await summary.getByRole('heading', { name: /^Simple scenario/ }).isVisible()).toBe(true);
  expect(await page.getByRole('button', { name: /^Start/ }).isEnabled()).toBe(true);
});

test('Ctrl Enter starts the run even when the focus is on the select of the scheduler', async () => {
  const workbench = await under.open();
  const { page } = workbench;
  await page.keyboard.press('n');
  await workbench.title('New run').waitFor();
  await page.getByRole('textbox', { name: 'Scheduler' }).click();
  await page.locator('.scheduler-menu').getByText('NPU first', { exact: true }).click();
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/#\/runs\/\d+$/);
  await workbench.status('Finished');
  expect(under.complaints).toEqual([]);
});

test('every command is found by keyboard, and ? lists the shortcuts', async () => {
  const { page } = await under.open();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find a command, document, run or sweep' }).fill('settings');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await sheet.getByRole('term').first().waitFor();
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  expect(under.complaints).toEqual([]);
});

test('900 pixels wide, nothing is cut off: a run is put together, started, listed and looked at', async () => {
  const workbench = await under.open();
  const { page } = workbench;
  await page.setViewportSize({ width: 900, height: 700 });
  const { origin } = new URL(page.url());
  /** What is shown beyond the right edge of the window. */
  const cut = (): Promise<string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter(
          (element) =>
            element.getClientRects().length > 0 && element.getBoundingClientRect().right > window.innerWidth + 1,
        )
        .map((element) => `${element.tagName} ${element.className}`),
    );
  await page.goto(`${origin}/#/runs/new?scheduler=npu_first`);
  await page.getByRole('complementary', { name: 'The chosen scenario' }).getByText('Processing elements').waitFor();
  expect(await cut()).toEqual([]);
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/#\/runs\/\d+$/);
  await workbench.status('Finished');
  await page.getByRole('application').waitFor();
  expect(await cut()).toEqual([]);
  for (const tab of ['Schedule', 'Configuration']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByRole('tab', { name: tab, selected: true }).waitFor();
    expect(await cut()).toEqual([]);
  }
  await workbench.go('Runs');
  for (const name of ['Makespan', 'Scenario']) await page.getByRole('columnheader', { name }).waitFor();
  await page.getByRole('row').nth(1).waitFor();
  expect(await cut()).toEqual([]);
  expect(under.complaints).toEqual([]);
});

test('1280 pixels wide, a click on a task of the schedule tells about it, and Escape ends that', async () => {
  const workbench = await under.open();
  const { page } = workbench;
  await page.goto(`${new URL(page.url()).origin}/#/runs/new?scheduler=npu_first`);
  await page.getByRole('complementary', { name: 'The chosen scenario' }).getByText('Processing elements').waitFor();
  await page.keyboard.press('Control+Enter');
  await workbench.status('Finished');
  const timeline = page.getByRole('application');
  const box = await settledBox(timeline);
  // The NPU is the last row, and busy from the start.
  await timeline.click({ position: { x: box.width / 2, y: box.height - 20 } });
  const details = page.getByRole('region', { name: 'Selected task' });
  await details.getByText('Runs on').waitFor();
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });
  expect(under.complaints).toEqual([]);
});

test('1440 pixels wide, details of a task stand beside the schedule: nothing of it is covered, and nothing moves', async () => {
  const workbench = await under.open();
  const { page } = workbench;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${new URL(page.url()).origin}/#/runs/new?scheduler=npu_first`);
  await page.getByRole('complementary', { name: 'The chosen scenario' }).getByText('Processing elements').waitFor();
  await page.keyboard.press('Control+Enter');
  await workbench.status('Finished');
  await page.getByRole('region', { name: 'Whole schedule' }).waitFor();
  const timeline = page.getByRole('application');
  const before = await timeline.boundingBox();
  if (before === null) throw new Error('the timeline is not shown');
  await timeline.click({ position: { x: before.width / 2, y: before.height - 20 } });
  const details = page.getByRole('region', { name: 'Selected task' });
  await details.getByText('Runs on').waitFor();
  expect(await timeline.boundingBox()).toEqual(before);
  expect((await details.boundingBox())?.x).toBeGreaterThanOrEqual(before.x + before.width);
  expect(under.complaints).toEqual([]);
});

test('the theme follows the system', async () => {
  const { page } = await under.open();
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await background();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(background).not.toBe(light);
});

test('an address that leads nowhere says so, and one without the token lets nobody in', async () => {
  const { page } = await under.open();
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/runs/999`);
  await page.getByText('There is no run 999').waitFor();
  await page.goto(`${origin}/#/nowhere`);
  await page
    .getByRole('heading', { level: 1 })
    .filter({ hasText: /not found|no such page|nothing here/i })
    .waitFor();
  const stranger = await page.context().browser()?.newContext();
  const response = await (await stranger?.newPage())?.goto(origin);
  expect(response?.status()).toBe(401);
  await stranger?.close();
});
