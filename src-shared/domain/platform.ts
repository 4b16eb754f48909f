/** The platform document: processors with their operating points, the interconnect, frequency caps (DESIGN §5). */
import { z } from 'zod';
import { listOf, tableOf } from './bounded.ts';
import {
  hasEnoughFaults,
  idSchema,
  longText,
  nameSchema,
  nonNegative,
  positive,
  provenanceSchema,
  report,
  reportDuplicateIds,
  schemaReference,
  schemaVersion,
  wholePositive,
} from './common.ts';
import { costModelSchema } from './cost-model.ts';
import { suggest } from './errors.ts';
import { plainOperation } from './operation-names.ts';
import { parseDocument } from './parse.ts';
import { sourceSchema } from './sources.ts';

export const processorKinds = ['cpu', 'gpu', 'npu', 'dsp'] as const;
export const processorKindSchema = z.enum(processorKinds);

/** One frequency a processor can run at, with the power per busy core and the cluster's own power. */
export const operatingPointSchema = z.strictObject({
  frequencyMHz: positive.describe('Clock frequency, MHz'),
  activePowerMW: nonNegative.default(0).describe('Power of one busy core, mW'),
  clusterPowerMW: nonNegative.default(0).describe('Power of the cluster while any of its cores is powered, mW'),
});

const MOST_CORES = 64;

export const processorSchema = z.strictObject({
  id: idSchema,
  name: nameSchema.optional(),
  kind: processorKindSchema,
  coreCount: wholePositive.max(MOST_CORES).default(1).describe('Number of identical cores'),
  dispatch: z
    .enum(['pinned', 'pooled'])
    .default('pinned')
    .describe(
      'pinned: each core is a processing element of its own; pooled: one processing element with interchangeable cores',
    ),
  operatingPoints: listOf(operatingPointSchema, 256)
    .default([])
    .describe('Frequencies the processor can run at; none: nominal frequency, no power known'),
  nominalFrequencyMHz: positive
    .optional()
    .describe('Frequency at which executionTimeMs was measured, MHz; default: the highest operating point'),
  frequencyScaling: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of the execution time that scales with 1/frequency'),
  idlePowerMW: nonNegative.default(0).describe('Power of one powered but idle core, mW'),
  offPowerMW: nonNegative.default(0).describe('Power of one powered-off core, mW'),
  maxUtilization: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('Highest accepted utilisation of each processing element'),
  basePerformance: positive.default(1).describe('Speed relative to the given execution times'),
  supportedOps: z
    .union([z.literal('all'), listOf(nameSchema, 10_000)])
    .default('all')
    .describe(
      'Operations the processor can run; their quantised and fused forms, such as QLinearConv of Conv, with them',
    ),
  executionTimeKey: nameSchema.optional().describe("Key into a layer's executionTimeMs; default: the processor's id"),
  sharesTimesWith: listOf(idSchema, 100)
    .min(1)
    .optional()
    .describe('Platforms whose times under the same key hold for this processor too, on purpose'),
  coreConfigurations: listOf(z.array(wholePositive).min(1).max(MOST_CORES), 256)
    .min(1)
    .optional()
    .describe('Ways to group the cores, e.g. [2,1,1]; each group is a processing element'),
  groupSpeedup: tableOf(z.string().regex(/^[1-9]\d*$/, 'a number of cores, e.g. "2"'), positive, 1000)
    .optional()
    .describe('Speed-up of a group by its number of cores'),
  launchMs: nonNegative
    .optional()
    .describe('Time that starting a call takes in addition to computing its layers, ms; default: 0'),
  borderMsPerMB: nonNegative
    .optional()
    .describe(
      'Time for each megabyte that a call reads from or leaves for other calls, in addition to transfers, ms; default: 0',
    ),
  costModel: costModelSchema.optional().describe('Gives layers without a time for this processor a modelled one'),
});

export const linkSchema = z.strictObject({
  from: idSchema,
  to: idSchema,
  latencyMs: nonNegative.optional(),
  bandwidthMBps: positive.optional(),
  energyPJPerByte: nonNegative.optional(),
});

/** A medium that several processors share, in both directions. */
export const busSchema = z.strictObject({
  id: idSchema,
  processors: listOf(idSchema, 1000).min(2).describe('Ids of the processors that it joins'),
  latencyMs: nonNegative.optional(),
  bandwidthMBps: positive.optional(),
  energyPJPerByte: nonNegative.optional(),
});

export const interconnectSchema = z.strictObject({
  model: z
    .enum(['latency', 'contended'])
    .default('latency')
    .describe('contended: the transfers of one link, or of one bus, serialise, first come first served'),
  default: z
    .strictObject({
      latencyMs: nonNegative.default(0),
      bandwidthMBps: positive.optional(),
      energyPJPerByte: nonNegative.default(0),
    })
    .prefault({})
    .describe('Link between two processors without a link of their own; no bandwidth: bytes take no time'),
  links: listOf(linkSchema, 100_000)
    .default([])
    .describe('Directed links; what a link leaves out comes from the default'),
  buses: listOf(busSchema, 1000)
    .optional()
    .describe(
      'Buses that processors share; what a bus leaves out comes from the default. With this field, even an empty one, only the ' +
        'listed links and buses exist, and transfers between processors without one go by others',
    ),
});

export const frequencyCapSchema = z.strictObject({
  processor: idSchema,
  activeCores: wholePositive,
  maxFrequencyMHz: positive.describe('Highest frequency while at least activeCores cores are active, MHz'),
});

const platformObject = z.strictObject({
  $schema: schemaReference,
  schemaVersion,
  id: idSchema,
  name: nameSchema.optional(),
  description: longText.default(''),
  provenance: provenanceSchema
    .default([])
    .describe('Where the numbers come from: "published: …", "derived: …", "assumed: …"'),
  sources: listOf(sourceSchema, 10_000).optional().describe('Where single numbers come from'),
  processors: listOf(processorSchema, 1000).min(1),
  interconnect: interconnectSchema.prefault({}),
  frequencyCaps: listOf(frequencyCapSchema, 10_000).default([]),
});

export const platformSchema = platformObject.superRefine(checkPlatform).transform((platform) => ({
  ...platform,
  name: platform.name ?? platform.id,
  processors: platform.processors.map((processor) => ({ ...processor, name: processor.name ?? processor.id })),
}));

export type Platform = z.output<typeof platformSchema>;
export type PlatformInput = z.input<typeof platformSchema>;
export type Processor = Platform['processors'][number];
export type ProcessorKind = z.output<typeof processorKindSchema>;

/** The key into a layer's executionTimeMs under which `processor`'s times are. */
export function executionTimeKey(processor: Pick<Processor, 'id' | 'executionTimeKey'>): string {
  return processor.executionTimeKey ?? processor.id;
}

/** Whether `processor` can run `op`, under its own name or as a form of an operation that it can run. */
export function supportsOp({ supportedOps }: Pick<Processor, 'supportedOps'>, op: string): boolean {
  return supportedOps === 'all' || supportedOps.includes(op) || supportedOps.includes(plainOperation(op));
}

/** Parses a platform document. @throws WorkbenchError `platform.invalid` */
export function parsePlatform(input: unknown): Platform {
  return parseDocument(platformSchema, input, 'platform');
}

function checkPlatform(platform: z.output<typeof platformObject>, context: z.core.$RefinementCtx): void {
  reportDuplicateIds(context, platform.processors, ['processors'], 'processor');
  const ids = platform.processors.map((processor) => processor.id);
  const modelledKeys = new Map<string, string>();

  platform.processors.forEach((processor, index) => {
    const at = ['processors', index] as const;
    if (processor.costModel !== undefined) {
      const key = executionTimeKey(processor);
      const earlier = modelledKeys.get(key);
      if (earlier !== undefined) {
        report(context, {
          path: [...at, 'costModel'],
          message: `processors "${earlier}" and "${processor.id}" share the times of "${key}", and both have a cost model for them`,
          expected: 'one cost model per executionTimeKey',
          hint: 'remove one of the two, or give one an executionTimeKey of its own',
        });
      }
      modelledKeys.set(key, processor.id);
    }
    const frequencies = new Set<number>();
    processor.operatingPoints.forEach((point, pointIndex) => {
      if (frequencies.has(point.frequencyMHz)) {
        report(context, {
          path: [...at, 'operatingPoints', pointIndex, 'frequencyMHz'],
          message: `processor "${processor.id}" already has an operating point at ${point.frequencyMHz} MHz`,
          expected: 'one operating point per frequency',
          hint: 'remove one of the two',
        });
      }
      frequencies.add(point.frequencyMHz);
    });
    processor.coreConfigurations?.forEach((groups, configurationIndex) => {
      const total = groups.reduce((sum, size) => sum + size, 0);
      const path = [...at, 'coreConfigurations', configurationIndex];
      if (total > processor.coreCount) {
        report(context, {
          path,
          message: `the groups (${groups.join(', ')}) use ${total} cores, processor "${processor.id}" has ${processor.coreCount}`,
          expected: `at most ${processor.coreCount} cores in all`,
          hint: 'make the groups smaller, or raise coreCount',
        });
      }
      for (const size of groups) {
        if (size > 1 && processor.groupSpeedup?.[String(size)] === undefined) {
          report(context, {
            path,
            message: `groups of ${size} cores have no speed-up`,
            expected: `"${size}" in groupSpeedup of processor "${processor.id}"`,
            hint: `add groupSpeedup: { "${size}": … }`,
          });
        }
      }
    });
    if (processor.coreConfigurations !== undefined && processor.dispatch === 'pooled') {
      report(context, {
        path: [...at, 'coreConfigurations'],
        message: `processor "${processor.id}" is pooled, so its cores cannot be grouped`,
        expected: 'dispatch "pinned"',
        hint: 'remove coreConfigurations or set dispatch to "pinned"',
      });
    }
  });

  const links = new Set<string>();
  platform.interconnect.links.forEach((link, index) => {
    if (hasEnoughFaults(context)) return;
    for (const end of ['from', 'to'] as const) {
      if (!ids.includes(link[end])) {
        report(context, {
          path: ['interconnect', 'links', index, end],
          message: `link refers to processor "${link[end]}", which does not exist`,
          expected: 'the id of a processor of this platform',
          hint: suggest(link[end], ids),
        });
      }
    }
    const key = `${link.from}>${link.to}`;
    if (links.has(key)) {
      report(context, {
        path: ['interconnect', 'links', index],
        message: `there is already a link from "${link.from}" to "${link.to}"`,
        expected: 'one link per ordered pair of processors',
        hint: 'remove one of the two',
      });
    }
    links.add(key);
  });
  checkBuses(platform, ids, context);

  platform.frequencyCaps.forEach((cap, index) => {
    if (hasEnoughFaults(context)) return;
    const processor = platform.processors.find((candidate) => candidate.id === cap.processor);
    if (processor === undefined) {
      report(context, {
        path: ['frequencyCaps', index, 'processor'],
        message: `frequency cap refers to processor "${cap.processor}", which does not exist`,
        expected: 'the id of a processor of this platform',
        hint: suggest(cap.processor, ids),
      });
      return;
    }
    if (
      processor.operatingPoints.length > 0 &&
      !processor.operatingPoints.some((point) => point.frequencyMHz <= cap.maxFrequencyMHz)
    ) {
      report(context, {
        path: ['frequencyCaps', index, 'maxFrequencyMHz'],
        message: `no operating point of "${cap.processor}" is at or below ${cap.maxFrequencyMHz} MHz`,
        expected: `at least ${Math.min(...processor.operatingPoints.map((point) => point.frequencyMHz))} MHz`,
        hint: 'raise the cap, or add a slower operating point',
      });
    }
  });
}

/** Buses join processors of the platform, and with them every processor reaches every other. */
function checkBuses(
  { interconnect: { buses, links } }: z.output<typeof platformObject>,
  ids: readonly string[],
  context: z.core.$RefinementCtx,
): void {
  if (buses === undefined) return;
  reportDuplicateIds(context, buses, ['interconnect', 'buses'], 'bus');
  buses.forEach(({ id, processors }, index) => {
    processors.forEach((processor, position) => {
      if (hasEnoughFaults(context)) return;
      const path = ['interconnect', 'buses', index, 'processors', position];
      if (!ids.includes(processor))
        report(context, {
          path,
          message: `bus "${id}" refers to processor "${processor}", which does not exist`,
          expected: 'the id of a processor of this platform',
          hint: suggest(processor, ids),
        });
      if (processors.indexOf(processor) < position)
        report(context, {
          path,
          message: `processor "${processor}" is on bus "${id}" twice`,
          expected: 'each processor once',
          hint: 'remove one of the two',
        });
    });
  });
  const [first] = ids;
  const edges = [
    ...links.map(({ from, to }) => [from, to] as const),
    ...buses.flatMap(({ processors }) =>
      processors.flatMap((processor) => [[processors[0], processor] as const, [processor, processors[0]] as const]),
    ),
  ];
  const cutOff =
    unreached(first, ids, edges)?.map((id) => [first, id]) ??
    unreached(
      first,
      ids,
      edges.map(([from, to]) => [to, from] as const),
    )?.map((id) => [id, first]);
  if (cutOff === undefined) return;
  const more = cutOff.length > 1 ? `, and ${cutOff.length - 1} more like it` : '';
  report(context, {
    path: ['interconnect', 'buses'],
    message: `no link, bus or chain of them leads from processor "${cutOff[0][0]}" to "${cutOff[0][1]}"${more}`,
    expected: 'a way from every processor to every other',
    hint: 'put it on a bus, add a link, or remove buses: without them every two processors have a link',
  });
}

/** The `ids` that no chain of `edges` reaches from `start`; undefined where it reaches all. */
function unreached(
  start: string,
  ids: readonly string[],
  edges: readonly (readonly [from: string, to: string])[],
): readonly string[] | undefined {
  const next = Map.groupBy(edges, ([from]) => from);
  const reached = new Set([start]);
  for (const id of reached) for (const [, to] of next.get(id) ?? []) reached.add(to);
  const missing = ids.filter((id) => !reached.has(id));
  return missing.length > 0 ? missing : undefined;
}
