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
  // The product's fonts have no arrow; a browser takes one from the system's.
  // Of a list of fonts only the first is looked up, and in its file the font has another name than in style sheets.
  const renderer = new Resvg(svg.replaceAll('→', '›').replaceAll('JetBrains Mono Variable', 'JetBrains Mono'), { font: { fontBuffers, defaultFontFamily: 'Inter Variable', sansSerifFamily: 'Inter Variable', monospaceFamily: 'JetBrains Mono' }, fitTo: { mode: 'zoom', value: scale } });
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
