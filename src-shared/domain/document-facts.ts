/** What lists show of a document's content: the processors of a platform, the size of a network, what a profile measured, what a scenario runs. */
import { z } from 'zod';
import type { Network } from './network.ts';
import { executionTimeKey, processorKindSchema, type Platform } from './platform.ts';
import type { Profile } from './profile.ts';
import type { Scenario } from './scenario.ts';

export const platformFactsSchema = z.object({
  kind: z.literal('platform'),
  processors: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      kind: processorKindSchema,
      coreCount: z.number(),
      /** Under which key layers have their time for it. */
      timeKey: z.string(),
      /** Ids of the platforms whose times under that key it takes on purpose. */
      sharesTimesWith: z.array(z.string()),
    }),
  ),
});

export function platformFacts({ processors }: Platform): z.output<typeof platformFactsSchema> {
  return {
    kind: 'platform',
    processors: processors.map((processor) => ({
      id: processor.id,
      name: processor.name,
      kind: processor.kind,
      coreCount: processor.coreCount,
      timeKey: executionTimeKey(processor),
      sharesTimesWith: [...(processor.sharesTimesWith ?? [])],
    })),
  };
}

export const networkFactsSchema = z.object({
  kind: z.literal('network'),
  layers: z.number(),
  /** Undefined where no layer says. */
  macs: z.number().optional(),
  parameters: z.number().optional(),
  /** The keys for which layers have times, most used first. */
  timeKeys: z.array(z.string()),
});

export function networkFacts({ layers }: Network): z.output<typeof networkFactsSchema> {
  const total = (values: readonly (number | undefined)[]): number | undefined =>
    values.every((value) => value === undefined)
      ? undefined
      : values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const macs = total(layers.map((layer) => layer.macs));
  const parameters = total(layers.map((layer) => layer.parameters));
  const uses = new Map<string, number>();
  for (const layer of layers)
    for (const key of Object.keys(layer.executionTimeMs)) uses.set(key, (uses.get(key) ?? 0) + 1);
  const timeKeys = [...uses].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  return {
    kind: 'network',
    layers: layers.length,
    ...(macs === undefined ? {} : { macs }),
    ...(parameters === undefined ? {} : { parameters }),
    timeKeys,
  };
}

export const profileFactsSchema = z.object({
  kind: z.literal('profile'),
  network: z.string().optional(),
  platform: z.string().optional(),
  tool: z.string().optional(),
  /** Single layers, or operators, that have a time. */
  layers: z.number(),
  /** Sets of layers executed as one. */
  groups: z.number(),
  wholes: z.number(),
  /** Keys of the processors, most used first. */
  keys: z.array(z.string()),
  isEstimated: z.boolean(),
});

export function profileFacts({
  network,
  platform,
  method: { tool },
  measurements,
  wholes,
}: Profile): z.output<typeof profileFactsSchema> {
  const uses = new Map<string, number>();
  for (const { on } of measurements) uses.set(on.key, (uses.get(on.key) ?? 0) + 1);
  for (const { on } of wholes) uses.set(on.key, uses.get(on.key) ?? 0);
  const groups = measurements.filter(({ layers }) => layers !== undefined && layers.length > 1).length;
  return {
    kind: 'profile',
    ...(network === undefined ? {} : { network }),
    ...(platform === undefined ? {} : { platform }),
    ...(tool === undefined ? {} : { tool }),
    layers: measurements.length - groups,
    groups,
    wholes: wholes.length,
    keys: [...uses].sort((a, b) => b[1] - a[1]).map(([key]) => key),
    isEstimated: measurements.some(({ kind }) => kind === 'estimated'),
  };
}

export const scenarioFactsSchema = z.object({
  kind: z.literal('scenario'),
  /** Id, of an inline one too. */
  platform: z.string(),
  applications: z.array(z.object({ id: z.string(), name: z.string(), network: z.string() })),
});

export function scenarioFacts({ platform, applications }: Scenario): z.output<typeof scenarioFactsSchema> {
  return {
    kind: 'scenario',
    platform: idOf(platform),
    applications: applications.map(({ id, name, network }) => ({ id, name, network: idOf(network) })),
  };
}

function idOf(reference: string | { readonly id: string }): string {
  return typeof reference === 'string' ? reference : reference.id;
}
