/**
 * `npm run look [-- folder [part of a state's name]]`: photographs every page of the built app and its main states in four sizes
 * and both themes, and puts light and dark of each size side by side on a sheet, to be looked at by a person. Nothing is kept in the
 * project. Ends with 1 where a state could not be reached.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { parseNetwork } from '#shared/domain/network.ts';
import { launchBrowser } from './browser.ts';
import { AppUnderTest, type WorkbenchPage } from './workbench-page.ts';

const target = resolve(process.argv[2] ?? join(tmpdir(), 'tessera-look'));
const wanted = process.argv[3] ?? '';
const root = resolve(import.meta.dirname, '../..');
const cli = join(root, 'out/main/cli.js');
const sizes = [
  { width: 1024, height: 700 },
  { width: 1280, height: 800 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
];
const themes = ['light', 'dark'] as const;
const SETTLED_MS = 450;

/** A state of a page: its address, and what is done there first. */
interface State {
  readonly name: string;
  /** Undefined: where the page is already. */
  readonly address?: string;
  readonly act?: (page: Page) => Promise<unknown>;
}

const click = (role: 'button' | 'tab' | 'radio' | 'row', name: string | RegExp) => (page: Page) =>
  page.getByRole(role, { name }).first().click();
const press =
  (...keys: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

const untilComputed = (page: Page): Promise<void> =>
  page.getByText(/^\s*Simulating the schedules/).waitFor({ state: 'detached' });

const brokenFiles = [
  {
    name: 'layers.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('layer;op;time:cpu\nconv1;Conv;1.234\nconv2;Conv;zwei\n'),
  },
  { name: 'plat-bad.json', mimeType: 'application/json', buffer: Buffer.from('{ "id": "x", "processors": [] }') },
];

const states: readonly State[] = [
  { name: 'home', address: '' },
  { name: 'new-run', address: 'runs/new?scenario=simple' },
  {
    name: 'new-run-advanced',
    act: async (page) => {
      await page.getByText(/^\s*More options/).click();
      await page.getByText(/^\s*More options/).scrollIntoViewIfNeeded();
    },
  },
  { name: 'new-run-external', address: 'runs/new?scenario=simple&scheduler=external' },
  { name: 'new-run-improve', address: 'runs/new?from=1&improve' },
  {
    name: 'confirm-program',
    address: 'runs/new?scenario=simple&scheduler=external',
    act: async (page) => {
      await page.getByLabel('Command').fill('python3\nideas/mine.py\n--depth\n3');
      await page.getByRole('button', { name: 'Start' }).first().click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'run', address: 'runs/1' },
  { name: 'run-convergence', address: 'runs/1/convergence' },
  { name: 'run-schedule', address: 'runs/1/schedule' },
  { name: 'run-replay', address: 'runs/1/replay', act: press('ArrowRight', 'ArrowRight', 'n', 'n') },
  { name: 'run-population', address: 'runs/1/population' },
  { name: 'run-lineage', address: 'runs/1/lineage' },
  { name: 'run-mutations', address: 'runs/1/mutations' },
  { name: 'run-configuration', address: 'runs/1/configuration' },
  { name: 'run-notes', address: 'runs/1/notes' },
  { name: 'run-galaxy', address: 'runs/13' },
  { name: 'run-export', address: 'runs/1', act: press('e') },
  { name: 'run-report', address: 'runs/1/report' },
  { name: 'runs', address: 'runs' },
  { name: 'runs-filtered', address: 'runs?status=finished&group=scheduler' },
  {
    name: 'runs-selected',
    address: 'runs',
    act: async (page) => {
      await page.getByRole('checkbox').nth(1).click();
      await page.getByRole('checkbox').nth(2).click();
    },
  },
  { name: 'compare-2', address: 'compare/1~12' },
  { name: 'compare-3', address: 'compare/1~11~12' },
  { name: 'compare-seeds', address: 'compare/1,2,3,4,5~6,7,8,9,10' },
  { name: 'compare-schedules', address: 'compare/1~11~12', act: click('tab', /Schedules/) },
  { name: 'compare-replay', address: 'compare/1~11~12', act: click('tab', /Replay/) },
  { name: 'compare-frequency', address: 'compare/14~15~16?tab=frequency', act: untilComputed },
  { name: 'run-groups', address: 'runs/16' },
  { name: 'scenario-groups', address: 'scenarios/xrbench-vr-gaming' },
  { name: 'pareto', address: 'pareto/11,1' },
  { name: 'sweeps', address: 'sweeps' },
  { name: 'sweep', address: 'sweeps/1' },
  { name: 'platforms', address: 'platforms' },
  { name: 'platform', address: 'platforms/hikey970' },
  { name: 'platform-galaxy', address: 'platforms/galaxy-s9' },
  { name: 'platform-midap', address: 'platforms/midap-board' },
  { name: 'networks', address: 'networks' },
  { name: 'network', address: 'networks/resnet18' },
  { name: 'profiles', address: 'profiles' },
  { name: 'profile', address: 'profiles/resnet18-kirin970-a73-csv' },
  {
    name: 'devices',
    address: 'devices',
    act: (page) => page.getByRole('region', { name: 'The machine' }).waitFor(),
  },
  {
    name: 'devices-measured',
    act: async (page) => {
      await page.locator('.profile-form .n-select').first().click();
      await page.keyboard.type('SqueezeNet');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Measure' }).click();
      await page.getByText(/finished after/).waitFor();
      await page.locator('.device-jobs').scrollIntoViewIfNeeded();
    },
  },
  { name: 'run-executed', address: 'runs/EXECUTED' },
  { name: 'compare-executed', address: 'compare/EXECUTED~OTHER', act: click('tab', /Schedules/) },
  { name: 'scenarios', address: 'scenarios' },
  { name: 'scenario', address: 'scenarios/multi' },
  { name: 'scenario-galaxy', address: 'scenarios/galaxy-s9' },
  { name: 'settings', address: 'settings' },
  { name: 'help', address: 'help' },
  { name: 'palette', address: '', act: press('Control+k') },
  { name: 'shortcuts', address: 'runs/1', act: press('?') },
  { name: 'missing', address: 'platforms/none' },
  { name: 'no-page', address: 'nowhere' },
  {
    name: 'import',
    address: 'networks',
    act: async (page) => {
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page
          .getByRole('button', { name: /Import/ })
          .first()
          .click(),
      ]);
      await chooser.setFiles(brokenFiles);
      await page.getByRole('heading', { name: /imported/i }).waitFor();
    },
  },
];

mkdirSync(target, { recursive: true });
const browser = await launchBrowser();
const under = new AppUnderTest(browser);
const missed: string[] = [];
try {
  record('simple', '--scheduler', 'ga', '--seeds', '1..5', '--set', 'generations=80');
  record('simple', '--scheduler', 'ga', '--seeds', '6..10', '--set', 'generations=80', '--set', 'mutation=swap');
  record('simple', '--scheduler', 'nsga2', '--seed', '1', '--set', 'generations=60');
  record('simple', '--scheduler', 'heft');
  record('galaxy-s9', '--set', 'generations=60');
  for (const scheduler of ['npu_only', 'heft', 'auto'])
    record(
      'xrbench-vr-gaming',
      '--scheduler',
      scheduler,
      '--set',
      'subgraphs="network"',
      ...(scheduler === 'auto' ? ['--evaluations', '500'] : []),
    );
  const sweep = {
    name: 'Population size and mutation',
    scenarios: ['simple'],
    seeds: { count: 2 },
    schedulers: [
      {
        scheduler: 'ga',
        options: { generations: 20 },
        vary: { mutation: ['bit_flip', 'swap', 'gaussian'], populationSize: [20, 50, 100] },
      },
    ],
  };
  execFileSync(process.execPath, [cli, 'sweep', JSON.stringify(sweep), '--db', under.databasePath, '--quiet'], {
    cwd: root,
    stdio: 'ignore',
  });
  importProfile();
  const [executed, other] = ['devices', 'executed'].some((part) => part.includes(wanted) || wanted.includes(part))
    ? executeOnThisMachine()
    : [1, 1];
  const workbench = await under.open();
  const { page } = workbench;
  const { origin } = new URL(page.url());
  for (const { name, address, act } of states) {
    if (!name.includes(wanted)) continue;
    try {
      await page.setViewportSize(sizes[1]);
      if (address !== undefined) {
        await page.goto('about:blank');
        await page.goto(`${origin}/#/${address.replace('EXECUTED', String(executed)).replace('OTHER', String(other))}`);
        await page.getByRole('main').waitFor();
        await page.waitForTimeout(2 * SETTLED_MS);
        await page.getByText(/^\s*Loading/).waitFor({ state: 'detached' });
      }
      await act?.(page);
      await take(page, name);
    } catch (error) {
      missed.push(`${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  }
  if ('live'.includes(wanted) || wanted === '') await live(workbench);
} finally {
  await under.dispose();
  await browser.close();
}
for (const line of [...missed, ...under.complaints]) process.stderr.write(`${line}\n`);
process.exitCode = missed.length > 0 ? 1 : 0;

async function live(workbench: WorkbenchPage): Promise<void> {
  const { page } = workbench;
  await page.goto(new URL('/', page.url()).href);
  await workbench.title('Home').waitFor();
  await workbench.startDemo('Simple scenario');
  await workbench.generationAtLeast(40);
  await take(page, 'run-live');
}

function record(scenario: string, ...options: readonly string[]): void {
  execFileSync(process.execPath, [cli, 'run', scenario, '--db', under.databasePath, '--quiet', ...options], {
    cwd: root,
    stdio: 'ignore',
  });
}

/** Two runs on the cores of this machine, with times that were measured hastily, and executed. @returns their ids */
function executeOnThisMachine(): [number, number] {
  const folder = dirname(under.databasePath);
  const [platform, scenario] = [join(folder, 'platform.json'), join(folder, 'pair.json')];
  const networks = ['squeezenet-1.1', 'mobilenet-v2'];
  const tessera = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [cli, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
  const db = ['--db', under.databasePath];
  tessera('device', 'describe', '--out', platform);
  tessera(
    'device',
    'profile',
    ...networks,
    '--depth',
    'layers',
    '--samples',
    '5',
    '--least-ms',
    '30',
    '--quiet',
    ...db,
  );
  const { id } = JSON.parse(readFileSync(platform, 'utf8')) as { id: string };
  writeFileSync(
    scenario,
    JSON.stringify({
      schemaVersion: 1,
      id: 'pair',
      name: 'Two networks on this machine',
      platform: id,
      applications: networks.map((network) => ({ id: network.split('-')[0], network })),
      profiles: networks.map((network) => `${network}-${id}`),
    }),
  );
  const runIds = ['1', '2'].map((seed) => {
    const result = tessera(
      'run',
      scenario,
      '--seed',
      seed,
      '--set',
      'generations=10',
      '--scheduler',
      'ga',
      '--quiet',
      '--json',
      ...db,
    );
    const { runId } = JSON.parse(result) as { runId: number };
    tessera('device', 'execute', String(runId), '--quiet', ...db);
    return runId;
  });
  return [runIds[0], runIds[1]];
}

/** The page as it is in every size and theme, and a sheet for each size. */
/** A profile of a preset network with a spread, layers executed as one, and rows that no layer has the name of. */
function importProfile(): void {
  const layers = parseNetwork(
    JSON.parse(readFileSync(join(root, 'resources/presets/networks/resnet18.json'), 'utf8')),
  ).layers.map(({ id }) => id);
  const file = join(dirname(under.databasePath), 'times.csv');
  const rows = layers.map((id, index) => {
    const time = 0.4 + ((index * 37) % 23) / 5;
    return `${id},${time},50,${time * 0.95},${time * (1.04 + (index % 5) / 20)}`;
  });
  const text = [
    'layer,timeMs,runs,p10Ms,p90Ms',
    ...rows.slice(2),
    `${layers[0]} + ${layers[1]},9,50,8.6,9.9`,
    'fused_7,1.2,50,1.1,1.3',
    'tail,0.3,50,0.3,0.4',
  ];
  writeFileSync(file, text.join('\n'));
  execFileSync(
    process.execPath,
    [
      cli,
      'import',
      'profile',
      file,
      '--network',
      'resnet18',
      '--key',
      'kirin970-a73',
      '--db',
      under.databasePath,
      '--quiet',
    ],
    { cwd: root, stdio: 'ignore' },
  );
}

async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(2, 2);
  for (const size of sizes) {
    await page.setViewportSize(size);
    const pictures: string[] = [];
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
      await page.waitForTimeout(SETTLED_MS);
      const path = join(target, `${name}-${size.width}-${colorScheme}.png`);
      await page.screenshot({ path });
      pictures.push(path);
    }
    await sheet(page, pictures, join(target, `sheet-${name}-${size.width}.png`), size);
  }
}

async function sheet(
  page: Page,
  pictures: readonly string[],
  path: string,
  size: { readonly width: number; readonly height: number },
): Promise<void> {
  const sheetPage = await page.context().newPage();
  await sheetPage.setViewportSize({ width: 2 * size.width + 8, height: size.height });
  const images = pictures.map(
    (picture) => `<img src="data:image/png;base64,${readFileSync(picture).toString('base64')}">`,
  );
  await sheetPage.setContent(`<body style="margin:0;display:flex;gap:8px;background:#888">${images.join('')}</body>`);
  await sheetPage.screenshot({ path });
  await sheetPage.close();
}
