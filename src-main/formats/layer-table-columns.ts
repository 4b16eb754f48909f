/**
 * The columns of a layer table: their names, which headings stand for them as people type them, and what to say of the
 * others.
 */
import { closest } from '#shared/domain/errors.ts';
import { readingsOf, type NumberKind } from '#shared/domain/numerals.ts';
import { TIME, timeHeadingOf, unitAfterKey, unitAtEnd, unitNamed } from '#shared/formats/time-headings.ts';
import type { KnownTable } from './missing-columns.ts';

export const SOURCE = 'source:';
export const columns = ['id', 'name', 'op', 'dependencies', 'outputBytes', 'macs', 'parameters', 'priority'] as const;
/** Written only where a layer has them. */
export const shapes = ['outputShape', 'kernelShape'] as const;
/** Written only where the network or a layer states one. */
export const DATA_TYPE = 'dataType';
export const optionalColumns = [...shapes, DATA_TYPE] as const;
export const quantities = ['outputBytes', 'macs', 'parameters'] as const;
const plainColumns: readonly string[] = [...columns, ...optionalColumns];

/** The heading of the times, in ms, of `key`; one that ends like a unit is followed by the unit, so that its end is not taken for one. */
export function timeHeading(key: string): string {
  return `${TIME}${key}${unitAfterKey.test(key.replaceAll('µ', 'μ')) ? ' (ms)' : ''}`;
}

/** A heading without what people vary: capitals, spaces, underscores, hyphens, and "(bytes)" after bytes. */
function folded(heading: string): string {
  const name = heading
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '');
  return name.replace(/^(outputbytes)[([](?:bytes?|b)[)\]]$/, '$1');
}

const byFolded = new Map(plainColumns.map((column) => [folded(column), column]));

/** The column that a heading means: "ID" and "Output bytes" for "id" and "outputBytes"; the heading itself where it means none. */
export function columnOf(heading: string): string {
  const time = timeHeadingOf(heading);
  if (time !== undefined) return TIME + time.key;
  const source = /^source\s*:\s*(.+)$/is.exec(heading)?.[1];
  if (source !== undefined) return SOURCE + (heading.startsWith(SOURCE) ? heading.slice(SOURCE.length) : source);
  return byFolded.get(folded(heading)) ?? heading;
}

export function isColumn(column: string): boolean {
  return (
    plainColumns.includes(column) ||
    [TIME, SOURCE].some((prefix) => column.startsWith(prefix) && column.length > prefix.length)
  );
}

/** By what a layer table is recognised. */
export const layerTableKind: KnownTable = {
  words: 'a layer table',
  required: ['id', 'op'],
  columnOf,
  likelyHeadings: {
    id: ['layer', 'layer id', 'node', 'node id', 'layer name', 'name', 'key'],
    op: ['type', 'operation', 'operator', 'op type', 'layer type', 'operation type', 'kind', 'class'],
  },
  adviceOn: (heading, cells) => (isColumn(columnOf(heading)) ? undefined : unknownColumnHint(heading, cells)),
};

/** What the numbers of a column are; undefined for text. */
export function numbersOf(column: string): NumberKind | undefined {
  if ((quantities as readonly string[]).includes(column)) return 'count';
  return column === 'priority' || column.startsWith(TIME) ? 'measure' : undefined;
}

/** What to do about a column that a layer table does not have. @param cells what is in it */
export function unknownColumnHint(heading: string, cells: readonly string[]): string {
  const near = closest(heading, plainColumns);
  if (near !== undefined) return `did you mean "${near}"?`;
  const filled = cells.filter((text) => text !== '');
  if (filled.length === 0 || !filled.every((text) => readingsOf(text).length > 0))
    return 'remove it: a layer table has no place for it';
  const text = heading.replaceAll('µ', 'μ');
  const [, name = heading, unitName] = unitAtEnd.exec(text) ?? unitAfterKey.exec(text) ?? [];
  const unit = unitNamed(unitName);
  const isAboutTime = /time|latency|duration/i.test(name);
  const prefix = unit.unit === 'ms' ? TIME : `time_${unit.unit === 'µs' ? 'us' : unit.unit}:`;
  return isAboutTime
    ? `execution times in ${unit.unit} are in columns called "${prefix}KEY", with the execution time key of the processor, e.g. "${prefix}cpu"`
    : `remove it, or call it "${prefix}${name}" if it has execution times in ${unit.unit} ` +
        `and "${name}" is the time key of a processor, which its platform’s page shows`;
}

/** What to know of a heading of times that may be meant in another way; undefined for a plain one. */
export function timeHeadingNote(heading: string): { readonly message: string; readonly hint?: string } | undefined {
  const time = timeHeadingOf(heading);
  if (time === undefined) return undefined;
  const { key, unit } = time;
  const oddUnit = unitAtEnd.exec(key.replaceAll('µ', 'μ'));
  if (oddUnit !== null && unit.unit === 'ms') {
    const meant = unitNamed(oddUnit[2]).unit;
    const name = oddUnit[1].replace(/^time[_: ]*/i, '') || 'cpu';
    return {
      message: `column "${heading}" was read as times in ms of processors with the execution time key "${key}"`,
      hint:
        meant === 'ms'
          ? `call it "${TIME}${name}" if the key is "${name}"`
          : `call it "time_${meant === 'µs' ? 'us' : meant}:${name}" if it has times in ${meant} of "${name}"`,
    };
  }
  if (!heading.startsWith(TIME) && key !== key.toLowerCase())
    return {
      message: `column "${heading}" was read as times in ${unit.unit} of processors with the execution time key "${key}", with these capitals`,
      hint: `call it "${TIME}${key.toLowerCase()}" if the key is "${key.toLowerCase()}"`,
    };
  return unit.unit === 'ms'
    ? undefined
    : {
        message: `column "${heading}" was read as times in ${unit.unit} of processors with the execution time key "${key}"`,
      };
}
