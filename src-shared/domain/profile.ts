/**
 * The profile document: facts about times (DESIGN §13). Who measured which layers, groups of layers, transfers and whole networks, on
 * which processor in which state, with which tool; what a scenario names, its times are computed with (`profile-times.ts`).
 */
import { z } from 'zod';
import { listOf } from './bounded.ts';
import {
  hasEnoughFaults,
  idSchema,
  LARGEST_QUANTITY,
  layerIdSchema,
  longText,
  nameSchema,
  nonNegative,
  positive,
  provenanceSchema,
  report,
  schemaReference,
  schemaVersion,
  shortText,
  wholePositive,
} from './common.ts';
import { suggest, type Issue, type Path } from './errors.ts';
import { MOST_LAYERS, type Network } from './network.ts';
import { invalid, parseDocument } from './parse.ts';

/** Measurements of a profile. */
export const MOST_MEASUREMENTS = 200_000;
const MOST_FILES = 10_000;

const shape = z.array(wholePositive).min(1).max(16);
const counted = wholePositive.max(1e9);

/** measured: on the device; simulated: by a cycle-exact simulator of it; estimated: worked out by a tool or by hand. */
export const measurementKinds = ['measured', 'simulated', 'estimated'] as const;
export type MeasurementKind = (typeof measurementKinds)[number];
export const statistics = ['median', 'mean', 'minimum', 'single'] as const;

const placeSchema = z.strictObject({
  key: nameSchema.describe('executionTimeKey of the processor'),
  cores: wholePositive
    .max(10_000)
    .optional()
    .describe('Cores that worked together; default: threads where stated, else 1'),
  threads: wholePositive.max(10_000).optional(),
  frequencyMHz: positive.optional().describe('Default: the nominal frequency'),
});

const spreadSchema = z.strictObject({
  stdMs: nonNegative.optional().describe('Standard deviation, ms'),
  minMs: nonNegative.optional(),
  maxMs: nonNegative.optional(),
  p10Ms: nonNegative.optional(),
  p90Ms: nonNegative.optional(),
});

const operatorSchema = z.strictObject({
  op: nameSchema.describe('Operation, e.g. "Conv"'),
  inputShape: shape
    .optional()
    .describe('Dimensions of the first input without the batch, e.g. channels, height, width'),
  outputShape: shape.optional().describe('Dimensions of the output without the batch'),
  kernelShape: shape.optional().describe('Dimensions of the window, e.g. height, width'),
  stride: shape.optional().describe('Step of the window, e.g. height, width'),
  channels: wholePositive.optional().describe('Channels of the output: the first dimension of its shape'),
  groups: wholePositive
    .optional()
    .describe('Groups of a convolution; 1: every output channel reads every input channel'),
});

const measurementSchema = z.strictObject({
  layers: listOf(layerIdSchema, MOST_LAYERS)
    .min(1)
    .optional()
    .describe('Ids of the layers: one, or several that were executed as one'),
  operator: operatorSchema
    .optional()
    .describe('In place of layers: any layer that has all that is stated here, of whatever network'),
  on: placeSchema,
  dataType: shortText.min(1).optional().describe('Type it computed in, as its tool calls it, e.g. "float32"'),
  timeMs: nonNegative.optional().describe('ms'),
  cycles: nonNegative.optional().describe('In place of timeMs, with clockMHz'),
  clockMHz: positive.optional().describe('Clock that the cycles were counted by, MHz'),
  unsupported: z.literal(true).optional().describe('In place of a time: it cannot run there'),
  statistic: z.enum(statistics).optional().describe('Which statistic of the runs the time is'),
  runs: counted.optional().describe('Runs that count'),
  warmups: z.int().min(0).max(1e9).optional().describe('Runs before them that do not'),
  spread: spreadSchema.optional(),
  includes: z
    .array(z.enum(['copyIn', 'copyOut', 'launch']))
    .max(3)
    .optional()
    .describe('What the time has within it in addition to computing'),
  kind: z.enum(measurementKinds).default('measured'),
  name: shortText.optional().describe('What its file calls it'),
});

const methodSchema = z.strictObject({
  tool: shortText.optional().describe('With its version, e.g. "onnxruntime 1.30"'),
  version: shortText.optional(),
  command: longText.optional(),
  date: z.iso.datetime({ offset: true }).optional(),
  machine: shortText.optional(),
  powerMode: shortText.optional(),
  temperature: shortText.optional(),
  files: listOf(
    z.strictObject({
      name: nameSchema,
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')
        .optional(),
    }),
    MOST_FILES,
  ).optional(),
});

const profileObject = z.strictObject({
  $schema: schemaReference,
  schemaVersion,
  id: idSchema,
  name: nameSchema.optional(),
  description: longText.default(''),
  provenance: provenanceSchema.default([]),
  network: idSchema.optional().describe('Id of the network whose layers are meant; without it, any that has them'),
  platform: idSchema.optional().describe('Id of the platform that was measured'),
  method: methodSchema.prefault({}).describe('How, when and where it was measured'),
  measurements: listOf(measurementSchema, MOST_MEASUREMENTS),
  transfers: listOf(
    z.strictObject({
      from: nameSchema.describe('executionTimeKey, or "memory"'),
      to: nameSchema,
      bytes: nonNegative.optional(),
      layer: layerIdSchema.optional().describe('The layer whose output is moved'),
      timeMs: nonNegative,
      runs: counted.optional(),
      spread: spreadSchema.optional(),
      name: shortText.optional().describe('What its file calls it'),
    }),
    MOST_MEASUREMENTS,
  ).default([]),
  wholes: listOf(
    z.strictObject({
      on: placeSchema,
      timeMs: nonNegative,
      statistic: z.enum(statistics).optional(),
      runs: counted.optional(),
      spread: spreadSchema.optional(),
      dataType: shortText.min(1).optional(),
    }),
    10_000,
  )
    .default([])
    .describe('Times of the whole network'),
  leftovers: listOf(
    z.strictObject({
      name: shortText,
      on: placeSchema,
      timeMs: nonNegative.optional(),
      runs: counted.optional(),
      spread: spreadSchema.optional(),
    }),
    MOST_MEASUREMENTS,
  )
    .optional()
    .describe('Rows of the file that no layer was found for: no times are computed with them'),
});

export const profileSchema = profileObject
  .superRefine(checkProfile)
  .transform((profile) => ({ ...profile, name: profile.name ?? profile.id }));

export type Profile = z.output<typeof profileSchema>;
export type ProfileInput = z.input<typeof profileSchema>;
export type Measurement = Profile['measurements'][number];
export type MeasuredPlace = z.output<typeof placeSchema>;
export type Spread = z.output<typeof spreadSchema>;
export type OperatorSignature = z.output<typeof operatorSchema>;

/** Parses a profile document. @throws WorkbenchError `profile.invalid` */
export function parseProfile(input: unknown): Profile {
  return parseDocument(profileSchema, input, 'profile');
}

/** Time of a measurement, ms: cycles by their clock; undefined where it says that it cannot run there. */
export function timeOfMeasurement({ timeMs, cycles, clockMHz }: Measurement): number | undefined {
  if (timeMs !== undefined) return timeMs;
  return cycles === undefined || clockMHz === undefined ? undefined : cycles / (clockMHz * CYCLES_PER_MS_AT_1_MHZ);
}
const CYCLES_PER_MS_AT_1_MHZ = 1000;

/** Cores that worked together. */
export function coresOf({ cores, threads }: Pick<MeasuredPlace, 'cores' | 'threads'>): number {
  return cores ?? threads ?? 1;
}

/** What was measured and in which state: two measurements that agree in it are one too many. */
function subjectOf({ layers, operator, on, dataType }: z.output<typeof measurementSchema>): string {
  return JSON.stringify([
    layers?.toSorted() ?? operatorKey(operator),
    on.key,
    coresOf(on),
    on.threads ?? null,
    on.frequencyMHz ?? null,
    dataType ?? null,
  ]);
}

function operatorKey(operator: OperatorSignature | undefined): unknown {
  return operator === undefined ? null : Object.entries(operator).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function checkProfile(profile: z.output<typeof profileObject>, context: z.core.$RefinementCtx): void {
  const firstOf = new Map<string, number>();
  profile.measurements.forEach((measurement, index) => {
    if (hasEnoughFaults(context)) return;
    const path: Path = ['measurements', index];
    checkMeasurement(measurement, path, context);
    const subject = subjectOf(measurement);
    const earlier = firstOf.get(subject);
    if (earlier === undefined) firstOf.set(subject, index);
    else
      report(context, {
        path,
        message: `measures the same as measurement ${earlier}: ${subjectInWords(measurement)}`,
        expected: 'one measurement of the same layers on the same key, cores, frequency and data type',
        hint: 'remove one of the two, or say in which state it was measured (cores, frequencyMHz, dataType)',
      });
  });
  profile.transfers.forEach(({ spread }, index) => checkSpread(spread, ['transfers', index, 'spread'], context));
  profile.wholes.forEach(({ spread }, index) => checkSpread(spread, ['wholes', index, 'spread'], context));
}

function checkMeasurement(
  measurement: z.output<typeof measurementSchema>,
  path: Path,
  context: z.core.$RefinementCtx,
): void {
  const { layers, operator, timeMs, cycles, clockMHz, unsupported, spread } = measurement;
  if ((layers === undefined) === (operator === undefined))
    report(context, {
      path,
      message: layers === undefined ? 'does not say what was measured' : 'has both layers and an operator',
      expected: 'either layers or operator',
      hint: layers === undefined ? 'add "layers": ["conv1"], or an operator' : 'remove one of the two',
    });
  const values = [
    ['timeMs', timeMs],
    ['cycles', cycles],
    ['unsupported', unsupported],
  ].flatMap(([name, value]) => (value === undefined ? [] : [String(name)]));
  if (values.length !== 1)
    report(context, {
      path: values.length === 0 ? path : [...path, values[1] ?? ''],
      message:
        values.length === 0
          ? 'has no time; what was not measured is left out, not written as nothing'
          : `has ${values.join(' and ')}`,
      expected: 'exactly one of timeMs, cycles with clockMHz, and unsupported',
      hint: values.length === 0 ? 'add timeMs, or remove the measurement' : 'keep one of them',
    });
  if (cycles !== undefined && clockMHz === undefined)
    report(context, {
      path: [...path, 'cycles'],
      message: 'cycles are no time without the clock that they were counted by',
      expected: 'clockMHz as well',
      hint: 'add "clockMHz"; the frequency of the processor at that time',
    });
  if (cycles === undefined && clockMHz !== undefined)
    report(context, {
      path: [...path, 'clockMHz'],
      message: 'there are no cycles that this clock counted',
      expected: 'clockMHz only with cycles',
      hint: 'remove it, or state the frequency as on.frequencyMHz',
    });
  const time = timeOfMeasurement(measurement);
  if (time !== undefined && time > LARGEST_QUANTITY)
    report(context, {
      path: [...path, 'cycles'],
      message: `${cycles} cycles at ${clockMHz} MHz are more ms than can be computed with`,
      expected: `at most ${LARGEST_QUANTITY} ms`,
      hint: 'check both numbers',
    });
  if (layers !== undefined && new Set(layers).size < layers.length) {
    const twice = layers.findIndex((layer, index) => layers.indexOf(layer) < index);
    report(context, {
      path: [...path, 'layers', twice],
      message: `layer "${layers[twice]}" is named twice`,
      expected: 'each layer once',
      hint: 'remove one of the two',
    });
  }
  checkSpread(spread, [...path, 'spread'], context);
}

function checkSpread(spread: Spread | undefined, path: Path, context: z.core.$RefinementCtx): void {
  for (const [low, high] of [
    ['minMs', 'maxMs'],
    ['p10Ms', 'p90Ms'],
  ] as const) {
    const [least, most] = [spread?.[low], spread?.[high]];
    if (least !== undefined && most !== undefined && least > most)
      report(context, {
        path: [...path, low],
        message: `${least} ms is above ${high}, ${most} ms`,
        expected: `at most ${most}`,
        hint: 'exchange the two',
      });
  }
}

/** "conv1 on pi5-a76", "conv1 and 2 more on pi5-a76", "Conv on pi5-a76". */
export function subjectInWords({ layers, operator, on }: Pick<Measurement, 'layers' | 'operator' | 'on'>): string {
  const [first = '', ...rest] = layers ?? [operator?.op ?? ''];
  return `${first}${rest.length === 0 ? '' : ` and ${rest.length} more`} on ${on.key}`;
}

/**
 * Checks a profile against the network that it names: every layer there is one of it.
 * @throws WorkbenchError `profile.invalid`
 */
export function checkProfileLayers(profile: Profile, network: Network): void {
  const ids = network.layers.map(({ id }) => id);
  const known = new Set(ids);
  const issues: Issue[] = [];
  const expect = (layer: string, path: Path): void => {
    if (known.has(layer) || issues.length >= MOST_NAMED) return;
    issues.push({
      path,
      message: `network "${network.id}" has no layer "${layer}"`,
      value: layer,
      expected: 'the id of one of its layers',
      hint: ids.length <= 1000 ? suggest(layer, ids) : 'name a layer of that network',
    });
  };
  profile.measurements.forEach(({ layers }, index) =>
    layers?.forEach((layer, place) => expect(layer, ['measurements', index, 'layers', place])),
  );
  profile.transfers.forEach(({ layer }, index) => {
    if (layer !== undefined) expect(layer, ['transfers', index, 'layer']);
  });
  if (issues.length > 0) throw invalid('profile', issues);
}

/** Layers that a message about strange layers names. */
const MOST_NAMED = 50;
