/** The colours and fonts that everything on a canvas is drawn with, for the light and the dark theme. */
import type { ThemeName } from '../theme/palette.ts';
import { colorTokens, fontTokens } from '../theme/tokens.ts';

export interface CanvasTheme {
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
const lines: Readonly<Record<ThemeName, Pick<CanvasTheme, 'offHatch' | 'gridLine' | 'minorGridLine' | 'outline'>>> = {
  light: { offHatch: '#dcdfe4', gridLine: '#dfe2e7', minorGridLine: '#eceef1', outline: '#111318' },
  dark: { offHatch: '#30343c', gridLine: '#2d3139', minorGridLine: '#23262d', outline: '#ffffff' },
};

export const canvasThemes: Readonly<Record<ThemeName, CanvasTheme>> = {
  light: canvasTheme('light'),
  dark: canvasTheme('dark'),
};

function canvasTheme(name: ThemeName): CanvasTheme {
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
