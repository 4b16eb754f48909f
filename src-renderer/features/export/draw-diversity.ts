/** Draws how diverse the population has been: its entropy and its share of distinct genomes over the generations, up to one of them. */
import type { DrawContext } from '../../timeline/draw-context.ts';
import type { TimelineTheme } from '../../timeline/timeline-theme.ts';
import { withAlpha } from '../../theme/palette.ts';
import { drawAxes, shareIn, type Box, type Range } from '../replay/plot-frame.ts';
import type { GenerationView } from '../run/generation-columns.ts';

export interface DiversityScene {
  readonly generations: Pick<GenerationView, 'meanEntropy' | 'length'>;
  /** The one that is shown; what comes later is faint. */
  readonly generation: number;
}

const LEFT_PX = 52;
const RIGHT_PX = 12;
const TOP_PX = 22;
const BOTTOM_PX = 36;
const DOT_PX = 7;

export function drawDiversity(context: DrawContext, { generations, generation }: DiversityScene, widthPx: number, heightPx: number, theme: TimelineTheme): void {
  const box: Box = { left: LEFT_PX, top: TOP_PX, width: Math.max(1, widthPx - LEFT_PX - RIGHT_PX), height: Math.max(1, heightPx - TOP_PX - BOTTOM_PX) };
  const { meanEntropy, length } = generations;
  const xRange: Range = { low: 0, high: Math.max(1, length - 1) };
  const yRange: Range = { low: 0, high: Math.max(1e-3, ...thinned(meanEntropy)) * 100 };
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  drawAxes(context, box, xRange, yRange, { x: 'Generation', y: 'Mean entropy of the genes (%)' }, theme);
  const x = (index: number): number => box.left + shareIn(xRange, index) * box.width;
  const y = (index: number): number => box.top + box.height - shareIn(yRange, meanEntropy[index] * 100) * box.height;
  drawLine(context, 0, length - 1, box.width, x, y, withAlpha(theme.mutedText, 0.35));
  drawLine(context, 0, generation, box.width, x, y, theme.accent);
  context.fillStyle = theme.accent;
  context.fillRect(x(generation) - DOT_PX / 2, y(generation) - DOT_PX / 2, DOT_PX, DOT_PX);
}

/** About one point per pixel, the last one included. */
function drawLine(context: DrawContext, from: number, to: number, widthPx: number, x: (index: number) => number, y: (index: number) => number, color: string): void {
  if (to < from) return;
  const step = Math.max(1, Math.floor((to - from) / widthPx));
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x(from), y(from));
  for (let index = from + step; index < to; index += step) context.lineTo(x(index), y(index));
  context.lineTo(x(to), y(to));
  context.stroke();
}

/** At most a thousand of them: enough to know how high they reach. */
function thinned(values: Float64Array): Float64Array {
  const step = Math.max(1, Math.floor(values.length / 1000));
  return values.filter((_, index) => index % step === 0);
}
