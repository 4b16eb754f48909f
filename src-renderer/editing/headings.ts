/** The first line of a pasted table as headings: which columns they name, in whatever order they come, and in which unit. */
import { knownUnit, TIME, timeHeadingOf } from '#shared/formats/time-headings.ts';

/** What a column is called, so that a heading finds it. */
export interface Headed {
  readonly id: string;
  readonly title: string;
  /** More names that programs and people give it: "MACs", "time:cpu". */
  readonly headings?: readonly string[] | undefined;
  /** Where its title alone could also mean another column. */
  readonly isTitleNoHeading?: boolean | undefined;
  /** What its numbers are in: "ms". */
  readonly unit?: string | undefined;
  readonly type?: string;
}

const UNIT = /[([{]([^()[\]{}]*)[)\]}]\s*$/u;

/** A heading as it is compared: case, white space and signs do not count, nor does a unit in brackets at its end. */
export function headingKey(text: string): string {
  const bare = text.replace(UNIT, '');
  return (bare.trim() === '' ? text : bare)
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');
}

/** A column that a heading names. */
export interface NamedColumn<Column> {
  readonly column: Column;
  /** What makes a number under the heading one in the unit of the column. */
  readonly scale: Scale;
}

/** A number in `unit` times `times`, divided by `over`. */
export interface Scale {
  /** Undefined: that of the column. */
  readonly unit?: string;
  readonly times: number;
  readonly over: number;
}
export const SAME_UNIT: Scale = { times: 1, over: 1 };

/**
 * From the unit that a heading states in brackets to that of the column: times are converted; undefined for any other unit, such as
 * "Frequency (GHz)" over a column in MHz.
 */
function scaleOf(text: string, { type, unit }: Headed): Scale | undefined {
  const stated = UNIT.exec(text)?.[1].trim();
  const plain = (name: string): string =>
    name.normalize('NFKC').replaceAll(/\s/g, '').replaceAll(/[µμ]/g, 'u').toLowerCase();
  if (type !== 'number' || stated === undefined || plain(stated) === plain(unit ?? '')) return SAME_UNIT;
  return unit === 'ms' ? knownUnit(plain(stated)) : undefined;
}

/**
 * The columns that the cells of `line` name, undefined where a cell names none (or one in a unit that cannot be converted); or undefined
 * where the line is none of headings: a column is named twice, or most of what is written there names no column and nothing else shows
 * that it is a heading.
 * @param known the columns of the table
 * @param further finds a column that the table does not show
 * @param isAboveNumbers whether the line is words above numbers, so that one name is enough
 */
export function columnsNamed<Column extends Headed>(
  line: readonly string[],
  known: readonly Column[],
  further: (heading: string) => Column | undefined = () => undefined,
  isAboveNumbers = false,
): (NamedColumn<Column> | undefined)[] | undefined {
  const byKey = new Map<string, Column>();
  for (const column of known.toReversed())
    for (const name of [
      ...(column.headings ?? []),
      ...(column.isTitleNoHeading === true ? [] : [column.title]),
      column.id,
    ])
      if (headingKey(name) !== '') byKey.set(headingKey(name), column);
  const find = (text: string): NamedColumn<Column> | undefined => {
    // "time_us:cpu": the unit comes before the key.
    const time = timeHeadingOf(text);
    const [name, unit] = time === undefined ? [text, undefined] : [`${TIME}${time.key}`, time.unit];
    const column =
      byKey.get(headingKey(name)) ??
      (time === undefined ? undefined : byKey.get(headingKey(time.key))) ??
      further(name);
    const scale = column === undefined ? undefined : (unit ?? scaleOf(text, column));
    return column === undefined || scale === undefined ? undefined : { column, scale };
  };
  const named = line.map((text) => (text.trim() === '' ? undefined : find(text.trim())));
  const found = named.flatMap((each) => each?.column ?? []);
  const written = line.filter((text) => text.trim() !== '').length;
  const isEnough = isAboveNumbers ? found.length > 0 : found.length * 2 > written;
  return isEnough && new Set(found.map(({ id }) => id)).size === found.length ? named : undefined;
}

/** The same without what would have to be converted. */
export function columnsInOwnUnits<Column extends Headed>(
  line: readonly string[],
  known: readonly Column[],
): (Column | undefined)[] | undefined {
  return columnsNamed(line, known)?.map((named) =>
    named !== undefined && named.scale.times === named.scale.over ? named.column : undefined,
  );
}
