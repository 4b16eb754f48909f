/** From a demo to a recorded, reopened run, and every way it can be stopped on the way. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { appForEachTest } from './app-for-each-test.ts';
import type { AppUnderTest } from './workbench-page.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});

test('a demo runs live, is paused, resumed and finished, and shows the same numbers after the app was closed and started again', async () => {
  const first = await under.open();
  await first.startDemo('Simple scenario');
  await first.status('Running');
  await first.generationAtLeast(5);

  await first.button('Pause').click();
  await first.status('Paused');
  const paused = await first.generation();
  await first.page.waitForTimeout(300);
  expect(await first.generation()).toBe(paused);

  await first.button('Resume').click();
  await first.generationAtLeast(paused + 2);
  await first.fullSpeed();
  await first.status('Finished');
  const metrics = await first.metrics();
  const timeline = await first.timelineSummary();
  expect(metrics).toHaveLength(4);
  expect(metrics[0]).toMatch(/Makespan.*better/);
  expect(timeline).toMatch(/62 tasks of 2 applications/);
  await first.page.close();
  await under.close();

  const second = await under.open();
  await second.go('Runs');
  await second.title(/Runs/).waitFor();
  const row = second.page.getByRole('row').filter({ hasText: 'Simple scenario' });
  await row.getByText('Finished').waitFor();
  await row.getByText('Simple scenario').first().click();
  await second.status('Finished');
  await second.page.getByRole('list', { name: 'Metrics of the best schedule' }).waitFor();
  expect(await second.metrics()).toEqual(metrics);
  expect(await second.timelineSummary()).toBe(timeline);
  expect(under.complaints).toEqual([]);
});

test('a run cancelled in the middle keeps its generations and says so in the list', async () => {
  const workbench = await under.open();
  await workbench.startDemo('Multi-application scenario');
  await workbench.generationAtLeast(5);
  await workbench.button('Cancel').click();
  await workbench.status('Cancelled');
  await workbench.page.getByText(/This run was cancelled/).waitFor();
  expect(await workbench.metrics()).toHaveLength(4);
  await workbench.go('Runs');
  await workbench.page
    .getByRole('row')
    .filter({ hasText: 'Multi-application scenario' })
    .getByText('Cancelled')
    .waitFor();
  expect(under.complaints).toEqual([]);
});

test('a run whose process is killed is interrupted, keeps its generations, and continues by itself to the end of an undisturbed run', async () => {
  const workbench = await under.open();
  await workbench.startDemo('Simple scenario');
  await workbench.generationAtLeast(10);
  const [pid] = under.runProcesses();
  process.kill(pid, 'SIGKILL');
  await workbench.status('Interrupted');
  const notice = await workbench.page.getByRole('status').filter({ hasText: 'This run was interrupted' }).textContent();
  expect(Number(/Its (\d+) generations are kept/.exec(notice ?? '')?.[1])).toBeGreaterThanOrEqual(10);
  expect(await workbench.metrics()).toHaveLength(4);

  await workbench.status('Running');
  await workbench.fullSpeed(); // the pace of before is kept
  await workbench.status('Finished');
  const resumed = await workbench.metrics();

  await workbench.go('Home');
  await workbench.startDemo('Simple scenario');
  await workbench.generationAtLeast(1);
  await workbench.fullSpeed();
  await workbench.status('Finished');
  expect(await workbench.metrics()).toEqual(resumed);
  expect(under.complaints).toEqual([]);
});

test('a window whose host has stopped says so, lets nothing be started, and goes on once the host is back and the browser let in', async () => {
  const workbench = await under.open();
  await workbench.page.keyboard.press('ControlOrMeta+Shift+L');
  const theme = await workbench.page.evaluate(() => document.documentElement.dataset['theme']);
  await workbench.startDemo('Simple scenario');
  await workbench.generationAtLeast(5);
  const { port } = new URL(under.app.url);
  await under.close();
  const banner = workbench.page.getByRole('alert').filter({ hasText: 'The host has stopped' });
  await banner.getByText(`npm run -s tessera -- serve --no-open --db ${under.databasePath}`).waitFor();
  await workbench.status('Last known: running');
  for (const name of ['Pause', 'Cancel']) expect(await workbench.button(name).isDisabled()).toBe(true);

  await under.start();
  expect(new URL(under.app.url).port).toBe(port);
  await workbench.page.getByRole('alert').filter({ hasText: 'Open the address it printed' }).waitFor();
  await (await workbench.page.context().newPage()).goto(under.app.url);
  await workbench.status('Interrupted');
  expect(await workbench.page.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
  await workbench.button('Resume').click();
  await workbench.status('Finished');
});

test('a run outlives the death of the whole app: interrupted at the next start, resumable', async () => {
  const before = await under.open();
  await before.startDemo('Simple scenario');
  await before.generationAtLeast(10);
  const host = under.app.process;
  host.kill('SIGKILL');
  await once(host, 'exit');
  await before.page.getByRole('alert').filter({ hasText: 'The host has stopped' }).waitFor();
  await before.page.close();

  const after = await under.open();
  await after.go('Runs');
  await after.page.getByRole('row').filter({ hasText: 'Simple scenario' }).getByText('Interrupted').waitFor();
  await after.page.getByRole('row').filter({ hasText: 'Simple scenario' }).getByText('Simple scenario').first().click();
  await after.button('Resume').click();
  await after.status('Finished');
  expect(await after.metrics()).toHaveLength(4);
});
