/** Pixels of an SVG document, with the product's own fonts. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

const packages = createRequire(import.meta.url);
const fontFiles = [
  '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2', '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2', '@fontsource-variable/inter/files/inter-greek-wght-normal.woff2',
  '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2', '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-ext-wght-normal.woff2',
];
let prepared: Promise<Uint8Array[]> | undefined;

/** The fonts, once the renderer is there; it can be started only once. */
async function prepare(): Promise<Uint8Array[]> {
  await initWasm(readFileSync(packages.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return fontFiles.map((file) => readFileSync(packages.resolve(file)));
}

/** A PNG of the document. @param scale pixels per unit of the document */
export function rasterize(svg: string, scale: number): Promise<Uint8Array<ArrayBuffer>> {
  return render(svg, scale, (image) => new Uint8Array(image.asPng()));
}

/** The pixels of an opaque document: red, green, blue, opacity. @param scale pixels per unit of the document */
export function rasterizePixels(svg: string, scale: number): Promise<Uint8ClampedArray<ArrayBuffer>> {
  return render(svg, scale, (image) => new Uint8ClampedArray(image.pixels));
}

async function render<Result>(svg: string, scale: number, read: (image: ReturnType<InstanceType<typeof Resvg>['render']>) => Result): Promise<Result> {
  const fontBuffers = await (prepared ??= prepare());
  await setImmediate(); // a film has hundreds of pictures, and whoever wants to end it must be heard between two
  const renderer = new Resvg(drawable(svg), { font: { fontBuffers, defaultFontFamily: 'Inter Variable', sansSerifFamily: 'Inter Variable', monospaceFamily: 'JetBrains Mono' }, fitTo: { mode: 'zoom', value: scale } });
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

/** What the product's fonts lack and a browser takes from the system's, and what says the same with what they have. */
const standIns: Readonly<Record<string, string>> = { '→': '›', '←': '‹', '↔': '–', '▸': '›', '▲': '↑', '▼': '↓', '✕': '×', '∞': 'inf' };
/** Width of the stroke that makes text bolder, font sizes per step of weight: the variable fonts are drawn at weight 400 only. */
const BOLDER = 0.00018;

/** The document in the terms of the renderer. */
function drawable(svg: string): string {
  return svg
    .replaceAll(/[→←↔▸▲▼✕∞]/g, (character) => standIns[character] ?? character)
    // Of a list of fonts only the first is looked up, and in its file the font has another name than in style sheets.
    .replaceAll('JetBrains Mono Variable', 'JetBrains Mono')
    .replaceAll(/font-size="([\d.]+)" font-weight="(\d+)"([^>]*?) fill="([^"]+)"/g, (all, size: string, weight: string, _between: string, fill: string) => `${all} stroke="${fill}" stroke-width="${(Number(size) * Math.max(0, Number(weight) - 400) * BOLDER).toFixed(3)}"`);
}
