/** The focus owns the keyboard: letters typed into a control reach that control and start no shortcut. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appForEachTest } from './app-for-each-test.ts';
import type { AppUnderTest } from './workbench-page.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});

test('a tag typed into the tags of selected runs becomes a tag, whatever letters it has', async () => {
  const file = join(under.directory, 'sweep.json');
  writeFileSync(
    file,
    JSON.stringify({
      name: 'Fixture',
      scenarios: ['simple'],
      schedulers: [{ scheduler: 'random', options: { populationSize: 10, generations: 3 } }],
      seeds: [1, 2],
    }),
  );
  execFileSync(process.execPath, ['out/main/cli.js', 'sweep', file, '--quiet', '--db', under.databasePath], {
    stdio: 'pipe',
  });
  const workbench = await under.open();
  const { page } = workbench;
  await workbench.go('Runs');
  await page.getByRole('checkbox', { name: 'Select all' }).click();
  await page.getByRole('toolbar', { name: 'Selected runs' }).getByRole('button', { name: 'Tags' }).click();
  const panel = page.getByRole('group', { name: 'Tags of the selected runs' });
  await panel.locator(':focus').waitFor();
  await page.keyboard.type('nightly cg');
  await page.keyboard.press('Enter');
  await panel.locator('.n-tag').getByText('nightly cg').waitFor();
  expect(page.url()).toMatch(/#\/runs(\?|$)/);
  // The list beside it, where nothing can be typed.
  await page.keyboard.press('Escape');
  await page.getByRole('toolbar', { name: 'Selected runs' }).getByText('2 runs selected').waitFor();
  expect(under.complaints).toEqual([]);
});

test('letters on a focused drop-down of the sweep form leave the form as it is, with its list open or closed', async () => {
  const workbench = await under.open();
  const { page } = workbench;
  await workbench.go('Sweeps');
  const form = page.getByRole('region', { name: 'New sweep' });
  await form.getByRole('textbox').first().fill('Kept');
  await form.getByRole('button', { name: 'Vary an option' }).click();
  // By keyboard from the name over the scenarios and schedulers to the drop-down of the varied option's scheduler.
  await form.getByRole('textbox').first().focus();
  for (const _ of ['Scenarios', 'Schedulers']) {
    await page.keyboard.press('Tab');
    await page.keyboard.type('ngr7?');
    await expect.poll(() => page.locator(':focus').inputValue()).toBe('ngr7?');
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('Tab');
  await page.keyboard.type('ngr7?');
  await page.keyboard.press('Enter');
  await page.locator('.n-base-select-option:visible').first().waitFor();
  await page.keyboard.type('n');
  await page.keyboard.press('Escape');
  expect(page.url()).toMatch(/#\/sweeps$/);
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await form.getByRole('textbox').first().inputValue()).toBe('Kept');
  expect(under.complaints).toEqual([]);
});
