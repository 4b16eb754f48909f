/** Building blocks of the document schemas: ids, quantities, and the shape of a custom issue. */
import { z } from 'zod';
import { listOf } from './bounded.ts';
import type { Issue, Path } from './errors.ts';
import { MOST_ISSUES } from './zod-issues.ts';

export const schemaVersion = z.literal(1);

/** For editors: which JSON Schema checks the file while it is written. */
export const schemaReference = z
  .string()
  .optional()
  .describe('Path or address of this JSON Schema, for editors; otherwise ignored');

/** Id of a document, processor or application: it appears in mapping keys ("app/layer"), so it has no slash. */
export const idSchema = z
  .string()
  .regex(
    /^(?!__proto__$)[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u,
    'letters, digits, "_", "." and "-", starting with a letter, digit or "_"',
  )
  .max(100);

/** Id of a layer: any printable text, because imported networks bring their own names. */
export const layerIdSchema = z.string().min(1).max(300);

/** Quantities stay within this range, so that no sum, product or quotient of a simulation overflows. */
export const LARGEST_QUANTITY = 1e15;
const SMALLEST_POSITIVE_QUANTITY = 1e-15;

/** 0, without a sign, or a quantity within the range. */
export const nonNegative = z
  .number()
  .min(0)
  .max(LARGEST_QUANTITY)
  .superRefine((value, context) => {
    if (!(value > 0) || value >= SMALLEST_POSITIVE_QUANTITY) return;
    report(context, {
      path: [],
      message: `${value} is closer to 0 than any quantity that is computed with`,
      expected: `0, or at least ${SMALLEST_POSITIVE_QUANTITY}`,
      hint: 'write 0, or check the unit',
    });
  })
  .overwrite((value) => (value === 0 ? 0 : value));
export const positive = z.number().min(SMALLEST_POSITIVE_QUANTITY).max(LARGEST_QUANTITY);
export const wholePositive = z.int().min(1);

/** Names of documents and what is in them, keys of times, operations: a person has to read them. */
export const shortText = z.string().max(1000);
export const nameSchema = shortText.min(1);
/** Descriptions and notes on where numbers come from. */
export const longText = z.string().max(100_000);
export const provenanceSchema = listOf(longText, 10_000);

/** Whether as much is wrong already as anybody is shown: looking for more would only take time. */
export function hasEnoughFaults(context: z.core.$RefinementCtx): boolean {
  return context.issues.length >= MOST_ISSUES;
}

/** Reports `issue` from inside a zod `superRefine`; without a `value`, the one found at its path is shown. */
export function report(context: z.core.$RefinementCtx, issue: Issue): void {
  if (hasEnoughFaults(context)) return;
  context.addIssue({
    code: 'custom',
    path: [...issue.path],
    message: issue.message,
    params: { expected: issue.expected, hint: issue.hint, value: issue.value },
    input: undefined,
  });
}

/** Reports every id that occurs a second time in `items`. */
export function reportDuplicateIds(
  context: z.core.$RefinementCtx,
  items: readonly { readonly id: string }[],
  path: Path,
  what: string,
): void {
  const firstIndex = new Map<string, number>();
  items.forEach((item, index) => {
    const earlier = firstIndex.get(item.id);
    if (earlier === undefined) firstIndex.set(item.id, index);
    else {
      report(context, {
        path: [...path, index, 'id'],
        message: `"${item.id}" is already the id of ${what} ${earlier}`,
        expected: `an id of its own for each ${what}`,
        hint: `rename one of the two`,
      });
    }
  });
}
