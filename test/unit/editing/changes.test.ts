/** Changes of a document by path, differences between two of its states, cells as spreadsheets exchange them, and pasting. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { formatCells, parseCells, parseNumber, parseTable } from '#renderer/editing/cell-text.ts';
import { differences } from '#renderer/editing/document-difference.ts';
import { freeId, idFromName } from '#renderer/editing/document-kinds.ts';
import { blockTexts, cellChanges, pasteCells, type GridColumn } from '#renderer/editing/grid.ts';
import { columnsNamed } from '#renderer/editing/headings.ts';
import { END, valueAt, withChanges, type Change } from '#renderer/editing/json-path.ts';
import { pasteNotice, unsettledBy } from '#renderer/editing/pasted-table.ts';
import { sourceAt, withTrueSources } from '#renderer/editing/sources.ts';

describe('a change by path', () => {
  const content = { a: { b: [1, 2, 3] }, other: { untouched: true } };

  it('replaces, adds and takes away, and shares everything else', () => {
    const changed = withChanges(content, [
      { path: ['a', 'b', 1], value: 20 },
      { path: ['a', 'b', END], value: 4 },
      { path: ['a', 'c'], value: 'new' },
    ]);
    expect(changed).toEqual({ a: { b: [1, 20, 3, 4], c: 'new' }, other: { untouched: true } });
    expect(changed['other']).toBe(content.other);
    expect(
      withChanges(content, [
        { path: ['a', 'b', 0], value: undefined },
        { path: ['other', 'untouched'], value: undefined },
      ]),
    ).toEqual({ a: { b: [2, 3] }, other: {} });
    expect(content.a.b).toEqual([1, 2, 3]);
  });

  it('that changes nothing gives the identical document', () => {
    expect(
      withChanges(content, [
        { path: ['a', 'b', 1], value: 2 },
        { path: ['a', 'none'], value: undefined },
      ]),
    ).toBe(content);
  });

  it('reads what was written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.nat(3)), { minLength: 1, maxLength: 4 }),
        fc.integer(),
        (path, value) => {
          fc.pre(typeof path[0] === 'string' && !path.includes('__proto__'));
          const isSparse = path.some((part) => typeof part === 'number' && part > 0);
          fc.pre(!isSparse);
          expect(valueAt(withChanges({}, [{ path, value }]), path)).toBe(value);
        },
      ),
    );
  });
});

describe('differences', () => {
  it('match entries of lists by their id, so that one that is inserted changes only itself', () => {
    const before = {
      layers: [
        { id: 'a', ms: 1 },
        { id: 'b', ms: 2 },
      ],
    };
    const after = {
      layers: [
        { id: 'a', ms: 1 },
        { id: 'x', ms: 9 },
        { id: 'b', ms: 3 },
      ],
    };
    expect(differences(before, after)).toEqual([
      { where: 'layers › x', before: undefined, after: { id: 'x', ms: 9 } },
      { where: 'layers › b › ms', before: 2, after: 3 },
    ]);
  });

  it('tell another order, what is gone, and nothing for equal documents', () => {
    expect(differences({ l: [{ id: 'a' }, { id: 'b' }] }, { l: [{ id: 'b' }, { id: 'a' }] })).toEqual([
      { where: 'l › order', before: 'a, b', after: 'b, a' },
    ]);
    expect(differences({ l: [{ id: 'a' }] }, { l: [] })).toEqual([
      { where: 'l › a', before: { id: 'a' }, after: undefined },
    ]);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(differences(value, structuredClone(value))).toEqual([]);
      }),
    );
  });
});

describe('cells', () => {
  it.each([
    ['1.5', 1.5],
    ['1,5', 1.5],
    ['0,125', 0.125],
    ['12 345', 12345],
    ['−3', -3],
    ['1e3', 1000],
    ['', undefined],
    ['1,234', '1,234'],
    ['1.234', 1.234],
    ['1.500', '1.500'],
    ['0.500', 0.5],
    ['1.50', 1.5],
    ['-12.000', '-12.000'],
    ['1.2340', 1.234],
    ['fast', 'fast'],
    ['1.2.3', '1.2.3'],
    ['1.234,5', 1234.5],
    ['1,234.5', 1234.5],
    ['1,234,567', 1234567],
    ['1.234.567', 1234567],
    ['-1.234.567,89', -1234567.89],
    ['12,34,567', '12,34,567'],
    ['1,5E-03', 0.0015],
    ['1,250e3', 1250],
    [',5', 0.5],
    ['−1e−3', -0.001],
    ["1'234.5", 1234.5],
  ])('"%s" is read as %s', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it('come back as they were copied, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 5 }),
        (cells) => {
          fc.pre(cells.at(-1)?.join('') !== '' && !cells.flat().some((text) => /[\r\n]/.test(text)));
          expect(parseCells(formatCells(cells))).toEqual(cells);
        },
      ),
    );
  });
});

describe('blocks of a spreadsheet', () => {
  it.each([
    [
      'the line end of Windows after each line',
      '1\t2\r\n3\t4\r\n',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    [
      'cells with line breaks, tabs and doubled quotes',
      '"two\nlines"\t"a\tb"\t"say ""x"" "\r\n1\t2\t3\r\n',
      [
        ['two\nlines', 'a\tb', 'say "x" '],
        ['1', '2', '3'],
      ],
    ],
    [
      'a quote that nothing closes',
      '5" pipe\t1\n"left\t2\n',
      [
        ['5" pipe', '1'],
        ['"left', '2'],
      ],
    ],
    ['lines of different lengths', '1\n2\t3\n', [['1'], ['2', '3']]],
    [
      'empty cells',
      '\t1\n\t\n2\t\n',
      [
        ['', '1'],
        ['', ''],
        ['2', ''],
      ],
    ],
  ])('are read with %s', (_, text, cells) => {
    expect(parseCells(text)).toEqual(cells);
  });
});

describe('pasting', () => {
  interface Row {
    readonly id: string;
    readonly ms?: number;
  }
  const columns: GridColumn<Row>[] = [
    { id: 'id', title: 'Id', width: 1, type: 'text', value: (row) => row.id, path: () => undefined },
    {
      id: 'ms',
      title: 'ms',
      width: 1,
      type: 'number',
      value: (row) => row.ms,
      path: (_, index) => ['rows', index, 'ms'],
    },
  ];
  const rows: Row[] = [
    { id: 'a', ms: 1 },
    { id: 'b', ms: 2 },
  ];
  const at = (top: number, left: number, bottom = top, right = left) => ({ top, left, bottom, right });
  const paste = (
    cells: string[][],
    selected: ReturnType<typeof at>,
    newRow?: (index: number) => { row: Row; change: Change },
  ) => pasteCells(cells, { columns, rows, selected, newRow });
  const manyRows = (index: number) => ({ row: { id: `new${index}` }, change: { path: ['rows', index], value: {} } });

  it('writes a block at the selected cell and tells what had no room', () => {
    expect(
      paste(
        [
          ['5', 'x'],
          ['6', 'y'],
          ['7', 'z'],
        ],
        at(0, 1),
      ),
    ).toMatchObject({
      changes: [
        { path: ['rows', 0, 'ms'], value: 5 },
        { path: ['rows', 1, 'ms'], value: 6 },
      ],
      leftOut: { rows: 1, columns: 1, cells: 0 },
    });
    expect(paste([['new', '5']], at(0, 0)).leftOut.cells).toBe(1);
  });

  it('fills a selection with a single cell', () => {
    expect(paste([['9']], at(0, 1, 1, 1)).changes).toEqual([
      { path: ['rows', 0, 'ms'], value: 9 },
      { path: ['rows', 1, 'ms'], value: 9 },
    ]);
  });

  it.each([
    [
      ['2,5', '12.544'],
      [2.5, 12544],
    ],
    [
      ['2,5', '1,250'],
      [2.5, 1.25],
    ],
    [
      ['2.5', '1,250'],
      [2.5, 1250],
    ],
    [
      ['2.5', '1.250'],
      [2.5, 1.25],
    ],
    [
      ['1.250', '3'],
      ['1.250', 3],
    ],
    [
      ['1.253', '3'],
      [1.253, 3],
    ],
    [
      ['2,5', '1.250'],
      [2.5, 1250],
    ],
    [
      ['2,5', '7.5', '1.253', '1,253'],
      [2.5, 7.5, '1.253', '1,253'],
    ],
    [
      ['2 500', '1 2 3'],
      [2500, '1 2 3'],
    ],
    [
      ["2'500", '1.250'],
      [2500, '1.250'],
    ],
  ])('%j are read as %j: what a block shows of its decimals holds for all of it', (texts, values) => {
    expect(
      paste(
        texts.map((text) => [text]),
        at(0, 1),
        manyRows,
      )
        .changes.filter(({ path }) => path.length === 3)
        .map((change) => change.value),
    ).toEqual(values);
  });

  it('marks a fraction of what is counted where it may be thousands', () => {
    const counted = columns.map((column) => ({ ...column, isCount: true }));
    expect(
      pasteCells([['802.816'], ['12.5']], { columns: counted, rows, selected: at(0, 1) }).changes.map(
        (change) => change.value,
      ),
    ).toEqual(['802.816', 12.5]);
  });

  it.each([
    ['MHz', '2.416', '2.416'],
    ['mW', '1,305', '1,305'],
    ['mW', '812.5', 812.5],
    ['MHz', '2.4160', 2.416],
    ['ms', '2.416', 2.416],
  ])('takes no three decimals of a quantity in %s that is nearly always whole: %s is %j', (unit, text, value) => {
    const measured = columns.map((column) => ({ ...column, unit }));
    expect(pasteCells([[text]], { columns: measured, rows, selected: at(0, 1) }).changes[0].value).toBe(value);
    expect(cellChanges(measured[1], rows[0], 0, text)[0].value).toBe(value);
  });

  it('takes its own copies for what they were', () => {
    const measured = columns.map((column) => ({ ...column, unit: 'mW' }));
    const copied = blockTexts(
      measured,
      [
        { id: 'a', ms: 12.345 },
        { id: 'b', ms: 1500 },
      ],
      at(0, 1, 1, 1),
    );
    expect(
      pasteCells(copied, { columns: measured, rows, selected: at(0, 1) }).changes.map((change) => change.value),
    ).toEqual([12.345, 1500]);
  });

  it('says how many cells are to be settled, and calls it no success', () => {
    const issue = (place: number, message: string) => ({
      path: ['rows', place, 'ms'],
      message,
      expected: 'a finite number',
    });
    const before = [issue(7, 'is missing'), issue(0, '"4.000" may be 4000 or 4')];
    const after = [...before, issue(1, '"9.000" may be 9000 or 9')];
    const unsettled = unsettledBy(
      [
        { path: ['rows', 0, 'ms'], value: '4.000' },
        { path: ['rows', 1, 'ms'], value: '9.000' },
        { path: ['rows', 2, 'ms'], value: 3 },
      ],
      before,
      after,
    );
    expect(unsettled).toBe(2);
    expect(pasteNotice({ done: ['2 rows added.'], left: [] }, unsettled)).toEqual({
      kind: 'info',
      title: 'Pasted, with problems',
      hint: '2 cells have to be settled: see the problems. 2 rows added.',
    });
    expect(pasteNotice({ done: ['2 rows added.'], left: [] }, 0).kind).toBe('success');
  });

  it('leaves a line of headings out', () => {
    expect(paste([['Time (ms)'], ['5']], at(0, 1))).toMatchObject({
      hasHead: true,
      changes: [{ path: ['rows', 0, 'ms'], value: 5 }],
    });
    expect(paste([['fast'], ['slow']], at(0, 1)).hasHead).toBe(false);
  });

  it.each(['n/a', '#N/A', 'NaN', '-', '?', '–'])(
    'takes "%s" above numbers for a cell without one, not for a heading',
    (text) => {
      const { hasHead, changes } = paste([[text], ['5']], at(0, 1));
      expect([hasHead, changes.length]).toEqual([false, 2]);
    },
  );

  it('leaves the cells of shorter lines as they are', () => {
    expect(paste([['a'], ['b', '7']], at(0, 0)).changes).toEqual([{ path: ['rows', 1, 'ms'], value: 7 }]);
  });

  it('makes rows where the table may grow', () => {
    const result = paste([['1'], ['2'], ['3']], at(1, 1), (index) => ({
      row: { id: `new${index}` },
      change: { path: ['rows', index], value: {} },
    }));
    expect(result.changes.map(({ path }) => path.join('/'))).toEqual([
      'rows/2',
      'rows/3',
      'rows/1/ms',
      'rows/2/ms',
      'rows/3/ms',
    ]);
  });
});

describe('headings of a pasted table', () => {
  interface Row {
    readonly index: number;
  }
  const column = (id: string, title: string, changes: Partial<GridColumn<Row>> = {}): GridColumn<Row> => ({
    id,
    title,
    width: 1,
    type: 'number',
    value: () => undefined,
    path: ({ index }) => ['rows', index, id],
    ...changes,
  });
  const columns = [
    column('id', 'Layer', { type: 'text' }),
    column('cpu', 'Big cores', { unit: 'ms', headings: ['time:cpu'] }),
    column('macs', 'MACs'),
  ];
  const paste = (cells: string[][], left = 0) =>
    pasteCells(cells, {
      columns,
      rows: [{ index: 0 }],
      selected: { top: 0, bottom: 0, left, right: left },
      newRow: (index) => ({ row: { index }, change: { path: ['rows', index], value: {} } }),
      furtherColumn: (heading) => (heading.startsWith('time:') ? column(heading, heading) : undefined),
    });
  const written = (cells: string[][], left?: number): string[] =>
    paste(cells, left).changes.map(
      ({ path, value }) => `${path.join('/')}=${typeof value === 'object' ? '' : String(value)}`,
    );

  it('send each column where it belongs, in any order, wherever the selection is, and make the rows that are missing', () => {
    const cells = [
      ['macs', 'BIG_CORES (ms)', 'layer'],
      ['5', '1.5', 'a'],
      ['6', '2.5', 'b'],
    ];
    expect(written(cells, 2)).toEqual([
      'rows/1=',
      'rows/0/macs=5',
      'rows/1/macs=6',
      'rows/0/cpu=1.5',
      'rows/1/cpu=2.5',
      'rows/0/id=a',
      'rows/1/id=b',
    ]);
    expect(paste(cells)).toMatchObject({
      hasHead: true,
      newRows: 1,
      leftOut: { rows: 0, columns: 0, cells: 0, headings: [] },
    });
  });

  it('name columns that are not shown, and are reported where none takes them', () => {
    expect(
      written([
        ['id', 'time:npu', 'macs'],
        ['a', '3', '4'],
      ]),
    ).toEqual(['rows/0/id=a', 'rows/0/time:npu=3', 'rows/0/macs=4']);
    expect(
      paste([
        ['id', 'macs', 'Colour'],
        ['a', '4', 'red'],
      ]),
    ).toMatchObject({ leftOut: { headings: ['Colour'] } });
  });

  it('in another unit of time are converted, in any other unit take no number over', () => {
    expect(
      written([
        ['id', 'Big cores (µs)', 'time_us:npu'],
        ['a', '1500', '58,6'],
      ]),
    ).toEqual(['rows/0/id=a', 'rows/0/cpu=1.5', 'rows/0/time:npu=0.0586']);
    const result = paste([
      ['id', 'Big cores (MHz)', 'macs'],
      ['a', '1500', '4'],
    ]);
    expect(result.leftOut.headings).toEqual(['Big cores (MHz)']);
    expect(result.changes.map(({ path }) => path[2])).toEqual(['id', 'macs']);
  });

  it.each([
    ['a column of the table', {}],
    [
      'a column that writes by itself',
      { write: ({ index }: Row, _: number, text: string) => [{ path: ['rows', index, 'cpu'], value: text }] },
    ],
  ])('leave its unit with a number that may be thousands, and is to be settled, in %s', (_, changed) => {
    const { changes } = pasteCells(
      [
        ['id', 'time_us:cpu'],
        ['a', '10,478'],
      ],
      {
        columns: [columns[0]!, { ...columns[1]!, ...changed }],
        rows: [{ index: 0 }],
        selected: { top: 0, bottom: 0, left: 0, right: 0 },
      },
    );
    expect(changes.at(-1)).toEqual({ path: ['rows', 0, 'cpu'], value: '10,478 µs' });
  });

  it('choose their columns in any order, with the unit before the key', () => {
    expect(
      written([
        ['time_us:npu', 'op', 'time_us:cpu'],
        ['58.6', 'Conv', '10478.6'],
      ]),
    ).toEqual(['rows/0/time:npu=0.0586', 'rows/0/cpu=10.4786']);
  });

  it('of words above numbers choose columns by one name, and the others go nowhere', () => {
    const result = paste([
      ['Layer', 'A76', 'Hailo'],
      ['a', '10', '4'],
    ]);
    expect(result.changes.map(({ path, value }) => [path[2], value])).toEqual([['id', 'a']]);
    expect(result.leftOut.headings).toEqual(['A76', 'Hailo']);
  });

  it('that name no column at all are said, because what is below goes by its place', () => {
    expect(
      paste(
        [
          ['A76', 'Hailo'],
          ['10', '4'],
        ],
        1,
      ),
    ).toMatchObject({ hasHead: true, byPlace: ['A76', 'Hailo'] });
  });

  it('do not find a column whose title could be that of another', () => {
    const ambiguous = [
      column('own', 'Cortex-A76', { headings: ['CPU'] }),
      column('cpu', 'cpu', { headings: ['time:cpu'], isTitleNoHeading: true }),
    ];
    const named = (heading: string) => columnsNamed([heading], ambiguous)?.[0]?.column.id;
    expect([named('CPU'), named('time:cpu'), named('Cortex-A76')]).toEqual(['own', 'cpu', 'own']);
  });

  it('stand above no total: a last line that sums up is left out, and said', () => {
    const result = paste([
      ['Layer', 'macs'],
      ['a', '4'],
      ['b', '5'],
      ['Summe', '9'],
    ]);
    expect(result.leftOut.total).toBe('Summe');
    expect(result.changes.map(({ value }) => value)).not.toContain('Summe');
  });

  it('are not seen in what may be values: most of the line names nothing, a column comes twice, or one word is over another column', () => {
    expect(
      paste([
        ['macs', 'x', 'y'],
        ['a', 'b', 'c'],
      ]).hasHead,
    ).toBe(false);
    expect(
      paste([
        ['id', 'layer'],
        ['a', 'b'],
      ]).hasHead,
    ).toBe(false);
    expect(paste([['macs'], ['b']]).hasHead).toBe(false);
    expect(paste([['Layer'], ['b']]).hasHead).toBe(true);
  });

  it.each([[','], [';']])('are found in the text of a CSV file with "%s"', (separator) => {
    const text =
      ['id', 'op', 'dependencies'].join(separator) +
      `\na${separator}Conv${separator}\nb${separator}Relu${separator}"a; x"\n`;
    expect(parseTable(text, ([first]) => first === 'id')).toEqual([
      ['id', 'op', 'dependencies'],
      ['a', 'Conv', ''],
      ['b', 'Relu', 'a; x'],
    ]);
    expect(parseTable('1,5\n2,5', () => false)).toEqual([['1,5'], ['2,5']]);
    expect(parseTable('x;y\n1;2', () => false)).toEqual([
      ['x', 'y'],
      ['1', '2'],
    ]);
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
  const content = {
    sources: [{ path: 'processors/*/idlePowerMW', kind: 'published', source: 'data sheet' }],
    processors: [{ id: 'cpu', idlePowerMW: 30, operatingPoints: [{ frequencyMHz: 1 }] }],
  };
  const edited = (path: (string | number)[], value: number) => {
    const changes = [{ path, value }];
    return withTrueSources(content, withChanges(content, changes), changes);
  };

  it('no longer is where it was once a person has changed it', () => {
    const path = ['processors', 0, 'idlePowerMW'];
    expect(sourceAt(content, path)?.kind).toBe('published');
    expect(sourceAt(edited(path, 31), path)).toMatchObject({
      kind: 'assumed',
      source: 'changed in the editor',
      path: 'processors/cpu/idlePowerMW',
    });
  });

  it('is not invented where none was stated', () => {
    expect(edited(['processors', 0, 'operatingPoints', 0, 'frequencyMHz'], 2)['sources']).toBe(content.sources);
  });
});
