/** What is done to a platform as one step: processors that come, go and change their id, operating points, core configurations, links. */
import type { Path } from '#shared/domain/errors.ts';
import { parsePlatform, type ProcessorKind } from '#shared/domain/platform.ts';
import { ownTimeKey } from '#shared/domain/time-keys.ts';
import { freeId } from '../../editing/document-kinds.ts';
import { timeKeyOf } from '../../editing/time-keys.ts';
import { END, isContent, listAt, numberOf, textOf, type Change, type Content } from '../../editing/json-path.ts';

export const linkMetrics = [
  { id: 'latencyMs', title: 'Latency', unit: 'ms' },
  { id: 'bandwidthMBps', title: 'Bandwidth', unit: 'MB/s' },
  { id: 'energyPJPerByte', title: 'Energy', unit: 'pJ/B' },
] as const;
export type LinkMetric = (typeof linkMetrics)[number]['id'];

const kindNames: Readonly<Record<ProcessorKind, string>> = { cpu: 'CPU', gpu: 'GPU', npu: 'NPU', dsp: 'DSP' };
export const kindChoices = Object.entries(kindNames).map(([value, label]) => ({ value, label }));

/**
 * A processor of a kind with an id and a time key of its own, and otherwise what the document's defaults say.
 * @param takenKeys keys of execution times that other platforms use
 */
export function newProcessor(content: Content, kind: ProcessorKind, takenKeys: ReadonlySet<string>): Content {
  const taken = new Set(listAt(content, ['processors']).map((processor) => textOf(processor['id'])));
  const id = freeId(kind, taken);
  const name = id === kind ? kindNames[kind] : `${kindNames[kind]} ${id.slice(kind.length + 1)}`;
  const {
    processors: [processor],
  } = parsePlatform({
    schemaVersion: 1,
    id: 'new',
    processors: [{ id, name, kind, coreCount: kind === 'cpu' ? 4 : 1 }],
  });
  return { ...processor, executionTimeKey: ownKeyFor(content, id, takenKeys) };
}

/** A key of execution times for a processor that nobody else uses, in this platform or another. */
export function ownKeyFor(content: Content, processor: string, takenKeys: ReadonlySet<string>): string {
  return ownTimeKey(
    textOf(content['id']),
    processor,
    new Set([
      ...takenKeys,
      ...listAt(content, ['processors'])
        .filter(({ id }) => id !== processor)
        .map(timeKeyOf),
    ]),
  );
}

/** A copy of a processor with an id and a time key of its own. */
export function duplicateOf(content: Content, index: number, takenKeys: ReadonlySet<string>): Content {
  const processors = listAt(content, ['processors']);
  const id = freeId(textOf(processors[index]['id']), new Set(processors.map((processor) => textOf(processor['id']))));
  const { sharesTimesWith: _shared, ...original } = processors[index];
  return {
    ...original,
    id,
    name: `${textOf(original['name'])} (copy)`,
    executionTimeKey: ownKeyFor(content, id, takenKeys),
  };
}

/** A processor goes with its links and caps. */
export function withoutProcessor(content: Content, index: number): Change[] {
  const id = listAt(content, ['processors'])[index]?.['id'];
  return [
    { path: ['processors', index], value: undefined },
    {
      path: ['interconnect', 'links'],
      value: listAt(content, ['interconnect', 'links']).filter((link) => link['from'] !== id && link['to'] !== id),
    },
    ...listAt(content, ['interconnect', 'buses']).flatMap((bus, position) => {
      const members = membersOf(bus);
      return members.includes(textOf(id))
        ? [
            {
              path: ['interconnect', 'buses', position, 'processors'],
              value: members.filter((member) => member !== id),
            },
          ]
        : [];
    }),
    { path: ['frequencyCaps'], value: listAt(content, ['frequencyCaps']).filter((cap) => cap['processor'] !== id) },
  ];
}

/** Another id for a processor: links and caps follow it. */
export function withProcessorId(content: Content, index: number, id: unknown): Change[] {
  const old = listAt(content, ['processors'])[index]?.['id'];
  const follow = (list: readonly Content[], path: Path, fields: readonly string[]): Change[] =>
    list.flatMap((entry, position) =>
      fields.filter((field) => entry[field] === old).map((field) => ({ path: [...path, position, field], value: id })),
    );
  return [
    { path: ['processors', index, 'id'], value: id },
    ...follow(listAt(content, ['interconnect', 'links']), ['interconnect', 'links'], ['from', 'to']),
    ...listAt(content, ['interconnect', 'buses']).flatMap((bus, place) =>
      membersOf(bus).flatMap((member, position) =>
        member === old ? [{ path: ['interconnect', 'buses', place, 'processors', position], value: id }] : [],
      ),
    ),
    ...follow(listAt(content, ['frequencyCaps']), ['frequencyCaps'], ['processor']),
  ];
}

/**
 * The operating point after the last one, a step of the same size farther; the first is at the nominal frequency (MHz), whose
 * power nobody knows yet.
 */
export function nextOperatingPoint(points: readonly Content[], nominalMHz: number | undefined): Content {
  const [before, last] = points.slice(-2).map((point) => ({
    frequencyMHz: numberOf(point['frequencyMHz']) ?? 0,
    activePowerMW: numberOf(point['activePowerMW']) ?? 0,
    clusterPowerMW: numberOf(point['clusterPowerMW']) ?? 0,
  }));
  if (before === undefined) return nominalMHz === undefined ? {} : { frequencyMHz: nominalMHz };
  if (last === undefined) return { ...before, frequencyMHz: before.frequencyMHz + 200 };
  const step = Math.max(1, last.frequencyMHz - before.frequencyMHz);
  return {
    frequencyMHz: last.frequencyMHz + step,
    activePowerMW: last.activePowerMW,
    clusterPowerMW: last.clusterPowerMW,
  };
}

/** Ids of the processors on a bus. */
export function membersOf(bus: Content): string[] {
  const { processors } = bus;
  return Array.isArray(processors) ? processors.map(textOf) : [];
}

/** A bus of all processors. With the first one, only what is listed exists. */
export function withBus(content: Content): Change[] {
  const buses = listAt(content, ['interconnect', 'buses']);
  const value = {
    id: freeId('bus', new Set(buses.map((bus) => textOf(bus['id'])))),
    processors: listAt(content, ['processors']).map((processor) => textOf(processor['id'])),
  };
  return [{ path: ['interconnect', 'buses'], value: [...buses, value] }];
}

/** Without these buses; without any, every two processors have a link again. */
export function withoutBuses(content: Content, removed: readonly Content[]): Change[] {
  const left = listAt(content, ['interconnect', 'buses']).filter((bus) => !removed.includes(bus));
  return [{ path: ['interconnect', 'buses'], value: left.length === 0 ? undefined : left }];
}

/** The link from … to, as the document has it, and its place there. */
export function linkBetween(
  content: Content,
  from: string,
  to: string,
): { readonly index: number; readonly link: Content | undefined } {
  const links = listAt(content, ['interconnect', 'links']);
  const index = links.findIndex((link) => link['from'] === from && link['to'] === to);
  return { index: index < 0 ? END : index, link: links[index] };
}

/** A value of the link from … to; undefined: the default holds. */
export function withLinkValue(
  content: Content,
  from: string,
  to: string,
  metric: LinkMetric,
  value: unknown,
): Change[] {
  const { index, link } = linkBetween(content, from, to);
  if (link !== undefined) return [{ path: ['interconnect', 'links', index, metric], value }];
  return value === undefined ? [] : [{ path: ['interconnect', 'links', END], value: { from, to, [metric]: value } }];
}

/** Most cores whose groupings are all offered: there are 22 of 8. */
export const MOST_GROUPED_CORES = 8;

/** Every way to group all of `cores`, largest groups last: of 3, [1,1,1], [2,1], [3]. */
export function partitionsOf(cores: number, largest = cores): number[][] {
  if (cores === 0) return [[]];
  return Array.from({ length: Math.min(cores, largest) }, (_, index) => index + 1).flatMap((size) =>
    partitionsOf(cores - size, size).map((rest) => [size, ...rest]),
  );
}

export function configurationsOf(processor: Content): readonly (readonly number[])[] {
  const given = processor['coreConfigurations'];
  return Array.isArray(given)
    ? given.filter(
        (groups): groups is number[] => Array.isArray(groups) && groups.every((size) => typeof size === 'number'),
      )
    : [];
}

/** Takes a core configuration in or out. A group of a size that has no speed-up gets one without gain, to be corrected. */
export function toggleConfiguration(processor: Content, path: Path, groups: readonly number[]): Change[] {
  const given = configurationsOf(processor);
  const isSame = (other: readonly number[]): boolean => other.join() === groups.join();
  const next = given.some(isSame) ? given.filter((other) => !isSame(other)) : [...given, groups];
  const speedup = isContent(processor['groupSpeedup']) ? processor['groupSpeedup'] : {};
  const missing = [...new Set(next.flat())].filter((size) => size > 1 && speedup[String(size)] === undefined);
  return [
    { path: [...path, 'coreConfigurations'], value: next.length === 0 ? undefined : next },
    ...(missing.length === 0
      ? []
      : [
          {
            path: [...path, 'groupSpeedup'],
            value: { '1': 1, ...speedup, ...Object.fromEntries(missing.map((size) => [String(size), 1])) },
          },
        ]),
  ];
}
