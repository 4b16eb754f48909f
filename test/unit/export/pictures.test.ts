/** Exported SVG pictures: well-formed whatever is in them, with title, legend and what was drawn where it belongs. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, test } from 'vitest';
import { pictureSvg, stackedPictures, type Picture } from '#renderer/canvas/picture.ts';
import { chartSvg } from '#renderer/charts/echarts.ts';
import { drawMap, mapSize, type MapScene } from '#renderer/plots/draw-map.ts';
import { fontTokens } from '#renderer/theme/tokens.ts';
import { SvgContext } from '#renderer/canvas/svg-context.ts';
import { canvasThemes } from '#renderer/canvas/canvas-theme.ts';
import { allElements, readXml, textOf } from '#test/fixtures/xml-reader.ts';

const measure = (text: string): number => text.length * 6;
const drawn: Picture['body'] = { draw: (context) => context.fillRect(0, 0, 10, 10) };

describe('a picture', () => {
  test('is well-formed and says its title and legend, whatever letters they have', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { maxLength: 12 }),
        (title, names) => {
          const root = readXml(
            pictureSvg(
              {
                title,
                theme: 'light',
                widthPx: 400,
                heightPx: 100,
                legend: names.map((name) => ({ name, color: '#112233', dash: 'dashed', value: '1.5' })),
                body: drawn,
              },
              measure,
            ),
          );
          const texts = allElements(root)
            .filter(({ name }) => name === 'text')
            .map(textOf);
          for (const name of names) expect(texts).toContain(name.replaceAll(/\p{Cc}/gu, ' '));
          expect(texts.filter((text) => text === '1.5')).toHaveLength(names.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('has the drawing below its head, however many lines the legend takes', () => {
    const heightOf = (entries: number): number =>
      Number(
        readXml(
          pictureSvg(
            {
              title: 'Title',
              theme: 'dark',
              widthPx: 200,
              heightPx: 100,
              legend: Array.from({ length: entries }, (_, i) => ({
                name: `entry number ${i}`,
                color: '#112233',
                dash: 'solid',
              })),
              body: drawn,
            },
            measure,
          ),
        ).attributes.get('height'),
      );
    expect(heightOf(8) - heightOf(4)).toBe(4 * 20);
  });

  test('of several drawings has each under its own title, one below the other', () => {
    const part = (title: string) => ({ title, color: '#112233', widthPx: 100, heightPx: 50, draw: drawn.draw });
    const root = readXml(pictureSvg(stackedPictures('Both', 'light', [part('first'), part('second')], [])!, measure));
    const moved = allElements(root).flatMap(
      ({ attributes }) => /^translate\(0 (\d+)\)$/.exec(attributes.get('transform') ?? '')?.[1] ?? [],
    );
    expect(moved).toEqual(['20', '90']);
    expect(stackedPictures('None', 'light', [], [])).toBeUndefined();
  });

  test('of a sweep has each combination with its colour, what was varied, gaps where nothing was run, and the key', () => {
    const cell = (text: string, fill: string | undefined, isBest = false) => ({
      text,
      fill,
      textColor: '#000000',
      isBest,
    });
    const scene: MapScene = {
      columnTitle: 'Population size',
      columns: ['20', '50'],
      rowTitles: ['Mutation'],
      rows: [
        { heads: ['swap'], cells: [cell('17.0', '#123456', true), cell('–', undefined)] },
        { heads: ['bit flip'], cells: [cell('21.5', '#abcdef'), undefined] },
      ],
      keys: [{ name: 'simple', weakest: '≥ 21.5', best: '17.0 ms' }],
      keyColors: ['#abcdef', '#123456'],
    };
    const root = readXml(
      pictureSvg(
        {
          title: 'Makespan',
          legend: [],
          theme: 'light',
          ...mapSize(scene),
          body: { draw: (context) => drawMap(context, scene, canvasThemes.light) },
        },
        measure,
      ),
    );
    const elements = allElements(root);
    expect(elements.filter(({ name }) => name === 'text').map(textOf)).toEqual([
      'Makespan',
      'Mutation',
      'Population size',
      '20',
      '50',
      'swap',
      '17.0 best',
      '–',
      'bit flip',
      '21.5',
      '–',
      '≥ 21.5',
      '17.0 ms',
      'best',
    ]);
    expect(
      elements.filter(({ attributes }) => attributes.get('fill') === '#123456' || attributes.get('fill') === '#abcdef'),
    ).toHaveLength(4);
  });

  test('of a chart is well-formed although font names have quotes', () => {
    const svg = chartSvg(
      {
        xAxis: { type: 'value', name: 'x & y', nameTextStyle: { fontFamily: fontTokens.sans } },
        yAxis: { type: 'value', axisLabel: { fontFamily: fontTokens.mono } },
        series: [
          {
            type: 'line',
            data: [
              [0, 1],
              [1, 2],
            ],
          },
        ],
      },
      { widthPx: 200, heightPx: 100 },
    );
    const root = readXml(
      pictureSvg(
        {
          title: 'Chart',
          theme: 'light',
          legend: [],
          widthPx: 200,
          heightPx: 100,
          body: {
            canvas: () => {
              throw new Error('not for SVG');
            },
            svg: () => svg,
          },
        },
        measure,
      ),
    );
    expect(textOf(root)).toContain('x & y');
  });
});

test('moving the origin lasts until the context is restored', () => {
  const context = new SvgContext(measure);
  context.save();
  context.translate(3, 4.5);
  context.fillRect(0, 0, 1, 1);
  context.restore();
  context.fillRect(7, 7, 1, 1);
  const [moved, after] = readXml(context.toString(10, 10, 'x'))
    .children.filter((child) => typeof child !== 'string')
    .filter(({ name }) => name === 'g' || name === 'rect');
  expect([moved!.attributes.get('transform'), after!.attributes.get('x')]).toEqual(['translate(3 4.5)', '7']);
});

describe('the reader the exports are checked with', () => {
  test.each([
    '<a><b></a>',
    '<a x=1/>',
    '<a x="1"y="2"/>',
    '<a x="1" x="2"/>',
    '<a>&nbsp;</a>',
    '<a>&</a>',
    '<a/><b/>',
    '<a x="<"/>',
    '<a',
    '<a>\u0001</a>',
    '<a><!-- a -- b --></a>',
  ])('refuses %s', (text) => {
    expect(() => readXml(text)).toThrow(/^character \d+: /);
  });
});
