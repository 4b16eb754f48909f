/** The scenario document: which networks run on which platform, when, and under which simulation rules (DESIGN §5). */
import { z } from 'zod';
import { idSchema, nonNegative, positive, report, reportDuplicateIds, schemaReference, schemaVersion, wholePositive } from './common.ts';
import { invalid, parseDocument } from './parse.ts';
import { suggest, WorkbenchError, type Issue } from './errors.ts';
import { fillTimes } from './modelled-times.ts';
import { networkSchema, type Layer, type Network } from './network.ts';
import { operationClassOf } from './operation-classes.ts';
import { executionTimeKey, platformSchema, supportsOp, type Platform } from './platform.ts';

/** One nanosecond: shorter dispatch ticks are surely a mistake, and their multiples no longer numbers. */
const SHORTEST_TICK_MS = 1e-6;

export const applicationSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1).optional(),
  network: z.union([idSchema, networkSchema]).describe('Id of a network, or the network itself'),
  startTimeMs: nonNegative.default(0).describe('Release of the first instance, ms'),
  periodMs: positive.nullable().default(null).describe('Time between releases, ms; null: all instances are released at startTimeMs'),
  instances: wholePositive.max(100_000).nullable().default(1).describe('Number of instances; null: as many as are released before horizonMs'),
  deadlineMs: positive.nullable().default(null).describe('Longest accepted response time of an instance, ms'),
  priority: z.number().default(0).describe('Higher starts first'),
});

const scenarioObject = z.strictObject({
  $schema: schemaReference,
  schemaVersion,
  id: idSchema,
  name: z.string().min(1).optional(),
  description: z.string().default(''),
  provenance: z.array(z.string()).default([]),
  platform: z.union([idSchema, platformSchema]).describe('Id of a platform, or the platform itself'),
  applications: z.array(applicationSchema).min(1),
  simulation: z
    .strictObject({
      dispatchTickMs: nonNegative.default(0).describe('Tasks become ready and units free only at multiples of this, ms; 0: at once'),
      horizonMs: positive.nullable().default(null).describe('No instance is released at or after this time, ms'),
    })
    .prefault({}),
});

export const scenarioSchema = scenarioObject.superRefine(checkScenario).transform((scenario) => ({
  ...scenario,
  name: scenario.name ?? scenario.id,
  applications: scenario.applications.map((application) => ({ ...application, name: application.name ?? application.id })),
}));

export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type Application = Scenario['applications'][number];

/** A scenario whose platform and networks are all inline and fit together: what a run keeps as its snapshot. It is a valid scenario document itself. */
export type ResolvedScenario = Omit<Scenario, 'platform' | 'applications'> & {
  platform: Platform;
  applications: (Omit<Application, 'network'> & { network: Network })[];
};

/** Documents by id; a `ReadonlyMap` is one. `get` may throw for a document that exists and cannot be read. */
export interface DocumentLookup<Document> {
  get(id: string): Document | undefined;
  keys(): Iterable<string>;
}

/** Where the platforms and networks that a scenario names by id are found. */
export interface DocumentLibrary {
  readonly platforms: DocumentLookup<Platform>;
  readonly networks: DocumentLookup<Network>;
}

export const emptyLibrary: DocumentLibrary = { platforms: new Map(), networks: new Map() };

/** Parses a scenario document. @throws WorkbenchError `scenario.invalid` */
export function parseScenario(input: unknown): Scenario {
  return parseDocument(scenarioSchema, input, 'scenario');
}

/**
 * Puts the named platform and networks inline, fills times that are missing by the platform's cost models (each marked as modelled,
 * so that a run keeps the times it was made with), and checks that every layer can run somewhere. Looks up only what the scenario names.
 * @throws WorkbenchError `scenario.unknownPlatform`, `scenario.unknownNetwork` or `scenario.invalid`, and what the library throws
 */
export function resolveScenario(scenario: Scenario, library: DocumentLibrary): ResolvedScenario {
  const platform = typeof scenario.platform === 'string' ? library.platforms.get(scenario.platform) : scenario.platform;
  if (platform === undefined) {
    const id = String(scenario.platform);
    throw new WorkbenchError('scenario.unknownPlatform', `scenario "${scenario.id}" uses platform "${id}", which does not exist`, { hint: suggest(id, [...library.platforms.keys()]), path: ['platform'] });
  }
  const filled = new Map<Network, Network>();
  const applications = scenario.applications.map((application, index) => {
    const network = typeof application.network === 'string' ? library.networks.get(application.network) : application.network;
    if (network === undefined) {
      const id = String(application.network);
      throw new WorkbenchError('scenario.unknownNetwork', `application "${application.id}" uses network "${id}", which does not exist`, { hint: suggest(id, [...library.networks.keys()]), path: ['applications', index, 'network'] });
    }
    const complete = filled.get(network) ?? fillTimes(network, platform);
    filled.set(network, complete);
    return { ...application, network: complete };
  });
  const resolved: ResolvedScenario = { ...scenario, platform, applications };
  const issues = layersThatRunNowhere(resolved);
  if (issues.length > 0) throw invalid('scenario', issues);
  return resolved;
}

/** Whether `processor` can run `layer`, and in which base time (ms, at nominal frequency and base performance 1). */
export function baseTimeMs(processor: Platform['processors'][number], layer: Network['layers'][number]): number | undefined {
  if (!supportsOp(processor, layer.op)) return undefined;
  const key = executionTimeKey(processor);
  return Object.hasOwn(layer.executionTimeMs, key) ? layer.executionTimeMs[key] : undefined;
}

function layersThatRunNowhere(scenario: ResolvedScenario): Issue[] {
  const issues: Issue[] = [];
  const keys = scenario.platform.processors.map(executionTimeKey);
  scenario.applications.forEach((application, applicationIndex) => {
    application.network.layers.forEach((layer, layerIndex) => {
      if (scenario.platform.processors.some((processor) => baseTimeMs(processor, layer) !== undefined)) return;
      issues.push({
        path: ['applications', applicationIndex, 'network', 'layers', layerIndex, 'executionTimeMs'],
        message: `layer "${layer.id}" (${layer.op}) of application "${application.id}" can run on no processor of platform "${scenario.platform.id}"`,
        value: Object.keys(layer.executionTimeMs).join(', '),
        expected: `a time for one of ${keys.map((key) => `"${key}"`).join(', ')} on a processor that supports "${layer.op}"`,
        hint: hintFor(scenario.platform, layer),
      });
    });
  });
  return issues;
}

function hintFor(platform: Platform, layer: Layer): string {
  const isModelled = platform.processors.some((processor) => processor.costModel !== undefined && supportsOp(processor, layer.op));
  return isModelled && operationClassOf(layer) !== undefined
    ? 'add an executionTimeMs for one of these, or outputBytes and macs, so that a cost model can tell the time'
    : `add an executionTimeMs for one of these, or "${layer.op}" to a processor's supportedOps`;
}

function checkScenario(scenario: z.output<typeof scenarioObject>, context: z.core.$RefinementCtx): void {
  reportDuplicateIds(context, scenario.applications, ['applications'], 'application');
  const { horizonMs, dispatchTickMs } = scenario.simulation;
  if (dispatchTickMs > 0 && dispatchTickMs < SHORTEST_TICK_MS) {
    report(context, { path: ['simulation', 'dispatchTickMs'], message: `${dispatchTickMs} is too small`, expected: `0, or at least ${SHORTEST_TICK_MS}`, hint: 'use 0 for dispatch without a tick' });
  }
  scenario.applications.forEach((application, index) => {
    if (application.instances === null && (application.periodMs === null || horizonMs === null)) {
      report(context, { path: ['applications', index, 'instances'], message: `application "${application.id}" has instances null but no ${application.periodMs === null ? 'period' : 'horizon'}`, expected: 'a number of instances, or periodMs and simulation.horizonMs', hint: 'set instances to a number' });
    }
    if (horizonMs !== null && application.startTimeMs >= horizonMs) {
      report(context, { path: ['applications', index, 'startTimeMs'], message: `application "${application.id}" starts at ${application.startTimeMs} ms, at or after the horizon of ${horizonMs} ms, so it would never run`, expected: `less than ${horizonMs}`, hint: 'start earlier, or raise simulation.horizonMs' });
    }
  });
}
