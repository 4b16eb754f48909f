/**
 * `npm run screenshots`: takes the pictures of every page of the built app, in both themes and two sizes, into resources/screenshots
 * (or into the folder given), and of the gallery's halls into out/gallery. Each waits for what it is to show, or fails.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { openGallery, serveGallery } from './gallery-server.ts';
import { AppUnderTest } from './workbench-page.ts';

const target = resolve(process.argv[2] ?? join(import.meta.dirname, '../../resources/screenshots'));
const root = resolve(import.meta.dirname, '../..');
/** Not committed: for looking at what no page shows. */
const galleryFolder = join(root, 'out/gallery');
const cli = join(root, 'out/main/cli.js');
const sweep = {
  name: 'Population size and mutation',
  scenarios: ['simple'],
  seeds: { count: 3 },
  schedulers: [
    {
      scheduler: 'ga',
      options: { generations: 40 },
      vary: { mutation: ['bit_flip', 'swap', 'gaussian', 'adaptive'], populationSize: [20, 50, 100, 200] },
    },
  ],
};
const small = { width: 1280, height: 800 };
const sizes = [small, { width: 1920, height: 1080 }];
const themes = ['light', 'dark'] as const;

mkdirSync(target, { recursive: true });
const browser = await launchBrowser();
const under = new AppUnderTest(browser);
try {
  const workbench = await under.open();
  const { page } = workbench;
  const main = page.getByRole('main');
  const demos = main.getByRole('img', { name: /first schedule of/ });
  await take(page, 'home-empty', [workbench.title('Home'), demos.nth(1), main.getByText('No runs yet')]);

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
  await workbench.pace('5 generations/s'); // so that it still runs when the last picture is taken
  const timeline = page.getByRole('application');
  await take(page, 'run-live', [main.getByText('Running', { exact: true }), workbench.button('Pause'), timeline]);
  await workbench.fullSpeed();
  await workbench.status('Finished');
  const run = page.url();
  const { origin } = new URL(run);
  const overview = [
    main.getByText('Finished', { exact: true }).first(),
    timeline,
    page.getByRole('img', { name: /^Fitness/ }),
    page.getByRole('list', { name: 'Metrics of the best schedule' }),
  ];
  await take(page, 'run', overview);
  const tabs: readonly (readonly [name: string, shown: Locator])[] = [
    [
      'convergence',
      main
        .getByRole('radio', { name: 'Evaluations' })
        .or(main.getByText('Evaluations', { exact: true }))
        .first(),
    ],
    ['schedule', main.getByRole('heading', { name: 'Mapping' })],
    ['population', main.getByRole('table').or(main.getByRole('grid')).first()],
    ['lineage', main.getByRole('img').or(main.locator('canvas')).first()],
    ['mutations', main.getByText(/\d led to the best\s*$/)],
    ['configuration', main.getByRole('heading', { name: 'Where the numbers come from' })],
    ['notes', main.getByRole('textbox', { name: 'Notes' })],
  ];
  for (const [tab, shown] of tabs) {
    await page.goto(`${run}/${tab}`);
    await take(page, `run-${tab}`, [
      main.getByRole('tab', { name: new RegExp(`^${tab}`, 'i'), selected: true }),
      shown,
    ]);
  }
  // Where a replay is worth a look: in the midst of the evolution.
  await page.goto(`${run}/replay`);
  const position = page.getByRole('slider', { name: 'Position, generation' });
  await position.waitFor();
  for (let i = 0; i < 25; i++) await page.keyboard.press('ArrowRight');
  await take(page, 'run-replay', [main.getByRole('tab', { name: 'Replay', selected: true }), position]);

  await film(page, run);

  await page.goto(run);
  await timeline.focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press(']');
  const chosen = page.getByRole('region', { name: 'Best schedule' }).getByRole('complementary');
  await take(page, 'run-selection', [...overview, chosen.getByText('Waiting', { exact: true })]);
  await timeline.focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await take(page, 'run-critical-path', [
    ...overview,
    page.getByRole('button', { name: 'Critical path', pressed: true }),
  ]);

  recordForComparing(['--scheduler', 'nsga2'], 1);
  recordForComparing(['--scheduler', 'random'], 1);
  for (let seed = 1; seed <= 5; seed++) recordForComparing([], seed);
  for (let seed = 1; seed <= 5; seed++) recordForComparing(['--set', 'mutation=swap'], seed);
  execFileSync(process.execPath, [cli, 'sweep', JSON.stringify(sweep), '--db', under.databasePath, '--quiet'], {
    cwd: root,
    stdio: 'ignore',
  });
  const pages: readonly (readonly [name: string, address: string, title: string | RegExp, shown: Locator])[] = [
    ['home', '', 'Home', main.getByRole('link', { name: /^All \d+ runs$/ })],
    ['runs', 'runs', 'Runs', main.getByRole('row').nth(12)],
    ['new-run', 'runs/new', 'New run', main.getByText('Possible genomes')],
    ['platforms', 'platforms', 'Platforms', main.getByRole('row').nth(3)],
    ['platform', 'platforms/hikey970', /HiKey/i, main.getByText('NPU').first()],
    ['networks', 'networks', 'Networks', main.getByRole('row').nth(3)],
    ['network', 'networks/resnet18', /ResNet/, main.locator('canvas').first()],
    ['scenarios', 'scenarios', 'Scenarios', main.getByRole('row').nth(3)],
    ['scenario', 'scenarios/multi', /Multi/, main.getByText('Gesture CNN').first()],
    ['compare', 'compare/2~3~4', /Compar/, main.getByRole('region', { name: 'Figures' })],
    [
      'compare-seeds',
      'compare/5,6,7,8,9~10,11,12,13,14',
      /Compar/,
      main
        .getByRole('region', { name: 'Figures' })
        .getByText(/^\s*p = /)
        .first(),
    ],
    [
      'pareto',
      'pareto/3,2',
      'Pareto',
      main
        .getByText(/^\s*\d+ of \d+ trade-offs\s*$/)
        .or(page.getByText(/^\s*\d+ of \d+ trade-offs\s*$/))
        .first(),
    ],
    ['sweeps', 'sweeps', 'Sweeps', main.getByRole('link', { name: /Population size and mutation/ })],
    [
      'sweep',
      'sweeps/1',
      'Population size and mutation',
      main.getByRole('list', { name: 'Makespan, every seed' }).getByRole('listitem').nth(15),
    ],
    [
      'settings',
      'settings',
      'Settings',
      main.getByRole('region', { name: 'Database' }).getByRole('button', { name: 'Compact' }),
    ],
    ['help', 'help', 'Help', main.getByRole('article')],
  ];
  for (const [name, address, title, shown] of pages) {
    await page.goto(`${origin}/#/${address}`);
    await take(page, name, [workbench.title(title), shown]);
  }
  await page.goto(`${origin}/#/`);
  await workbench.title('Home').waitFor();
  await page.keyboard.press('Control+k');
  await take(page, 'palette', [
    page.getByRole('dialog').getByRole('combobox').or(page.getByRole('dialog').getByRole('textbox')).first(),
  ]);
  await photographGallery();
} finally {
  await under.dispose();
  await browser.close();
}

/** Records a run of the simple scenario from the command line, beside those of the page. */
function recordForComparing(options: readonly string[], seed: number): void {
  execFileSync(
    process.execPath,
    [
      cli,
      'run',
      'simple',
      '--scheduler',
      'ga',
      '--db',
      under.databasePath,
      '--seed',
      String(seed),
      '--set',
      'generations=80',
      ...options,
    ],
    { cwd: root, stdio: 'ignore' },
  );
}

/**
 * The page in both themes and sizes, once it shows what its picture is for, and fonts, charts and fades have settled.
 * @throws where something of `shown` does not come, or is gone before the picture is taken
 */
async function take(page: Page, name: string, shown: readonly Locator[]): Promise<void> {
  await page.mouse.move(2, 2); // no tooltip of the last click
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
      for (const part of shown) await part.waitFor();
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(700);
      await hideFolders(page);
      const picture = `${name}-${colorScheme}-${size.width}x${size.height}.png`;
      for (const part of shown)
        if (!(await part.isVisible())) throw new Error(`${picture}: ${String(part)} is not to be seen`);
      await page.screenshot({ path: join(target, picture) });
    }
  }
  await page.setViewportSize(small);
}

/** A picture of each hall of the gallery in both themes. */
async function photographGallery(): Promise<void> {
  mkdirSync(galleryFolder, { recursive: true });
  const server = await serveGallery();
  const faults: string[] = [];
  try {
    for (const theme of themes) {
      const page = await openGallery(browser, server, theme, (fault) => faults.push(fault));
      for (const hall of await page.locator('.gallery .hall').all()) {
        const name = (await hall.getAttribute('aria-label'))?.toLowerCase().replaceAll(' ', '-') ?? 'hall';
        await hall.screenshot({ path: join(galleryFolder, `${name}-${theme}.png`) });
      }
      await page.close();
    }
    if (faults.length > 0) throw new Error(`the gallery has faults: ${faults.join('; ')}`);
  } finally {
    await server.close();
  }
}

/** The evolution of a run as the product itself exports it, for README. */
async function film(page: Page, run: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(run);
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Export/ });
  const choose = async (field: string, option: string): Promise<void> => {
    await dialog.getByLabel(field, { exact: true }).click();
    await page
      .locator('.n-base-select-option')
      .filter({ hasText: new RegExp(`^${option}$`) })
      .click();
  };
  await dialog.getByRole('radio', { name: 'Animation', exact: true }).click();
  await dialog.getByText('GIF', { exact: true }).click();
  await choose('Size', '960 × 540');
  await choose('Frames per second', '10 frames/s');
  await choose('Generations per second', '10 generations/s');
  await dialog.getByRole('textbox', { name: 'Last generation' }).fill('119');
  await dialog.getByRole('textbox', { name: 'Last generation' }).press('Tab');
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 120_000 }),
    dialog.getByRole('button', { name: 'Export', exact: true }).click(),
  ]);
  await download.saveAs(join(target, 'replay.gif'));
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Shows the usual folders instead of this machine's own. */
async function hideFolders(page: Page): Promise<void> {
  await page.evaluate(
    (folders) => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
        for (const [own, usual] of folders)
          if (text.nodeValue?.includes(own) === true) text.nodeValue = text.nodeValue.replaceAll(own, usual);
      }
    },
    [
      [under.directory, '~/.local/share/tessera'],
      [resolve(import.meta.dirname, '../..'), '~/tessera'],
      [homedir(), '~'],
    ] as const,
  );
}
