/** The renderer as it is while it is developed, with its gallery, served from the sources. */
import { join, resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import type { Browser, Page } from 'playwright-core';
import { createServer } from 'vite';

const root = resolve(import.meta.dirname, '../..');

export interface GalleryServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveGallery(): Promise<GalleryServer> {
  const server = await createServer({
    root: join(root, 'src-renderer'),
    configFile: false,
    logLevel: 'error',
    cacheDir: join(root, 'node_modules/.cache/gallery'),
    plugins: [vue()],
    server: { host: '127.0.0.1', port: 0, hmr: false },
  });
  await server.listen();
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('the development server has no address');
  return { url, close: () => server.close() };
}

/** The first start of a development server has to prepare every package, ms. */
const PATIENCE_MS = 200_000;

/**
 * Opens the gallery in a page of its own, as high as what it shows, and waits until everything is drawn.
 * @param onFault gets what fails meanwhile
 */
export async function openGallery(
  browser: Browser,
  { url }: GalleryServer,
  theme: 'light' | 'dark',
  onFault: (fault: string) => void,
): Promise<Page> {
  const width = 1440;
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  page.on('pageerror', (error) => onFault(error.message));
  page.on('console', (message) => {
    // There is no host behind the development server.
    if (message.type() === 'error' && !/WebSocket/.test(message.text())) onFault(message.text());
  });
  await page.goto(`${url}#/gallery`, { waitUntil: 'commit' });
  const gallery = page.locator('.gallery');
  await gallery.locator('.hall').last().waitFor({ timeout: PATIENCE_MS });
  await page.evaluate(() => document.fonts.ready);
  const height = await gallery.evaluate((element) => element.scrollHeight);
  await page.setViewportSize({ width, height: height + 200 });
  // Charts and canvases follow their size in the next frames.
  await page.waitForTimeout(700);
  return page;
}
