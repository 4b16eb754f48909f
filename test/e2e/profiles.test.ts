/** Measured, not guessed: a profile is dropped, says whose it is, gets its left-over row joined by hand, and a scenario runs with its times. */
import { expect, test } from 'vitest';
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
  await editor.choose(panel.locator('.n-select').nth(1), 'kirin970-a73');
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
  await editor.choose(page.locator('.fields .n-select').nth(1), 'Gnome on kirin970-a73');
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
