/** Every scheduler from the "new run" page: its options as a form, its progress, its end, and cancel. */
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ownSchedulers } from '#main/engine/schedulers/index.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { launchBrowser } from './browser.ts';
import { AppUnderTest, type WorkbenchPage } from './workbench-page.ts';

let browser: Browser;
let under: AppUnderTest;
let workbench: WorkbenchPage;

beforeAll(async () => {
  browser = await launchBrowser();
  under = new AppUnderTest(browser);
  workbench = await under.open();
});
afterAll(async () => {
  await under.dispose();
  await browser.close();
});

/** Chooses in the list of that name. */
async function choose(list: string, option: string): Promise<void> {
  const { page } = workbench;
  await page.getByRole('textbox', { name: list }).click();
  await page
    .locator('.n-base-select-option:visible')
    .filter({ has: page.getByText(option, { exact: true }) })
    .first()
    .click();
  await page.locator('.n-base-select-menu:visible').waitFor({ state: 'hidden' });
}

/** What of the run's states the page says. */
function ending(): Locator {
  return workbench.page
    .getByRole('main')
    .getByText(/^\s*(Finished|Cancelled|Failed)\s*$/)
    .first();
}

/** Options of a JSON Schema, those of groups one by one. */
function optionCount({ properties = {} }: z.core.JSONSchema.BaseSchema): number {
  return Object.values(properties).reduce<number>(
    (count, option) =>
      count + (typeof option === 'object' && option.properties !== undefined ? optionCount(option) : 1),
    0,
  );
}

const scenarios = [...loadPresets(join(import.meta.dirname, '../../resources')).scenarios.values()];

/** Each on another preset that it takes; all pairs are tried in test/unit/engine/every-scheduler.test.ts. */
const scenarioFor = (scheduler: string, index: number) =>
  (scheduler === 'critical_path' ? scenarios.find(({ id }) => id === 'simple') : scenarios[index % scenarios.length])!;
test.each(ownSchedulers.map((scheduler, index) => ({ scheduler, scenario: scenarioFor(scheduler.id, index) })))(
  '$scheduler.id starts with its options on $scenario.id and ends, or is cancelled',
  async ({ scheduler, scenario }) => {
    const { page } = workbench;
    await page.goto(`${under.app.url.split('#')[0]}#/runs/new`);
    await workbench.title('New run').waitFor();
    await choose('Scenario', scenario.name);
    await choose('Scheduler', scheduler.name);
    const all = optionCount(z.toJSONSchema(scheduler.optionsSchema, { io: 'input' }));
    const rows = page.locator('.options-form .option-row').filter({ visible: true });
    const more = page.getByText(/^\s*More options/);
    await expect.poll(() => page.locator('.options-form .option-row').count()).toBe(all);
    expect(await rows.count()).toBeLessThanOrEqual(8);
    if ((await more.count()) > 0) await more.click();
    await expect.poll(() => rows.count()).toBe(all);
    await page
      .getByRole('main')
      .getByRole('button', { name: /^Start\b/ })
      .click();
    await page.waitForURL(/#\/runs\/\d+$/);
    const cancel = workbench.button('Cancel');
    await ending()
      .or(page.getByText(/evaluations\/s/))
      .first()
      .waitFor();
    if ((await ending().count()) === 0) await Promise.race([cancel.click().catch(() => undefined), ending().waitFor()]);
    await ending().waitFor();
    expect(await ending().textContent()).toMatch(/Finished|Cancelled/);
    expect(await workbench.metrics()).toHaveLength(4);
    expect(under.complaints).toEqual([]);
  },
);
