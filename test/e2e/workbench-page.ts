/** The workbench as a person sees it in a browser: what the end-to-end tests do and read there. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { startServedApp, type ServedApp } from './served-app.ts';

/** A busy machine takes long; what is there is seen at once anyway. */
const PATIENCE_MS = 90_000;

/** A database folder of its own, and the app that can be started on it again and again. */
export class AppUnderTest {
  readonly directory = mkdtempSync(join(tmpdir(), 'tessera-e2e-'));
  /** What the browser complained about; a passing test leaves none. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;
  #app: ServedApp | undefined;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  get databasePath(): string {
    return join(this.directory, 'tessera.db');
  }

  get app(): ServedApp {
    if (this.#app === undefined) throw new Error('the app is not started');
    return this.#app;
  }

  /** Starts the host. */
  async start(): Promise<void> {
    this.#app = await startServedApp(this.databasePath);
  }

  /** Starts the host and opens Home in a browser of its own. */
  async open(): Promise<WorkbenchPage> {
    await this.start();
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    await page.goto(this.app.url);
    const workbench = new WorkbenchPage(page);
    await workbench.title('Home').waitFor();
    return workbench;
  }

  /** Ends the host as Ctrl-C does. */
  async close(): Promise<void> {
    await this.#app?.close();
    this.#app = undefined;
  }

  async dispose(): Promise<void> {
    await this.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Process ids of the host's run processes. */
  runProcesses(): number[] {
    return childrenOf(this.app.process.pid ?? 0);
  }
}

export class WorkbenchPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  title(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name });
  }

  async go(section: string): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Workbench' })
      .getByRole('link', { name: section, exact: true })
      .click();
  }

  /** Starts the demo of that name from Home and waits for its run page. */
  async startDemo(name: string): Promise<void> {
    await this.page
      .getByRole('article')
      .filter({ has: this.page.getByRole('heading', { name, exact: true }) })
      .getByRole('button', { name: 'Start' })
      .click();
    await this.page.waitForURL(/#\/runs\/\d+$/);
  }

  /** Waits until the run page says so. */
  async status(text: string, timeoutMs = PATIENCE_MS): Promise<void> {
    await this.page.getByRole('main').getByText(text, { exact: true }).first().waitFor({ timeout: timeoutMs });
  }

  button(name: string): Locator {
    return this.page.getByRole('main').getByRole('button', { name, exact: true });
  }

  /** The generation that the progress line shows. */
  async generation(): Promise<number> {
    const text = await this.page.getByRole('definition').filter({ hasText: ' of ' }).first().textContent();
    return Number(/^(\d+)/.exec((text ?? '').replaceAll(/\s(?=\d)/g, ''))?.[1]);
  }

  async generationAtLeast(generation: number): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    while (!((await this.generation()) >= generation)) {
      if (Date.now() > until) throw new Error(`generation ${generation} was not reached`);
      await this.page.waitForTimeout(50);
    }
  }

  fullSpeed(): Promise<void> {
    return this.pace('Full speed');
  }

  /** Chooses how fast the run goes: "5 generations/s". */
  async pace(pace: string): Promise<void> {
    await this.page
      .getByLabel('Pace')
      .getByText(/generations\/s$/)
      .click();
    await this.page.locator('.n-base-select-option:visible').filter({ hasText: pace }).last().click();
    await this.page.locator('.n-base-select-menu:visible').waitFor({ state: 'hidden' });
  }

  /** The four metric cards as read: name, value with unit, change against NPU first. */
  async metrics(): Promise<string[]> {
    const cards = this.page.getByRole('list', { name: 'Metrics of the best schedule' }).getByRole('listitem');
    return (await cards.allTextContents()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
  }

  /** What the timeline says of itself: makespan and work per element. */
  async timelineSummary(): Promise<string> {
    return (
      (await this.page.getByRole('region', { name: 'Best schedule' }).getByRole('paragraph').first().textContent()) ??
      ''
    );
  }
}

function childrenOf(pid: number): number[] {
  if (process.platform === 'linux') {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .split(' ')
        .filter((id) => id !== '')
        .map(Number),
    );
  }
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child);
}
