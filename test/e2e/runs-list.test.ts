/** The list of runs in a browser: filtered, sorted, grouped, compared, tagged, deleted and brought back, renamed, live; and the care of the database. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { appForEachTest } from './app-for-each-test.ts';
import type { AppUnderTest, WorkbenchPage } from './workbench-page.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});

/** Six fast runs of one sweep, made by the command line; the list shows them. */
async function withRuns(): Promise<WorkbenchPage> {
  const file = join(under.directory, 'sweep.json');
  writeFileSync(
    file,
    JSON.stringify({
      name: 'Fixture',
      scenarios: ['simple'],
      schedulers: [{ scheduler: 'random', options: { populationSize: 10, generations: 5 } }],
      seeds: [1, 2, 3, 4, 5, 6],
    }),
  );
  execFileSync(process.execPath, ['out/main/cli.js', 'sweep', file, '--quiet', '--db', under.databasePath], {
    stdio: 'pipe',
  });
  const workbench = await under.open();
  await workbench.go('Runs');
  await workbench.title('Runs').waitFor();
  await rows(workbench.page).nth(5).waitFor();
  return workbench;
}

const rows = (page: Page): Locator => page.locator('.row:not(.isHead)');
const ids = (page: Page): Promise<string[]> => rows(page).locator('.mono.faint').allTextContents();

test('runs are sorted, filtered, grouped, and two of them compared; address and list stay when one comes back', async () => {
  const workbench = await withRuns();
  const { page } = workbench;
  expect(await ids(page)).toEqual(['6', '5', '4', '3', '2', '1']);
  await page.getByRole('columnheader', { name: 'Run' }).getByRole('button').click();
  await expect.poll(() => ids(page)).toEqual(['1', '2', '3', '4', '5', '6']);
  await page.getByRole('textbox', { name: 'Search the runs' }).fill('seed 3');
  await expect.poll(() => rows(page).count()).toBe(1);
  expect(page.url()).toContain('q=seed+3');
  await page.getByRole('textbox', { name: 'Search the runs' }).fill('');
  await expect.poll(() => rows(page).count()).toBe(6);
  await page.getByText('More', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Makespan, at most' }).fill('0.001');
  await page.keyboard.press('Enter');
  await page.getByText('No run fits these filters').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Show all runs' }).first().click();
  await expect.poll(() => rows(page).count()).toBe(6);

  // A box shows what it stands for, also where the click met the box itself.
  const boxes = page.getByRole('checkbox', { name: 'Select', exact: true });
  await boxes.nth(1).click();
  await expect.poll(() => boxes.nth(1).isChecked()).toBe(true);
  await page.getByRole('checkbox', { name: 'Select all' }).click();
  await expect.poll(() => boxes.nth(1).isChecked()).toBe(false);
  await page.getByRole('checkbox', { name: 'Select all' }).click();
  await expect.poll(() => boxes.nth(0).isChecked()).toBe(true);
  await page.getByRole('checkbox', { name: 'Select all' }).click();
  await expect.poll(() => boxes.nth(0).isChecked()).toBe(false);

  // What opens over the list takes the focus, and gives it back.
  for (const name of ['More', 'Columns']) {
    const opener = page.getByRole('main').getByRole('button', { name, exact: true }).first();
    await opener.focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('group', { name: name === 'More' ? 'More filters' : name });
    await panel.locator(':focus').waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    await expect.poll(() => opener.evaluate((element) => element === document.activeElement)).toBe(true);
  }

  await page.getByText('No groups').click({ force: true });
  await page.getByText('By sweep', { exact: true }).click();
  await page.locator('.row.isHead').filter({ hasText: 'Fixture' }).waitFor();
  await page.locator('.row.isHead').click();
  await expect.poll(() => rows(page).count()).toBe(0);
  await page.locator('.row.isHead').click();
  await expect.poll(() => rows(page).count()).toBe(6);

  const listAddress = page.url();
  await rows(page)
    .nth(0)
    .click({ modifiers: ['Control'] });
  await rows(page)
    .nth(2)
    .click({ modifiers: ['Control'] });
  await page.getByRole('toolbar', { name: 'Selected runs' }).getByText('2 runs selected').waitFor();
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.waitForURL(/#\/compare\/\d+~\d+/);
  await page.getByRole('region', { name: 'Figures' }).waitFor();
  await page.goBack();
  await rows(page).nth(5).waitFor();
  expect(page.url()).toBe(listAddress);
  expect(under.complaints).toEqual([]);
});

test('several runs are tagged and deleted together, come back with Undo, and are gone for good when its time is over; one is renamed', async () => {
  const { page } = await withRuns();
  await rows(page)
    .nth(0)
    .click({ modifiers: ['Control'] });
  await rows(page)
    .nth(2)
    .click({ modifiers: ['Shift'] });
  const bar = page.getByRole('toolbar', { name: 'Selected runs' });
  await bar.getByText('3 runs selected').waitFor();
  await bar.getByRole('button', { name: 'Tags' }).click();
  await page.getByText('New or known tags').click({ force: true });
  await page.keyboard.type('paper');
  // Escape belongs to the list of tags while it is open, else to the panel.
  const offered = page.locator('.n-base-select-menu:visible');
  await offered.getByText('paper').waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await offered.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Change 3 runs' }).click();
  await expect.poll(() => page.locator('.row .tag', { hasText: 'paper' }).count()).toBe(3);
  await page.locator('.row .tag', { hasText: 'paper' }).first().click();
  await expect.poll(() => rows(page).count()).toBe(3);
  await page.getByRole('button', { name: 'Show all runs' }).first().click();
  await expect.poll(() => rows(page).count()).toBe(6);

  await rows(page).nth(0).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await bar.getByText('2 runs selected').waitFor();
  await bar.getByRole('button', { name: 'Delete' }).click();
  await expect.poll(() => ids(page)).toEqual(['4', '3', '2', '1']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => ids(page)).toEqual(['6', '5', '4', '3', '2', '1']);
  const offers = (): Promise<number> => page.getByRole('button', { name: 'Undo' }).count();
  await expect.poll(offers).toBe(0);
  await rows(page).nth(0).focus();
  await page.keyboard.press('Delete');
  await expect.poll(() => ids(page)).toEqual(['5', '4', '3', '2', '1']);
  await expect.poll(offers).toBe(1);
  await expect.poll(offers).toBe(0);
  await page.reload();
  await expect.poll(() => ids(page)).toEqual(['5', '4', '3', '2', '1']);

  await rows(page).nth(1).focus();
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'Name of this run' }).fill('The one for the paper');
  await page.keyboard.press('Enter');
  await rows(page).nth(1).getByText('The one for the paper').waitFor();
  expect(under.complaints).toEqual([]);
});

test('a run at work moves in a filtered list, leaves it when it ends, and the selection stays', async () => {
  const workbench = await withRuns();
  const { page } = workbench;
  await page.evaluate(() => location.assign('#/'));
  await workbench.startDemo('Simple scenario');
  await page.evaluate(() => location.assign('#/runs?status=running&status=finished&sort=generations-descending'));
  const live = rows(page).filter({ hasText: 'Running' });
  await live.waitFor();
  await rows(page)
    .filter({ hasNotText: 'Running' })
    .first()
    .click({ modifiers: ['Control'] });
  const generation = async (): Promise<number> =>
    Number(/(\d+) \//.exec(((await live.textContent()) ?? '').replaceAll(/\s(?=\d{3})/g, ''))?.[1]);
  await expect.poll(generation).toBeGreaterThan(0);
  const first = await generation();
  await expect.poll(generation).toBeGreaterThan(first);
  expect(await page.locator('.row.isSelected').count()).toBe(1);
  await page.evaluate(() => location.assign('#/runs?status=running'));
  await expect.poll(() => rows(page).count()).toBe(1);
  await live.click();
  await workbench.fullSpeed();
  await page.goBack();
  await page.getByText('No run fits these filters').waitFor();
  expect(under.complaints).toEqual([]);
});

test('the database is checked, backed up and moved from the settings, and found at its new place after a restart', async () => {
  const workbench = await withRuns();
  const { page } = workbench;
  await workbench.go('Settings');
  const section = page.getByRole('region', { name: 'Database' });
  await section.getByRole('button', { name: 'Check' }).click();
  await section.getByText('All is well').waitFor();
  const backup = join(under.directory, 'copy.db');
  await section.getByRole('button', { name: 'Back up…' }).click();
  await section.getByRole('textbox').fill(backup);
  await page.keyboard.press('Enter');
  await section.getByText(/has everything as it is now/).waitFor();
  expect(existsSync(backup)).toBe(true);
  await section.getByRole('button', { name: 'Move…' }).click();
  const moved = join(under.directory, 'moved.db');
  await section.getByRole('textbox').fill(moved);
  await page.keyboard.press('Enter');
  await section.getByText(/The database is now .*moved\.db/).waitFor();
  await workbench.go('Runs');
  await rows(page).nth(5).waitFor();
  expect(under.complaints).toEqual([]);
  await under.close();
  const again = await under.open();
  await again.go('Runs');
  await rows(again.page).nth(5).waitFor();
  expect(existsSync(under.databasePath)).toBe(false);
});
