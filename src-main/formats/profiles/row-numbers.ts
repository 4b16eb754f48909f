/** Numbers in what profilers print, with a point or, where the language of the machine has it so, with a comma before the decimals. */
import { LARGEST_QUANTITY } from '#shared/domain/common.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { countOf, listed } from '#shared/domain/words.ts';

/** A number as it is printed, for patterns. */
export const NUMBER = String.raw`\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?`;

/** The value of "12.5", "12,5", "1,234.5", "1.234,5"; undefined for what is no number or none that a time can be. */
export function numberOf(text: string): number | undefined {
  const plain = text.trim();
  const [point, comma] = [plain.lastIndexOf('.'), plain.lastIndexOf(',')];
  let decimal = plain;
  if (point >= 0 && comma >= 0)
    decimal = point > comma ? plain.replaceAll(',', '') : plain.replaceAll('.', '').replace(',', '.');
  else if (comma >= 0) decimal = plain.indexOf(',') === comma ? plain.replace(',', '.') : plain.replaceAll(',', '');
  else if (point >= 0 && plain.indexOf('.') !== point) decimal = plain.replaceAll('.', '');
  return /^[+]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(decimal) ? quantityOf(Number(decimal)) : undefined;
}

/** A number that a time or count can be; undefined otherwise. */
export function quantityOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= LARGEST_QUANTITY && (value === 0 || value >= 1e-12)
    ? value
    : undefined;
}

/** A number of runs: whole and at least 1; undefined otherwise. */
export function runsOf(value: unknown): number | undefined {
  const count = typeof value === 'string' ? numberOf(value) : quantityOf(value);
  return count === undefined || count < 1 || count > 1e9 ? undefined : Math.round(count);
}

/** Lines of a file that look like rows but cannot be read. */
export class UnreadLines {
  readonly #lines: number[] = [];

  add(line: number): void {
    this.#lines.push(line);
  }

  /** A note on them; none where all could be read. */
  notes(): string[] {
    const count = this.#lines.length;
    return count === 0
      ? []
      : [
          `${countOf(count, 'line')} could not be read and ${count === 1 ? 'is' : 'are'} left out: line ${listed(this.#lines.map(String), 6)}`,
        ];
  }
}

/** The error for a file in which no row was found. */
export function noRows(name: string, what: string, hint: string): WorkbenchError {
  return new WorkbenchError('profile.invalid', `${name} has no ${what}, so nothing was executed in it`, {
    hint,
    path: [name],
  });
}

/** Dimensions in a text, as "(1,16,960,960)" or "float32[1, 3, 224, 224]", without the batch; undefined where there are none. */
export function shapeIn(text: string): number[] | undefined {
  const inside = /[([]\s*(\d+(?:\s*[,x]\s*\d+)+)\s*[)\]]/.exec(text)?.[1];
  const sizes = inside?.split(/[,x]/).map((size) => Number(size.trim()));
  return sizes?.every((size) => Number.isSafeInteger(size) && size > 0) === true ? sizes.slice(1) : undefined;
}
