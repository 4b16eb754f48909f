/**
 * `npm run screenshots`: takes the pictures of every page of the built app, in both themes, into resources/screenshots
 * (or into the folder given), and at the larger size the ones that matter there.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { AppUnderTest } from './workbench-page.ts';

const target = resolve(process.argv[2] ?? join(import.meta.dirname, '../../resources/screenshots'));
const root = resolve(import.meta.dirname, '../..');
const cli = join(root, 'out/main/cli.js');
const sweep = { name: 'Population size and mutation', scenarios: ['simple'], seeds: { count: 3 }, schedulers: [{ scheduler: 'ga', options: { generations: 40 }, vary: { mutation: ['bit_flip', 'swap', 'gaussian', 'adaptive'], populationSize: [20, 50, 100, 200] } }] };
const small = { width: 1280, height: 800 };
const large = { width: 1920, height: 1080 };
const themes = ['light', 'dark'] as const;

mkdirSync(target, { recursive: true });
const browser = await launchBrowser();
const under = new AppUnderTest(browser);
try {
  const workbench = await under.open();
  const { page } = workbench;
  await take(page, 'home-empty', [small]);

  await workbench.startDemo('Multi-application scenario');
  await workbench.fullSpeed();
  await workbench.status('Finished');
  await workbench.go('Home');
  await workbench.startDemo('Simple scenario');
  await workbench.generationAtLeast(60);
  await workbench.button('Pause').click();
  await workbench.status('Paused');
  await workbench.button('Resume').click();
  await workbench.status('Running');
  await take(page, 'run-live', [small, large]);
  await workbench.fullSpeed();
  await workbench.status('Finished');
  const run = page.url();
  await take(page, 'run', [small, large]);
  for (const tab of ['convergence', 'schedule', 'population', 'lineage', 'configuration', 'notes']) {
    await page.goto(`${run}/${tab}`);
    await take(page, `run-${tab}`, [small]);
  }
  // Where a replay is worth a look: in the midst of the evolution.
  await page.goto(`${run}/replay`);
  await page.getByRole('slider', { name: 'Position, generation' }).waitFor();
  for (let i = 0; i < 25; i++) await page.keyboard.press('ArrowRight');
  await take(page, 'run-replay', [small, large]);

  await page.goto(run);
  const timeline = page.getByRole('application');
  await timeline.focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press(']');
  await take(page, 'run-selection', [small, large]);

  const { origin } = new URL(run);
  recordForComparing(['--scheduler', 'nsga2'], 1);
  recordForComparing(['--scheduler', 'random'], 1);
  for (let seed = 1; seed <= 5; seed++) recordForComparing([], seed);
  for (let seed = 1; seed <= 5; seed++) recordForComparing(['--set', 'mutation=swap'], seed);
  execFileSync(process.execPath, [cli, 'sweep', JSON.stringify(sweep), '--db', under.databasePath, '--quiet'], { cwd: root, stdio: 'ignore' });
  await page.reload(); // What another program has recorded is read anew.
  for (const [name, address] of [['home', ''], ['runs', 'runs'], ['new-run', 'runs/new'], ['platforms', 'platforms'], ['platform', 'platforms/hikey970'], ['networks', 'networks'], ['network', 'networks/resnet18'], ['scenarios', 'scenarios'], ['scenario', 'scenarios/multi'], ['compare', 'compare/2~3~4'], ['compare-seeds', 'compare/5,6,7,8,9~10,11,12,13,14'], ['pareto', 'pareto/3,2'], ['sweeps', 'sweeps'], ['sweep', 'sweeps/1'], ['settings', 'settings'], ['help', 'help']] as const) {
    await page.goto(`${origin}/#/${address}`);
    await take(page, name, ['home', 'runs', 'compare', 'pareto'].includes(name) ? [small, large] : [small]);
  }
  await page.goto(`${origin}/#/`);
  await page.keyboard.press('Control+k');
  await take(page, 'palette', [small]);
} finally {
  await under.dispose();
  await browser.close();
}

/** Records a run of the simple scenario from the command line, beside those of the page. */
function recordForComparing(options: readonly string[], seed: number): void {
  execFileSync(process.execPath, [cli, 'run', 'simple', '--db', under.databasePath, '--seed', String(seed), '--set', 'generations=80', ...options], { cwd: root, stdio: 'ignore' });
}

/** The page as it is, in both themes, once fonts, charts and fades have settled. */
async function take(page: Page, name: string, sizes: readonly { width: number; height: number }[]): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForLoadState('networkidle');
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(700);
      await hideFolders(page);
      await page.screenshot({ path: join(target, `${name}-${colorScheme}-${size.width}x${size.height}.png`) });
    }
  }
  await page.setViewportSize(small);
}

/** Shows the usual folders instead of this machine's own. */
async function hideFolders(page: Page): Promise<void> {
  await page.evaluate((folders) => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      for (const [own, usual] of folders) if (text.nodeValue?.includes(own) === true) text.nodeValue = text.nodeValue.replaceAll(own, usual);
    }
  }, [[under.directory, '~/.local/share/tessera'], [resolve(import.meta.dirname, '../..'), '~/tessera'], [homedir(), '~']] as const);
}
