/**
 * Profiles of the NEST compiler, read as profile documents and written of runs: the times that the layers of a run's network had, a file for
 * each processor. A key is an operator with the size of its input and its window, so operators that differ in nothing else share one.
 */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { DataType } from '#shared/domain/cost-model.ts';
import { dataTypeOf, type Layer, type Network } from '#shared/domain/network.ts';
import { baseTimeMs } from '#shared/domain/scenario.ts';
import type { FormatNote } from '#shared/contract/format-shapes.ts';
import { countOf, listed } from '#shared/domain/words.ts';
import { exactTimesOf } from '#shared/scheduling/exact-times.ts';
import { defineRunWriter, runFileName, type Format, type FormatReader, type RunExport } from './format.ts';
import { kindOfOperation } from './nest-kinds.ts';
import { profileFormat } from './profile.ts';
import { nest } from './profiles/nest.ts';

/** That of profiles, for files of this one kind. */
function readerOf({ reader }: Format): FormatReader {
  if (reader === undefined) throw new Error('profiles can be read');
  return {
    ...reader,
    // What looks like one is recognised as a profile, of which this is a kind.
    recognises: () => false,
    read: (files, options, companion) => reader.read(files, { ...options, reader: nest.id }, companion),
  };
}

export const nestProfileFormat: Format = {
  id: 'nest-profile',
  name: 'NEST-C profile',
  description: 'times of operators and of groups of them by backend, as the NEST compiler plans with them',
  extensions: ['.yaml'],
  mediaType: 'application/yaml',
  reader: readerOf(profileFormat),
  runWriter: defineRunWriter(
    z.strictObject({
      unit: z
        .enum(['ms', 'us'])
        .default('ms')
        .describe('Unit of the times: ms as in NEST-C 20.11, us as in later ones'),
      input: z
        .string()
        .regex(/^[1-9]\d*(x[1-9]\d*)*$/, 'sizes joined by x, e.g. 3x224x224')
        .optional()
        .describe(
          'Size of the input of the network, which network documents do not have: channels, height and width, e.g. 3x224x224',
        ),
    }),
    (run, { unit, input }) => {
      const network = networkOf(run);
      const inputShape = input?.split('x').map(Number);
      const written = run.problem.layerwise.platform.processors.map((_, processor) =>
        profileOf(run, network, processor, unit === 'us' ? 1000 : 1, inputShape),
      );
      return {
        files: written.map(({ id, text }) => ({
          name: runFileName(run.detail, `nest-profile-${id}`, '.yaml'),
          content: text,
          mediaType: 'application/yaml',
        })),
        notes: [
          {
            message: `times in ${unit}, which the file does not say, of one core at nominal frequency; INFINITY is what a processor cannot run`,
          },
          ...(network.layers.some((layer) => dataTypeOf(network, layer) === undefined)
            ? [{ message: 'layers without a data type are taken to be float' }]
            : []),
          ...(written[0]?.notes ?? []),
        ],
      };
    },
  ),
};

/** @throws WorkbenchError `nest-profile.notExpressible` */
function networkOf({ problem }: RunExport): Network {
  const [application, ...others] = problem.layerwise.applications;
  if (others.every(({ network }) => network.id === application.network.id)) return application.network;
  throw new WorkbenchError(
    'nest-profile.notExpressible',
    `a profile is of one network, and the scenario has ${others.length + 1} applications`,
    { hint: 'export the run of a scenario with this network alone' },
  );
}

/** The type of a tensor in a key. */
const typeNames: Readonly<Record<DataType, string>> = { fp32: 'float', fp16: 'float16', int8: 'int8q' };
/** Operations that have channels, window and step in their keys. */
const WINDOWED = /^Convolution$/;

function profileOf(
  { problem }: RunExport,
  network: Network,
  index: number,
  perMs: number,
  inputShape: readonly number[] | undefined,
): { readonly id: string; readonly text: string; readonly notes: readonly FormatNote[] } {
  const processor = problem.layerwise.platform.processors[index];
  const byId = new Map(network.layers.map((layer) => [layer.id, layer]));
  const keys = new Map(network.layers.map((layer) => [layer.id, keyOf(layer, byId, network, inputShape)]));
  const times = new Map<string, number>();
  const shared = new Set<string>();
  const add = (key: string, timeMs: number): void => {
    const known = times.get(key);
    if (known === undefined) times.set(key, timeMs);
    else if (known !== timeMs) shared.add(key);
  };
  for (const layer of network.layers) {
    const key = keys.get(layer.id);
    if (key !== undefined) add(key, baseTimeMs(processor, layer) ?? Number.POSITIVE_INFINITY);
  }
  const exact = exactTimesOf(problem.layerwise);
  for (const layers of exact.sets(network, processor)) {
    const group = layers.map((layer) => keys.get(layer));
    const time = exact.of(network, layers, processor);
    if (time?.timeMs !== undefined && group.every((key) => key !== undefined)) add(group.join('+'), time.timeMs);
  }
  const shapeless = network.layers.filter(({ id }) => keys.get(id) === undefined).map(({ id }) => id);
  if (times.size === 0)
    throw new WorkbenchError('nest-profile.notExpressible', `no layer of ${network.id} has a known size of input`, {
      hint: 'keys of operators are made of sizes: give the layers their outputShape, as an import of the ONNX model does',
    });
  return {
    id: processor.id,
    text: [
      '---',
      'Type: ExeTime',
      `backendName: ${processor.id}`,
      ...[...times].map(([key, timeMs]) => `${key} : ${Number.isFinite(timeMs) ? timeMs * perMs : 'INFINITY'}`),
      '...',
      '',
    ].join('\n'),
    notes: [
      ...(shapeless.length === 0
        ? []
        : [
            {
              message: `${countOf(shapeless.length, 'layer')} left out, whose size of input or window is not known`,
              hint:
                inputShape === undefined
                  ? 'those that read the input of the network have one with --set input=3x224x224'
                  : 'give the layers their outputShape and kernelShape',
              layers: shapeless,
            },
          ]),
      ...(shared.size === 0
        ? []
        : [
            {
              message:
                `${countOf(shared.size, 'key')} of operators with different times, of which that of the first is written: ` +
                listed([...shared], 8),
            },
          ]),
    ],
  };
}

/** "Convolution-1-56-56-64-float-128-3-2": kind, first input (batch, height, width, channels), type; of a convolution filters, window, step. */
function keyOf(
  layer: Layer,
  byId: ReadonlyMap<string, Layer>,
  network: Network,
  inputShape: readonly number[] | undefined,
): string | undefined {
  const [producer] = layer.dependencies;
  const input = producer === undefined ? inputShape : byId.get(producer.layer)?.outputShape;
  if (input === undefined) return undefined;
  const [channels = 1, ...sizes] = input;
  const kind = kindOfOperation(layer.op);
  const type = typeNames[dataTypeOf(network, layer) ?? 'fp32'];
  const key = [kind, 1, ...sizes, channels, type].join('-');
  if (!WINDOWED.test(kind)) return key;
  const [filters, height] = layer.outputShape ?? [];
  const [window] = layer.kernelShape ?? [];
  const [inputHeight] = sizes;
  if (filters === undefined || height === undefined || window === undefined || inputHeight === undefined)
    return undefined;
  return `${key}-${filters}-${window}-${Math.max(1, Math.round(inputHeight / height))}`;
}
