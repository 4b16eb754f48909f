/** Changes of a document by path, differences between two of its states, cells as spreadsheets exchange them, and pasting. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCells, parseCells, parseNumber } from '#renderer/editing/cell-text.ts';
import { differences } from '#renderer/editing/document-difference.ts';
import { freeId, idFromName } from '#renderer/editing/document-kinds.ts';
import { pasteCells, type GridColumn } from '#renderer/editing/grid.ts';
import { END, valueAt, withChanges, type Change } from '#renderer/editing/json-path.ts';
import { sourceAt, withTrueSources } from '#renderer/editing/sources.ts';

describe('a change by path', () => {
  const content = { a: { b: [1, 2, 3] }, other: { untouched: true } };

  it('replaces, adds and takes away, and shares everything else', () => {
    const changed = withChanges(content, [{ path: ['a', 'b', 1], value: 20 }, { path: ['a', 'b', END], value: 4 }, { path: ['a', 'c'], value: 'new' }]);
    expect(changed).toEqual({ a: { b: [1, 20, 3, 4], c: 'new' }, other: { untouched: true } });
    expect(changed['other']).toBe(content.other);
    expect(withChanges(content, [{ path: ['a', 'b', 0], value: undefined }, { path: ['other', 'untouched'], value: undefined }])).toEqual({ a: { b: [2, 3] }, other: {} });
    expect(content.a.b).toEqual([1, 2, 3]);
  });

  it('that changes nothing gives the identical document', () => {
    expect(withChanges(content, [{ path: ['a', 'b', 1], value: 2 }, { path: ['a', 'none'], value: undefined }])).toBe(content);
  });

  it('reads what was written', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.nat(3)), { minLength: 1, maxLength: 4 }), fc.integer(), (path, value) => {
      fc.pre(typeof path[0] === 'string' && !path.includes('__proto__'));
      const isSparse = path.some((part) => typeof part === 'number' && part > 0);
      fc.pre(!isSparse);
      expect(valueAt(withChanges({}, [{ path, value }]), path)).toBe(value);
    }));
  });
});

describe('differences', () => {
  it('match entries of lists by their id, so that one that is inserted changes only itself', () => {
    const before = { layers: [{ id: 'a', ms: 1 }, { id: 'b', ms: 2 }] };
    const after = { layers: [{ id: 'a', ms: 1 }, { id: 'x', ms: 9 }, { id: 'b', ms: 3 }] };
    expect(differences(before, after)).toEqual([{ where: 'layers › x', before: undefined, after: { id: 'x', ms: 9 } }, { where: 'layers › b › ms', before: 2, after: 3 }]);
  });

  it('tell another order, what is gone, and nothing for equal documents', () => {
    expect(differences({ l: [{ id: 'a' }, { id: 'b' }] }, { l: [{ id: 'b' }, { id: 'a' }] })).toEqual([{ where: 'l › order', before: 'a, b', after: 'b, a' }]);
    expect(differences({ l: [{ id: 'a' }] }, { l: [] })).toEqual([{ where: 'l › a', before: { id: 'a' }, after: undefined }]);
    fc.assert(fc.property(fc.jsonValue(), (value) => { expect(differences(value, structuredClone(value))).toEqual([]); }));
  });
});

describe('cells', () => {
  it.each([['1.5', 1.5], ['1,5', 1.5], ['0,125', 0.125], ['12 345', 12345], ['−3', -3], ['1e3', 1000], ['', undefined], ['1,234', '1,234'], ['fast', 'fast'], ['1.2.3', '1.2.3'], ['1.234,5', 1234.5], ['1,234.5', 1234.5], ['1,234,567', 1234567], ['1.234.567', 1234567], ['-1.234.567,89', -1234567.89], ['12,34,567', '12,34,567'], ['1,5E-03', 0.0015], ['1,250e3', 1250], [',5', 0.5], ['−1e−3', -0.001], ["1'234.5", 1234.5]])('"%s" is read as %s', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it('come back as they were copied, whatever is in them', () => {
    fc.assert(fc.property(fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 5 }), (cells) => {
      fc.pre(cells.at(-1)?.join('') !== '' && !cells.flat().some((text) => /[\r\n]/.test(text)));
      expect(parseCells(formatCells(cells))).toEqual(cells);
    }));
  });
});

describe('blocks of a spreadsheet', () => {
  it.each([
    ['the line end of Windows after each line', '1\t2\r\n3\t4\r\n', [['1', '2'], ['3', '4']]],
    ['cells with line breaks, tabs and doubled quotes', '"two\nlines"\t"a\tb"\t"say ""x"" "\r\n1\t2\t3\r\n', [['two\nlines', 'a\tb', 'say "x" '], ['1', '2', '3']]],
    ['a quote that nothing closes', '5" pipe\t1\n"left\t2\n', [['5" pipe', '1'], ['"left', '2']]],
    ['lines of different lengths', '1\n2\t3\n', [['1'], ['2', '3']]],
    ['empty cells', '\t1\n\t\n2\t\n', [['', '1'], ['', ''], ['2', '']]],
  ])('are read with %s', (_, text, cells) => {
    expect(parseCells(text)).toEqual(cells);
  });
});

describe('pasting', () => {
  interface Row { readonly id: string; readonly ms?: number }
  const columns: GridColumn<Row>[] = [
    { id: 'id', title: 'Id', width: 1, type: 'text', value: (row) => row.id, path: () => undefined },
    { id: 'ms', title: 'ms', width: 1, type: 'number', value: (row) => row.ms, path: (_, index) => ['rows', index, 'ms'] },
  ];
  const rows: Row[] = [{ id: 'a', ms: 1 }, { id: 'b', ms: 2 }];
  const at = (top: number, left: number, bottom = top, right = left) => ({ top, left, bottom, right });
  const paste = (cells: string[][], selected: ReturnType<typeof at>, newRow?: (index: number) => { row: Row; change: Change }) => pasteCells(cells, { columns, rows, selected, newRow });

  it('writes a block at the selected cell and tells what had no room', () => {
    expect(paste([['5', 'x'], ['6', 'y'], ['7', 'z']], at(0, 1))).toMatchObject({ changes: [{ path: ['rows', 0, 'ms'], value: 5 }, { path: ['rows', 1, 'ms'], value: 6 }], leftOut: { rows: 1, columns: 1, cells: 0 } });
    expect(paste([['new', '5']], at(0, 0)).leftOut.cells).toBe(1);
  });

  it('fills a selection with a single cell', () => {
    expect(paste([['9']], at(0, 1, 1, 1)).changes).toEqual([{ path: ['rows', 0, 'ms'], value: 9 }, { path: ['rows', 1, 'ms'], value: 9 }]);
  });

  it('leaves a line of headings out', () => {
    expect(paste([['Time (ms)'], ['5']], at(0, 1))).toMatchObject({ hasHead: true, changes: [{ path: ['rows', 0, 'ms'], value: 5 }] });
    expect(paste([['fast'], ['slow']], at(0, 1)).hasHead).toBe(false);
  });

  it.each(['n/a', '#N/A', 'NaN', '-', '?', '–'])('takes "%s" above numbers for a cell without one, not for a heading', (text) => {
    const { hasHead, changes } = paste([[text], ['5']], at(0, 1));
    expect([hasHead, changes.length]).toEqual([false, 2]);
  });

  it('leaves the cells of shorter lines as they are', () => {
    expect(paste([['a'], ['b', '7']], at(0, 0)).changes).toEqual([{ path: ['rows', 1, 'ms'], value: 7 }]);
  });

  it('makes rows where the table may grow', () => {
    const result = paste([['1'], ['2'], ['3']], at(1, 1), (index) => ({ row: { id: `new${index}` }, change: { path: ['rows', index], value: {} } }));
    expect(result.changes.map(({ path }) => path.join('/'))).toEqual(['rows/1/ms', 'rows/2', 'rows/2/ms', 'rows/3', 'rows/3/ms']);
  });
});

describe('ids', () => {
  it('are made of names, and never twice', () => {
    expect(idFromName('My board (v2)', 'x')).toBe('my-board-v2');
    expect(idFromName('Größe µ', 'x')).toBe('große-μ');
    expect(idFromName('???', 'platform')).toBe('platform');
    expect(freeId('a', new Set(['a', 'a-2']))).toBe('a-3');
  });
});

describe('the source of a number', () => {
  const content = { sources: [{ path: 'processors/*/idlePowerMW', kind: 'published', source: 'data sheet' }], processors: [{ id: 'cpu', idlePowerMW: 30, operatingPoints: [{ frequencyMHz: 1 }] }] };
  const edited = (path: (string | number)[], value: number) => {
    const changes = [{ path, value }];
    return withTrueSources(content, withChanges(content, changes), changes);
  };

  it('no longer is where it was once a person has changed it', () => {
    const path = ['processors', 0, 'idlePowerMW'];
    expect(sourceAt(content, path)?.kind).toBe('published');
    expect(sourceAt(edited(path, 31), path)).toMatchObject({ kind: 'assumed', source: 'changed in the editor', path: 'processors/cpu/idlePowerMW' });
  });

  it('is not invented where none was stated', () => {
    expect(edited(['processors', 0, 'operatingPoints', 0, 'frequencyMHz'], 2)['sources']).toBe(content.sources);
  });
});
