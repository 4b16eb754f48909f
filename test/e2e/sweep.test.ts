/** A sweep from its form to a comparison of two of its groups. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allElements, readXml, textOf } from '#test/fixtures/xml-reader.ts';
import { appForEachTest } from './app-for-each-test.ts';
import type { AppUnderTest } from './workbench-page.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});

test('a sweep over a varied option is started, followed to its end, and two of its groups are compared', async () => {
  const workbench = await under.open();
  const { page } = workbench;
  await workbench.go('Sweeps');
  const form = page.getByRole('region', { name: 'New sweep' });
  await form.getByRole('textbox').first().fill('Two sizes');
  await form.getByRole('textbox', { name: 'Number of seeds' }).fill('2');
  const vary = async (option: string, values: string, index: number): Promise<void> => {
    await form.getByRole('button', { name: 'Vary an option' }).click();
    await form.getByText('Option', { exact: true }).click({ force: true });
    await page.keyboard.type(option);
    await page.getByText(option, { exact: true }).last().click();
    await expect.poll(() => page.locator('.n-base-select-menu:visible').count()).toBe(0); // it fades over what lies below
    await form.getByRole('textbox', { name: 'Values' }).nth(index).fill(values);
  };
  await vary('Generations', '6', 0);
  await vary('Population size', '10, 30', 1);
  // At equal cost, however large the population: as many whole generations as fit.
  await form.getByRole('textbox', { name: 'Budget of each run, evaluations' }).fill('300');
  await page.keyboard.press('Tab');
  await form
    .getByRole('status')
    .getByText(/^\s*At most .* evaluations/)
    .waitFor();
  await form.getByRole('button', { name: /^Start 6 runs$/ }).click();
  await page.waitForURL(/#\/sweeps\/1$/);
  await page.getByText('6 of 6 runs over').waitFor();

  const cells = page.locator('table.map button');
  expect(await cells.count()).toBe(3);
  expect(await page.getByRole('table').getByText('best', { exact: true }).count()).toBe(1);
  expect(await page.getByRole('list', { name: 'Makespan, every seed' }).getByRole('listitem').count()).toBe(3);
  const pictureTexts = async (part: RegExp): Promise<string[]> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('region', { name: part }).getByRole('button', { name: 'Save as SVG' }).click(),
    ]);
    return allElements(readXml(readFileSync(await download.path(), 'utf8')))
      .filter(({ name }) => name === 'text')
      .map(textOf);
  };
  expect(await pictureTexts(/^Every seed/)).toEqual(
    expect.arrayContaining(['Makespan, every seed of Simple scenario', 'Makespan (ms)', 'median', 'quartiles']),
  );
  const inMap = await pictureTexts(/^Every combination/);
  expect(inMap).toEqual(
    expect.arrayContaining([
      'Makespan (ms), median over the seeds',
      'Population size',
      '10',
      '30',
      'Genetic algorithm',
      'Random search',
    ]),
  );
  expect(inMap.filter((text) => text.endsWith(' best'))).toHaveLength(1);
  await cells.nth(0).click();
  await cells.nth(1).click();
  await page.getByRole('button', { name: 'Compare 2' }).click();
  await page.waitForURL(/#\/compare\/\d+,\d+~\d+,\d+/);
  await page
    .getByRole('region', { name: 'Figures' })
    .getByText(/^\s*p = /)
    .first()
    .waitFor();
  expect(under.complaints).toEqual([]);
});
