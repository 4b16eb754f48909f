/** The graph of a network: its parts and repeated blocks, its layout, its critical path, and edits of layers with their edges. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { withChanges, type Content } from '#renderer/editing/json-path.ts';
import { blocksOf, partsOf } from '#renderer/plots/network/blocks.ts';
import { layoutGraph } from '#renderer/plots/network/graph-layout.ts';
import { operationColors } from '#renderer/features/networks/layer-colors.ts';
import {
  appendedLayer,
  withDependencies,
  withLayer,
  withLayerId,
  withLayerIds,
  withoutLayers,
  withTime,
} from '#renderer/features/networks/layer-edits.ts';
import { criticalPath, readGraph } from '#renderer/features/networks/read-graph.ts';
import { parseNetwork } from '#shared/domain/network.ts';

const network = (layers: readonly (readonly [string, string, readonly string[]])[]): Content => ({
  schemaVersion: 1,
  id: 'net',
  layers: layers.map(([id, op, reads]) => ({
    id,
    op,
    executionTimeMs: { cpu: 1 },
    dependencies: reads.map((layer) => ({ layer })),
  })),
});
/** Blocks of three layers with a way around them, one after the other. */
const residual = (count: number): Content => {
  const layers: [string, string, string[]][] = [['stem', 'Conv', []]];
  for (let block = 0, before = 'stem'; block < count; before = `b${block}.add`, block++)
    layers.push(
      [`b${block}.conv`, 'Conv', [before]],
      [`b${block}.relu`, 'Relu', [`b${block}.conv`]],
      [`b${block}.add`, 'Add', [`b${block}.relu`, before]],
    );
  return network(layers);
};
const sceneOf = (content: Content, isCollapsed = false) => {
  const graph = readGraph(content);
  const parts = partsOf(graph);
  const blocks = blocksOf(graph, parts);
  return {
    graph,
    parts,
    blocks,
    scene: layoutGraph({ graph, parts, blocks, isCollapsed: () => isCollapsed, aspect: 1 }),
  };
};
/** Each layer reads some of those before it. */
const anyNetwork = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 40 })
  .map((reads) =>
    network(
      reads.map((list, index) => [
        `l${index}`,
        ['Conv', 'Relu', 'Add'][index % 3]!,
        index === 0 ? [] : [...new Set(list.map((value) => `l${value % index}`))],
      ]),
    ),
  );

describe('a network', () => {
  it('is cut where everything passes one layer, and each layer is in one part', () => {
    fc.assert(
      fc.property(anyNetwork, (content) => {
        const { graph, parts } = sceneOf(content);
        expect(parts.flatMap((part) => part.layers).toSorted((a, b) => a - b)).toEqual(
          graph.layers.map((layer) => layer.index),
        );
        const partOf = new Map(parts.flatMap((part, index) => part.layers.map((layer) => [layer, index] as const)));
        const edges = graph.layers.flatMap((layer) =>
          layer.producers.map((producer) => ({ from: partOf.get(producer)!, to: partOf.get(layer.index)!, producer })),
        );
        for (const { from, to, producer } of edges.filter((edge) => edge.from !== edge.to))
          expect([from, producer]).toEqual([to - 1, parts[to - 1]!.layers.at(-1)]);
      }),
    );
  });

  it('with equal blocks in a row shows them as one, whatever they are called', () => {
    const { blocks, scene } = sceneOf(residual(12), true);
    expect(blocks.map(({ repeats, layers }) => [repeats, layers.length])).toEqual([[12, 36]]);
    expect(scene.nodes.map((node) => node.layers.length)).toEqual([1, 36]);
    expect(scene.edges.map(({ from, to }) => [from, to])).toEqual([[0, 1]]);
  });

  it('is laid out without boxes over each other, and with every edge', () => {
    fc.assert(
      fc.property(anyNetwork, fc.boolean(), (content, isCollapsed) => {
        const { graph, scene } = sceneOf(content, isCollapsed);
        expect(scene.nodeOf.every((node, layer) => scene.nodes[node]!.layers.includes(layer))).toBe(true);
        scene.nodes.forEach((a, i) =>
          scene.nodes
            .slice(i + 1)
            .forEach((b) =>
              expect(
                a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
              ).toBe(true),
            ),
        );
        const drawn = new Set(scene.edges.map(({ from, to }) => `${from} ${to}`));
        const wanted = new Set(
          graph.layers
            .flatMap((layer) => layer.producers.map((producer) => [scene.nodeOf[producer], scene.nodeOf[layer.index]]))
            .filter(([from, to]) => from !== to)
            .map(([from, to]) => `${from} ${to}`),
        );
        expect(drawn).toEqual(wanted);
      }),
      { numRuns: 40 },
    );
  });

  it.each([4, 7, 12, 30])(
    'of %i blocks with a way around each leads no edge behind a box, also from column to column',
    (count) => {
      const { scene } = sceneOf(residual(count));
      const behind = scene.edges.filter(({ from, to, points }) =>
        points.slice(1).some((end, index) => {
          const start = points[index];
          return Array.from({ length: 21 }, (_, step) => ({
            x: start.x + ((end.x - start.x) * step) / 20,
            y: start.y + ((end.y - start.y) * step) / 20,
          })).some(({ x, y }) =>
            scene.nodes.some(
              (node, at) =>
                at !== from &&
                at !== to &&
                x > node.x &&
                x < node.x + node.width &&
                y > node.y &&
                y < node.y + node.height,
            ),
          );
        }),
      );
      expect(behind).toEqual([]);
    },
  );

  it.each([60, 400])('whose layer is read by %i others has them in lines of at most 16', (readers) => {
    const { scene } = sceneOf(
      network([
        ['root', 'Conv', []],
        ...Array.from({ length: readers }, (_, index): [string, string, string[]] => [`r${index}`, 'Relu', ['root']]),
      ]),
    );
    expect(Math.max(...scene.nodes.map((node) => node.x + node.width))).toBeLessThan(16 * 190);
    expect(new Set(scene.nodes.map((node) => `${node.x} ${node.y}`)).size).toBe(readers + 1);
  });

  it('names a block by its first and last repetition, of the last one only what differs', () => {
    const chain = (prefix: string, name: (block: number) => string): string[] => {
      const id = (at: number): string =>
        at < 0 ? 'stem' : `${prefix}${name(Math.floor(at / 2))}.${at % 2 === 0 ? 'conv' : 'pool'}`;
      const layers = Array.from({ length: 24 }, (_, index): [string, string, string[]] => [
        id(index),
        index % 2 === 0 ? 'Conv' : 'MaxPool',
        [id(index - 1)],
      ]);
      return sceneOf(network([['stem', 'Pad', []], ...layers])).blocks.map(({ title }) => title);
    };
    expect(chain('block3.', (block) => String(block + 1))).toEqual(['block3.1 … 12']);
    expect(chain('mixed5', (block) => String.fromCodePoint(97 + block))).toEqual(['mixed5a … l']);
  });

  it('names a block of numbered layers by its operations', () => {
    const layers = Array.from({ length: 9 }, (_, index): [string, string, string[]] => [
      `n${index + 9}`,
      index % 2 === 0 ? 'MaxPool' : 'Conv',
      index === 0 ? [] : [`n${index + 8}`],
    ]);
    expect(sceneOf(network(layers)).blocks.map(({ title }) => title)).toEqual(['Conv MaxPool']);
  });

  it('has the same colours for the same operations in another network', () => {
    const colorsOf = (ops: string[]): Map<string, string> => {
      const { colors } = operationColors(ops, 'light');
      return new Map(ops.map((op, index) => [op, colors[index] ?? '']));
    };
    const [dense, inception] = [
      colorsOf(['Conv', 'Conv', 'BatchNormalization', 'Concat', 'MaxPool', 'Gemm']),
      colorsOf(['Concat', 'Concat', 'Conv', 'MaxPool', 'MaxPool', 'MaxPool', 'Gemm', 'Swish']),
    ];
    for (const op of ['Conv', 'Concat', 'MaxPool', 'Gemm']) expect(inception.get(op)).toBe(dense.get(op));
    expect(new Set(inception.values()).size).toBe(5);
  });

  it('that is no valid one is drawn all the same: what does not exist or closes a cycle is no edge', () => {
    const { graph } = sceneOf(
      network([
        ['a', 'Conv', ['b', 'ghost']],
        ['b', 'Conv', ['a']],
      ]),
    );
    expect(graph.layers.reduce((sum, layer) => sum + layer.producers.length, 0)).toBe(1);
  });

  it('has its longest path as critical path', () => {
    const graph = readGraph(
      network([
        ['a', 'Conv', []],
        ['long', 'Conv', ['a']],
        ['short', 'Conv', ['a']],
        ['end', 'Add', ['long', 'short']],
      ]),
    );
    expect(criticalPath(graph, (index) => [1, 5, 2, 1][index]!)).toEqual({ layers: [0, 1, 3], length: 7 });
  });
});

describe('edits of layers', () => {
  const chain = network([
    ['a', 'Conv', []],
    ['b', 'Conv', ['a']],
    ['c', 'Conv', ['b']],
    ['d', 'Add', ['b', 'c']],
  ]);
  const reads = (content: Content): unknown =>
    parseNetwork(content).layers.map((layer) => [layer.id, layer.dependencies.map((dependency) => dependency.layer)]);

  it('a layer that goes leaves what it read to those that read it', () => {
    expect(reads(withChanges(chain, withoutLayers(chain, new Set([1]))))).toEqual([
      ['a', []],
      ['c', ['a']],
      ['d', ['a', 'c']],
    ]);
    expect(reads(withChanges(chain, withoutLayers(chain, new Set([1, 2]))))).toEqual([
      ['a', []],
      ['d', ['a']],
    ]);
  });

  it('removing any layers of any network leaves a valid one', () => {
    fc.assert(
      fc.property(anyNetwork, fc.array(fc.nat()), (content, picked) => {
        const { length } = parseNetwork(content).layers;
        const gone = new Set(picked.map((value) => value % length));
        fc.pre(gone.size < length);
        expect(() => parseNetwork(withChanges(content, withoutLayers(content, gone)))).not.toThrow();
      }),
    );
  });

  it('a layer that is added reads the chosen one; one that is inserted is read by those after it', () => {
    expect(reads(withChanges(chain, withLayer(chain, 1, false).changes))).toEqual([
      ['a', []],
      ['b', ['a']],
      ['layer5', ['b']],
      ['c', ['b']],
      ['d', ['b', 'c']],
    ]);
    expect(reads(withChanges(chain, withLayer(chain, 1, true).changes))).toEqual([
      ['a', []],
      ['b', ['a']],
      ['layer5', ['b']],
      ['c', ['layer5']],
      ['d', ['layer5', 'c']],
    ]);
  });

  it('another id is followed by those that read the layer', () => {
    expect(reads(withChanges(chain, withLayerId(chain, 1, 'renamed')))).toEqual([
      ['a', []],
      ['renamed', ['a']],
      ['c', ['renamed']],
      ['d', ['renamed', 'c']],
    ]);
  });

  it('dependencies that stay keep their bytes', () => {
    const layer = { id: 'x', dependencies: [{ layer: 'a', bytes: 7 }, { layer: 'b' }] };
    expect(withDependencies(layer, ['layers', 0], 'c, a')[0]?.value).toEqual([
      { layer: 'c' },
      { layer: 'a', bytes: 7 },
    ]);
  });

  it('a time that is typed says where it comes from, unless the network already does', () => {
    const typed = (content: Content) =>
      parseNetwork(withChanges(content, withTime(content, ['layers', 0], 'npu', '2,5', 'measured'))).layers[0]!;
    expect(typed(chain)).toMatchObject({ executionTimeMs: { cpu: 1, npu: 2.5 }, timeSources: { npu: 'measured' } });
    expect(typed({ ...chain, timeSources: { npu: 'measured' } }).timeSources).toBeUndefined();
    expect(
      parseNetwork(withChanges(chain, withTime(chain, ['layers', 0], 'cpu', '', 'measured'))).layers[0]!
        .executionTimeMs,
    ).toEqual({});
  });
});

describe('a pasted table of layers', () => {
  const ids = (content: Content): string[] =>
    parseNetwork(content).layers.map(
      ({ id, dependencies }) => `${id}<${dependencies.map(({ layer }) => layer).join()}`,
    );

  it('renames many layers at once, also those that exchange their ids, and what reads them follows', () => {
    const content = network([
      ['a', 'Conv', []],
      ['b', 'Relu', ['a']],
      ['c', 'Add', ['a', 'b']],
    ]);
    expect(
      ids(
        withChanges(
          content,
          withLayerIds(content, [
            { index: 0, id: 'b' },
            { index: 1, id: 'a' },
          ]),
        ),
      ),
    ).toEqual(['b<', 'a<b', 'c<b,a']);
  });

  it('adds layers that read the one before them until the table says otherwise', () => {
    let content = network([['layer3', 'Conv', []]]);
    const before = content;
    for (const index of [1, 2, 3])
      content = withChanges(content, [{ path: ['layers', index], value: appendedLayer(before, index) }]);
    expect(ids(content)).toEqual(['layer3<', 'layer2<layer3', 'layer3-2<layer2', 'layer4<layer3-2']);
    expect(
      ids(
        withChanges(
          content,
          withLayerIds(
            content,
            ['stem', 'up', 'add', 'out'].map((id, index) => ({ index, id })),
          ),
        ),
      ),
    ).toEqual(['stem<', 'up<stem', 'add<up', 'out<add']);
  });

  it('takes what a layer table of a file says of dependencies', () => {
    expect(withDependencies({ dependencies: [] }, ['layers', 2], 'left; right@4000[cpu>gpu=1.5]')).toEqual([
      {
        path: ['layers', 2, 'dependencies'],
        value: [{ layer: 'left' }, { layer: 'right', bytes: 4000, transferMs: { 'cpu>gpu': 1.5 } }],
      },
    ]);
  });
});
