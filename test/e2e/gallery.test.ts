/** The gallery of development builds: everything that belongs there is shown, in both themes, and nothing fails. */
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { openGallery, serveGallery, type GalleryServer } from './gallery-server.ts';

const renderer = resolve(import.meta.dirname, '../../src-renderer');
let browser: Browser;
let server: GalleryServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), serveGallery()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), server.close()]);
});

/** Components and plots that several pages share: each has to be in the gallery. */
function sharedFiles(): string[] {
  return (
    ['components', 'charts', 'plots', 'playback', 'timeline']
      .flatMap((room) =>
        readdirSync(join(renderer, room), { recursive: true, withFileTypes: true }).map((entry) =>
          relative(renderer, join(entry.parentPath, entry.name)).replaceAll('\\', '/'),
        ),
      )
      .filter((file) => /\.vue$|^(?:plots|playback)\/(?:.*\/)?draw-[\w-]+\.ts$/.test(file))
      // Parts of the timeline and of the table, shown within them.
      .filter((file) => !file.startsWith('timeline/panels/') && file !== 'components/table/TableHead.vue')
  );
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  it('every shared component and plot is shown, and none fails', async () => {
    const faults: string[] = [];
    const page = await openGallery(browser, server, theme, (fault) => faults.push(fault));
    expect(faults).toEqual([]);
    const shown = await page.locator('.gallery h3').allTextContents();
    expect(sharedFiles().filter((file) => !shown.includes(file))).toEqual([]);
    const empty = await page.locator('.gallery .states > figure').evaluateAll((figures) =>
      figures.flatMap((figure) => {
        const { width, height } = figure.querySelector('.stage')?.firstElementChild?.getBoundingClientRect() ?? {
          width: 0,
          height: 0,
        };
        return width > 0 && height > 0
          ? []
          : [`${figure.closest('article')?.querySelector('h3')?.textContent}: ${figure.textContent}`];
      }),
    );
    expect(empty).toEqual([]);
    await page.close();
  }, 240_000);
});
