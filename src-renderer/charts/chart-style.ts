/** How every chart looks: axes with a title and few grid lines, and tooltips whose values align. */
import { formatExact, formatTick } from '../format.ts';
import type { ThemeName } from '../theme/palette.ts';
import { colorTokens, fontTokens } from '../theme/tokens.ts';

export const AXIS_FONT_PX = 11;

const axisText = (theme: ThemeName) => ({
  color: colorTokens[theme].textMuted,
  fontFamily: fontTokens.sans,
  fontSize: AXIS_FONT_PX,
});

export interface ValueAxis {
  /** With its unit: "Makespan (ms)". */
  readonly title: string;
  readonly min?: number | 'dataMin' | undefined;
  readonly max?: number | 'dataMax' | undefined;
  /** Whether the axis starts at 0 even if the data does not. */
  readonly startsAtZero?: boolean;
  /** About how many labels it has. */
  readonly splitNumber?: number;
  /** Exact distance of its grid lines. */
  readonly interval?: number | undefined;
}

export function xAxis(axis: ValueAxis, theme: ThemeName) {
  const color = colorTokens[theme];
  return {
    type: 'value' as const,
    name: axis.title,
    nameLocation: 'middle' as const,
    nameGap: 24,
    nameTextStyle: axisText(theme),
    ...(axis.min === undefined ? {} : { min: axis.min }),
    ...(axis.max === undefined ? {} : { max: axis.max }),
    scale: axis.startsAtZero !== true,
    splitNumber: axis.splitNumber ?? 6,
    ...(axis.interval === undefined ? {} : { interval: axis.interval }),
    axisLine: { show: true, onZero: false, lineStyle: { color: color.line } },
    axisTick: { show: true, length: 4, lineStyle: { color: color.line } },
    // An end between two grid lines is not labelled: it would crowd its neighbour.
    axisLabel: {
      ...axisText(theme),
      hideOverlap: true,
      formatter: formatTick,
      ...(isBetweenLines(axis) ? { showMaxLabel: false } : {}),
    },
    splitLine: { show: false },
  };
}

function isBetweenLines({ max, interval }: ValueAxis): boolean {
  if (typeof max !== 'number' || interval === undefined) return false;
  const lines = max / interval;
  return Math.abs(lines - Math.round(lines)) > 1e-6;
}

export function yAxis(axis: ValueAxis, theme: ThemeName) {
  const color = colorTokens[theme];
  return {
    type: 'value' as const,
    // At the top left, above its labels, where it is read without turning the head.
    name: axis.title,
    nameLocation: 'end' as const,
    nameGap: 10,
    nameTextStyle: { ...axisText(theme), align: 'left' as const, padding: [0, 0, 0, -52] },
    ...(axis.min === undefined ? {} : { min: axis.min }),
    ...(axis.max === undefined ? {} : { max: axis.max }),
    scale: axis.startsAtZero !== true,
    splitNumber: axis.splitNumber ?? 4,
    ...(axis.interval === undefined ? {} : { interval: axis.interval }),
    axisLine: { show: false, onZero: false },
    axisTick: { show: false },
    axisLabel: {
      ...axisText(theme),
      width: 38,
      formatter: formatTick,
      ...(isBetweenLines(axis) ? { showMaxLabel: false } : {}),
    },
    splitLine: { lineStyle: { color: color.line, opacity: 0.7 } },
  };
}

export const plainGrid = { left: 52, right: 16, top: 28, bottom: 40, containLabel: false };

/** The frame of a tooltip. */
export function tooltipStyle(theme: ThemeName) {
  const color = colorTokens[theme];
  return {
    confine: true,
    transitionDuration: 0,
    backgroundColor: color.floating,
    borderColor: color.line,
    borderWidth: 1,
    padding: [6, 10],
    textStyle: { color: color.text, fontFamily: fontTokens.sans, fontSize: 12, lineHeight: 18 },
    extraCssText: `box-shadow: ${color.shadow}; border-radius: 4px;`,
  };
}

export interface TooltipRow {
  readonly name: string;
  readonly color: string;
  readonly value: number;
  readonly unit: string;
}

/** A tooltip's content: a heading and rows with the exact values right-aligned. Built as nodes, so that no text becomes markup. */
export function tooltipContent(heading: string, rows: readonly TooltipRow[], theme: ThemeName): HTMLElement {
  const root = document.createElement('div');
  const head = root.appendChild(document.createElement('div'));
  head.textContent = heading;
  head.style.cssText = `color: ${colorTokens[theme].textMuted}; margin-bottom: 2px;`;
  const table = root.appendChild(document.createElement('div'));
  table.style.cssText = 'display: grid; grid-template-columns: 12px auto auto; column-gap: 8px; align-items: center;';
  for (const row of rows) {
    const swatch = table.appendChild(document.createElement('span'));
    swatch.style.cssText = `width: 12px; height: 3px; border-radius: 1px; background: ${row.color};`;
    table.appendChild(document.createElement('span')).textContent = row.name;
    const value = table.appendChild(document.createElement('span'));
    value.textContent = formatExact(Number(row.value.toPrecision(6)), row.unit);
    value.style.cssText = 'text-align: right; font-variant-numeric: tabular-nums;';
  }
  return root;
}
