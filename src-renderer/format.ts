/** How numbers, durations, differences and times are written for people: three significant digits, and the exact value for hover and copy. */
import type { Goal } from '#shared/domain/metrics.ts';

/** Narrow no-break space: between thousands. */
const THIN_SPACE = '\u202F';
/** No-break space: between a number and its unit. */
const UNIT_SPACE = '\u00A0';
const MINUS = '−';
/** Numbers that differ by less, relatively, differ by the rounding of their arithmetic only. */
const SAME = 1e-12;

/**
 * `value` with at least `significant` digits; whole digits are never rounded away, thousands are separated thinly:
 * 0.012345 → "0.0123", 1234.5 → "1 235". Zeros at the end say what was rounded: 16.98 → "17.0", but 17 → "17" and 0.9 → "0.9".
 * Very small and very large numbers get a power of ten.
 */
export function formatNumber(value: number, significant = 3): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const magnitude = Math.abs(value);
  if (magnitude === 0) return '0';
  if (magnitude < 1e-4 || magnitude >= 1e12) {
    const [mantissa, exponent] = magnitude.toExponential(significant - 1).split('e');
    return `${value < 0 ? MINUS : ''}${trimZeros(mantissa)}${THIN_SPACE}×${THIN_SPACE}10${superscript(Number(exponent))}`;
  }
  const rounded = Number(magnitude.toPrecision(significant));
  const wholeDigits = rounded < 1 ? Math.floor(Math.log10(rounded)) + 1 : Math.trunc(rounded).toString().length;
  const decimals = magnitude.toFixed(Math.max(0, significant - wholeDigits));
  return signed(value, Math.abs(rounded - magnitude) > magnitude * SAME ? decimals : trimZeros(decimals));
}

/** A count: no decimals, thousands separated thinly. */
export function formatCount(value: number): string {
  return formatFixed(value, 0);
}

/** A count with what it counts: "1 generation", "200 generations". */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `value` with exactly `decimals` decimals, for numbers in a column or on an axis. */
export function formatFixed(value: number, decimals: number): string {
  return Number.isNaN(value) ? '–' : signed(value, Math.abs(value).toFixed(decimals));
}

/** Every digit of `value`, as JSON would write it: for hover and copy. */
export function formatExact(value: number, unit = ''): string {
  const text = Number.isNaN(value) ? '–' : value < 0 ? `${MINUS}${String(-value)}` : String(value);
  return unit === '' ? text : `${text}${UNIT_SPACE}${unit}`;
}

/** `value` as the label of a round tick: all its digits, so that neighbours differ however narrow the axis, but not the noise of their arithmetic. */
export function formatTick(value: number): string {
  const tidy = Number(value.toPrecision(TICK_DIGITS));
  return formatNumber(tidy, Math.max(3, significantDigits(tidy)));
}
const TICK_DIGITS = 10;

function significantDigits(value: number): number {
  const [mantissa] = Math.abs(value).toExponential().split('e');
  return mantissa.replace('.', '').length;
}

/** A number with its unit: "12.3 mJ". */
export function formatQuantity(value: number, unit: string, significant = 3): string {
  return `${formatNumber(value, significant)}${UNIT_SPACE}${unit}`;
}

/** A share (0…1) as percent: "12.3 %". */
export function formatPercent(share: number, significant = 3): string {
  return formatQuantity(share * 100, '%', significant);
}

/** Unit and its length in ms for durations as long as `ms`; ns, µs, ms or s. */
export function durationUnit(ms: number): { readonly unit: 'ns' | 'µs' | 'ms' | 's'; readonly lengthMs: number } {
  const magnitude = Math.abs(ms);
  if (magnitude >= 999.5) return { unit: 's', lengthMs: 1000 };
  if (magnitude >= 0.9995 || magnitude === 0) return { unit: 'ms', lengthMs: 1 };
  if (magnitude >= 0.0009995) return { unit: 'µs', lengthMs: 1e-3 };
  return { unit: 'ns', lengthMs: 1e-6 };
}

/** A simulated duration in the unit that fits it: "12.3 ms", "850 µs", "1.2 s". */
export function formatDuration(ms: number, significant = 3): string {
  if (Number.isNaN(ms)) return '–';
  const { unit, lengthMs } = durationUnit(ms);
  return formatQuantity(ms / lengthMs, unit, significant);
}

/** A span of a person's time: "3 min 12 s", "45 s", "2 h 5 min", "0.4 s", "12 ms". */
export function formatElapsed(ms: number): string {
  if (Number.isNaN(ms)) return '–';
  if (!Number.isFinite(ms)) return '∞';
  if (ms <= 0) return `0${UNIT_SPACE}s`;
  if (ms < 99.5) return `${Math.max(1, Math.round(ms))}${UNIT_SPACE}ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}${UNIT_SPACE}s`;
  const seconds = Math.round(ms / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${UNIT_SPACE}${unit}`)
    .join(' ');
}

/** Relative difference of `value` from `base`, with its sign and its base: "−12.4 % vs NPU first". */
export function formatDelta(value: number, base: number, baseName?: string): string {
  const suffix = baseName === undefined ? '' : ` vs ${baseName}`;
  if (base === 0 || !Number.isFinite(base) || !Number.isFinite(value))
    return value === base ? `±0${UNIT_SPACE}%${suffix}` : `–${suffix}`;
  const share = (value - base) / Math.abs(base);
  if (share === 0) return `±0${UNIT_SPACE}%${suffix}`;
  return `${share > 0 ? '+' : ''}${formatPercent(share)}${suffix}`;
}

/** Whether a change from `base` to `value` is better, worse or none. */
export function verdictOf(value: number, base: number, goal: Goal): 'better' | 'worse' | 'equal' {
  if (value === base || Number.isNaN(value) || Number.isNaN(base)) return 'equal';
  return value < base === (goal === 'lower') ? 'better' : 'worse';
}

/** The sign that goes with a verdict's colour. */
export const verdictSymbol = { better: '▲', worse: '▼', equal: '=' } as const;

/** Bytes with a decimal prefix: "1.25 MB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let power = 0;
  let value = bytes;
  while (Math.abs(value) >= 999.5 && power < units.length - 1) {
    value /= 1000;
    power++;
  }
  return formatQuantity(value, units[power]);
}

/** A moment as a person says it, relative to `now` (both Unix ms, local time): "today 14:02", "yesterday 09:15", "12 Mar 2025 18:40". */
export function formatMoment(unixMs: number, now: number): string {
  const moment = new Date(unixMs);
  const dayOf = (date: Date): number =>
    Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
  const daysAgo = dayOf(new Date(now)) - dayOf(moment);
  const day = daysAgo === 0 ? 'today' : daysAgo === 1 ? 'yesterday' : dateText(moment);
  return `${day} ${twoDigits(moment.getHours())}:${twoDigits(moment.getMinutes())}`;
}

/** A moment (Unix ms, in local time) to the second, the same in every country: "12 Mar 2025 18:40:07". */
export function formatExactMoment(unixMs: number): string {
  const moment = new Date(unixMs);
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(twoDigits).join(':');
  return `${dateText(moment)} ${time}`;
}

function dateText(date: Date): string {
  return `${date.getDate()} ${monthNames[date.getMonth()]} ${date.getFullYear()}`;
}
function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function signed(value: number, digits: string): string {
  const [whole, fraction] = digits.split('.');
  const grouped = whole.length > 3 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE) : whole;
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

function trimZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

function superscript(exponent: number): string {
  return [...String(exponent)].map((character) => (character === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(character)])).join('');
}
