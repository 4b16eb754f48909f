/** The colours of a comparison's sides: apart from those of applications and processors, told apart without hue by their lightness. */
import type { ThemeName } from '../theme/palette.ts';

/** Offered for choosing; the first four are the usual ones. All have a contrast of at least 3 : 1 against the page. */
export const sideColors: Readonly<Record<ThemeName, readonly string[]>> = {
  light: ['#2f6bd8', '#b84a00', '#007a55', '#7a3f99', '#1b1e24', '#8a5a00', '#a3245e', '#00707a'],
  dark: ['#6ea3ff', '#f2813c', '#3fbe91', '#c08fe0', '#e6e8ec', '#e5b04a', '#f07aa8', '#4fc3cf'],
};

/** A, B, C, D: what a side is called in charts. */
export function sideLetter(index: number): string {
  return String.fromCodePoint(65 + index);
}

/** The colour of side `index`: the chosen one as it is, else the usual one of the theme. */
export function sideColor(index: number, chosen: string | undefined, theme: ThemeName): string {
  const at =
    chosen === undefined ? index : [...sideColors.light, ...sideColors.dark].indexOf(chosen) % sideColors.light.length;
  // A colour chosen in one theme has its counterpart in the other.
  return at >= 0 ? sideColors[theme][at % sideColors[theme].length] : (chosen ?? sideColors[theme][0]);
}
