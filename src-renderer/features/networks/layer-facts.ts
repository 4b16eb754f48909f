/** What a document says of one layer, for people to read: sizes, shapes, types, what it reads, and its times with where they come from. */
import type { ModelledTimes } from '#shared/domain/modelled-times.ts';
import type { TimeSourceKind } from '#shared/domain/network.ts';
import type { TimeOwner } from '#shared/domain/time-keys.ts';
import { listed } from '#shared/domain/words.ts';
import { cellText } from '../../editing/cell-text.ts';
import { isContent, listAt, numberOf, textOf, valueAt, type Content } from '../../editing/json-path.ts';
import { formatBytes, formatCount, formatExact, formatNumber } from '../../format.ts';
import { timeSourceAt } from './layer-edits.ts';
import type { NetworkGraph } from '../../plots/network/network-graph.ts';
import type { TimeColumn } from './use-platform-times.ts';

export interface LayerFact {
  readonly name: string;
  /** Undefined where the document does not say. */
  readonly value: string | undefined;
  /** Where the value comes from, or what holds without one. */
  readonly note?: string;
  /** With every digit. */
  readonly exact?: string;
}

/** A layer at the other end of an edge. */
export interface LayerNeighbour {
  readonly index: number;
  readonly id: string;
  /** The shape of what moves along the edge, as far as it is stated. */
  readonly shape: string | undefined;
  /** "786 kB", where stated: of the edge, else the output of the layer that is read. */
  readonly bytes: string | undefined;
}

export interface LayerTime {
  readonly key: string;
  readonly processor: string;
  /** Undefined: it cannot run there. */
  readonly time: string | undefined;
  readonly exact: string;
  readonly source: string;
}

export const sourceTexts: Readonly<Record<TimeSourceKind | 'given', string>> = {
  measured: 'measured',
  assumed: 'assumed',
  modelled: 'modelled by a cost model',
  given: 'given; where from is not stated',
};

/** Whose the times of a column are, where they are not its processor's own; else empty. */
export function ownerText(owner: TimeOwner | undefined): string {
  return owner === undefined
    ? 'No processor of this platform has this time key'
    : owner.kind === 'foreign'
      ? `Times of ${listed(owner.platforms.map(({ name }) => name))}, which uses the same time key`
      : owner.kind === 'unclear'
        ? `Whose times these are is not said: ${listed(owner.platforms.map(({ name }) => name))} may be meant`
        : '';
}

/** "64 × 56 × 56"; what is not a shape is shown as it is written. */
function shapeText(shape: unknown): string | undefined {
  if (shape === undefined) return undefined;
  return Array.isArray(shape) && shape.every((length) => typeof length === 'number')
    ? shape.map(formatCount).join(' × ')
    : cellText(shape);
}

function bytesText(bytes: unknown): string | undefined {
  return typeof bytes === 'number' ? formatBytes(bytes) : bytes === undefined ? undefined : cellText(bytes);
}

function count(name: string, value: unknown): LayerFact {
  if (typeof value !== 'number') return { name, value: value === undefined ? undefined : cellText(value) };
  return { name, value: formatCount(value) };
}

export function layerFacts(content: Content, layer: Content): readonly LayerFact[] {
  const [own, all] = [textOf(layer['dataType']), textOf(valueAt(content, ['dataType']))];
  const output = layer['outputBytes'];
  const priority = layer['priority'];
  return [
    { name: 'Operation', value: textOf(layer['op']) || undefined },
    {
      name: 'Data type',
      value: own || all || undefined,
      ...(own === '' && all !== '' ? { note: 'as the network' } : {}),
    },
    { name: 'Output shape', value: shapeText(layer['outputShape']) },
    { name: 'Kernel', value: shapeText(layer['kernelShape']) },
    {
      name: 'Output',
      value: bytesText(output),
      ...(typeof output === 'number' ? { exact: formatExact(output, 'bytes') } : {}),
    },
    count('MACs', layer['macs']),
    count('Parameters', layer['parameters']),
    {
      name: 'Priority',
      value: priority === undefined ? '0' : cellText(priority),
      ...(priority === undefined ? { note: 'not stated' } : {}),
    },
  ];
}

/** What the layer at `index` reads, and what reads it. */
export function neighboursOf(
  content: Content,
  graph: NetworkGraph,
  index: number,
): { readonly reads: readonly LayerNeighbour[]; readonly feeds: readonly LayerNeighbour[] } {
  const layers = listAt(content, ['layers']);
  const edge = (producer: number, consumer: number, shown: number): LayerNeighbour => {
    const [from, to] = [layers[producer], layers[consumer]];
    const given = Array.isArray(to['dependencies'])
      ? to['dependencies'].find(
          (dependency) => isContent(dependency) && textOf(dependency['layer']) === textOf(from['id']),
        )
      : undefined;
    const bytes = isContent(given) ? given['bytes'] : undefined;
    return {
      index: shown,
      id: textOf(layers[shown]['id']),
      shape: shapeText(from['outputShape']),
      bytes: bytesText(bytes ?? from['outputBytes']),
    };
  };
  return {
    reads: (graph.layers[index]?.producers ?? []).map((producer) => edge(producer, index, producer)),
    feeds: (graph.consumers[index] ?? []).map((consumer) => edge(index, consumer, consumer)),
  };
}

/** The times of `layer` on each processor. @param modelled by a platform's cost models, ms */
export function layerTimes(
  content: Content,
  layer: Content,
  columns: readonly TimeColumn[],
  modelled: ModelledTimes | undefined,
): readonly LayerTime[] {
  return columns.map(({ key, title, canRun, owner }): LayerTime => {
    const row = { key, processor: title };
    const op = textOf(layer['op']);
    if (!canRun(op)) return { ...row, time: undefined, exact: '', source: `does not support ${op}` };
    const own = valueAt(layer, ['executionTimeMs', key]);
    const ms = numberOf(own);
    if (own !== undefined)
      return {
        ...row,
        time: ms === undefined ? cellText(own) : `${formatNumber(ms)} ms`,
        exact: ms === undefined ? '' : formatExact(ms, 'ms'),
        source: [sourceTexts[timeSourceAt(content, layer, key)], ownerText(owner)]
          .filter((text) => text !== '')
          .join('. '),
      };
    const estimate = modelled?.[key];
    if (estimate === undefined) return { ...row, time: undefined, exact: '', source: 'no time: cannot run there' };
    return {
      ...row,
      time: `≈ ${formatNumber(estimate)} ms`,
      exact: formatExact(estimate, 'ms'),
      source: 'modelled by the platform’s cost model',
    };
  });
}
