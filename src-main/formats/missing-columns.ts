/** The columns that a table lacks, and which of its own may be meant by them. */
import { closest, WorkbenchError } from '#shared/domain/errors.ts';
import { listed } from '#shared/domain/words.ts';
import { readRecords } from '#shared/formats/csv-records.ts';

/** Columns that a table has to have, and how they are called. */
export interface RequiredColumns {
  readonly required: readonly string[];
  /** The column that a heading stands for, where it is written in another way; default: the heading itself. */
  readonly columnOf?: (heading: string) => string;
  /** By column, headings in lower case that people give it, which are not certain enough to be taken for it. */
  readonly likelyHeadings?: Readonly<Record<string, readonly string[]>>;
}

/** A kind of table that a format reads. */
export interface KnownTable extends RequiredColumns {
  /** "a layer table" */
  readonly words: string;
  /** What to do about a heading that it has no place for; undefined for one that it has. @param cells what is in the column */
  readonly adviceOn?: (heading: string, cells: readonly string[]) => string | undefined;
}

export interface MissingColumns {
  readonly missing: readonly string[];
  /** For missing columns, the heading that may stand for each. */
  readonly near: ReadonlyMap<string, string>;
}

export function missingColumns(
  headings: readonly string[],
  { required, columnOf = (heading) => heading, likelyHeadings = {} }: RequiredColumns,
): MissingColumns {
  const present = new Set(headings.map(columnOf));
  const missing = required.filter((column) => !present.has(column));
  const free = headings.filter((heading) => heading !== '' && !required.includes(columnOf(heading)));
  const near = new Map<string, string>();
  for (const column of missing) {
    const others = free.filter((heading) => ![...near.values()].includes(heading));
    const likely =
      likelyHeadings[column]?.flatMap((name) => others.filter((heading) => folded(heading) === folded(name)))[0] ??
      closest(column, others);
    if (likely !== undefined) near.set(column, likely);
  }
  return { missing, near };
}

/** A heading without what people vary. */
function folded(heading: string): string {
  return heading
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '');
}

/** Whether `"Layer" is meant by "id"` and the like, as a question; empty where nothing is near. */
export function nearQuestion({ near }: MissingColumns): string {
  return near.size === 0
    ? ''
    : `is ${listed([...near].map(([column, heading]) => `"${heading}" meant to be "${column}"`))}?`;
}

/** Lines of a table that are looked at where no format knows it. */
const LINES = 6;
/** A longer text is not a heading. */
const MOST_HEADING = 80;

/**
 * What is wrong with a table that no format recognises: the columns that the kind of table it is nearest to lacks. Undefined for what
 * does not look like a table.
 * @param head its beginning, which may end within a line
 */
export function unknownTableError(
  name: string,
  head: string,
  kinds: readonly KnownTable[],
): WorkbenchError | undefined {
  if (head.includes('\0')) return undefined;
  const [first, ...rows] = readRecords(head, LINES).records;
  const headings = first?.fields ?? [];
  const isCalledTable = /\.(csv|tsv)$/i.test(name);
  const named = headings.filter((heading) => heading !== '');
  const isEven = rows.length > 0 && rows.slice(0, -1).every(({ fields }) => fields?.length === headings.length);
  if (
    first === undefined ||
    named.length < (isCalledTable ? 1 : 2) ||
    named.some((heading) => heading.length > MOST_HEADING) ||
    !(isCalledTable || isEven)
  )
    return undefined;
  const found = kinds.map((kind) => ({ kind, ...missingColumns(headings, kind) }));
  const share = ({ kind, missing, near }: (typeof found)[number]): number =>
    (kind.required.length - missing.length + near.size / 2) / kind.required.length;
  // Where none is near, the simplest kind is the best guess.
  const [nearest] = found.toSorted((a, b) => share(b) - share(a) || a.kind.required.length - b.kind.required.length);
  if (nearest === undefined) return undefined;
  const { kind, missing, near } = nearest;
  const nearHeadings = new Set(near.values());
  const advice = headings.flatMap((heading, place) => {
    const text =
      heading === '' || nearHeadings.has(heading)
        ? undefined
        : kind.adviceOn?.(
            heading,
            rows.flatMap(({ fields }) => fields?.[place] ?? []),
          );
    return text === undefined ? [] : [`"${heading}": ${text}`];
  });
  const quoted = missing.map((column) => `"${column}"`);
  const lacking = missing.filter((column) => !near.has(column));
  return new WorkbenchError(
    'format.unrecognised',
    `${name} looks like a table, but ${kind.words} needs ${listed(kind.required.map((column) => `"${column}"`))}, and its first line (${listed(
      named.map((heading) => `"${heading}"`),
      8,
    )}) has no ${listed(quoted, 4, 'and no')}`,
    {
      hint: [
        nearQuestion(nearest),
        ...(near.size === 0 ? [] : [`then rename ${near.size === 1 ? 'it' : 'them'}`]),
        ...(lacking.length === 0 ? [] : [`add ${listed(lacking.map((column) => `the column "${column}"`))}`]),
        ...advice.slice(0, 4),
      ]
        .filter((text) => text !== '')
        .join('; ')
        .replaceAll('?;', '?'),
      path: [name, first.line],
    },
  );
}
