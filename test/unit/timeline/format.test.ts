/** How numbers are written: significant digits, thin thousands, units that fit, signs and bases of differences. */
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDelta,
  formatDuration,
  formatElapsed,
  formatExact,
  formatMoment,
  formatNumber,
  formatPercent,
  formatTick,
  verdictOf,
} from '#renderer/format.ts';

/** Ordinary spaces for the no-break ones, to keep expectations readable. */
const plain = (text: string): string => text.replace(/[\u202F\u00A0]/g, ' ');

describe('numbers', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [12.345, '12.3'],
    [0.012345, '0.0123'],
    [1234.5, '1 235'],
    [-1234567, '−1 234 567'],
    [999.96, '1 000'],
    [0.9996, '1.00'],
    [1.5, '1.5'],
    [16.98, '17.0'],
    [0.1 + 0.2, '0.3'],
    [-0.0000001234, '−1.23 × 10⁻⁷'],
    [2e15, '2 × 10¹⁵'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '∞'],
    [100, '100'],
    [10, '10'],
    [123_456, '123 456'],
  ])('writes %d with three significant digits as "%s"', (value, text) => {
    expect(plain(formatNumber(value))).toBe(text);
  });

  it('keeps every digit where the exact value is asked for', () => {
    expect(plain(formatExact(-12.345678901, 'ms'))).toBe('−12.345678901 ms');
  });

  it.each([
    [256.2, '256.2'],
    [256.25, '256.25'],
    [0.1 + 0.2, '0.3'],
    [1400, '1 400'],
    [1_002_500, '1 002 500'],
    [-0.00005, '−5 × 10⁻⁵'],
    [0, '0'],
    [-0, '0'],
    [50, '50'],
  ])('writes the tick %d as "%s": neighbours on a narrow axis differ', (value, text) => {
    expect(plain(formatTick(value))).toBe(text);
  });

  it('writes counts without decimals and shares as percent', () => {
    expect(plain(formatCount(12_345.4))).toBe('12 345');
    expect(plain(formatPercent(0.12345))).toBe('12.3 %');
  });

  it('writes bytes with decimal prefixes', () => {
    expect(plain(formatBytes(999))).toBe('999 B');
    expect(plain(formatBytes(1_250_000))).toBe('1.25 MB');
  });
});

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [0.000_85, '850 ns'],
    [0.85, '850 µs'],
    [0.9999, '1.00 ms'],
    [1, '1 ms'],
    [12.345, '12.3 ms'],
    [999.7, '1.00 s'],
    [1234, '1.23 s'],
    [-0.5, '−500 µs'],
  ])('writes %d ms as "%s"', (ms, text) => {
    expect(plain(formatDuration(ms))).toBe(text);
  });

  it.each([
    [0, '0 s'],
    [0.3, '1 ms'],
    [42, '42 ms'],
    [99.7, '0.1 s'],
    [400, '0.4 s'],
    [45_000, '45 s'],
    [192_000, '3 min 12 s'],
    [7_500_000, '2 h 5 min'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
    [59_999, '1 min'],
  ])('writes %d ms of a person’s time as "%s"', (ms, text) => {
    expect(plain(formatElapsed(ms))).toBe(text);
  });
});

describe('differences', () => {
  it('always shows the sign and names the base', () => {
    expect(plain(formatDelta(87.6, 100, 'NPU first'))).toBe('−12.4 % vs NPU first');
    expect(plain(formatDelta(110, 100))).toBe('+10 %');
    expect(plain(formatDelta(5, 5))).toBe('±0 %');
  });

  it('shows no percentage of a base of zero', () => {
    expect(formatDelta(1, 0)).toBe('–');
  });

  it('calls lower better only where lower is the goal', () => {
    expect(verdictOf(1, 2, 'lower')).toBe('better');
    expect(verdictOf(1, 2, 'higher')).toBe('worse');
    expect(verdictOf(2, 2, 'higher')).toBe('equal');
  });
});

describe('moments', () => {
  const now = new Date(2025, 2, 12, 18, 40).getTime();
  it.each([
    [new Date(2025, 2, 12, 9, 5), 'today 09:05'],
    [new Date(2025, 2, 11, 23, 59), 'yesterday 23:59'],
    [new Date(2024, 11, 1, 8, 0), '1 Dec 2024 08:00'],
  ])('writes %s as "%s"', (moment, text) => {
    expect(formatMoment(moment.getTime(), now)).toBe(text);
  });
});
