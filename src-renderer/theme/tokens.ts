/** The design tokens: every colour, size and font of the workbench that carries no meaning of its own (those are in palette.ts). */
import { surfaceColor, verdictColor, type ThemeName } from './palette.ts';

export interface ColorTokens {
  /** Background of pages, charts and timelines. */
  readonly surface: string;
  /** Background of the rail and the status bar. */
  readonly frame: string;
  /** Background of what floats: menus, palette, toasts. */
  readonly floating: string;
  /** Quiet fill: table heads, code, skeletons. */
  readonly fill: string;
  readonly hover: string;
  readonly pressed: string;
  readonly selected: string;
  /** One-pixel lines between areas. */
  readonly line: string;
  /** Outlines of controls. */
  readonly outline: string;
  readonly text: string;
  readonly textMuted: string;
  /** The quietest text there is, still 4.5 : 1. */
  readonly textFaint: string;
  readonly accent: string;
  readonly accentHover: string;
  readonly accentPressed: string;
  readonly onAccent: string;
  readonly warning: string;
  readonly better: string;
  readonly worse: string;
  readonly shadow: string;
}

export const colorTokens: Readonly<Record<ThemeName, ColorTokens>> = {
  light: {
    surface: surfaceColor.light,
    frame: '#f6f7f9',
    floating: '#ffffff',
    fill: '#f4f5f7',
    hover: '#eef0f3',
    pressed: '#e4e7ec',
    selected: '#e7eefb',
    line: '#dfe2e7',
    outline: '#b3b9c3',
    text: '#1b1e24',
    textMuted: '#5c6470',
    textFaint: '#6b727e',
    accent: '#2f6bd8',
    accentHover: '#245bbf',
    accentPressed: '#1d4c9f',
    onAccent: '#ffffff',
    warning: '#8a5a00',
    better: verdictColor('better', 'light'),
    worse: verdictColor('worse', 'light'),
    shadow: '0 8px 28px rgb(20 24 32 / 16%), 0 1px 3px rgb(20 24 32 / 12%)',
  },
  dark: {
    surface: surfaceColor.dark,
    frame: '#121418',
    floating: '#20232a',
    fill: '#1e2127',
    hover: '#242830',
    pressed: '#2c313a',
    selected: '#22304a',
    line: '#2a2e36',
    outline: '#4b525e',
    text: '#e6e8ec',
    textMuted: '#9aa2ae',
    textFaint: '#8c94a1',
    accent: '#6ea3ff',
    accentHover: '#8ab5ff',
    accentPressed: '#5a90ee',
    onAccent: '#0d1626',
    warning: '#e5b04a',
    better: verdictColor('better', 'dark'),
    worse: verdictColor('worse', 'dark'),
    shadow: '0 10px 32px rgb(0 0 0 / 55%), 0 1px 2px rgb(0 0 0 / 50%)',
  },
};

export const fontTokens = {
  sans: '"Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", sans-serif',
  mono: '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace',
} as const;

/** Radius of controls, px. */
export const RADIUS_PX = 4;

/** The custom properties of a theme, e.g. `--text-muted`. */
export function customProperties(theme: ThemeName): Readonly<Record<string, string>> {
  const colors = Object.entries(colorTokens[theme]).map(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    value,
  ]);
  return {
    ...Object.fromEntries(colors),
    '--sans': fontTokens.sans,
    '--mono': fontTokens.mono,
    '--radius': `${RADIUS_PX}px`,
  };
}

/** The part of an element that a theme is applied to. */
interface ThemeRoot {
  readonly style: { setProperty(name: string, value: string): void; colorScheme: string };
  readonly dataset: Record<string, string | undefined>;
}

/** Puts a theme on `root`: its custom properties, and the colour scheme of what the browser draws itself. */
export function applyTheme(root: ThemeRoot, theme: ThemeName): void {
  for (const [name, value] of Object.entries(customProperties(theme))) root.style.setProperty(name, value);
  root.style.colorScheme = theme;
  root.dataset['theme'] = theme;
}
