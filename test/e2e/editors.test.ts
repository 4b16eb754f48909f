/** The library and its editors as a person uses them: building things from nothing, undo through long edits, pasting from a spreadsheet, reloads, copies of presets, files dropped. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Editor } from './editor-page.ts';
import { appForEachTest } from './app-for-each-test.ts';
import type { AppUnderTest } from './workbench-page.ts';
import { settledBox } from './settled-box.ts';

let under: AppUnderTest;
appForEachTest((app) => {
  under = app;
});

test('a platform, a network and a scenario are built from nothing, and run', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/platforms/new');
  await editor.name('My board');
  await editor.field('Cores').fill('2');
  await editor.pasteAt('Operating points', 0, 0, [
    ['MHz', 'mW'],
    ['800', '200'],
    ['1600', '600'],
  ]);
  expect(await editor.texts('Operating points')).toEqual([
    ['800', '200', '0'],
    ['1600', '600', '0'],
  ]);
  await page.getByRole('button', { name: 'Add processor' }).click();
  await page.locator('.n-dropdown-option', { hasText: 'NPU' }).click();
  await page.getByRole('tab', { name: /NPU/ }).waitFor();
  await editor.save(/#\/platforms\/my-board$/);

  await editor.at('/networks/new');
  await editor.name('My net');
  await editor.choose(page.locator('.times .n-select'), 'My board');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await editor.pasteAt('Layers', 0, 2, [
    ['CPU', 'NPU'],
    ['4', '1,5'],
    ['2', '3'],
  ]);
  expect((await editor.texts('Layers')).map((row) => row.slice(0, 5))).toEqual([
    ['layer1', 'Conv', '4', '1.5', ''],
    ['layer2', 'Conv', '2', '3', 'layer1'],
  ]);
  await editor.save(/#\/networks\/my-net$/);

  await editor.at('/scenarios/new');
  await editor.name('My scenario');
  await editor.choose(page.locator('.reference .n-select'), 'My board');
  await page.getByRole('button', { name: 'Add an application' }).click();
  await page.getByRole('option').filter({ hasText: 'My net' }).click();
  await editor.cell('Applications', 0, 6).dblclick();
  await page.keyboard.type('3');
  await page.keyboard.press('Enter');
  // first on the NPU (1.5 ms), second on a core (2 ms): 3.5 ms at least
  await page
    .getByText(/My net cannot meet its deadline of 3\sms: no schedule of it takes less than 3\.50\sms/)
    .waitFor();
  await editor.cell('Applications', 0, 6).click();
  await page.keyboard.type('9');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing rules it out', { exact: false }).waitFor();
  await editor.save(/#\/scenarios\/my-scenario$/);

  await page.getByRole('button', { name: 'Run this scenario' }).click();
  await page
    .getByRole('complementary', { name: 'The chosen scenario' })
    .getByRole('heading', { name: 'My scenario on My board' })
    .waitFor();
  await page.getByRole('button', { name: /^Start/ }).click();
  await page.waitForURL(/#\/runs\/\d+$/);
  await page.getByRole('main').getByText('Finished', { exact: true }).first().waitFor();
  await editor.at('/platforms/my-board');
  await page.getByRole('button', { name: 'Description, revisions, used by' }).click();
  await page.getByRole('tab', { name: 'Used by' }).click();
  await page.getByRole('link', { name: 'My scenario', exact: true }).waitFor();
  await page.getByRole('heading', { name: '1 run' }).waitFor();
  expect(under.complaints).toEqual([]);
});

test('a new board takes no times of another device: the scenario says what is missing and leads to where they are taken on purpose', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/platforms/new');
  await editor.name('Own board');
  expect(await editor.field('Time key').inputValue()).toBe('own-board-cpu');
  await editor.save(/#\/platforms\/own-board$/);

  await editor.at('/scenarios/new');
  await editor.name('Own scenario');
  await editor.choose(page.locator('.reference .n-select'), 'Own board');
  await page.getByRole('button', { name: 'Add an application' }).click();
  await page
    .getByRole('textbox', { name: 'Search the networks' })
    .or(page.getByRole('combobox', { name: 'Search the networks' }))
    .fill('resnet');
  const options = page.getByRole('option');
  await expect.poll(() => options.count()).toBe(2);
  await options.filter({ hasText: 'ResNet-18' }).getByText('cannot run: no times').waitFor();
  await options.filter({ hasText: 'ResNet-18' }).click();
  const times = page.getByRole('region', { name: 'Times' });
  await times
    .getByText('ResNet-18 has no times for CPU of Own board; its 32 layers can run nowhere', { exact: false })
    .waitFor();
  await times.getByRole('link', { name: 'Take the times of Simple platform on purpose' }).click();
  await page.getByRole('button', { name: 'Keep as draft' }).click();
  await page.waitForURL(/#\/platforms\/own-board\?take=simple$/);
  await page.getByRole('button', { name: 'Take the times of Simple platform', exact: true }).click();
  await expect.poll(() => editor.field('Time key').inputValue()).toBe('cpu');
  await page.getByText('Takes the times of Simple platform on purpose.').waitFor();
  await editor.save(/#\/platforms\/own-board/);

  await editor.at('/scenarios/new');
  await page.getByText('Nothing rules it out', { exact: false }).waitFor();
  expect(await times.count()).toBe(0);
  // A preset's times are not those of another platform that only has the same key.
  await editor.at('/networks/resnet18?on=prism-grai');
  await page.getByRole('button', { name: 'Keep as draft' }).click();
  await page
    .getByText('The times of NPU and CPU are those of Simple platform, not of GrAI (PRISM), which uses the same keys.')
    .waitFor();
  expect(under.complaints).toEqual([]);
});

test('a long edit is undone step by step to the preset it began with, and redone to where it ended', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/platforms/simple');
  const state = async (): Promise<unknown> => [
    await editor.texts('Operating points'),
    await editor.texts('Interconnect, latencyMs'),
    await page.getByRole('tab').allTextContents(),
    await editor.field('Idle power').inputValue(),
    await page.locator('.state').textContent(),
  ];
  await editor.cell('Operating points', 0, 0).waitFor();
  const before = await state();
  await editor.field('Idle power').fill('41');
  await editor.pasteAt('Operating points', 4, 0, [
    ['2200', '900', '160'],
    ['2500', '1200', '210'],
    ['2600', '1300', '220'],
  ]);
  for (let step = 0; step < 12; step++) {
    await editor.cell('Operating points', step % 5, 1 + (step % 2)).click();
    await page.keyboard.type(String(100 + step));
    await page.keyboard.press('Enter');
  }
  await editor.cell('Interconnect, latencyMs', 0, 2).click();
  await page.keyboard.type('0.25');
  await page.keyboard.press('Enter');
  await page.getByText('Editing a copy of Simple platform').waitFor();
  const after = await state();
  expect(after).not.toEqual(before);
  const isEnabled = (name: RegExp): Promise<boolean> => page.getByRole('button', { name }).isEnabled();
  let steps = 0;
  for (; await isEnabled(/^Undo/); steps++) await page.keyboard.press('Control+z');
  expect(steps).toBe(15);
  expect(await state()).toEqual(before);
  for (let step = 0; step < steps; step++) await page.keyboard.press('Control+Shift+z');
  expect(await isEnabled(/^Redo/)).toBe(false);
  expect(await state()).toEqual(after);
  expect(under.complaints).toEqual([]);
});

test('a block pasted from a spreadsheet is one step, and a number that is none is told beside its cell', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/networks/cnn');
  await editor.cell('Layers', 0, 2).waitFor();
  const before = await editor.texts('Layers');
  await editor.pasteAt('Layers', 1, 2, [
    ['7', '0.5', '0.25'],
    ['8', 'fast', '0.125'],
  ]);
  await page.getByRole('button', { name: '1 problem' }).click();
  await page.getByRole('button', { name: /"fast" is not a finite number/ }).click();
  expect(await editor.cell('Layers', 2, 3).getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByRole('button', { name: /^Save(?! as)/ }).isEnabled()).toBe(false);
  await page.keyboard.type('0.75');
  await page.keyboard.press('Enter');
  await page.getByText('No problems').waitFor();
  expect((await editor.texts('Layers')).slice(1, 3).map((row) => row.slice(2, 5))).toEqual([
    ['7', '0.5', '0.25'],
    ['8', '0.75', '0.125'],
  ]);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  expect(await editor.texts('Layers')).toEqual(before);
  // What is copied here can be pasted into a spreadsheet.
  await editor.cell('Layers', 0, 0).click();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Control+c');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    before
      .slice(0, 2)
      .map((row) => row.slice(0, 2).join('\t'))
      .join('\n'),
  );
  expect(under.complaints).toEqual([]);
});

test('periods and deadlines are dragged, moved by arrow keys or typed: what follows is said at once, and a drag is one step of undo', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  const handle = (name: string | RegExp) => page.getByRole('slider', { name });
  const drag = async (name: string | RegExp, byPx: number): Promise<void> => {
    const box = await settledBox(handle(name));
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + byPx, y, { steps: 6 });
    await page.mouse.up();
  };
  const shown = (row: number, column: number) => async (): Promise<number> =>
    Number(await editor.cell('Applications', row, column).textContent());
  await editor.at('/scenarios/multi');
  // Its deadline is as long as its period: both have a place of their own.
  await drag('Gesture CNN: period 12 ms', 60);
  await expect.poll(shown(0, 4)).toBeGreaterThan(14);
  await expect.poll(shown(0, 6)).toBe(12);
  await drag('Gesture CNN: deadline 12 ms', -130);
  await expect.poll(shown(0, 6)).toBeLessThan(3.7);
  await page
    .getByText(/Gesture CNN cannot meet its deadline of .*: no schedule of it takes less than [\d.]+\sms/)
    .waitFor();
  await page.keyboard.press('Control+z');
  await expect.poll(shown(0, 6)).toBe(12);
  await page.keyboard.press('Control+z');
  await expect.poll(shown(0, 4)).toBe(12);
  await page.getByText('Preset', { exact: true }).waitFor();

  await handle('MobileNet v1: start 4 ms').focus();
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(shown(1, 3)).toBeGreaterThan(4);
  await editor.cell('Applications', 1, 6).click();
  await page.keyboard.type('33,5');
  await page.keyboard.press('Enter');
  await handle('MobileNet v1: deadline 33.5 ms').waitFor();
  expect(under.complaints).toEqual([]);
});

test('unsaved changes are back after a reload and can be discarded; leaving asks first', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  page.on('dialog', (dialog) => void dialog.accept());
  await editor.at('/platforms/hikey970');
  await editor.field('Idle power').fill('77');
  await page.reload();
  await page.getByText(/Your unsaved changes from .* are back/).waitFor();
  expect(await editor.field('Idle power').inputValue()).toBe('77');

  await page.getByRole('navigation', { name: 'Workbench' }).getByRole('link', { name: 'Networks' }).click();
  const question = page.getByRole('dialog', { name: 'Unsaved changes' });
  await question.getByRole('button', { name: 'Stay' }).click();
  expect(page.url()).toContain('/platforms/hikey970');
  await page.getByRole('button', { name: 'Discard them' }).click();
  expect(await editor.field('Idle power').inputValue()).not.toBe('77');
  await page.getByText('Preset', { exact: true }).waitFor();
  await page.getByRole('navigation', { name: 'Workbench' }).getByRole('link', { name: 'Networks' }).click();
  await page.getByRole('heading', { level: 1, name: 'Networks' }).waitFor();
  expect(under.complaints).toEqual([]);
});

test('changing a preset makes a copy with revisions of its own, which tell what changed and can be taken back', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/platforms/simple');
  await editor.field('Idle power').fill('50');
  await page.getByText('Editing a copy of Simple platform').waitFor();
  await editor.save(/#\/platforms\/simple-copy$/);
  await editor.field('Idle power').fill('60');
  await editor.save(/#\/platforms\/simple-copy$/);
  await page.getByText(/^\s*Revision 2, saved/).waitFor();
  await page.getByRole('button', { name: 'Description, revisions, used by' }).click();
  await page.getByRole('tab', { name: 'Revisions' }).click();
  const change = page.getByRole('term').filter({ hasText: 'processors › cpu › idlePowerMW' });
  expect((await change.locator('..').getByRole('definition').textContent())?.replaceAll(/\s+/g, ' ')).toBe('50 → 60');
  await page.getByRole('button', { name: /^Revision 1/ }).click();
  await page.getByRole('button', { name: 'Return to this revision' }).click();
  expect(await editor.field('Idle power').inputValue()).toBe('50');
  await page.keyboard.press('Control+z');
  expect(await editor.field('Idle power').inputValue()).toBe('60');

  await editor.at('/platforms');
  const row = page.getByRole('row').filter({ hasText: 'Simple platform (copy)' });
  await row.focus();
  await page.keyboard.press('Delete');
  await row.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await row.waitFor();
  expect(under.complaints).toEqual([]);
});

test('files dropped onto the window are imported each by itself, and what is wrong with one is said', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/networks');
  const files = [
    {
      name: 'tiny.json',
      text: JSON.stringify({
        schemaVersion: 1,
        id: 'tiny',
        name: 'Tiny',
        layers: [{ id: 'a', op: 'Conv', executionTimeMs: { cpu: 1 } }],
      }),
    },
    {
      name: 'broken.json',
      text: '{ "schemaVersion": 1, "id": "broken", "layers": [{ "id": "a", "op": "Conv", "dependencies": ["b"] }] }',
    },
    { name: 'table.csv', text: 'id,op,time:cpu\nstem,Conv,2\n' },
  ];
  await editor.drop(files.map(({ name, text }) => ({ name, content: text })));
  const panel = page.getByRole('dialog', { name: 'Import' });
  await panel.getByRole('heading', { name: '2 of 3 files imported' }).waitFor();
  await panel.getByText(/depends on "b", which does not exist/i).waitFor();
  await panel.getByRole('link', { name: 'Tiny' }).click();
  await page.waitForURL(/#\/networks\/tiny$/);
  await editor.cell('Layers', 0, 0).waitFor();
  expect(under.complaints).toEqual([]);
});

test('a new network and a new platform take a pasted table whole, with the rows they have not yet, and say so as a success', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/networks/new');
  await editor.name('Pasted net');
  // As a layer table of a file is copied from a spreadsheet, in another order, with a key that no processor shown has.
  const rows = Array.from({ length: 12 }, (_, index) => [
    `l${index}`,
    index % 2 === 0 ? 'Conv' : 'Relu',
    index === 0 ? '' : `l${index - 1}@4000`,
    String(index + 0.5),
    '1x8x8',
  ]);
  await editor.pasteAt('Layers', 0, 1, [['id', 'op', 'dependencies', 'time:board-core', 'outputShape'], ...rows]);
  await page.getByText('Pasted', { exact: true }).waitFor();
  await page.getByText('11 rows added. The first line was read as headings.').waitFor();
  await editor.save(/#\/networks\/pasted-net$/);
  const file = join(under.directory, 'pasted-net.csv');
  execFileSync(
    process.execPath,
    [
      'out/main/cli.js',
      'export',
      'network',
      'pasted-net',
      '--format',
      'csv',
      '--out',
      file,
      '--db',
      under.databasePath,
    ],
    { stdio: 'pipe' },
  );
  expect(readFileSync(file, 'utf8').split('\n').slice(0, 3)).toEqual([
    'id,name,op,dependencies,outputBytes,macs,parameters,priority,outputShape,time:board-core,source:board-core',
    'l0,,Conv,,,,,,1x8x8,0.5,measured',
    'l1,,Relu,l0@4000,,,,,1x8x8,1.5,measured',
  ]);

  await editor.at('/platforms/new');
  await editor.name('Pasted board');
  await page.evaluate(
    (text) => navigator.clipboard.writeText(text),
    'Name\tKind\tCores\nFast cores\tCPU\t2\nVision unit\tNPU\t1\n',
  );
  await page.getByRole('heading', { name: 'Processors' }).click();
  await page.keyboard.press('Control+v');
  await page.getByText('2 processors added.').waitFor();
  expect(await page.getByRole('tab', { name: /cores|unit/i }).count()).toBe(2);
  await editor.pasteAt('Interconnect, latencyMs', 0, 0, [
    ['From', 'To', 'Latency (ms)', 'Bandwidth (MB/s)'],
    ['Vision unit', 'Fast cores', '0.5', '900'],
  ]);
  await page.getByText('2 values of links written.').waitFor();
  expect((await editor.texts('Interconnect, latencyMs'))[1]?.[1]).toBe('0.5');
  await editor.save(/#\/platforms\/pasted-board$/);
  expect(under.complaints).toEqual([]);
});

test('a pasted table whose numbers may have thousands says how many cells are to be settled, and a frequency is not divided in silence', async () => {
  const editor = await Editor.open(under);
  const { page } = editor;
  await editor.at('/networks/new');
  await editor.name('Doubtful net');
  await editor.pasteAt('Layers', 0, 1, [
    ['id', 'op', 'time:board-core', 'outputBytes', 'macs'],
    ['a', 'Conv', '12', '802.816', '7'],
    ['b', 'Relu', '3', '401.408', '8'],
    ['c', 'Relu', '3', '4.000', '9'],
  ]);
  await page.getByText('Pasted, with problems', { exact: true }).waitFor();
  await page.getByText('3 cells have to be settled').waitFor();
  await editor.pasteAt('Layers', 0, 1, [
    ['id', 'op', 'time:board-core', 'outputBytes', 'macs'],
    ['a', 'Conv', '12,5', '802.816', '7'],
    ['b', 'Relu', '3', '401.408', '8'],
    ['c', 'Relu', '3', '4.000', '9'],
  ]);
  await page.getByText('Pasted', { exact: true }).waitFor();
  await editor.save(/#\/networks\/doubtful-net$/);

  await editor.at('/platforms/new');
  await editor.name('Doubtful board');
  await editor.field('Nominal frequency').fill('1.500');
  await page.getByText('"1.500" may be 1500 or 1.5').first().waitFor();
  await editor.field('Nominal frequency').fill('1500');
  await page.getByText('"1.500" may be 1500 or 1.5').first().waitFor({ state: 'detached' });
  expect(under.complaints).toEqual([]);
});
