/** The colours and fonts a timeline is drawn with, for the light and the dark theme. */
import { applicationColor, mixColors, processorColor, type ThemeName } from '../theme/palette.ts';
import { colorTokens, fontTokens } from '../theme/tokens.ts';
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

/** Grid lines are fainter than the lines of the page: they lie behind everything. */
const lines: Readonly<Record<ThemeName, Pick<TimelineTheme, 'offHatch' | 'gridLine' | 'minorGridLine' | 'outline'>>> = {
  light: { offHatch: '#dcdfe4', gridLine: '#dfe2e7', minorGridLine: '#eceef1', outline: '#111318' },
  dark: { offHatch: '#30343c', gridLine: '#2d3139', minorGridLine: '#23262d', outline: '#ffffff' },
};

export const timelineThemes: Readonly<Record<ThemeName, TimelineTheme>> = { light: timelineTheme('light'), dark: timelineTheme('dark') };

function timelineTheme(name: ThemeName): TimelineTheme {
  const { surface, fill, line, text, textMuted, accent, worse } = colorTokens[name];
  return {
    name,
    surface,
    row: fill,
    divider: line,
    text,
    mutedText: textMuted,
    accent,
    worse,
    ...lines[name],
    labelFont: `500 12px ${fontTokens.sans}`,
    smallFont: `11px ${fontTokens.sans}`,
    rowFont: `12px ${fontTokens.mono}`,
  };
}

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
  return processorColor(row.kind, row.core, theme.name, row.cluster);
}
