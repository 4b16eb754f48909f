/** The charts of a run as pictures, its report and its replay as a film, drawn by the same code as on the page: SVG, PNG and GIF made of it, HTML around it. */
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import {
  chartNameSchema,
  gifOptionsSchema,
  pictureThemeSchema,
  type ChartName,
  type ChartPicture,
  type FilmedRun,
  type GifOptions,
  type GifStudio,
  type PicturesModule,
  type PictureTheme,
} from '#shared/contract/pictures.ts';
import type { FormatNote } from '#shared/contract/format-shapes.ts';
import type { RunDetail } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import { builtCode } from './built-code.ts';
import { defineRunWriter, runFileName, type Format, type RunExport } from './format.ts';
import type { Rasterizer } from './rasterize.ts';

const chart = chartNameSchema.optional().describe('the only chart to write; without it, all that the run has');
const theme = pictureThemeSchema.default('light').describe('colours');
/** PNG pixels per CSS pixel. */
const scale = z.number().min(0.5).max(4).default(2).describe('pixels of the picture per pixel of the page');

export const svgFormat: Format = {
  id: 'svg',
  name: 'Charts as SVG',
  description: 'every chart of a run with title, legend and axes, a file each',
  extensions: ['.svg'],
  mediaType: 'image/svg+xml',
  runWriter: {
    hasBaseline: true,
    ...defineRunWriter(z.strictObject({ chart, theme }), async (run, options) => ({
      files: (await draw(run, options)).map((picture) => ({
        name: runFileName(run.detail, picture.chart, '.svg'),
        content: picture.svg,
        mediaType: 'image/svg+xml',
      })),
      notes: [],
    })),
  },
};

export const pngFormat: Format = {
  id: 'png',
  name: 'Charts as PNG',
  description: 'every chart of a run as pixels, a file each',
  extensions: ['.png'],
  mediaType: 'image/png',
  runWriter: {
    hasBaseline: true,
    ...defineRunWriter(z.strictObject({ chart, theme, scale }), async (run, options) => {
      const pictures = await draw(run, options);
      const rasterizer = await newRasterizer();
      const files = await Promise.all(
        pictures.map(async (picture) => ({
          name: runFileName(run.detail, picture.chart, '.png'),
          content: await rasterizer.png(picture.svg, options.scale),
          mediaType: 'image/png',
        })),
      );
      return { files, notes: rasterizer.notes };
    }),
  },
};

export const gifFormat: Format = {
  id: 'gif',
  name: 'Replay as GIF',
  description: 'the evolution of a run as a film that plays everywhere',
  extensions: ['.gif'],
  mediaType: 'image/gif',
  runWriter: defineRunWriter(gifOptionsSchema, async (run, options) => {
    const parts: Uint8Array[] = [];
    const notes = await record(run, options, { write: (part) => void parts.push(part) });
    return {
      files: [
        { name: filmName(run.detail, options), content: new Uint8Array(Buffer.concat(parts)), mediaType: 'image/gif' },
      ],
      notes: [...notes],
    };
  }),
};

export const reportFormat: Format = {
  id: 'report',
  name: 'Report',
  description:
    'figures, charts, schedule, configuration and mapping of a run as one HTML file, to be printed or saved as PDF by a browser',
  extensions: ['.html'],
  mediaType: 'text/html',
  runWriter: {
    hasBaseline: true,
    async write(run) {
      const content = await (await drawingCode()).writeReport(run, { by: run.product, at: run.exportedAt });
      return {
        files: [{ name: runFileName(run.detail, 'report', '.html'), content, mediaType: 'text/html' }],
        notes: [],
      };
    },
  },
};

/** A film that is written while it is drawn. */
export interface GifTask {
  readonly name: string;
  /** @returns what there is to say about it. @throws WorkbenchError `picture.notBuilt`; DOMException `AbortError` when the signal says so */
  record(studio: Omit<GifStudio, 'rasterize'>): Promise<readonly FormatNote[]>;
}

/** The replay of `run` as GIF, for a host that shows how far it is and can be asked to stop. @throws WorkbenchError `options.invalid` */
export function gifTask(run: FilmedRun, chosen: Readonly<Record<string, unknown>>): GifTask {
  const options = parseDocument(gifOptionsSchema, chosen, 'options');
  return { name: filmName(run.detail, options), record: (studio) => record(run, options, studio) };
}

async function record(
  run: FilmedRun,
  options: GifOptions,
  studio: Omit<GifStudio, 'rasterize'>,
): Promise<readonly FormatNote[]> {
  const rasterizer = await newRasterizer();
  await (
    await drawingCode()
  ).filmGif(run, options, { ...studio, rasterize: (svg, scale) => rasterizer.pixels(svg, scale) });
  return rasterizer.notes;
}

function filmName(detail: RunDetail, { kind }: GifOptions): string {
  return runFileName(detail, kind === 'combined' ? 'replay' : kind, '.gif');
}

/** Loaded when a picture is asked for: fonts and pixels take longer to load than most commands. */
async function newRasterizer(): Promise<Rasterizer> {
  return new (await import('./rasterize.ts')).Rasterizer();
}

/** @throws WorkbenchError `picture.notBuilt` */
async function drawingCode(): Promise<PicturesModule> {
  const path = builtCode('out/pictures/pictures.js', 'picture.notBuilt', 'the code that draws pictures');
  return (await import(pathToFileURL(path).href)) as PicturesModule;
}

/** @throws WorkbenchError `picture.notBuilt`, or `picture.none` where the run has no such chart */
async function draw(
  run: RunExport,
  options: { readonly chart?: ChartName | undefined; readonly theme: PictureTheme },
): Promise<ChartPicture[]> {
  const pictures = await (await drawingCode()).drawPictures(run, options.chart, options.theme);
  if (pictures.length === 0)
    throw new WorkbenchError('picture.none', `run ${run.detail.run.id} has no ${options.chart}`, {
      hint: 'leave the option "chart" out to get all charts that it has',
      path: ['options', 'chart'],
    });
  return pictures;
}
