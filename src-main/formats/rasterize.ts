/** Pixels of an SVG document, with the product's own fonts. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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
export async function rasterize(svg: string, scale: number): Promise<Uint8Array<ArrayBuffer>> {
  const fontBuffers = await (prepared ??= prepare());
  // Of a list of fonts only the first is looked up, and in its file the font has another name than in style sheets.
  const renderer = new Resvg(svg.replaceAll('JetBrains Mono Variable', 'JetBrains Mono'), { font: { fontBuffers, defaultFontFamily: 'Inter Variable', sansSerifFamily: 'Inter Variable', monospaceFamily: 'JetBrains Mono' }, fitTo: { mode: 'zoom', value: scale } });
  try {
    const image = renderer.render();
    try {
      return new Uint8Array(image.asPng());
    } finally {
      image.free();
    }
  } finally {
    renderer.free();
  }
}
