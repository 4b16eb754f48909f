/** The colours and fonts a timeline is drawn with, for the light and the dark theme. */
import { applicationColor, mixColors, processorColor, surfaceColor, type ThemeName } from '../theme/palette.ts';
import type { SceneRow } from './scene.ts';

export interface TimelineTheme {
  readonly name: ThemeName;
  readonly surface: string;
  /** Background of a row. */
  readonly row: string;
  /** Hatching of a row that is switched off. */
  readonly offHatch: string;
  readonly gridLine: string;
  readonly minorGridLine: string;
  readonly divider: string;
  readonly text: string;
  readonly mutedText: string;
  readonly outline: string;
  readonly accent: string;
  readonly worse: string;
  readonly labelFont: string;
  readonly smallFont: string;
  readonly rowFont: string;
}

const sans = '"Inter Variable", Inter, system-ui, sans-serif';
const mono = '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace';
const fonts = { labelFont: `500 12px ${sans}`, smallFont: `11px ${sans}`, rowFont: `12px ${mono}` };

export const timelineThemes: Readonly<Record<ThemeName, TimelineTheme>> = {
  light: {
    name: 'light',
    surface: surfaceColor.light,
    row: '#f4f5f7',
    offHatch: '#dcdfe4',
    gridLine: '#dfe2e7',
    minorGridLine: '#eceef1',
    divider: '#d5d9df',
    text: '#1b1e24',
    mutedText: '#5c6470',
    outline: '#111318',
    accent: '#2f6bd8',
    worse: '#b84a00',
    ...fonts,
  },
  dark: {
    name: 'dark',
    surface: surfaceColor.dark,
    row: '#1e2127',
    offHatch: '#30343c',
    gridLine: '#2d3139',
    minorGridLine: '#23262d',
    divider: '#353a43',
    text: '#e6e8ec',
    mutedText: '#9aa2ae',
    outline: '#ffffff',
    accent: '#6ea3ff',
    worse: '#f2813c',
    ...fonts,
  },
};

/** How many levels of density a merged column of short tasks can have; the highest is a full tile. */
export const DENSITY_LEVELS = 4;
/** How much of a tile's colour is left when another tile or application is emphasised. */
const DIMMED = 0.3;

/** Opaque colour of a tile: density 0…DENSITY_LEVELS − 1 and dimming are mixed with the row's background, so that no grid shines through. */
export function tileColor(theme: TimelineTheme, application: number, density: number, isDimmed: boolean): string {
  const strength = (0.4 + (0.6 * density) / (DENSITY_LEVELS - 1)) * (isDimmed ? DIMMED : 1);
  return strength === 1 ? applicationColor(application, theme.name) : mixColors(theme.row, applicationColor(application, theme.name), strength);
}

/** Colour of the mark beside a row's label. */
export function rowColor(theme: TimelineTheme, row: SceneRow): string {
  return processorColor(row.kind, row.shade, theme.name);
}
