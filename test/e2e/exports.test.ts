/** Everything a run can be exported as, made in the workbench and opened again by a reader that shares no code with it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeGif } from '#test/fixtures/gif-decoder.ts';
import { readPng } from '#test/fixtures/png-reader.ts';
import { allElements, readXml, textOf } from '#test/fixtures/xml-reader.ts';
import { readArchive } from '#test/fixtures/archive.ts';
import { launchBrowser } from './browser.ts';
import { AppUnderTest, type WorkbenchPage } from './workbench-page.ts';
import { settledBox } from './settled-box.ts';

let browser: Browser;
let under: AppUnderTest;
let workbench: WorkbenchPage;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  under = new AppUnderTest(browser);
  workbench = await under.open();
  page = workbench.page;
  await workbench.startDemo('Simple scenario');
  await workbench.fullSpeed();
  await workbench.status('Finished');
});
afterAll(async () => {
  await under.dispose();
  await browser.close();
});

/** Saves a download beside the database; returns where. */
async function saved(download: Download): Promise<string> {
  const path = join(under.directory, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}
const afterClick = async (click: () => Promise<void>): Promise<string> =>
  saved((await Promise.all([page.waitForEvent('download'), click()]))[0]);

/** Exports as `choice`, after `prepare` has set its options. */
async function exportAs(
  choice: string,
  prepare: () => Promise<void> = async () => {},
  address = 'runs/1',
): Promise<string> {
  await page.goto(`${new URL(page.url()).origin}/#/${address}`);
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Export/ });
  await dialog.getByRole('radio', { name: choice, exact: true }).click();
  await prepare();
  const path = await afterClick(() => dialog.getByRole('button', { name: 'Export', exact: true }).click());
  await dialog.getByRole('button', { name: 'Close' }).click();
  return path;
}
const text = (path: string): string => readFileSync(path, 'utf8');

/** Chooses a few generations at a small size, so that the film is short. */
async function shortFilm(kind: string, format: string): Promise<void> {
  await page.getByText(kind, { exact: true }).click();
  await page.getByText(format, { exact: true }).click();
  await choose('Size', '640 × 360');
  await choose('Frames per second', '10 frames/s');
  await choose('Generations per second', '10 generations/s');
  await page.getByRole('textbox', { name: 'Last generation' }).fill('20');
  await page.getByRole('textbox', { name: 'Last generation' }).press('Tab');
}
async function choose(field: string, option: string): Promise<void> {
  await page.getByLabel(field, { exact: true }).click();
  await page
    .locator('.n-base-select-option')
    .filter({ hasText: new RegExp(`^${option}$`) })
    .click();
}

/** Whether these are the parts of an MP4 file with H.264: its type first, its index, and its pictures. */
function isWholeFilm(film: Buffer): boolean {
  return (
    film.toString('latin1', 4, 8) === 'ftyp' &&
    ['moov', 'mdat', 'avc1'].every((part) => film.includes(part, 0, 'latin1'))
  );
}

describe('animations', () => {
  test.each([
    ['Schedule and population', 'run-1-replay.gif'],
    ['Genes and diversity', 'run-1-diversity.gif'],
  ])('a GIF of %s has every frame, moves, and ends with a pause', async (kind, name) => {
    const path = await exportAs('Animation', () => shortFilm(kind, 'GIF'));
    expect(path.endsWith(name)).toBe(true);
    const gif = decodeGif(new Uint8Array(readFileSync(path)));
    expect([gif.width, gif.height, gif.repeat]).toEqual([640, 360, 0]);
    // 20 generations in 2 s, and 1.5 s of the last one; frames that are alike are one that lasts longer.
    expect(gif.frames.reduce((sum, { delayCs }) => sum + delayCs, 0)).toBe(350);
    expect(gif.frames.length).toBeGreaterThan(15);
    expect(gif.frames.length).toBeLessThanOrEqual(35);
    const changed = gif.frames
      .slice(1)
      .map((frame, i) => frame.rgb.reduce((count, value, at) => count + (value === gif.frames[i]!.rgb[at] ? 0 : 1), 0));
    expect(Math.min(...changed)).toBeGreaterThan(0);
    // Most of the picture is the theme's background.
    const background =
      gif.frames[0]!.rgb.reduce((count, value) => count + (value > 250 ? 1 : 0), 0) / gif.frames[0]!.rgb.length;
    expect(background).toBeGreaterThan(0.4);
  });

  test('a WebM film plays in a browser, at its size and length', async () => {
    const path = await exportAs('Animation', () => shortFilm('Schedule and population', 'WebM'));
    expect(readFileSync(path).subarray(0, 4)).toEqual(Buffer.from([0x1a, 0x45, 0xdf, 0xa3]));
    const other = await browser.newPage();
    const seen = await other.evaluate(async (base64) => {
      const video = document.createElement('video');
      video.src = URL.createObjectURL(
        new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], { type: 'video/webm' }),
      );
      await new Promise((resolve, reject) => {
        video.addEventListener('loadeddata', resolve);
        video.addEventListener('error', () => reject(new Error(video.error?.message)));
      });
      return { width: video.videoWidth, height: video.videoHeight, duration: video.duration };
    }, readFileSync(path).toString('base64'));
    expect(seen).toMatchObject({ width: 640, height: 360 });
    expect(seen.duration).toBeCloseTo(3.5, 1);
    await other.close();
  });

  test('an MP4 film plays where this browser can write it; else the dialog says why not, and what to choose', async () => {
    await page.goto(`${new URL(page.url()).origin}/#/runs/1`);
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: /^Export/ });
    await shortFilm('Schedule and population', 'MP4');
    const button = dialog.getByRole('button', { name: 'Export', exact: true });
    const refusal = dialog.getByText('This browser cannot encode H.264 at this size. Choose WebM or GIF.');
    await expect.poll(async () => (await refusal.isVisible()) !== (await button.isEnabled())).toBe(true);
    const film = (await refusal.isVisible()) ? undefined : readFileSync(await afterClick(() => button.click()));
    expect(film === undefined ? await button.isDisabled() : isWholeFilm(film)).toBe(true);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  test('an export under way can be cancelled, and begun again', async () => {
    await page.goto(`${new URL(page.url()).origin}/#/runs/1`);
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: /^Export/ });
    await choose('Generations per second', '1 generations/s');
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog.getByRole('progressbar').waitFor();
    await dialog.getByText(/ left\s*$/).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.getByRole('progressbar').waitFor({ state: 'detached' });
    expect(await dialog.getByRole('button', { name: 'Export', exact: true }).isEnabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });
});

describe('pictures', () => {
  const open = async (tab: string): Promise<void> => {
    await page.goto(`${new URL(page.url()).origin}/#/runs/1/${tab}`);
  };
  const svgOf = async (tab: string, region: string): Promise<string> => {
    await open(tab);
    const place = page.getByRole('region', { name: region, exact: true });
    return text(await afterClick(() => place.getByRole('button', { name: 'Save as SVG' }).click()));
  };

  test.each([
    [
      'replay',
      'Population in objective space',
      ['Population, generation 0', 'first front', 'Makespan (ms)', 'Energy (mJ)'],
      100,
    ],
    ['replay', 'Genes of the population', ['Genes, generation 0', 'mutations', 'npu'], 200],
    ['replay', 'Schedule of the best', ['Best schedule, generation 0', 'ResNet-18', 'Time (ms)', 'npu'], 40],
    [
      'lineage',
      'Family tree',
      ['Lineage of the best', 'line of the fitter parents', 'Generation of birth', 'Fitness (no unit)'],
      20,
    ],
  ])(
    'of %s, %s: the SVG is well-formed and has title, legend and axes',
    async (tab, region, expected, fewestShapes) => {
      const root = readXml(await svgOf(tab, region));
      expect([root.name, root.attributes.get('xmlns')]).toEqual(['svg', 'http://www.w3.org/2000/svg']);
      const texts = allElements(root)
        .filter(({ name }) => name === 'text')
        .map(textOf);
      // A scale may be logarithmic, which its title then says.
      for (const part of expected) expect(texts.map((text) => text.replace(', logarithmic', ''))).toContain(part);
      expect(allElements(root).filter(({ name }) => name === 'rect' || name === 'path').length).toBeGreaterThan(
        fewestShapes,
      );
      const ids = allElements(root).flatMap(({ attributes }) => attributes.get('id') ?? []);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  test('of a chart: the SVG has the title, every legend entry with its value, and both axes', async () => {
    await open('convergence');
    await page.getByRole('button', { name: 'Save as SVG' }).waitFor();
    await page.getByRole('button', { name: /^worst/ }).click(); // off at first, and then not in the picture
    const legend = await page.getByRole('list', { name: 'Legend' }).getByRole('listitem').allTextContents();
    const root = readXml(text(await afterClick(() => page.getByRole('button', { name: 'Save as SVG' }).click())));
    const written = textOf(root);
    for (const part of [
      'Convergence',
      'Generation',
      'Fitness (no unit)',
      '200',
      ...legend.flatMap((entry) => /^(\D+?)(−?[\d.]+)$/.exec(entry)?.slice(1) ?? [entry]),
    ])
      expect(written).toContain(part);
    expect(legend.length).toBe(4);
  });

  test('of a chart: the PNG is whole, has twice the size of the SVG, and shows the chart', async () => {
    await open('convergence');
    const svg = readXml(text(await afterClick(() => page.getByRole('button', { name: 'Save as SVG' }).click())));
    const { width, height, channels, pixels } = readPng(
      readFileSync(await afterClick(() => page.getByRole('button', { name: 'Save as PNG' }).click())),
    );
    expect([width, height]).toEqual([
      2 * Number(svg.attributes.get('width')),
      2 * Number(svg.attributes.get('height')),
    ]);
    // Title and curves are drawn on the page's background, which is nowhere transparent.
    const dark = Array.from({ length: width * height }, (_, at) =>
      pixels[at * channels]! < 128 ? 1 : 0,
    ).reduce<number>((sum, one) => sum + one, 0);
    expect(dark / (width * height)).toBeGreaterThan(0.002);
    expect(dark / (width * height)).toBeLessThan(0.2);
    expect(channels === 3 || pixels.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
  });
});

describe('files', () => {
  test('the Chrome trace keeps the rules of its format: known phases, named threads, no overlap on a thread, arrows with both ends', async () => {
    const { traceEvents } = JSON.parse(text(await exportAs('Chrome trace'))) as {
      traceEvents: { ph: string; name: string; pid: number; tid?: number; ts?: number; dur?: number; id?: number }[];
    };
    expect(new Set(traceEvents.map(({ ph }) => ph))).toEqual(new Set(['M', 'X', 's', 'f']));
    const slices = traceEvents.filter(({ ph }) => ph === 'X');
    const threads = new Set(
      traceEvents.filter(({ ph, name }) => ph === 'M' && name === 'thread_name').map(({ pid, tid }) => `${pid}/${tid}`),
    );
    const byThread = Map.groupBy(slices, ({ pid, tid }) => `${pid}/${tid}`);
    for (const [thread, own] of byThread) {
      expect(threads).toContain(thread);
      const sorted = own.toSorted((a, b) => a.ts! - b.ts!);
      sorted
        .slice(1)
        .forEach((slice, i) => expect(slice.ts!).toBeGreaterThanOrEqual(sorted[i]!.ts! + sorted[i]!.dur! - 1e-6));
    }
    const begun = traceEvents.filter(({ ph }) => ph === 's');
    const ended = new Map(traceEvents.filter(({ ph }) => ph === 'f').map((event) => [event.id, event]));
    expect(begun.length).toBe(ended.size);
    for (const { id, ts } of begun) expect(ended.get(id)!.ts!).toBeGreaterThanOrEqual(ts!);
  });

  test('the tables have a row for each generation and each layer, and say the same as the JSON', async () => {
    const json = JSON.parse(text(await exportAs('Run as JSON'))) as {
      run: { generations: number };
      generations: { bestFitness: number[] };
      schedule: { timeline: unknown[] };
    };
    const rows = (content: string): string[][] =>
      content
        .trim()
        .split(/\r?\n/)
        .map((line) => line.split(','));
    const [head, ...generations] = rows(text(await exportAs('Generations as CSV')));
    expect(generations.map((row) => Number(row[head!.indexOf('bestFitness')]))).toEqual(json.generations.bestFitness);
    expect(generations).toHaveLength(json.run.generations);
    expect(rows(text(await exportAs('Schedule as CSV')))).toHaveLength(json.schedule.timeline.length + 1);
  });

  test('the PRISM schedule says when and where each operation runs, without two on one core at a time', async () => {
    const schedule = JSON.parse(text(await exportAs('PRISM schedule'))) as Record<
      'start_times' | 'end_times',
      number[]
    > & { computing_cores: string[]; computing_ids: number[]; map: Record<string, string> };
    const { timeline } = (
      JSON.parse(text(await exportAs('Run as JSON'))) as {
        schedule: { timeline: { startMs: number; endMs: number }[] };
      }
    ).schedule;
    const inOrder = (times: readonly number[]): number[] => times.map((time) => Math.round(time)).sort((a, b) => a - b);
    // Microseconds.
    expect(inOrder(schedule.start_times)).toEqual(inOrder(timeline.map(({ startMs }) => startMs * 1000)));
    expect(inOrder(schedule.end_times)).toEqual(inOrder(timeline.map(({ endMs }) => endMs * 1000)));
    expect(Object.values(schedule.map)).toEqual(schedule.computing_cores);
    const byCore = Map.groupBy(
      schedule.start_times.keys(),
      (operation) => `${schedule.computing_cores[operation]} ${schedule.computing_ids[operation]}`,
    );
    for (const own of byCore.values()) {
      const sorted = [...own].sort((a, b) => schedule.start_times[a]! - schedule.start_times[b]!);
      sorted
        .slice(1)
        .forEach((operation, i) =>
          expect(schedule.start_times[operation]!).toBeGreaterThanOrEqual(schedule.end_times[sorted[i]!]! - 1e-6),
        );
    }
  });

  test('a whole run is saved, imported by choosing it, and there again with its replay', async () => {
    const path = await exportAs('Whole run');
    expect(readArchive(new Uint8Array(readFileSync(path))).at(-1)!.record.kind).toBe('end');
    await workbench.go('Runs');
    await page.getByLabel('Files to import').setInputFiles(path);
    const dialog = page.getByRole('dialog', { name: 'Import' });
    await dialog.getByText('Imported 1 file').waitFor();
    await dialog.getByRole('link', { name: 'Simple scenario' }).click();
    await page.waitForURL(/#\/runs\/2$/);
    await expect.poll(() => workbench.metrics()).toHaveLength(4);
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.getByText(/run 1 where it was made/).waitFor();
  });

  test('a damaged file is refused with where, and nothing of it appears', async () => {
    const bytes = readFileSync(join(under.directory, 'run-1.tessera'));
    bytes[bytes.length - 100]! ^= 1;
    await workbench.go('Runs');
    await page
      .getByLabel('Files to import')
      .setInputFiles({ name: 'damaged.tessera', mimeType: 'application/octet-stream', buffer: bytes });
    const dialog = page.getByRole('dialog', { name: 'Import' });
    await dialog.getByText(/^\s*The file is damaged at byte \d+/).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await page.getByRole('row').filter({ hasText: 'Simple scenario' }).count()).toBe(2);
  });
});

describe('the interactive page', () => {
  test('plays, steps, scrubs and zooms in a browser without a network, from a file', async () => {
    const path = await exportAs('Interactive page');
    expect(readFileSync(path).byteLength).toBeLessThan(5_000_000);
    expect(text(path).match(/(?:src|href)=["']?https?:/g)).toBeNull();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, offline: true });
    const dashboard = await context.newPage();
    const complaints: string[] = [];
    const asked: string[] = [];
    dashboard.on('pageerror', (error) => complaints.push(error.message));
    dashboard.on('console', (message) => complaints.push(message.text()));
    dashboard.on('request', (request) => asked.push(request.url()));
    await dashboard.goto(pathToFileURL(path).href);
    const story = dashboard.getByRole('region', { name: 'What happened' });
    const position = dashboard.getByRole('slider', { name: 'Position, generation' });
    const shown = async (): Promise<number> => Number(await position.getAttribute('aria-valuenow'));
    // It opens with what the run came to, and plays from the beginning.
    await position.waitFor();
    expect(await shown()).toBe(Number(await position.getAttribute('aria-valuemax')));
    const heights = async (): Promise<number[]> =>
      dashboard.locator('.plot').evaluateAll((plots) => plots.map((plot) => plot.clientHeight));
    const heightsAtFirst = await heights();
    await dashboard.keyboard.press('p');
    const improved = await shown();
    await story.getByText(/^\s*A better schedule/).waitFor();
    await dashboard.keyboard.press('p');
    expect(await shown()).toBeLessThan(improved);
    await dashboard.keyboard.press('Home');
    await story.getByText(/^\s*The first generation’s best takes/).waitFor();
    expect(await heights()).toEqual(heightsAtFirst);

    await dashboard.getByRole('button', { name: 'Play' }).click();
    await expect.poll(shown).toBeGreaterThan(3);
    await dashboard.getByRole('button', { name: 'Pause' }).click();
    const box = await settledBox(position);
    await dashboard.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    const last = Number(await position.getAttribute('aria-valuemax'));
    expect(Math.abs((await shown()) - last / 2)).toBeLessThanOrEqual(1);
    await dashboard.keyboard.press('ArrowRight');
    expect(Math.abs((await shown()) - last / 2 - 1)).toBeLessThanOrEqual(1);
    await dashboard.keyboard.press('End');
    await story.getByRole('heading', { name: `Generation ${last}` }).waitFor();
    // The last generation's best is the run's result.
    await page.goto(`${new URL(page.url()).origin}/#/runs/1`);
    await expect.poll(() => workbench.metrics()).toHaveLength(4);
    const makespan = /Makespan ?([\d.]+) ?ms/.exec((await workbench.metrics())[0] ?? '')?.[1];
    expect((await dashboard.getByRole('definition').allTextContents())[0]).toMatch(new RegExp(`^${makespan}`));

    await dashboard.waitForTimeout(3000); // tiles and axis have arrived, and the marks have faded
    const canvas = dashboard.getByRole('img', { name: /^Best schedule/ });
    const before = await canvas.screenshot();
    await canvas.hover();
    await dashboard.mouse.wheel(0, -400);
    await expect.poll(async () => (await canvas.screenshot()).equals(before)).toBe(false);
    await dashboard.getByRole('button', { name: 'Show all' }).click();
    await dashboard.mouse.move(5, 5);
    await expect.poll(async () => (await canvas.screenshot()).equals(before)).toBe(true);
    expect(asked.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('that is cut short says so instead of staying empty', async () => {
    const whole = text(join(under.directory, 'run-1-replay.html'));
    const context = await browser.newContext({ offline: true });
    const dashboard = await context.newPage();
    await dashboard.setContent(whole.replace(/(id="tessera-data">)([^<]{2000})[^<]*/, '$1$2'));
    await expect.poll(() => dashboard.getByRole('alert').textContent()).toMatch(/could not be read/);
    await context.close();
  });
});

/** The sheets of a PDF, points. */
function sheetsOf(pdf: Buffer): { readonly count: number; readonly widthPt: number; readonly heightPt: number } {
  const content = pdf.toString('latin1');
  const box = /\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/.exec(content);
  return {
    count: content.match(/\/Type\s*\/Page\b/g)?.length ?? 0,
    widthPt: Number(box?.[1]),
    heightPt: Number(box?.[2]),
  };
}

/** Saves the report that is shown as HTML, and opens it from the file, without a network and with scripts forbidden. */
async function savedReport(name: string, read: (report: Page) => Promise<void>): Promise<void> {
  const path = await afterClick(() => page.getByRole('button', { name: 'Save as HTML' }).click());
  expect(path.endsWith(name)).toBe(true);
  expect(text(path).match(/<script|<button|(?:src|href)=["']?https?:|url\(["']?(?!#)/g)).toBeNull();
  const context = await browser.newContext({ offline: true, javaScriptEnabled: false });
  const report = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  report.on('request', (request) => asked.push(request.url()));
  report.on('console', (message) => complaints.push(message.text()));
  await report.goto(pathToFileURL(path).href);
  await read(report);
  expect([asked, complaints]).toEqual([[pathToFileURL(path).href], []]);
  await context.close();
}

test('the interactive page and the report hold their figures against what the run was compared with', async () => {
  const path = await exportAs('Interactive page', async () => {}, 'runs/1?baseline=heft');
  const context = await browser.newContext({ offline: true });
  const dashboard = await context.newPage();
  await dashboard.goto(pathToFileURL(path).href);
  await dashboard
    .getByText(/vs HEFT/)
    .first()
    .waitFor();
  expect(await dashboard.getByText(/vs NPU first/).count()).toBe(0);
  await context.close();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Export/ });
  await dialog.getByRole('radio', { name: 'Report', exact: true }).click();
  await dialog.getByRole('button', { name: 'Open the report' }).click();
  await page.getByRole('columnheader', { name: 'Latency vs HEFT' }).waitFor();
});

describe('reports', () => {
  test('of a run has figures, charts and the schedule, and goes onto paper of any size without the frame of the workbench', async () => {
    await page.goto(`${new URL(page.url()).origin}/#/runs/1/report`);
    const report = page.getByRole('article');
    await report.getByRole('heading', { name: 'Mapping' }).waitFor();
    await expect.poll(() => report.getByRole('img').locator('svg').count()).toBe(5);
    expect(await report.getByRole('row').count()).toBeGreaterThan(40);
    // Every colour of the chart of power is told.
    expect(await report.getByRole('listitem').allTextContents()).toEqual(
      expect.arrayContaining(['best', 'mean', 'worst', 'NPU first', 'CPU', 'GPU', 'NPU']),
    );
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('navigation', { name: 'Workbench' }).isVisible()).toBe(false);
    expect(await report.evaluate((element) => getComputedStyle(element).boxShadow)).toBe('none');
    for (const [format, widthPt, heightPt] of [
      ['A4', 595, 842],
      ['Letter', 612, 792],
    ] as const) {
      const sheets = sheetsOf(await page.pdf({ format, printBackground: true }));
      expect(
        [Math.round(sheets.widthPt), Math.round(sheets.heightPt)].map(
          (size, i) => Math.abs(size - [widthPt, heightPt][i]!) <= 1,
        ),
      ).toEqual([true, true]);
      expect(sheets.count).toBeGreaterThanOrEqual(2);
      expect(sheets.count).toBeLessThanOrEqual(4);
    }
    await page.emulateMedia({ media: null });
  });

  test('of a run is one HTML file that says the same without scripts and network', async () => {
    const cells = await page.getByRole('article').getByRole('cell').allTextContents();
    await savedReport('run-1-report.html', async (report) => {
      expect(await report.getByRole('cell').allTextContents()).toEqual(cells);
      expect(await report.locator('svg').count()).toBe(5);
      expect(await report.title()).toMatch(/^Simple scenario/);
      // It looks as it did: the colours came along.
      expect(
        await report.getByRole('heading', { level: 1 }).evaluate((element) => getComputedStyle(element).fontSize),
      ).toBe('22px');
    });
  });

  test('of a comparison has figures, curves, fronts, schedules and what moved; it is printed, and saved as one HTML file', async () => {
    const recorded = execFileSync(
      process.execPath,
      [
        resolve(import.meta.dirname, '../../out/main/cli.js'),
        'run',
        'simple',
        '--db',
        under.databasePath,
        '--scheduler',
        'nsga2',
        '--set',
        'generations=20',
        '--json',
        '--quiet',
      ],
      { encoding: 'utf8' },
    );
    const { runId } = JSON.parse(recorded) as { runId: number };
    await page.goto(`${new URL(page.url()).origin}/#/compare/1~${runId}?base=1`);
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByText('Report, to print or save as PDF or HTML').click();
    await page.waitForURL(`**/#/compare/1~${runId}/report?base=1`);
    const report = page.getByRole('article');
    await expect.poll(() => page.getByRole('button', { name: 'Print or save as PDF' }).isEnabled()).toBe(true);
    await expect.poll(() => report.getByRole('img').locator('svg').count()).toBe(4);
    const headings = await report.getByRole('heading', { level: 2 }).allTextContents();
    expect(headings).toEqual(
      expect.arrayContaining([
        'Figures',
        'Search',
        'Best schedules',
        'What moved from B to A',
        'Configured differently',
      ]),
    );
    const makespan = report.getByRole('row', { name: /^Makespan/ });
    const figures = (await makespan.getByRole('cell').allTextContents()).map((cell) => /^[\d.]+/.exec(cell)?.[0]);
    expect(sheetsOf(await page.pdf({ format: 'A4', printBackground: true })).count).toBeLessThanOrEqual(4);
    await savedReport('comparison.html', async (saved) => {
      expect(
        (
          await saved
            .getByRole('row', { name: /^Makespan/ })
            .getByRole('cell')
            .allTextContents()
        ).map((cell) => /^[\d.]+/.exec(cell)?.[0]),
      ).toEqual(figures);
      for (const svg of await saved.locator('svg').all())
        expect((await svg.boundingBox())!.height).toBeGreaterThan(100);
    });
    await page.getByRole('navigation', { name: 'Above this page' }).getByRole('link', { name: 'Compare' }).click();
    await page
      .getByRole('region', { name: 'Figures' })
      .getByRole('row', { name: /^Makespan/ })
      .waitFor();
  });

  test('of a comparison are its figures as JSON, the same as on its page', async () => {
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const path = await afterClick(() => page.getByText('Figures as JSON').click());
    const { sides, figures } = JSON.parse(text(path)) as {
      sides: { runs: { metrics: { makespanMs: number } }[] }[];
      figures: { figure: string; sides: { median: number }[] }[];
    };
    expect(figures.find(({ figure }) => figure === 'Makespan')?.sides.map(({ median }) => median)).toEqual(
      sides.map(({ runs }) => runs[0]!.metrics.makespanMs),
    );
    await page.goto(`${new URL(page.url()).origin}/#/runs/1`);
  });
});

test('nothing of all this made the browser complain', () => {
  expect(under.complaints).toEqual([]);
});
