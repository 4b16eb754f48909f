/** The colours of tiles and of the marks next to the rows. */
import type { CanvasTheme } from '../../canvas/canvas-theme.ts';
import { applicationColor, mixColors, processorColor } from '../../theme/palette.ts';
import type { SceneRow } from '../scene/scene.ts';

/** How many levels of density a merged column of short tasks can have; the highest is a full tile. */
export const DENSITY_LEVELS = 4;
/** How much of a tile's colour is left when another tile or application is emphasised. */
const DIMMED = 0.3;

/** Opaque colour of a tile: density 0…DENSITY_LEVELS − 1 and dimming are mixed with the row's background, so that no grid shines through. */
export function tileColor(theme: CanvasTheme, application: number, density: number, isDimmed: boolean): string {
  const strength = (0.4 + (0.6 * density) / (DENSITY_LEVELS - 1)) * (isDimmed ? DIMMED : 1);
  return strength === 1
    ? applicationColor(application, theme.name)
    : mixColors(theme.row, applicationColor(application, theme.name), strength);
}

/** Colour of the mark next to a row's label. */
export function rowColor(theme: CanvasTheme, row: SceneRow): string {
  return processorColor(row.kind, row.core, theme.name, row.cluster);
}
