/** Numbers as people and spreadsheets write them: what comes before the decimals, what separates thousands, and what the text alone does not say. */

export const decimalMarks = ['point', 'comma'] as const;
/** What comes before the decimals. */
export type DecimalMark = (typeof decimalMarks)[number];

export const thousandsMarks = ['point', 'comma', 'space', 'apostrophe'] as const;
/** What separates groups of three digits. */
export type ThousandsMark = (typeof thousandsMarks)[number];

/** The other of point and comma. */
export function opposite(mark: DecimalMark): DecimalMark {
  return mark === 'point' ? 'comma' : 'point';
}

/** One way in which a text is a number. */
export interface Reading {
  readonly value: number;
  /** What the decimals have, or would have where the number has none; undefined where both fit. */
  readonly decimal: DecimalMark | undefined;
  /** What separates its thousands, if anything does. */
  readonly thousands: ThousandsMark | undefined;
}

const decimalSign = { point: String.raw`\.`, comma: ',' } as const;
/** Spaces: ordinary, no-break, figure, thin and narrow no-break. */
const thousandsSign = { ...decimalSign, space: '[ \u00A0\u2007\u2009\u202F]', apostrophe: "['’]" } as const;
const EXPONENT = String.raw`(?:[eE][+-]?\d+)?`;

interface Shape {
  readonly pattern: RegExp;
  readonly decimal: DecimalMark | undefined;
  readonly thousands: ThousandsMark | undefined;
}

/** Every shape a number can have. A group of thousands begins with no zero, and takes no exponent. */
const shapes: readonly Shape[] = [
  { pattern: new RegExp(`^[+-]?\\d+${EXPONENT}$`), decimal: undefined, thousands: undefined },
  ...decimalMarks.map((decimal): Shape => ({
    pattern: new RegExp(`^[+-]?(?:\\d+${decimalSign[decimal]}\\d*|${decimalSign[decimal]}\\d+)${EXPONENT}$`),
    decimal,
    thousands: undefined,
  })),
  ...thousandsMarks.flatMap((thousands): Shape[] => {
    const whole = `^[+-]?[1-9]\\d{0,2}(?:${thousandsSign[thousands]}\\d{3})+`;
    const marks = decimalMarks.filter((decimal) => decimal !== thousands);
    const known = marks.length === 1 ? marks[0] : undefined;
    return [
      { pattern: new RegExp(`${whole}$`), decimal: known, thousands },
      ...marks.map((decimal) => ({ pattern: new RegExp(`${whole}${decimalSign[decimal]}\\d+$`), decimal, thousands })),
    ];
  }),
];

/**
 * Every way in which `text` is a number; none where it is not a number at all. "1.234" is two: 1.234, and 1234 where
 * decimals have a comma.
 */
export function readingsOf(text: string): Reading[] {
  const plain = text.trim().replaceAll('−', '-');
  // Nearly all numbers of a table are one of these.
  if (/^\d{1,15}$/.test(plain)) return [{ value: Number(plain), decimal: undefined, thousands: undefined }];
  if (/^\d{0,15}\.(?:\d{1,2}|\d{4,15})$/.test(plain))
    return [{ value: Number(plain), decimal: 'point', thousands: undefined }];
  return shapes.flatMap(({ pattern, decimal, thousands }) =>
    pattern.test(plain) ? [{ value: valueOf(plain, decimal, thousands), decimal, thousands }] : [],
  );
}

function valueOf(text: string, decimal: DecimalMark | undefined, thousands: ThousandsMark | undefined): number {
  const ungrouped = thousands === undefined ? text : text.replaceAll(new RegExp(thousandsSign[thousands], 'g'), '');
  return Number(decimal === 'comma' ? ungrouped.replace(',', '.') : ungrouped);
}

/** What `text` shows of the decimals of the table it is in: "12,5" and "1.234.567" that they have a comma; "1.234" and "7" nothing. */
export function decimalShownBy(text: string): DecimalMark | undefined {
  const marks = new Set(readingsOf(text).map(({ decimal }) => decimal));
  const [only] = marks;
  return marks.size === 1 ? only : undefined;
}

/** Counts are whole: bytes, MACs, parameters, tokens. Everything else is a measure. */
export type NumberKind = 'count' | 'measure';

/** Why a text is not taken as a number. */
export interface NumberFault {
  /** Follows the text in quotes. */
  readonly reason: string;
  readonly hint?: string;
}

/** A count as it is written in a table: a fraction has an exponent, by which it is known from thousands that are separated by a point. */
export function countText(value: number | undefined): string | number | undefined {
  return value === undefined || Number.isInteger(value) ? value : value.toExponential();
}
