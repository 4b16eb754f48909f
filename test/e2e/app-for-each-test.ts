/** One browser for a file of end-to-end tests, and for each of them an app with a database of its own. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { launchBrowser } from './browser.ts';
import { AppUnderTest } from './workbench-page.ts';

/** Hands each test its app by `take`; it is not started yet, and disposed of afterwards. */
export function appForEachTest(take: (app: AppUnderTest) => void): void {
  let browser: Browser;
  let app: AppUnderTest;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(() => {
    app = new AppUnderTest(browser);
    take(app);
  });
  afterEach(async () => {
    await app.dispose();
  });
}
