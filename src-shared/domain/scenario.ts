/** The scenario document: which networks run on which platform, when, and under which simulation rules (DESIGN §5). */
import { z } from 'zod';
import { listOf } from './bounded.ts';
import {
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
import { invalid, parseDocument } from './parse.ts';
import { suggest, WorkbenchError, type Issue } from './errors.ts';
import { applyProfiles, neededProfiles } from './applied-profiles.ts';
import { checkGroups, groupSchema, releasedWithGroup } from './application-groups.ts';
import { fillTimes } from './modelled-times.ts';
import { networkSchema, type Network } from './network.ts';
import { executionTimeKey, platformSchema, supportsOp, type Platform } from './platform.ts';
import { profileSchema, type Profile } from './profile.ts';
import { timeCoverage } from './time-coverage.ts';
import type { TimeKeyHolder } from './time-keys.ts';
import { nowhereMessage, remarksOn, remedySentence, type TimeRemark } from './time-remarks.ts';

/** One nanosecond: shorter dispatch ticks are surely a mistake, and their multiples no longer numbers. */
const SHORTEST_TICK_MS = 1e-6;

/** Instances of an application, and of a release. */
const MOST_INSTANCES = 100_000;

/** Profiles that a scenario names. */
const MOST_PROFILES = 100;

export const applicationSchema = z.strictObject({
  id: idSchema,
  name: nameSchema.optional(),
  network: z.union([idSchema, networkSchema]).describe('Id of a network, or the network itself'),
  startTimeMs: nonNegative.default(0).describe('Release of the first instance, ms'),
  periodMs: positive
    .nullable()
    .default(null)
    .describe('Time between releases, ms; null: all instances are released at startTimeMs'),
  instances: wholePositive
    .max(MOST_INSTANCES)
    .nullable()
    .optional()
    .describe(
      'Number of instances; null: as many as are released before horizonMs, or by the other application. ' +
        'Default: 1, null with "after"',
    ),
  deadlineMs: positive.nullable().default(null).describe('Longest accepted response time of an instance, ms'),
  priority: z.number().default(0).describe('Higher starts first'),
  after: z
    .strictObject({
      application: idSchema.describe('Id of the application whose instances release those of this one'),
      every: wholePositive
        .max(MOST_INSTANCES)
        .default(1)
        .describe('The first of its instances, and every so many-th after it, releases one'),
    })
    .optional()
    .describe('An instance is released when an instance of another application ends, in place of a period'),
  late: z
    .enum(['run', 'drop'])
    .optional()
    .describe(
      'drop: an instance of which nothing has started when the next one is released never runs. Default: run, however late',
    ),
  instancesPerRelease: wholePositive
    .max(MOST_INSTANCES)
    .optional()
    .describe('Instances that are released at once, each time. Default: 1'),
});

const scenarioObject = z.strictObject({
  $schema: schemaReference,
  schemaVersion,
  id: idSchema,
  name: nameSchema.optional(),
  description: longText.default(''),
  provenance: provenanceSchema.default([]),
  platform: z.union([idSchema, platformSchema]).describe('Id of a platform, or the platform itself'),
  applications: listOf(applicationSchema, 10_000).min(1),
  groups: listOf(groupSchema, 10_000)
    .optional()
    .describe('Applications that are released together, with one period and deadline'),
  profiles: listOf(z.union([idSchema, profileSchema]), MOST_PROFILES)
    .optional()
    .describe('Ids of the profiles whose times are computed with, before cost models; a later one wins'),
  simulation: z
    .strictObject({
      dispatchTickMs: nonNegative
        .default(0)
        .describe('Tasks become ready and units free only at multiples of this, ms; 0: at once'),
      horizonMs: positive.nullable().default(null).describe('No instance is released at or after this time, ms'),
    })
    .prefault({}),
});

export const scenarioSchema = scenarioObject.superRefine(checkScenario).transform((scenario) => ({
  ...scenario,
  name: scenario.name ?? scenario.id,
  applications: scenario.applications.map(
    ({ id, name, network, startTimeMs, periodMs, instances, deadlineMs, ...rest }) => ({
      id,
      // Where it was not given it comes last: the texts of snapshots, by which bounds are kept, have it so.
      ...(name === undefined ? {} : { name }),
      network,
      startTimeMs,
      periodMs,
      instances: instances === undefined ? (rest.after === undefined ? 1 : null) : instances,
      deadlineMs,
      ...rest,
      name: name ?? id,
    }),
  ),
}));

export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type Application = Scenario['applications'][number];

/**
 * A scenario whose platform, networks and profiles are all inline and fit together: what a run keeps as its snapshot. It is a valid
 * scenario document itself. Its applications have the releases and deadlines that their groups give them.
 */
export type ResolvedScenario = Omit<Scenario, 'platform' | 'applications' | 'profiles'> & {
  platform: Platform;
  /** Of each what the times of its networks can rest on. */
  profiles?: Profile[];
  applications: (Omit<Application, 'network'> & { network: Network })[];
};

/** Documents by id; a `ReadonlyMap` is one. `get` may throw for a document that exists and cannot be read. */
export interface DocumentLookup<Document> {
  get(id: string): Document | undefined;
  keys(): Iterable<string>;
}

/** Where the platforms, networks and profiles that a scenario names by id are found. */
export interface DocumentLibrary {
  readonly platforms: DocumentLookup<Platform>;
  readonly networks: DocumentLookup<Network>;
  /** Missing: there are none. */
  readonly profiles?: DocumentLookup<Profile>;
  /** The platforms that use keys of times, which show whose times a network has; missing: none are known. */
  timeKeyHolders?(): readonly TimeKeyHolder[];
}

export const emptyLibrary: DocumentLibrary = { platforms: new Map(), networks: new Map() };

/** Parses a scenario document. @throws WorkbenchError `scenario.invalid` */
export function parseScenario(input: unknown): Scenario {
  return parseDocument(scenarioSchema, input, 'scenario');
}

/** A scenario document with everything inline, as a run's snapshot keeps it. @throws WorkbenchError `scenario.invalid` and as `resolveScenario` */
export function parseResolvedScenario(input: unknown): ResolvedScenario {
  return resolveScenario(parseScenario(input), emptyLibrary);
}

/**
 * Puts the named platform, networks and profiles inline, takes the times that the profiles have, fills those that are missing by the
 * platform's cost models (each marked as modelled, so that a run keeps the times it was made with), and checks that every layer can run
 * somewhere. Looks up only what the scenario names.
 * @throws WorkbenchError `scenario.unknownPlatform`, `scenario.unknownNetwork`, `scenario.unknownProfile` or `scenario.invalid`, and
 * what the library throws
 */
export function resolveScenario(scenario: Scenario, library: DocumentLibrary): ResolvedScenario {
  const platform = typeof scenario.platform === 'string' ? library.platforms.get(scenario.platform) : scenario.platform;
  if (platform === undefined) {
    const id = String(scenario.platform);
    throw new WorkbenchError(
      'scenario.unknownPlatform',
      `scenario "${scenario.id}" uses platform "${id}", which does not exist`,
      { hint: suggest(id, [...library.platforms.keys()]), path: ['platform'] },
    );
  }
  const profiles = profilesOf(scenario, library);
  const filled = new Map<Network, { readonly complete: Network; readonly given: Network }>();
  const asGiven: Network[] = [];
  const applications = scenario.applications.map((application, index) => {
    const network =
      typeof application.network === 'string' ? library.networks.get(application.network) : application.network;
    if (network === undefined) {
      const id = String(application.network);
      throw new WorkbenchError(
        'scenario.unknownNetwork',
        `application "${application.id}" uses network "${id}", which does not exist`,
        { hint: suggest(id, [...library.networks.keys()]), path: ['applications', index, 'network'] },
      );
    }
    let times = filled.get(network);
    if (times === undefined) {
      const { network: given, isUnsupported } = applyProfiles(network, platform, profiles);
      times = { given, complete: fillTimes(given, platform, isUnsupported) };
    }
    filled.set(network, times);
    asGiven.push(times.given);
    return { ...releasedWithGroup(application, scenario.groups), network: times.complete };
  });
  const { profiles: named, ...rest } = scenario;
  const networks = [...new Set(applications.map(({ network }) => network))];
  const resolved: ResolvedScenario = {
    ...rest,
    platform,
    applications,
    ...(named === undefined ? {} : { profiles: neededProfiles(profiles, platform, networks) }),
  };
  const issues = networksThatCannotRun(resolved, asGiven, library);
  if (issues.length > 0) throw invalid('scenario', issues);
  return resolved;
}

/** The profiles that `scenario` names, in its order. @throws WorkbenchError `scenario.unknownProfile` */
function profilesOf({ id, profiles = [] }: Scenario, library: DocumentLibrary): readonly Profile[] {
  return profiles.map((reference, index) => {
    const profile = typeof reference === 'string' ? library.profiles?.get(reference) : reference;
    if (profile !== undefined) return profile;
    throw new WorkbenchError(
      'scenario.unknownProfile',
      `scenario "${id}" uses profile "${String(reference)}", which does not exist`,
      {
        hint: suggest(String(reference), [...(library.profiles?.keys() ?? [])]) || 'import it first',
        path: ['profiles', index],
      },
    );
  });
}

/**
 * What a person should know of the times with which `scenario` is computed: times of other devices, and processors without any.
 * Each network is spoken of once.
 * @param resolved the same scenario, resolved
 */
export function scenarioTimeRemarks(
  scenario: Scenario,
  { platform, profiles = [] }: ResolvedScenario,
  library: DocumentLibrary,
): TimeRemark[] {
  const holders = library.timeKeyHolders?.() ?? [];
  const seen = new Set<unknown>();
  return scenario.applications.flatMap(({ network: reference }) => {
    if (seen.has(reference)) return [];
    seen.add(reference);
    const network = typeof reference === 'string' ? library.networks.get(reference) : reference;
    if (network === undefined) return [];
    return remarksOn(
      applyProfiles(network, platform, profiles).network,
      platform,
      holders,
      typeof reference !== 'string',
    );
  });
}

/** Whether `processor` can run `layer`, and in which base time (ms, at nominal frequency and base performance 1). */
export function baseTimeMs(
  processor: Platform['processors'][number],
  layer: Network['layers'][number],
): number | undefined {
  if (!supportsOp(processor, layer.op)) return undefined;
  const key = executionTimeKey(processor);
  return Object.hasOwn(layer.executionTimeMs, key) ? layer.executionTimeMs[key] : undefined;
}

/**
 * One issue for each application with layers that can run on no processor.
 * @param asGiven the networks of the applications before cost models filled their times
 */
function networksThatCannotRun(
  { applications, platform }: ResolvedScenario,
  asGiven: readonly Network[],
  library: DocumentLibrary,
): Issue[] {
  return applications.flatMap(({ network }, index): Issue[] => {
    const canRun = network.layers.every((layer) =>
      platform.processors.some((processor) => baseTimeMs(processor, layer) !== undefined),
    );
    if (canRun) return [];
    const { message, remedies } = nowhereMessage(
      timeCoverage(asGiven[index] ?? network, platform, library.timeKeyHolders?.() ?? []),
    );
    return [
      {
        path: ['applications', index, 'network'],
        message,
        value: network.id,
        expected: `a network whose layers can each run on a processor of ${platform.name}`,
        hint: remedySentence(remedies),
      },
    ];
  });
}

function checkScenario(scenario: z.output<typeof scenarioObject>, context: z.core.$RefinementCtx): void {
  reportDuplicateIds(context, scenario.applications, ['applications'], 'application');
  const namedProfiles = scenario.profiles?.map((profile) => (typeof profile === 'string' ? profile : profile.id)) ?? [];
  namedProfiles.forEach((id, index) => {
    if (namedProfiles.indexOf(id) < index)
      report(context, {
        path: ['profiles', index],
        message: `profile "${id}" is named twice`,
        expected: 'each profile once',
        hint: 'remove the first: the later one wins',
      });
  });
  const { horizonMs, dispatchTickMs } = scenario.simulation;
  if (dispatchTickMs > 0 && dispatchTickMs < SHORTEST_TICK_MS) {
    report(context, {
      path: ['simulation', 'dispatchTickMs'],
      message: `${dispatchTickMs} is too small`,
      expected: `0, or at least ${SHORTEST_TICK_MS}`,
      hint: 'use 0 for dispatch without a tick',
    });
  }
  checkGroups(scenario, context);
  const released = scenario.applications.map((application) =>
    application.after === undefined ? releasedWithGroup(application, scenario.groups) : application,
  );
  checkReleases(released, context);
  released.forEach((application, index) => {
    if (application.after !== undefined) return;
    if (application.instances === null && (application.periodMs === null || horizonMs === null)) {
      report(context, {
        path: ['applications', index, 'instances'],
        message:
          `application "${application.id}" has no number of instances, which asks for as many as are released before the ` +
          `horizon, but there is no ${application.periodMs === null ? 'period' : 'horizon'}`,
        expected: 'a number of instances, or periodMs and simulation.horizonMs',
        hint: `set ${application.periodMs === null ? 'its period' : 'a horizon'}, or a number of instances`,
      });
    }
    if (horizonMs !== null && application.startTimeMs >= horizonMs) {
      report(context, {
        path: ['applications', index, 'startTimeMs'],
        message: `application "${application.id}" starts at ${application.startTimeMs} ms, at or after the horizon of ${horizonMs} ms, so it would never run`,
        expected: `less than ${horizonMs}`,
        hint: 'start earlier, or raise simulation.horizonMs',
      });
    }
  });
}

type GivenApplication = z.output<typeof applicationSchema>;

/** What applications say of their releases has to fit together: `after`, `late`, `instancesPerRelease`. */
function checkReleases(applications: readonly GivenApplication[], context: z.core.$RefinementCtx): void {
  const indexOf = new Map(applications.map(({ id }, index) => [id, index]));
  applications.forEach(({ id, after, periodMs, startTimeMs, late, instancesPerRelease = 1 }, index) => {
    const at = ['applications', index] as const;
    if (after !== undefined) {
      if (!indexOf.has(after.application))
        report(context, {
          path: [...at, 'after', 'application'],
          message: `application "${id}" comes after "${after.application}", which does not exist`,
          expected: 'the id of another application of this scenario',
          hint: suggest(after.application, [...indexOf.keys()]),
        });
      if (periodMs !== null)
        report(context, {
          path: [...at, 'periodMs'],
          message: `application "${id}" is released by the ends of "${after.application}", so it cannot have a period of its own`,
          expected: 'null, or no "after"',
          hint: 'remove periodMs; for every n-th end only, set after.every',
        });
      if (startTimeMs > 0)
        report(context, {
          path: [...at, 'startTimeMs'],
          message: `application "${id}" is released by the ends of "${after.application}", so it cannot have a start of its own`,
          expected: '0, or no "after"',
          hint: 'remove startTimeMs',
        });
      return;
    }
    if (periodMs !== null) return;
    if (late === 'drop')
      report(context, {
        path: [...at, 'late'],
        message: `application "${id}" drops instances that are late for the next release, but all of its instances are released at once`,
        expected: 'a period, or "after"',
        hint: 'set periodMs, or remove late',
      });
    if (instancesPerRelease > 1)
      report(context, {
        path: [...at, 'instancesPerRelease'],
        message: `application "${id}" has no period, so all of its instances are released at once`,
        expected: 'a period, or "after"',
        hint: 'set instances to how many there are, or periodMs',
      });
  });
  const reported = new Set<number>();
  applications.forEach((_, start) => {
    const path: number[] = [];
    for (let index: number | undefined = start; index !== undefined && !reported.has(index);) {
      const before: number = path.indexOf(index);
      if (before >= 0) {
        const cycle = path.slice(before);
        cycle.forEach((member) => reported.add(member));
        report(context, {
          path: ['applications', cycle[0], 'after'],
          message: `applications wait for each other: ${[...cycle, cycle[0]].map((member) => `"${applications[member].id}"`).join(' after ')}`,
          expected: 'applications of which at least one is released by a period or at its start',
          hint: 'remove "after" from one of them',
        });
        return;
      }
      path.push(index);
      const { after }: GivenApplication = applications[index];
      index = after === undefined ? undefined : indexOf.get(after.application);
    }
  });
}
