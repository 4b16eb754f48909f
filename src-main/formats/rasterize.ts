/** Pixels of an SVG document, with the product's own fonts and, for letters that these lack, the system's. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import type { FormatNote } from '#shared/contract/format-shapes.ts';
import { fontsFor, systemPlaces, type FontPlaces, type Fonts } from './fonts.ts';

let prepared: Promise<unknown> | undefined;

/** Starts the renderer, which can be done only once. */
function prepare(): Promise<unknown> {
  return initWasm(readFileSync(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')));
}

/** Draws documents that belong together, pictures of one film say: it looks for fonts only when new letters come. */
export class Rasterizer {
  readonly #places: FontPlaces;
  readonly #known = new Set<string>();
  #fonts: Fonts = { files: [], missing: [] };

  constructor(places: FontPlaces = systemPlaces) {
    this.#places = places;
  }

  /** A PNG of the document. @param scale pixels per unit of the document */
  png(svg: string, scale: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#render(svg, scale, (image) => new Uint8Array(image.asPng()));
  }

  /** The pixels of an opaque document: red, green, blue, opacity. @param scale pixels per unit of the document */
  pixels(svg: string, scale: number): Promise<Uint8ClampedArray<ArrayBuffer>> {
    return this.#render(svg, scale, (image) => new Uint8ClampedArray(image.pixels));
  }

  /** Which letters no font had, where there were any. */
  get notes(): FormatNote[] {
    const missing = this.#fonts.missing.filter((character) => standIns[character] === undefined);
    if (missing.length === 0) return [];
    const shown = missing.slice(0, 20).join(' ');
    return [
      {
        message:
          `no font of this machine has ${missing.length === 1 ? 'the letter' : `these ${missing.length} letters`}: ` +
          `${shown}${missing.length > 20 ? ' …' : ''}; ${missing.length === 1 ? 'it is' : 'they are'} drawn as ` +
          `${MISSING}`,
        hint: 'install a font that has them (Noto Sans has one for every script), or export as SVG or HTML, which keep them',
      },
    ];
  }

  async #render<Result>(
    svg: string,
    scale: number,
    read: (image: ReturnType<InstanceType<typeof Resvg>['render']>) => Result,
  ): Promise<Result> {
    await (prepared ??= prepare());
    await setImmediate(); // a film has hundreds of pictures, and a request to end it must be heard between two
    const fontBuffers = [...this.#fontsOf(svg)];
    const renderer = new Resvg(drawable(svg, this.#fonts.missing), {
      font: {
        fontBuffers,
        defaultFontFamily: 'Inter Variable',
        sansSerifFamily: 'Inter Variable',
        monospaceFamily: 'JetBrains Mono',
      },
      fitTo: { mode: 'zoom', value: scale },
    });
    try {
      const image = renderer.render();
      try {
        return read(image);
      } finally {
        image.free();
      }
    } finally {
      renderer.free();
    }
  }

  #fontsOf(svg: string): readonly Uint8Array[] {
    const before = this.#known.size;
    // ASCII is in what is loaded in any case, and so is all markup.
    for (const character of svg) if (character > '\u007E') this.#known.add(character);
    if (this.#fonts.files.length === 0 || this.#known.size > before)
      this.#fonts = fontsFor([...this.#known].join(''), this.#places);
    return this.#fonts.files;
  }
}

/** Drawn in place of a letter that no font has. */
const MISSING = '▯';
/** Signs that many fonts lack, and what says the same in the product's. */
const standIns: Readonly<Record<string, string>> = {
  '→': '›',
  '←': '‹',
  '↔': '–',
  '▸': '›',
  '▲': '↑',
  '▼': '↓',
  '✕': '×',
  '∞': 'inf',
};
/** Width of the stroke that makes text bolder, font sizes per step of weight: the variable fonts are drawn at weight 400 only. */
const BOLDER = 0.00018;

/** The document in the terms of the renderer. */
function drawable(svg: string, missing: readonly string[]): string {
  const lacking = new Set(missing);
  return (
    (
      lacking.size === 0
        ? svg
        : Array.from(svg, (character) => (lacking.has(character) ? (standIns[character] ?? MISSING) : character)).join(
            '',
          )
    )
      // Of a list of fonts only the first is looked up, and in its file the font has another name than in style sheets.
      .replaceAll('JetBrains Mono Variable', 'JetBrains Mono')
      .replaceAll(
        /font-size="([\d.]+)" font-weight="(\d+)"([^>]*?) fill="([^"]+)"/g,
        (all, size: string, weight: string, _between: string, fill: string) =>
          `${all} stroke="${fill}" stroke-width="${(Number(size) * Math.max(0, Number(weight) - 400) * BOLDER).toFixed(3)}"`,
      )
  );
}
