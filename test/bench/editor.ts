/** How fast the editor of a large network opens in the browser, and how smoothly its table and its graph move. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Random } from '#main/engine/random.ts';
import { launchBrowser } from '../e2e/browser.ts';
import { startServedApp } from '../e2e/served-app.ts';
import { quantileOf } from './quantile.ts';
import { defaultParameters, randomScenario } from './task-graph.ts';
import type { BenchSection } from './types.ts';

const root = resolve(import.meta.dirname, '../..');
const LAYERS = 1000;
const ROUNDS = 5;
const MOVE_MS = 4000;
/** A fast turn of a wheel, px a frame. */
const SCROLL_PX = 60;

/** Residual blocks, all alike: they are closed to one box each in the beginning. */
function residualNetwork(): object {
  const layers = Array.from({ length: LAYERS }, (_, index) => {
    const place = index % 10;
    const kernel = place % 3 === 0 ? [1, 1] : [3, 3];
    return {
      id: `stage${Math.floor(index / 250)}.block${Math.floor(index / 10)}.${place === 9 ? 'add' : `conv${place}`}`,
      op: place === 9 ? 'Add' : 'Conv',
      ...(place === 9 ? {} : { kernelShape: kernel, macs: 1e7 + 1e4 * index, parameters: 9216 }),
      outputBytes: 401_408,
      executionTimeMs: {},
      dependencies: [] as string[],
    };
  });
  layers.forEach((layer, index) => {
    if (index > 0) layer.dependencies.push(layers[index - 1].id);
    if (index % 10 === 9 && index > 10) layer.dependencies.push(layers[index - 10].id);
  });
  return { schemaVersion: 1, id: 'residual', name: 'Residual', layers };
}

/** A graph in which nothing repeats and hardly anything is passed by all: what is hardest to draw. */
function randomNetwork(): object {
  const random = new Random(LAYERS);
  const [{ network }] = randomScenario({ ...defaultParameters, tasks: LAYERS }, (n) => random.nextInt(n)).applications;
  return { ...network, id: 'random', name: 'Random' };
}

export const editorSection: BenchSection = {
  name: 'editor',
  async run() {
    return [
      {
        title: `Network editor, ${LAYERS} layers`,
        note: `Headless Chromium without a GPU, 1280 × 800. Open: from the address to graph and table on the screen, in a page just loaded, the slowest of ${ROUNDS}; "again": the median of as many once the editor's code is there. Frames: ${MOVE_MS / 1000} s each of scrolling the table by ${SCROLL_PX} px a frame, dragging the graph where its names can be read, and zooming it between all of it and its names.`,
        rows: [await measure('residual blocks', residualNetwork()), await measure('random graph', randomNetwork())],
      },
    ];
  },
};

async function measure(name: string, network: object): Promise<Record<string, string | number>> {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const databasePath = join(directory, 'tessera.db');
  const file = join(directory, 'network.json');
  writeFileSync(file, JSON.stringify({ ...network, id: 'large' }));
  execFileSync(
    process.execPath,
    [join(root, 'out/main/cli.js'), 'import', 'auto', file, '--db', databasePath, '--quiet'],
    { cwd: root, stdio: 'ignore' },
  );
  const browser = await launchBrowser();
  const app = await startServedApp(databasePath);
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(app.url);
    const home = page.getByRole('heading', { level: 1 }).first();
    const first: number[] = [];
    const again: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await page.goto(`${new URL(page.url()).origin}/#/`);
      await page.reload();
      await home.waitFor();
      await page.evaluate(readFileSync(join(import.meta.dirname, 'editor-in-page.js'), 'utf8'));
      first.push(await page.evaluate<number>(`editorMeasures.openTime('#/networks/large')`));
      await page.evaluate(`location.hash = '#/networks'`);
      await page.locator('canvas').waitFor({ state: 'detached' });
      again.push(await page.evaluate<number>(`editorMeasures.openTime('#/networks/large')`));
    }
    const moves = {
      table: await page.evaluate<number[]>(`editorMeasures.scrollTable(${MOVE_MS}, ${SCROLL_PX})`),
      drag: await page.evaluate<number[]>(`editorMeasures.dragGraph(${MOVE_MS})`),
      zoom: await page.evaluate<number[]>(`editorMeasures.zoomGraph(${MOVE_MS})`),
    };
    return {
      network: name,
      'open ms': Math.max(...first),
      'again ms': quantileOf(again, 0.5),
      ...Object.fromEntries(
        Object.entries(moves).flatMap(([move, frames]) => [
          [`${move} frames/s`, (1000 * frames.length) / frames.reduce((sum, ms) => sum + ms, 0)],
          [`${move} frame 99 % ms`, quantileOf(frames, 0.99)],
        ]),
      ),
    };
  } finally {
    await app.close();
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
