/** The lists and editors of the library as a person uses them: what the end-to-end tests do and read there. */
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import type { AppUnderTest } from './workbench-page.ts';

/** What a person does in an editor. */
export class Editor {
  readonly page: Page;
  readonly #origin: string;

  constructor(page: Page) {
    this.page = page;
    this.#origin = new URL(page.url()).origin;
  }

  /** Starts the app and opens it in a browser that may use the clipboard. */
  static async open(under: AppUnderTest): Promise<Editor> {
    const { page } = await under.open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    return new Editor(page);
  }

  async at(address: string): Promise<void> {
    await this.page.goto(`${this.#origin}/#${address}`);
    const title = this.page.getByRole('heading', { level: 1 });
    await title
      .getByText(/\S{2,}/)
      .or(title.getByRole('textbox'))
      .first()
      .waitFor(); // a new document's name is being written
  }

  /** Writes the name of a new document, whose field has the focus. */
  async name(name: string): Promise<void> {
    const field = this.page.getByRole('heading', { level: 1 }).getByRole('textbox', { name: 'Name' });
    await field.fill(name);
    await field.press('Enter');
    await this.page.getByRole('button', { name: `Name: ${name}` }).waitFor();
  }

  field(name: string | RegExp): Locator {
    return this.page.getByRole('textbox', { name });
  }

  grid(name: string): Locator {
    return this.page.getByRole('grid', { name });
  }

  /** The cell of a row and column, both from 0. */
  cell(grid: string, row: number, column: number): Locator {
    return this.grid(grid)
      .locator(`[role="row"][aria-rowindex="${row + 2}"] [role="gridcell"]`)
      .nth(column);
  }

  /** Of all cells; numbers without the thin spaces between their thousands. */
  async texts(grid: string): Promise<string[][]> {
    const rows = await this.grid(grid).locator('[role="row"]:has([role="gridcell"])').all();
    return Promise.all(
      rows.map(async (row) =>
        (await row.getByRole('gridcell').allTextContents()).map((text) => text.trim().replaceAll('\u202F', '')),
      ),
    );
  }

  /** As a spreadsheet leaves it: tabs between cells, a line break after each row. */
  async pasteAt(grid: string, row: number, column: number, lines: readonly (readonly string[])[]): Promise<void> {
    await this.page.evaluate(
      (text) => navigator.clipboard.writeText(text),
      lines.map((line) => `${line.join('\t')}\n`).join(''),
    );
    const cell = this.cell(grid, row, column);
    await ((await cell.count()) > 0 ? cell : this.grid(grid)).click();
    await this.page.keyboard.press('Control+v');
  }

  async save(address: RegExp): Promise<void> {
    await this.page.keyboard.press('Control+s');
    await this.page.getByText(/^\s*Revision \d+, saved/).waitFor();
    await this.page.waitForURL(address);
  }

  async choose(select: Locator, option: string): Promise<void> {
    await select.click();
    await this.page.keyboard.type(option);
    await this.page.locator('.n-base-select-option', { hasText: option }).first().click();
  }

  /** Drops files onto the window, as from a file manager. */
  async drop(files: readonly { readonly name: string; readonly content: string | Uint8Array }[]): Promise<void> {
    const transfer = await this.page.evaluateHandle(
      (given) => {
        const data = new DataTransfer();
        for (const { name, content } of given)
          data.items.add(new File([typeof content === 'string' ? content : Uint8Array.from(content)], name));
        return data;
      },
      files.map(({ name, content }) => ({ name, content: typeof content === 'string' ? content : [...content] })),
    );
    await this.page.dispatchEvent('main', 'dragenter', { dataTransfer: transfer });
    await this.page.getByText('Drop to import').waitFor();
    await this.page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
  }

  /** Saves something to a file and reads it. */
  async download(start: () => Promise<void>): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), start()]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }
}
