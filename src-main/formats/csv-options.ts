/** The options of every format that writes tables in CSV, and what it says of formulas in them. */
import { z } from 'zod';
import type { FormatNote } from '#shared/contract/format-shapes.ts';
import { isFormula, type CsvOptions, type CsvValue } from '#shared/formats/csv-writer.ts';

/** The options of every writer of tables. */
export const csvOptions = {
  bom: z.boolean().default(false).describe('Begin with a byte order mark, by which Excel knows that the text is UTF-8'),
  disarm: z
    .boolean()
    .default(false)
    .describe('Put an apostrophe before texts that a spreadsheet would take for formulas (=, +, -, @)'),
};
export const csvOptionsSchema = z.strictObject(csvOptions);

/** What to know of the formulas of a table that is written. */
export function formulaNotes(
  columns: readonly string[],
  rows: readonly (readonly CsvValue[])[],
  { disarm }: CsvOptions,
): FormatNote[] {
  let count = 0;
  let first: { readonly value: CsvValue; readonly column: string } | undefined;
  for (const row of [columns, ...rows]) {
    for (const [position, value] of row.entries()) {
      if (!isFormula(value)) continue;
      count++;
      first ??= { value, column: columns[position] ?? '' };
    }
  }
  if (first === undefined) return [];
  const cells =
    `${count === 1 ? 'one cell begins' : `${count} cells begin`} like a formula, such as ` +
    `${JSON.stringify(String(first.value).slice(0, 60))} in column "${first.column}"`;
  return disarm
    ? [
        {
          message: `${cells}: written with an apostrophe before ${count === 1 ? 'it' : 'them'}`,
          hint: 'read again, the apostrophe is part of the text',
        },
      ]
    : [
        {
          message: `${cells}: a spreadsheet computes ${count === 1 ? 'it' : 'them'}`,
          hint: 'set the option disarm (--set disarm=true) before you open the table in a spreadsheet',
        },
      ];
}
