/** How long it takes from the command to something on the screen. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { launchBrowser } from '../e2e/browser.ts';
import { startServedApp } from '../e2e/served-app.ts';
import type { BenchSection } from './types.ts';

const ROUNDS = 3;

export const startupSection: BenchSection = {
  name: 'startup',
  async run(size) {
    if (!existsSync(resolve(import.meta.dirname, '../../out/main/cli.js')))
      throw new Error('the start-up benchmark measures the built app: run "npm run build" first');
    const browser = await launchBrowser();
    const rows: Record<string, number>[] = [];
    try {
      for (let round = 1; round <= (size === 'tiny' ? 1 : ROUNDS); round++) {
        const directory = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
        const started = performance.now();
        const app = await startServedApp(join(directory, 'tessera.db'));
        const addressMs = performance.now() - started;
        const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
        try {
          await page.goto(app.url);
          await page.getByRole('heading', { level: 1 }).first().waitFor();
          const paintMs = await page.evaluate(
            () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
          );
          rows.push({
            round,
            'command → address ms': addressMs,
            'navigation → first paint ms': paintMs,
            'command → first paint ms': addressMs + paintMs,
            'command → home shown ms': performance.now() - started,
          });
        } finally {
          await page.close();
          await app.close();
          rmSync(directory, { recursive: true, force: true });
        }
      }
    } finally {
      await browser.close();
    }
    return [
      {
        title: 'Start-up of the served host',
        note: 'A new database each round; first contentful paint of Home in headless Chromium at 1280 × 800.',
        rows,
      },
    ];
  },
};
