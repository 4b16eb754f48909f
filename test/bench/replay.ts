/** How smoothly a recorded run is replayed in the browser, and how fast a jump to any generation is answered. */
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
const SEEKS = 40;
const PLAY_MS = 4000;

interface Case {
  readonly tasks: number;
  readonly population: number;
  readonly generations: number;
}
const cases: readonly Case[] = [
  { tasks: 200, population: 200, generations: 5000 },
  { tasks: 500, population: 200, generations: 400 },
];

export const replaySection: BenchSection = {
  name: 'replay',
  async run() {
    const rows: Record<string, number>[] = [];
    for (const one of cases) rows.push(await measure(one));
    return [
      {
        title: 'Replay',
        note: `ga in headless Chromium without a GPU, 1280 × 800. Seek: from a press on the track to the new population on its canvas, ${SEEKS} random generations. Frames: playing 16 times as fast for ${PLAY_MS / 1000} s, every plot of the page moving.`,
        rows,
      },
    ];
  },
};

async function measure({ tasks, population, generations }: Case): Promise<Record<string, number>> {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const random = new Random(tasks);
  const scenario = join(directory, 'scenario.json');
  const databasePath = join(directory, 'tessera.db');
  writeFileSync(scenario, JSON.stringify(randomScenario({ ...defaultParameters, tasks }, (n) => random.nextInt(n))));
  execFileSync(
    process.execPath,
    [
      join(root, 'out/main/cli.js'),
      'run',
      scenario,
      '--db',
      databasePath,
      '--quiet',
      '--set',
      `populationSize=${population}`,
      '--set',
      `generations=${generations}`,
      '--set',
      'stagnationLimit=0',
    ],
    { cwd: root, stdio: 'ignore' },
  );
  const browser = await launchBrowser();
  const app = await startServedApp(databasePath);
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(app.url);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.goto(`${new URL(page.url()).origin}/#/runs/1/replay`);
    await page.locator('[data-generation="0"]').waitFor();
    await page.evaluate(readFileSync(join(import.meta.dirname, 'replay-in-page.js'), 'utf8'));
    const seeks = await page.evaluate<number[]>(`replayMeasures.seekTimes(${SEEKS})`);
    await page.keyboard.press('Home');
    for (let i = 0; i < 4; i++) await page.keyboard.press('>');
    await page.keyboard.press('Space');
    const frames = await page.evaluate<number[]>(`replayMeasures.playFrames(${PLAY_MS})`);
    return {
      tasks,
      population,
      generations,
      'seek median ms': quantileOf(seeks, 0.5),
      'seek 95 % ms': quantileOf(seeks, 0.95),
      'seek longest ms': quantileOf(seeks, 1),
      'frames/s': (1000 * frames.length) / frames.reduce((sum, ms) => sum + ms, 0),
      'frame 99 % ms': quantileOf(frames, 0.99),
    };
  } finally {
    await app.close();
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
