/** The error of a file that cannot be imported: every fault with its line, so that a person can go there and fix it. */
import { describeValue, WorkbenchError } from '#shared/domain/errors.ts';

/** One thing wrong with an imported file. */
export interface ImportFault {
  /** The file as a person calls it: "operations table". */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column?: string;
  readonly message: string;
  readonly value?: string;
  readonly expected: string;
  readonly hint?: string;
}

/** The error for `faults`, at least one; its code is `<format>.invalid` and the first fault gives the message. */
export function importError(format: string, faults: readonly ImportFault[]): WorkbenchError {
  const [first] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return new WorkbenchError(`${format}.invalid`, `${format}: ${placeOf(first)}: ${first.message}${more}`, {
    hint: first.hint ?? `expected ${first.expected}`,
    path: pathOf(first),
    details: faults.map((fault) => ({
      path: pathOf(fault),
      message: `${placeOf(fault)}: ${fault.message}`,
      expected: fault.expected,
      ...(fault.value === undefined ? {} : { value: describeValue(fault.value) }),
      ...(fault.hint === undefined ? {} : { hint: fault.hint }),
    })),
  });
}

function placeOf({ file, line, column }: ImportFault): string {
  return `${file}, line ${line}${column === undefined ? '' : `, column "${column}"`}`;
}

function pathOf({ file, line, column }: ImportFault): (string | number)[] {
  return column === undefined ? [file, line] : [file, line, column];
}
