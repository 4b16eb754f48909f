/**
 * Times in a table of one's own: a column "layer" (layers executed as one joined by " + ") and a time, whose heading has its unit: "timeMs",
 * "time (us)", "cycles". Further columns: op, on, runs, statistic, stdMs, minMs, maxMs, p10Ms, p90Ms, dataType.
 */
import { statistics, type Spread } from '#shared/domain/profile.ts';
import { readRecords, takeRecords } from '#shared/formats/csv-records.ts';
import { noRows, numberOf, runsOf, UnreadLines } from './row-numbers.ts';
import type { ProfileReader, ProfileRow, TimeUnit } from './profile-row.ts';

const named = /^(?:layers?|node|name|layer ?name|node ?name)$/i;
const timed =
  /^(?:(?:avg|average|mean|median|min|real|exec(?:ution)?|kernel)?[ _-]?(?:time|duration|latency))?[ _-]?[([]?(ms|us|µs|ns|s|sec|msec|usec|cycles)?[)\]]?$/i;
const spreads = { stdms: 'stdMs', minms: 'minMs', maxms: 'maxMs', p10ms: 'p10Ms', p90ms: 'p90Ms' } as const;

export const csvProfile: ProfileReader = {
  id: 'csv',
  name: 'table (CSV)',
  recognises(head, fileName) {
    if (!/\.(?:csv|tsv|txt)$/i.test(fileName)) return false;
    const headings = (readRecords(head, 1).records[0]?.fields ?? []).map(plain);
    return (
      headings.some((heading) => named.test(heading)) &&
      headings.some(isTime) &&
      !headings.some((heading) => /^(?:dependencies|depends.*|inputs?|predecessors|op ?type.*)$/i.test(heading)) &&
      !headings.includes('id')
    );
  },
  read(text, name) {
    const unread = new UnreadLines();
    const rows: ProfileRow[] = [];
    let columns: Columns | undefined;
    // One line after the other, since there may be a hundred thousand.
    takeRecords(text, ({ fields, line }) => {
      if (columns === undefined) {
        columns = columnsOf((fields ?? []).map(plain));
        return columns.layer >= 0 && columns.time >= 0;
      }
      const row = fields === undefined ? undefined : rowOf(fields, columns);
      if (row === undefined) unread.add(line);
      else if (row !== 'notMeasured') rows.push(row);
      return true;
    });
    if (rows.length === 0)
      throw noRows(
        name,
        'row with a layer and a time',
        'give it columns "layer" and "timeMs", and a row for each measurement',
      );
    return { rows, tool: '', kind: 'measured', notes: unread.notes() };
  },
};

/** Where the columns are; -1 for one that is not there. */
interface Columns {
  readonly layer: number;
  readonly time: number;
  readonly unit: TimeUnit | undefined;
  readonly op: number;
  readonly on: number;
  readonly runs: number;
  readonly statistic: number;
  readonly dataType: number;
  readonly spread: readonly (readonly [keyof Spread, number])[];
}

function columnsOf(headings: readonly string[]): Columns {
  const at = (wanted: (heading: string) => boolean): number => headings.findIndex(wanted);
  const column = (title: string): number => at((heading) => heading.toLowerCase() === title);
  const time = at(isTime);
  return {
    layer: at((heading) => named.test(heading)),
    time,
    unit: unitOf(headings[time] ?? ''),
    op: column('op'),
    on: column('on'),
    runs: column('runs'),
    statistic: column('statistic'),
    dataType: column('datatype'),
    spread: Object.entries(spreads).flatMap(([title, field]) => {
      const place = column(title);
      return place < 0 ? [] : [[field, place] as const];
    }),
  };
}

/** undefined: it cannot be read. */
function rowOf(fields: readonly string[], columns: Columns): ProfileRow | 'notMeasured' | undefined {
  const cell = (place: number): string => fields[place]?.trim() ?? '';
  const time = cell(columns.time);
  if (time === '') return 'notMeasured';
  const value = /^(?:inf(?:inity)?|∞|unsupported)$/i.test(time) ? Number.POSITIVE_INFINITY : numberOf(time);
  const name = cell(columns.layer);
  if (value === undefined || name === '') return undefined;
  const [op, on, dataType] = [cell(columns.op), cell(columns.on), cell(columns.dataType)];
  const stated = columns.statistic < 0 ? '' : cell(columns.statistic).toLowerCase();
  const statistic = stated === '' ? undefined : statistics.find((each) => each === stated);
  const runs = runsOf(cell(columns.runs));
  const spread = spreadOf(fields, columns);
  // Written into one object: with a hundred thousand rows, objects made on the way to it are most of the memory.
  const row: { -readonly [Field in keyof ProfileRow]: ProfileRow[Field] } = { name, value, unit: columns.unit };
  if (op !== '') row.op = op;
  if (on !== '') row.on = on;
  if (runs !== undefined) row.runs = runs;
  if (statistic !== undefined) row.statistic = statistic;
  if (spread !== undefined) row.spread = spread;
  if (dataType !== '') row.dataType = dataType;
  return row;
}

/** The columns of the spread are in ms, whatever the unit of the time: in the unit of the row, as all readers have it. */
function spreadOf(fields: readonly string[], { spread: columns, unit }: Columns): Spread | undefined {
  const perMs = unit === 'us' ? 1e3 : unit === 'ns' ? 1e6 : unit === 's' ? 1e-3 : 1;
  let spread: { -readonly [Field in keyof Spread]: Spread[Field] } | undefined;
  for (const [field, place] of columns) {
    const figure = numberOf(fields[place] ?? '');
    if (figure !== undefined) (spread ??= {})[field] = figure * perMs;
  }
  return spread;
}

function plain(heading: string): string {
  return heading.replace(/^\uFEFF/, '').trim();
}

function isTime(heading: string): boolean {
  const compact = heading.replace(/(?<=[a-z])(?=Ms$|Us$|Ns$)/, ' ');
  return compact !== '' && (timed.test(compact) || /^cycles$/i.test(compact));
}

function unitOf(heading: string): TimeUnit | undefined {
  const compact = heading.replace(/(?<=[a-z])(?=Ms$|Us$|Ns$)/, ' ').toLowerCase();
  const unit = timed.exec(compact)?.[1];
  if (compact === 'cycles') return 'cycles';
  return unit === undefined
    ? undefined
    : (({ µs: 'us', usec: 'us', msec: 'ms', sec: 's' } as const)[unit as 'µs' | 'usec' | 'msec' | 'sec'] ??
        (unit as TimeUnit)); // as the pattern has it
}
