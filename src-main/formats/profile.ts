/**
 * Profiles of runtimes: times that a device was measured to take, filled into the layers of a network that is there already. How the
 * files of each runtime are read is said in a reader of its own (`profileReaders`).
 */
import { z } from 'zod';
import type { FormatNote } from '#shared/contract/format-shapes.ts';
import { idSchema, nameSchema } from '#shared/domain/common.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { countOf, listed } from '#shared/domain/words.ts';
import { defineReader, type Format, type ProfileMatch } from './format.ts';
import type { MeasuredNode, MeasuredProfile, ProfileReader } from './measured-profile.ts';
import { onnxruntimeProfile } from './onnxruntime-profile.ts';
import { readText } from './text.ts';

const profileReaders: readonly ProfileReader[] = [onnxruntimeProfile];

const options = z.strictObject({
  network: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('The network document whose layers were measured; on the command line --network'),
  key: nameSchema.optional().describe('Time key of the processor that was measured; on the command line --key'),
  on: z
    .string()
    .min(1)
    .optional()
    .describe('Which of the runtime’s processors, where the profile has several, e.g. "CUDAExecutionProvider"'),
  id: idSchema.optional().describe("Id of the network that is made; default: the network's own"),
});

export const profileFormat: Format = {
  id: 'profile',
  name: 'Profile of a runtime',
  description: 'execution times of the layers of a network, as a runtime measured them: the JSON of ONNX Runtime',
  extensions: ['.json'],
  mediaType: 'application/json',
  reader: defineReader({
    kinds: ['network'],
    options,
    recognises: (file) => profileReaders.some((reader) => reader.recognises(file)),
    async read([file], { network, key, on, id }) {
      const text = await readText(file);
      const head = { name: file.name, head: new TextEncoder().encode(text.slice(0, 4096)) };
      const reader = profileReaders.find((each) => each.recognises(head)) ?? profileReaders[0];
      const profile = ofOneProcessor(reader.read(text, file.name), on, file.name);
      if (network === undefined || key === undefined)
        throw new WorkbenchError(
          'profile.targetNeeded',
          `${file.name} has the times of ${countOf(profile.nodes.length, 'node')}, but not of which network, and under which time key they are`,
          { hint: 'name both (--network resnet18 --key my-cpu)', path: [file.name] },
        );
      const parsed = parseNetwork(network);
      const { filled, match, notes } = withTimes({ ...parsed, id: id ?? parsed.id }, key, profile, {
        file: file.name,
        runtime: reader.name,
      });
      return { documents: [{ kind: 'network', document: filled }], notes, profile: match };
    },
  }),
};

/** The nodes on one of the runtime's processors. @throws WorkbenchError `profile.processorNeeded` or `profile.unknownProcessor` */
function ofOneProcessor(profile: MeasuredProfile, wanted: string | undefined, file: string): MeasuredProfile {
  const counts = new Map<string, number>();
  for (const { on } of profile.nodes) counts.set(on, (counts.get(on) ?? 0) + 1);
  const names = [...counts.keys()];
  if (wanted !== undefined && !counts.has(wanted))
    throw new WorkbenchError('profile.unknownProcessor', `${file} has no times on "${wanted}"`, {
      hint: suggest(wanted, names),
      path: ['on'],
    });
  if (wanted === undefined && names.length > 1)
    throw new WorkbenchError(
      'profile.processorNeeded',
      `${file} has times on ${listed([...counts].map(([name, count]) => `${name} (${countOf(count, 'node')})`))}, which are different processors`,
      {
        hint: `choose one, and import the file again for each other (--set on=${names[0]})`,
        path: ['on'],
        details: names.map((name) => ({ path: ['on'], message: name, expected: 'one of the processors' })),
      },
    );
  return wanted === undefined ? profile : { ...profile, nodes: profile.nodes.filter(({ on }) => on === wanted) };
}

/** `network` with the times of `profile` under `key`, as measured ones. Layers that were not measured keep what they had. */
export function withTimes(
  network: Network,
  key: string,
  profile: MeasuredProfile,
  { file, runtime }: { readonly file: string; readonly runtime: string },
): { readonly filled: Network; readonly match: ProfileMatch; readonly notes: readonly FormatNote[] } {
  const layerOf = layersByName(network);
  const timeOf = new Map<number, number>();
  const leftovers: MeasuredNode[] = [];
  for (const node of profile.nodes) {
    const layer = layerOf.get(node.name);
    if (layer === undefined) leftovers.push(node);
    else timeOf.set(layer, (timeOf.get(layer) ?? 0) + node.timeMs);
  }
  if (timeOf.size === 0)
    throw new WorkbenchError(
      'profile.noMatch',
      `${file}: none of its ${countOf(profile.nodes.length, 'node')} is called like a layer of network "${network.id}"`,
      {
        hint:
          `the layers must have the names of the nodes, such as "${profile.nodes[0]?.name ?? ''}": choose the network ` +
          'of the model that was measured, imported from its ONNX file',
        path: [file],
      },
    );
  const unmatched = network.layers.filter((_, index) => !timeOf.has(index)).map(({ id }) => id);
  const runs = Math.max(...profile.nodes.map((node) => node.runs));
  const sumMs = profile.nodes.reduce((sum, { timeMs }) => sum + timeMs, 0);
  const leftMs = leftovers.reduce((sum, { timeMs }) => sum + timeMs, 0);
  return {
    filled: {
      ...network,
      provenance: [
        ...network.provenance,
        `measured: times under "${key}" of ${countOf(timeOf.size, 'layer')} from ${file}, a profile of ${runtime}, mean of ${countOf(runs, 'run')}`,
      ],
      layers: network.layers.map((layer, index) => {
        const timeMs = timeOf.get(index);
        return timeMs === undefined
          ? layer
          : {
              ...layer,
              executionTimeMs: { ...layer.executionTimeMs, [key]: timeMs },
              timeSources: { ...layer.timeSources, [key]: 'measured' },
            };
      }),
    },
    match: {
      id: network.id,
      matched: {
        layers: timeOf.size,
        ofLayers: network.layers.length,
        timeShare: sumMs > 0 ? (sumMs - leftMs) / sumMs : 1,
      },
      leftovers: leftovers.map(({ name }) => name),
      sumMs,
      wholeMs: profile.wholeMs ?? null,
    },
    notes: [
      {
        message:
          `${countOf(timeOf.size, 'layer')} of ${network.layers.length} got ${timeOf.size === 1 ? 'a time' : 'times'} ` +
          `under "${key}": mean of ` +
          `${countOf(runs, 'run')}${profile.isWarm ? ', the first one left out as warm-up' : ''}`,
      },
      ...(leftovers.length === 0
        ? []
        : [
            {
              message:
                `${countOf(leftovers.length, 'node')} of the profile (${Number(leftMs.toPrecision(3))} ms) ` +
                `${leftovers.length === 1 ? 'has' : 'have'} no layer of that name: ${named(leftovers.map(({ name }) => name))}`,
              hint: 'runtimes fuse layers and add copies and changes of layout; add such times by hand where they belong',
            },
          ]),
      ...(unmatched.length === 0
        ? []
        : [
            {
              message:
                unmatched.length === 1
                  ? `1 layer has no node in the profile and keeps what it had: ${named(unmatched)}`
                  : `${unmatched.length} layers have no node in the profile and keep what they had: ${named(unmatched)}`,
              hint: 'those that the runtime made part of another layer take no time of their own: write 0',
              layers: unmatched,
            },
          ]),
    ],
  };
}

/**
 * Places of the layers by what a runtime may call them: name, then id. A name that two layers share identifies neither.
 */
function layersByName({ layers }: Network): Map<string, number> {
  const places = new Map<string, number>();
  for (const nameOf of [({ name }: Network['layers'][number]) => name, ({ id }: Network['layers'][number]) => id]) {
    const own = new Map<string, number | undefined>();
    for (const [index, layer] of layers.entries()) own.set(nameOf(layer), own.has(nameOf(layer)) ? undefined : index);
    for (const [name, index] of own) if (index !== undefined && !places.has(name)) places.set(name, index);
  }
  return places;
}

/** The first of them, in quotes. */
function named(names: readonly string[]): string {
  return listed(
    names.map((name) => `"${name}"`),
    12,
  );
}
