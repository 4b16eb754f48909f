/** Draws what every combination of a sweep came to for a saved picture: a coloured table over what was varied, with the key to its colours. */
import { fitName, fitText, textWidth, type DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';

export interface MapCell {
  readonly text: string;
  /** Undefined: without a result. */
  readonly fill: string | undefined;
  readonly textColor: string;
  readonly isBest: boolean;
}

export interface MapScene {
  /** What runs along the columns, and its values. */
  readonly columnTitle: string;
  readonly columns: readonly string[];
  /** What the rows differ by, and their values with a cell per column; undefined where nothing was run. */
  readonly rowTitles: readonly string[];
  readonly rows: readonly { readonly heads: readonly string[]; readonly cells: readonly (MapCell | undefined)[] }[];
  /** Per scenario: from where to where its colours reach. */
  readonly keys: readonly { readonly name: string; readonly weakest: string; readonly best: string }[];
  /** The colours of a key from the weakest to the best. */
  readonly keyColors: readonly string[];
}

const HEAD_PX = 170;
const CELL_PX = 106;
const ROW_PX = 42;
const TOP_PX = 48;
const KEY_PX = 24;
const GAP_PX = 3;
const GRADIENT_PX = 120;

/** Size of its picture, px. */
export function mapSize({ rowTitles, columns, rows, keys }: MapScene): {
  readonly widthPx: number;
  readonly heightPx: number;
} {
  return {
    widthPx: Math.max(480, rowTitles.length * HEAD_PX + columns.length * CELL_PX),
    heightPx: TOP_PX + rows.length * ROW_PX + 12 + keys.length * KEY_PX,
  };
}

export function drawMap(context: DrawContext, scene: MapScene, theme: CanvasTheme): void {
  const { widthPx, heightPx } = mapSize(scene);
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  context.font = theme.smallFont;
  context.textBaseline = 'middle';
  const left = scene.rowTitles.length * HEAD_PX;
  const text = (content: string, x: number, y: number, room: number, align: 'left' | 'center', color: string): void => {
    context.textAlign = align;
    context.fillStyle = color;
    context.fillText(fitText(context, content, room), x, y);
  };
  scene.rowTitles.forEach((title, index) =>
    text(title, index * HEAD_PX, TOP_PX - 12, HEAD_PX - 8, 'left', theme.mutedText),
  );
  text(
    scene.columnTitle,
    left + (scene.columns.length * CELL_PX) / 2,
    12,
    scene.columns.length * CELL_PX,
    'center',
    theme.mutedText,
  );
  scene.columns.forEach((title, index) =>
    text(title, left + (index + 0.5) * CELL_PX, TOP_PX - 12, CELL_PX - 8, 'center', theme.mutedText),
  );
  scene.rows.forEach((row, at) => {
    const top = TOP_PX + at * ROW_PX;
    const middle = top + ROW_PX / 2;
    row.heads.forEach((head, index) => text(head, index * HEAD_PX, middle, HEAD_PX - 8, 'left', theme.text));
    row.cells.forEach((cell, index) => {
      const x = left + index * CELL_PX;
      if (cell?.fill !== undefined) {
        context.fillStyle = cell.fill;
        context.fillRect(x, top, CELL_PX - GAP_PX, ROW_PX - GAP_PX);
      }
      text(
        cell === undefined ? '–' : cell.isBest ? `${cell.text} best` : cell.text,
        x + CELL_PX / 2,
        middle,
        CELL_PX - 8,
        'center',
        cell?.textColor ?? theme.mutedText,
      );
    });
  });
  scene.keys.forEach((key, index) =>
    drawKey(context, scene, key, TOP_PX + scene.rows.length * ROW_PX + 12 + (index + 0.5) * KEY_PX, theme),
  );
}

function drawKey(
  context: DrawContext,
  { keys, keyColors }: MapScene,
  key: MapScene['keys'][number],
  middle: number,
  theme: CanvasTheme,
): void {
  let x = 0;
  const write = (content: string, color: string): void => {
    context.textAlign = 'left';
    context.fillStyle = color;
    context.fillText(content, x, middle);
    x += textWidth(context, content) + 8;
  };
  if (keys.length > 1) {
    write(fitName(context, key.name, HEAD_PX), theme.mutedText);
    x = HEAD_PX + 12;
  }
  write(key.weakest, theme.text);
  keyColors.forEach((color, index) => {
    context.fillStyle = color;
    context.fillRect(
      x + (index * GRADIENT_PX) / keyColors.length,
      middle - 5,
      GRADIENT_PX / keyColors.length + 0.5,
      10,
    );
  });
  x += GRADIENT_PX + 8;
  write(key.best, theme.text);
  write('best', theme.mutedText);
}
