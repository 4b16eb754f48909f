/** Replaying the evolution of a past run, by keyboard and by mouse. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { appForEachTest } from './app-for-each-test.ts';
import type { AppUnderTest } from './workbench-page.ts';
import { settledBox } from './settled-box.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});

const position = (page: Page) => page.getByRole('slider', { name: 'Position, generation' });
const shown = async (page: Page): Promise<number> => Number(await position(page).getAttribute('aria-valuenow'));

test('a finished run is played, stepped, looped and scrubbed, and ends at its result', async () => {
  const workbench = await under.open();
  const { page } = workbench;
  await workbench.startDemo('Simple scenario');
  await workbench.fullSpeed();
  await workbench.status('Finished');
  const makespan = /Makespan ?([\d.]+) ?ms/.exec((await workbench.metrics())[0])?.[1];
  await page.getByRole('tab', { name: 'Replay' }).click();
  const story = page.getByRole('region', { name: 'What happened' });
  await story.getByText(/^\s*The first generation’s best takes/).waitFor();

  // by keyboard
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  expect(await shown(page)).toBe(11);
  await story.getByRole('heading', { name: 'Generation 11' }).waitFor();
  // A key that is held down steps on: the keyboard repeats it.
  for (let press = 0; press < 5; press++) await page.keyboard.down('ArrowLeft');
  await page.keyboard.up('ArrowLeft');
  await expect.poll(() => shown(page)).toBe(6);
  for (let press = 0; press < 5; press++) await page.keyboard.down('ArrowRight');
  await page.keyboard.up('ArrowRight');
  await expect.poll(() => shown(page)).toBe(11);
  await page.keyboard.press('[');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press(']');
  await page.keyboard.press('>');
  await page.keyboard.press('>');
  await page.keyboard.press('Space');
  for (let look = 0; look < 8; look++) {
    await page.waitForTimeout(90);
    const generation = await shown(page);
    expect(generation).toBeGreaterThanOrEqual(11);
    expect(generation).toBeLessThanOrEqual(13);
  }
  await page.keyboard.press('Space');
  // An export begins with what is looped.
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Export/ });
  expect(await dialog.getByRole('textbox', { name: 'First generation' }).inputValue()).toBe('11');
  expect(await dialog.getByRole('textbox', { name: 'Last generation' }).inputValue()).toBe('13');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Loop' }).click();

  // From improvement to improvement.
  await page.keyboard.press('Home');
  await page.keyboard.press('n');
  const first = await shown(page);
  await story.getByText(/^\s*A better schedule: /).waitFor();
  await page.keyboard.press('n');
  expect(await shown(page)).toBeGreaterThan(first);
  await page.keyboard.press('p');
  expect(await shown(page)).toBe(first);
  await page.getByRole('button', { name: 'Next improvement of the best' }).click();
  expect(await shown(page)).toBeGreaterThan(first);

  // by mouse
  const track = await settledBox(position(page));
  await page.mouse.click(track.x + track.width / 2, track.y + track.height / 2);
  const last = Number(await position(page).getAttribute('aria-valuemax'));
  expect(Math.abs((await shown(page)) - last / 2)).toBeLessThanOrEqual(1);
  await page.getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => shown(page)).toBeGreaterThan(Math.ceil(last / 2));
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Last generation' }).click();
  expect(await shown(page)).toBe(last);
  // The last generation's best is the run's result.
  await expect.poll(async () => await story.getByRole('definition').allTextContents()).toContain(makespan);
  // The address can be opened again.
  await page.reload();
  await story.getByRole('heading', { name: 'Generation 0' }).waitFor();
  expect(under.complaints).toEqual([]);
});

test('the transport lies over nothing, and within the window, however small that is', async () => {
  const workbench = await under.open();
  const { page } = workbench;
  await workbench.startDemo('Simple scenario');
  await workbench.fullSpeed();
  await workbench.status('Finished');
  await page.getByRole('tab', { name: 'Replay' }).click();
  await position(page).waitFor();
  for (const [width, height] of [
    [1024, 700],
    [1440, 900],
  ] as const) {
    await page.setViewportSize({ width, height });
    const bar = page.getByRole('group', { name: 'Playback' });
    await expect.poll(async () => ((await bar.boundingBox())?.y ?? height) + 44 <= height).toBe(true);
    const box = (await bar.boundingBox())!;
    // What is found at points of the bar is the bar.
    const foreign = await page.evaluate(({ x, y, width: across, height: down }) => {
      const found = [0.02, 0.3, 0.5, 0.7, 0.98].flatMap((share) =>
        [0.1, 0.5, 0.9].map((part) => document.elementFromPoint(x + across * share, y + down * part)),
      );
      return found.filter((element) => element === null || element.closest('[aria-label="Playback"]') === null).length;
    }, box);
    expect(foreign).toBe(0);
    const stage = (await page.getByRole('region', { name: 'Schedule of the best' }).locator('..').boundingBox())!;
    expect(stage.y + stage.height).toBeLessThanOrEqual(box.y);
  }
  expect(under.complaints).toEqual([]);
});
