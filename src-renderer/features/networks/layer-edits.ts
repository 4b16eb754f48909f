/** What is done to the layers of a network as one step: coming and going with their edges, another id, other dependencies, times with their source. */
import type { Path } from '#shared/domain/errors.ts';
import { timeSourceKinds, type TimeSourceKind } from '#shared/domain/network.ts';
import { DependencySyntaxError, readDependencies } from '#shared/formats/dependency-list.ts';
import { parseNumber } from '../../editing/cell-text.ts';
import { freeId } from '../../editing/document-kinds.ts';
import { isContent, listAt, textOf, valueAt, type Change, type Content } from '../../editing/json-path.ts';
import { dependencyIds } from './read-graph.ts';

const layersOf = (content: Content): readonly Content[] => listAt(content, ['layers']);
const idOf = (layer: Content | undefined): string => textOf(layer?.['id']);

function dependenciesOf(layer: Content): readonly unknown[] {
  const given = layer['dependencies'];
  return Array.isArray(given) ? given : [];
}

/** The layer of `index` behind all others, as adding one makes it: it reads the one before it. */
export function appendedLayer(content: Content, index: number): Content {
  const layers = layersOf(content);
  const taken = new Set(layers.map(idOf));
  const id = freeId(`layer${index + 1}`, taken);
  const before = index > layers.length ? freeId(`layer${index}`, taken) : idOf(layers[index - 1]);
  return {
    id,
    name: id,
    op: 'Conv',
    executionTimeMs: {},
    dependencies: before === '' ? [] : [{ layer: before }],
    priority: 0,
  };
}

/** A new layer that reads the one at `after` (undefined: the last one), placed behind it. With `between`, what read that one reads the new one instead. */
export function withLayer(
  content: Content,
  after: number | undefined,
  between: boolean,
): { readonly changes: Change[]; readonly index: number } {
  const layers = layersOf(content);
  const at = after ?? layers.length - 1;
  const before = layers.at(at);
  const taken = new Set(layers.map(idOf));
  const id = freeId(`layer${layers.length + 1}`, taken);
  const op = textOf(before?.['op']) || 'Conv';
  const layer: Content = {
    id,
    name: id,
    op,
    executionTimeMs: {},
    dependencies: before === undefined ? [] : [{ layer: idOf(before) }],
    priority: 0,
  };
  const index = at + 1;
  const rewired = between ? layers.map((each) => renamed(each, idOf(before), id)) : layers;
  return { changes: [{ path: ['layers'], value: rewired.toSpliced(index, 0, layer) }], index };
}

/** The layers at `indices` go; what read them reads what they read. */
export function withoutLayers(content: Content, indices: ReadonlySet<number>): Change[] {
  const layers = layersOf(content);
  const gone = new Map([...indices].map((index) => [idOf(layers[index]), layers[index]]));
  /** What is read instead of a layer that goes, through all of them in a row. */
  const instead = (id: string, seen: ReadonlySet<string>): string[] => {
    const layer = gone.get(id);
    return layer === undefined
      ? [id]
      : seen.has(id)
        ? []
        : dependencyIds(layer).flatMap((before) => instead(before, new Set([...seen, id])));
  };
  const kept = layers.flatMap((layer, index) => {
    if (indices.has(index)) return [];
    if (!dependencyIds(layer).some((id) => gone.has(id))) return [layer];
    const own = new Map(
      dependenciesOf(layer).map((dependency) => [
        isContent(dependency) ? textOf(dependency['layer']) : textOf(dependency),
        dependency,
      ]),
    );
    const ids = [...new Set(dependencyIds(layer).flatMap((id) => instead(id, new Set())))];
    return [{ ...layer, dependencies: ids.map((id) => own.get(id) ?? { layer: id }) }];
  });
  return [{ path: ['layers'], value: kept }];
}

/** Another id for a layer: what reads it follows. */
export function withLayerId(content: Content, index: number, id: string): Change[] {
  const layers = layersOf(content);
  const old = idOf(layers[index]);
  const isNamedSo = layers[index]['name'] === old;
  return [
    { path: ['layers', index, 'id'], value: id },
    ...(isNamedSo ? [{ path: ['layers', index, 'name'], value: id }] : []),
    ...layers.flatMap((layer, place): Change[] =>
      dependencyIds(layer).includes(old)
        ? [{ path: ['layers', place, 'dependencies'], value: dependenciesOf(renamed(layer, old, id)) }]
        : [],
    ),
  ];
}

/** Other ids for several layers at once: what reads them follows, also where two exchange their ids. */
export function withLayerIds(
  content: Content,
  ids: readonly { readonly index: number; readonly id: string }[],
): Change[] {
  const layers = layersOf(content);
  const given = new Map(ids.map(({ index, id }) => [index, id]));
  const renamings = new Map(
    ids.flatMap(({ index, id }) =>
      idOf(layers[index]) === id || idOf(layers[index]) === '' ? [] : [[idOf(layers[index]), id] as const],
    ),
  );
  const follow = (dependency: unknown): unknown => {
    const next = renamings.get(isContent(dependency) ? textOf(dependency['layer']) : textOf(dependency));
    return next === undefined ? dependency : isContent(dependency) ? { ...dependency, layer: next } : { layer: next };
  };
  return layers.flatMap((layer, index): Change[] => {
    const id = given.get(index);
    const changes: Change[] = dependencyIds(layer).some((read) => renamings.has(read))
      ? [{ path: ['layers', index, 'dependencies'], value: dependenciesOf(layer).map(follow) }]
      : [];
    if (id === undefined) return changes;
    if (layer['name'] === idOf(layer)) changes.push({ path: ['layers', index, 'name'], value: id });
    return [...changes, { path: ['layers', index, 'id'], value: id }];
  });
}

function renamed(layer: Content, from: string, to: string): Content {
  if (!dependencyIds(layer).includes(from)) return layer;
  return {
    ...layer,
    dependencies: dependenciesOf(layer).map((dependency) =>
      isContent(dependency)
        ? dependency['layer'] === from
          ? { ...dependency, layer: to }
          : dependency
        : dependency === from
          ? { layer: to }
          : dependency,
    ),
  };
}

/** Other dependencies, written as ids with commas, or as a layer table has them ("stem@4000; left"); one that stays keeps its bytes and transfer times. */
export function withDependencies(layer: Content, path: Path, text: string): Change[] {
  if (/[@[\\]/.test(text)) {
    try {
      return [{ path: [...path, 'dependencies'], value: readDependencies(text) }];
    } catch (error) {
      if (!(error instanceof DependencySyntaxError)) throw error; // read as ids: one that no layer has is marked next to the cell
    }
  }
  const own = new Map(
    dependenciesOf(layer).map((dependency) => [
      isContent(dependency) ? textOf(dependency['layer']) : textOf(dependency),
      dependency,
    ]),
  );
  const ids = text
    .split(/[,;]/)
    .map((id) => id.trim())
    .filter((id) => id !== '');
  return [{ path: [...path, 'dependencies'], value: ids.map((id) => own.get(id) ?? { layer: id }) }];
}

/** Where a layer's time for a key comes from; "given" where nothing is stated. */
export function timeSourceAt(content: Content, layer: Content, key: string): TimeSourceKind | 'given' {
  const stated = valueAt(layer, ['timeSources', key]) ?? valueAt(content, ['timeSources', key]);
  return timeSourceKinds.find((kind) => kind === stated) ?? 'given';
}

/** A time as typed or pasted, with the source that such times have. Nothing written: the layer cannot run there, or is modelled. */
export function withTime(content: Content, path: Path, key: string, text: string, source: TimeSourceKind): Change[] {
  const value = parseNumber(text);
  // What the network says of all its times of the key need not be said again.
  const isKnown = value === undefined || valueAt(content, ['timeSources', key]) === source;
  return [
    { path: [...path, 'executionTimeMs', key], value },
    { path: [...path, 'timeSources', key], value: isKnown ? undefined : source },
  ];
}
