/**
 * How the numbers of one table are read: the table as a whole shows what comes before decimals, and what could be
 * thousands is asked about instead of guessed.
 */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import {
  decimalMarks,
  decimalShownBy,
  opposite,
  readingsOf,
  thousandsMarks,
  type DecimalMark,
  type NumberFault,
  type NumberKind,
  type Reading,
  type ThousandsMark,
} from '#shared/domain/numerals.ts';

/** What a person says of the numbers of a table. */
export interface StatedNumbers {
  readonly decimal?: DecimalMark | undefined;
  readonly thousands?: ThousandsMark | undefined;
}

/** The options of every reader of tables. */
export const numberOptions = {
  decimal: z
    .enum(decimalMarks)
    .optional()
    .describe(
      'What comes before decimals: then the other of point and comma separates thousands; default: as the table shows, and asked about where it does not',
    ),
  thousands: z
    .enum(thousandsMarks)
    .optional()
    .describe('What separates thousands; default: nothing, and what looks like it is asked about'),
};

/** A cell in which it shows what comes before decimals. */
interface Evidence {
  readonly text: string;
  readonly line: number;
}

/** The numbers of one table. */
export class TableNumbers {
  /** What comes before decimals; undefined where the table does not show it. */
  readonly #decimal: DecimalMark | undefined;
  readonly #isStated: boolean;
  readonly #thousands: ReadonlySet<ThousandsMark>;
  /** Whether "1,234" is 1.234 even where nothing else in the table shows it: its fields are separated by semicolons because decimals have the comma. */
  readonly #prefersComma: boolean;
  readonly #evidence: Evidence | undefined;

  /**
   * @param separator between the fields: where it is a comma, decimals have a point unless it is stated otherwise
   * @param texts the table's numbers with their lines
   * @throws WorkbenchError `options.invalid` where both marks are the same
   */
  constructor(separator: string, texts: Iterable<Evidence>, { decimal, thousands }: StatedNumbers) {
    if (decimal !== undefined && decimal === thousands)
      throw new WorkbenchError('options.invalid', `decimals and thousands cannot both have a ${decimal}`, {
        hint: 'set one of the options decimal and thousands only',
        path: ['thousands'],
      });
    const stated = decimal ?? (thousands === 'point' || thousands === 'comma' ? opposite(thousands) : undefined);
    this.#isStated = stated !== undefined;
    this.#thousands = new Set([
      ...(thousands === undefined ? [] : [thousands]),
      ...(decimal === undefined ? [] : [opposite(decimal)]),
    ]);
    const shown = stated === undefined && separator !== ',' ? evidenceIn(texts) : undefined;
    this.#decimal = stated ?? (separator === ',' ? 'point' : shown?.decimal);
    this.#evidence = shown?.evidence;
    this.#prefersComma = separator === ';' && shown === undefined;
  }

  /** The number that `text`, which is not empty, means in this table. */
  read(text: string, kind: NumberKind): number | NumberFault {
    const all = readingsOf(text);
    const decimal = this.#decimal;
    const fitting = all.filter(
      (reading) => decimal === undefined || reading.decimal === undefined || reading.decimal === decimal,
    );
    const plain = fitting.find(({ thousands }) => thousands === undefined || this.#thousands.has(thousands));
    if (fitting.length === 0)
      return all.length === 0
        ? { reason: '' }
        : {
            reason: `: decimals have a ${decimal} ${this.#where()}`,
            hint: `write decimals with a ${decimal}, or set the option decimal${setting('decimal', opposite(decimal ?? 'point'))}`,
          };
    if (plain === undefined) {
      const [only] = fitting;
      // Both marks in one number, "10.478,6", leave nothing to ask.
      return all.length === 1 && only.decimal !== undefined && kind === 'measure' ? only.value : this.#grouped(only);
    }
    if (decimal === undefined && all.length > 1 && !(kind === 'measure' && this.#prefersComma && text.includes(',')))
      return doubtful(all);
    if (kind === 'count' && !this.#isStated && !Number.isInteger(plain.value) && !/e/i.test(text))
      return fraction(plain, all);
    return plain.value;
  }

  #grouped({ value, thousands = 'comma' }: Reading): NumberFault {
    const sign = thousands === 'apostrophe' ? 'an apostrophe' : `a ${thousands}`;
    return {
      reason:
        `: it can only be ${value}, with ${sign} between ` +
        `thousands${this.#evidence === undefined ? '' : ` (decimals have a ${this.#decimal} ${this.#where()})`}`,
      hint: `write ${value}, or set the option thousands${setting('thousands', thousands)}`,
    };
  }

  /** How it is known what decimals have. */
  #where(): string {
    if (this.#isStated) return 'as the options say';
    return this.#evidence === undefined
      ? 'where fields are separated by commas'
      : `in this table ("${this.#evidence.text}" in line ${this.#evidence.line})`;
  }
}

function setting(name: 'decimal' | 'thousands', value: string): string {
  return ` to ${value} (--set ${name}=${value})`;
}

function doubtful(readings: readonly Reading[]): NumberFault {
  const byDecimal = decimalMarks.map((mark) => readings.find(({ decimal }) => decimal === mark));
  const [point, comma] = byDecimal.map((reading) => reading?.value);
  return {
    reason: `: it can be ${point} or ${comma}`,
    hint: `say which it is: option decimal${setting('decimal', 'point')} for ${point}, ${setting('decimal', 'comma').trim()} for ${comma}`,
  };
}

function fraction({ decimal = 'point' }: Reading, readings: readonly Reading[]): NumberFault {
  const whole = readings.find(({ thousands }) => thousands !== undefined)?.value;
  return {
    reason: ': a count has no fraction',
    hint:
      `write ${whole ?? 'a whole number'}${whole === undefined ? '' : ' if that is meant'}, or set the option ` +
      `decimal${setting('decimal', decimal)} if it is a fraction`,
  };
}

/** What comes before decimals as `texts` show it; undefined where they show nothing, or both. */
export function decimalOf(texts: Iterable<Evidence>): DecimalMark | undefined {
  return evidenceIn(texts)?.decimal;
}

/** What the numbers of a table agree on, with the first that shows it; undefined where none shows anything, or some the one and some the other. */
function evidenceIn(
  texts: Iterable<Evidence>,
): { readonly decimal: DecimalMark | undefined; readonly evidence: Evidence | undefined } | undefined {
  let found: { readonly decimal: DecimalMark; readonly evidence: Evidence } | undefined;
  for (const evidence of texts) {
    const decimal = decimalShownBy(evidence.text);
    if (decimal === undefined) continue;
    if (found !== undefined && found.decimal !== decimal) return { decimal: undefined, evidence: undefined };
    found ??= { decimal, evidence };
  }
  return found;
}
