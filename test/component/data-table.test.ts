/** Tables: the order of their rows, which columns stay where there is little room, and their CSV. */
import { describe, expect, it } from 'vitest';
import { nextSorting, sortRows, toCsv, visibleColumns, type Column } from '#renderer/components/table/data-table.ts';

interface Row {
  readonly name: string;
  readonly ms: number | undefined;
}
const columns: readonly Column<Row>[] = [
  { id: 'name', title: 'Name', width: 100, value: ({ name }) => name },
  {
    id: 'ms',
    title: 'Time',
    unit: 'ms',
    width: 80,
    importance: 2,
    firstDirection: 'descending',
    value: ({ ms }) => ms,
  },
  { id: 'late', title: 'Late', width: 60, importance: 1, value: ({ ms }) => ms !== undefined && ms > 2 },
];
const rows: readonly Row[] = [
  { name: 'layer 10', ms: 2 },
  { name: 'layer 9', ms: undefined },
  { name: 'layer 2', ms: 10 },
  { name: 'layer 1', ms: 2 },
];
const names = (sorted: readonly Row[]): string[] => sorted.map(({ name }) => name.slice('layer '.length));

describe('rows', () => {
  it.each([
    ['ms', 'ascending', ['10', '1', '2', '9']],
    ['ms', 'descending', ['2', '10', '1', '9']],
    ['name', 'ascending', ['1', '2', '9', '10']],
    ['late', 'descending', ['2', '10', '9', '1']],
    ['nothing', 'ascending', ['10', '9', '2', '1']],
  ] as const)(
    'by %s, %s: those without a value last either way, equal ones as they were',
    (column, direction, expected) => {
      expect(names(sortRows(rows, columns, { column, direction }))).toEqual(expected);
    },
  );

  it('keep their order where nothing sorts them', () => {
    expect(sortRows(rows, columns, undefined)).toEqual(rows);
  });

  it('are sorted the way a column begins, and then the other way', () => {
    const [name, ms] = columns;
    expect(nextSorting(ms!, undefined)).toEqual({ column: 'ms', direction: 'descending' });
    expect(nextSorting(ms!, { column: 'ms', direction: 'descending' })).toEqual({
      column: 'ms',
      direction: 'ascending',
    });
    expect(nextSorting(name!, { column: 'ms', direction: 'descending' })).toEqual({
      column: 'name',
      direction: 'ascending',
    });
  });
});

describe('columns', () => {
  const shown = (width: number, sortedBy?: string): string[] =>
    visibleColumns(columns, width, sortedBy).map(({ id }) => id);

  it('give way by importance, but never the one that sorts', () => {
    expect([shown(240), shown(239), shown(100), shown(100, 'ms')]).toEqual([
      ['name', 'ms', 'late'],
      ['name', 'ms'],
      ['name'],
      ['name', 'ms'],
    ]);
  });

  it('are all in the CSV, with their units', () => {
    expect(toCsv(rows.slice(0, 2), columns)).toBe('Name,Time (ms),Late\r\nlayer 10,2,false\r\nlayer 9,,false\r\n');
  });
});
