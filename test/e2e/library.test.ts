/** What people bring, and what they keep: an ONNX model from its file to a finished run, cost models that are changed, pictures that are saved, and the lists with search, tags, uses and deletion. */
import { expect, test } from 'vitest';
import { aConvolutionalModel, aModelWithExternalData } from '../fixtures/onnx-models.ts';
import { readXml } from '../fixtures/xml-reader.ts';
import { Editor } from './editor-page.ts';
import { appForEachTest } from './app-for-each-test.ts';
import type { AppUnderTest } from './workbench-page.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});

const layerColumn = { id: 0, op: 1, firstTime: 2 };

test('an ONNX model is dropped, looked at in the editor with modelled times, put into a scenario and run', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/networks');
  await editor.drop([{ name: 'brought.onnx', content: aConvolutionalModel({ opset: 17 }) }]);
  const panel = page.getByRole('dialog', { name: 'Import' });
  await panel.getByRole('heading', { name: 'Imported 1 file' }).waitFor();
  await panel.getByRole('link').click();
  await page.waitForURL(/#\/networks\/brought$/);
  await editor.cell('Layers', 0, 0).waitFor();
  const rows = await editor.texts('Layers');
  expect(rows.map((row) => row[layerColumn.op])).toEqual(
    expect.arrayContaining(['Conv', 'DepthwiseConv', 'Add', 'GlobalAveragePool', 'Gemm', 'Softmax']),
  );
  // Nobody measured it: the platform's cost model says how long each layer takes.
  await editor.choose(page.locator('.times .n-select'), 'HiKey970');
  await expect
    .poll(async () => (await editor.texts('Layers')).every((row) => row[layerColumn.firstTime]!.startsWith('≈')))
    .toBe(true);

  await editor.at('/scenarios/new');
  await editor.name('Brought');
  await editor.choose(page.locator('.reference .n-select'), 'HiKey970');
  await page.getByRole('button', { name: 'Add an application' }).click();
  await page.getByRole('option').filter({ hasText: 'brought' }).click();
  await page.getByText('Nothing rules it out', { exact: false }).waitFor();
  await editor.save(/#\/scenarios\/brought$/);
  await page.getByRole('button', { name: 'Run this scenario' }).click();
  await page
    .getByRole('complementary', { name: 'The chosen scenario' })
    .getByRole('heading', { name: 'Brought on HiKey970' })
    .waitFor();
  await page.getByRole('button', { name: /^Start/ }).click();
  await page.waitForURL(/#\/runs\/\d+$/);
  await page.getByRole('main').getByText('Finished', { exact: true }).first().waitFor();
  await page.getByRole('region', { name: 'Best schedule' }).getByRole('paragraph').first().waitFor();
  expect(under.complaints).toEqual([]);
});

test('an ONNX model and its external data are chosen together; a broken model says what is wrong and leaves nothing behind', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/networks');
  const { bytes, data } = aModelWithExternalData();
  const file = (name: string, content: Uint8Array) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(content),
  });
  const chooser = page.getByLabel('Files to import');
  await chooser.setInputFiles([file('split.onnx', bytes), file('weights.bin', data)]);
  const panel = page.getByRole('dialog', { name: 'Import' });
  await panel.getByRole('heading', { name: 'Imported 1 file' }).waitFor();
  await panel.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('row').filter({ hasText: 'split' }).waitFor();

  await chooser.setInputFiles([file('torn.onnx', aConvolutionalModel().subarray(0, 900))]);
  await panel.getByRole('heading', { name: '0 of 1 file imported' }).waitFor();
  expect((await panel.getByRole('listitem').first().innerText()).split('\n').length).toBeGreaterThan(2);
  await panel.getByRole('button', { name: 'Close' }).click();
  await panel.waitFor({ state: 'detached' });
  expect(await page.getByRole('row').filter({ hasText: 'torn' }).count()).toBe(0);
  expect(under.complaints).toEqual([]);
});

test('a rate of a cost model is changed: the modelled times follow at once, its source says so, undo takes it back', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/platforms/hikey970');
  const peak = editor.cell('Rates', 0, 2);
  await peak.scrollIntoViewIfNeeded();
  const modelled = async (): Promise<number[]> =>
    (await editor.texts('Measured networks')).map((row) => Number(row[3]!.replaceAll(/\s/g, '')));
  await expect.poll(async () => (await modelled()).filter((ms) => ms > 0).length).toBeGreaterThan(5);
  const before = await modelled();
  expect(await peak.getByLabel(/^derived/).count()).toBe(1);
  await peak.click();
  await page.keyboard.type('1');
  await page.keyboard.press('Enter');
  await page.getByText('Editing a copy of HiKey970').waitFor();
  const after = await modelled();
  expect(after.every((ms, index) => ms > before[index]!)).toBe(true);
  expect(await peak.getByLabel('assumed: changed in the editor').count()).toBe(1);

  await peak.click();
  await page.keyboard.type('-1');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '1 problem' }).waitFor();
  expect(await peak.getAttribute('aria-invalid')).toBe('true');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await page.getByText('Preset', { exact: true }).waitFor();
  expect(await modelled()).toEqual(before);
  expect(under.complaints).toEqual([]);
});

test('a processor gets a cost model, and a network without times is timed by it', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/platforms/new');
  await editor.name('Modelled board');
  await page.getByRole('button', { name: 'Add a cost model' }).click();
  await editor.cell('Rates', 0, 2).click();
  await page.keyboard.type('10');
  await page.keyboard.press('Enter');
  await editor.save(/#\/platforms\/modelled-board$/);
  await editor.at('/networks/squeezenet-1.1');
  await editor.cell('Layers', 0, 0).waitFor();
  await editor.choose(page.locator('.times .n-select'), 'Modelled board');
  await expect
    .poll(async () => (await editor.texts('Layers')).every((row) => row[layerColumn.firstTime]!.startsWith('≈')))
    .toBe(true);
  expect(under.complaints).toEqual([]);
});

test('the graph of a network and the releases of a scenario are saved as PNG and SVG', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  const pictures: string[] = [];
  for (const [address, file] of [
    ['/networks/resnet18', 'graph-resnet18'],
    ['/scenarios/multi', 'releases-multi'],
  ] as const) {
    await editor.at(address);
    const area = page.getByRole('region', { name: address.startsWith('/networks') ? 'Graph' : 'Release timeline' });
    const svg = await editor.download(() => area.getByRole('button', { name: 'Save as SVG' }).click());
    const png = await editor.download(() => area.getByRole('button', { name: 'Save as PNG' }).click());
    expect([svg.name, png.name]).toEqual([`${file}.svg`, `${file}.png`]);
    expect(png.bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
    readXml(svg.bytes.toString());
    pictures.push(svg.bytes.toString());
  }
  // All of it, with title, names and legend.
  expect(pictures[0]).toMatch(/<title>ResNet-18<\/title>[^]*>Conv<[^]*>conv1</);
  expect(pictures[1]).toMatch(/<title>Releases of Multi-application scenario<\/title>[^]*>MobileNet v1<[^]*>at least /);
  expect(under.complaints).toEqual([]);
});

test('documents are found by words and tags, and deleting one that is used says what becomes of its users', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/platforms/simple');
  await editor.field('Idle power').fill('50');
  // A copy is a device of its own; that it takes the times of its original is said, not assumed.
  await page.getByRole('button', { name: 'Take the times of Simple platform' }).click();
  await editor.save(/#\/platforms\/simple-copy$/);
  await editor.at('/scenarios/simple');
  await editor.choose(page.locator('.reference .n-select'), 'Simple platform (copy)');
  await editor.save(/#\/scenarios\/simple-copy$/);
  await page.getByRole('button', { name: 'Run this scenario' }).click();
  await page.getByRole('button', { name: /^Start/ }).click();
  await page.waitForURL(/#\/runs\/\d+$/);
  const run = page.url();
  await page.getByRole('main').getByText('Finished', { exact: true }).first().waitFor();

  await editor.at('/platforms');
  const row = page.getByRole('row').filter({ hasText: 'Simple platform (copy)' });
  await row.focus();
  await page.keyboard.press('t');
  const dialog = page.getByRole('dialog', { name: 'Tags' });
  // The field has the focus: one goes on typing.
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
  await page.keyboard.type('bench');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await row.getByText('bench', { exact: true }).waitFor();
  const rowCount = (): Promise<number> =>
    page
      .getByRole('row')
      .filter({ has: page.getByRole('button', { name: /^More for/ }) })
      .count();
  await page.getByRole('textbox', { name: 'Search the platforms' }).fill('bench');
  await expect.poll(rowCount).toBe(1);
  await page.getByRole('textbox', { name: 'Search the platforms' }).fill('no such thing');
  await page.getByText('No platform fits these filters').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.locator('.filters .n-select').first().click();
  await page.locator('.n-base-select-option', { hasText: 'bench' }).click();
  await expect.poll(rowCount).toBe(1);
  expect(page.url()).toContain('tag=bench');

  await row.focus();
  await page.keyboard.press('Delete');
  await page
    .getByText(
      '1 scenario names it and cannot run until you choose another one there. 1 run keeps its own copy and is not affected.',
    )
    .waitFor();
  await row.waitFor({ state: 'detached' });
  // When the time for taking it back is over, the scenario says what it lacks and the run is as it was.
  await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
  await editor.at('/scenarios/simple-copy');
  await page.getByRole('button', { name: /^\d+ problems?$/ }).click();
  await page
    .getByText(/simple-copy.*does not exist|there is no platform "simple-copy"/i)
    .first()
    .waitFor();
  await page.goto(run);
  await page.getByRole('region', { name: 'Best schedule' }).getByRole('paragraph').first().waitFor();
  expect(under.complaints).toEqual([]);
});
