/** Every route of the boundary: the table of contents of what Tessera can be asked to do. */
import { z } from 'zod';
import { listOf, tableOf } from '../domain/bounded.ts';
import { nameSchema, shortText } from '../domain/common.ts';
import {
  baselineIds,
  baselineSchema,
  LONGEST_RUN_NAME,
  notesSchema,
  runNameSchema,
  runStatusSchema,
  runTagSchema,
  runTagsSchema,
} from '../domain/run.ts';
import { frequencyBoundSchema } from '../domain/frequency.ts';
import { executionSchema } from '../domain/execution.ts';
import { externalCommandSchema } from '../domain/external-command.ts';
import { headlineMetricNames } from '../domain/metrics.ts';
import { schedulerConfigurationSchema } from '../domain/scheduler.ts';
import {
  documentEntrySchema,
  documentReferenceSchema,
  documentRevisionSchema,
  documentUsesSchema,
  tagsSchema,
} from './document-shapes.ts';
import { networkCoverageSchema, timeRemarkSchema } from './time-shapes.ts';
import { exportOutcomeSchema, fileSchema, formatSummarySchema, importOutcomeSchema } from './format-shapes.ts';
import { defineRoute, type Route } from './route.ts';
import { settingsSchema, threadsSchema } from './settings.ts';
import {
  appInfoSchema,
  chromosomeSchema,
  demoSchema,
  doctorCheckSchema,
  documentJsonSchema,
  documentKindSchema,
  documentSummarySchema,
  generationSeriesSchema,
  paceSchema,
  populationSchema,
  runDetailSchema,
  runSummarySchema,
  schedulerSummarySchema,
} from './shapes.ts';
import { databaseFactsSchema } from './database-shapes.ts';
import { deviceDescriptionSchema, deviceHostSchema, deviceJobSchema, deviceWorkSchema } from './device-shapes.ts';
import { MOST_IDS, runFacetsSchema, runListingSchema, runOverviewSchema } from './run-list-shapes.ts';
import { savedComparisonSchema } from './comparison-shapes.ts';
import { sweepDetailSchema, sweepSummarySchema } from './sweep-shapes.ts';
import {
  ancestrySchema,
  chromosomeColumnsSchema,
  LARGEST_WINDOW,
  MOST_ANCESTORS,
  MOST_SPANS,
  mutationMapSchema,
  replayWindowSchema,
  USUAL_SPANS,
} from './replay-shapes.ts';

const nothing = z.object({});
const newPath = z.object({ path: z.string().trim().min(1).max(4000) });
const runId = z.object({ runId: z.int().min(1) });
const runIds = z.object({ runIds: listOf(z.int().min(1), MOST_IDS).min(1) });
/** Of a format or a scheduler, which checks them itself. */
const optionsSchema = tableOf(z.string(), z.unknown(), 1000);
const importId = z.object({ importId: z.string().min(1).max(100) });
const sweepId = z.object({ sweepId: z.int().min(1) });
const newStatus = z.object({ status: runStatusSchema });
/** Id of a preset or stored document, or the document itself. */
const scenarioReference = z.union([nameSchema, documentJsonSchema]);

export const routes = {
  appInfo: defineRoute('app.info', {
    input: nothing,
    output: appInfoSchema,
  }),
  settingsGet: defineRoute('settings.get', { input: nothing, output: z.object({ settings: settingsSchema }) }),
  settingsSet: defineRoute('settings.set', {
    input: settingsSchema.partial(),
    output: z.object({ settings: settingsSchema }),
  }),
  /** Programs that may be started on this machine, each by its exact command. */
  commandsList: defineRoute('commands.list', {
    input: nothing,
    output: z.object({ commands: z.array(externalCommandSchema) }),
  }),
  /** A person at the workbench says that this exact command may be started. */
  commandsConfirm: defineRoute('commands.confirm', { input: externalCommandSchema, output: nothing }),
  commandsForget: defineRoute('commands.forget', { input: externalCommandSchema, output: nothing }),
  databaseInfo: defineRoute('database.info', { input: nothing, output: databaseFactsSchema }),
  /** Reads all of it; what is wrong, in words. */
  databaseCheck: defineRoute('database.check', { input: nothing, output: z.object({ problems: z.array(z.string()) }) }),
  /** A copy as it is at this moment, also while runs go on. The path is whole and new. */
  databaseBackup: defineRoute('database.backup', {
    input: newPath,
    output: z.object({ path: z.string(), sizeBytes: z.number() }),
  }),
  /** Rewrites the file without gaps, while no run is under way. */
  databaseCompact: defineRoute('database.compact', {
    input: nothing,
    output: z.object({ beforeBytes: z.number(), afterBytes: z.number() }),
  }),
  /** Brings the file to another place, while no run is under way; it is used there from then on, and found there after each start. */
  databaseMove: defineRoute('database.move', { input: newPath, output: z.object({ path: z.string() }) }),
  /** Gives up the check or backup under way. */
  databaseCancel: defineRoute('database.cancel', { input: nothing, output: nothing }),
  /** Asks for a path in a dialog of the host, where it has one; null: given up. */
  databaseChoosePath: defineRoute('database.choosePath', {
    input: newPath,
    output: z.object({ path: z.string().nullable() }),
  }),
  doctorReport: defineRoute('doctor.report', {
    input: nothing,
    output: z.object({ checks: z.array(doctorCheckSchema) }),
  }),

  documentsList: defineRoute('documents.list', {
    input: z.object({ kind: documentKindSchema.optional() }),
    output: z.object({ documents: z.array(documentSummarySchema) }),
  }),
  /** The documents of a kind as a list shows them. */
  documentsOverview: defineRoute('documents.overview', {
    input: z.object({ kind: documentKindSchema }),
    output: z.object({ entries: z.array(documentEntrySchema) }),
  }),
  /** The latest revision, or the one asked for. */
  documentsGet: defineRoute('documents.get', {
    input: documentReferenceSchema.extend({ revision: z.int().min(1).optional() }),
    output: z.object({ summary: documentSummarySchema, document: documentJsonSchema }),
  }),
  /** Newest first; none for presets. */
  documentsRevisions: defineRoute('documents.revisions', {
    input: documentReferenceSchema,
    output: z.object({ revisions: z.array(documentRevisionSchema) }),
  }),
  documentsUsedBy: defineRoute('documents.usedBy', { input: documentReferenceSchema, output: documentUsesSchema }),
  documentsSetTags: defineRoute('documents.setTags', {
    input: documentReferenceSchema.extend({ tags: tagsSchema }),
    output: z.object({ tags: z.array(z.string()) }),
  }),
  /** With `basedOn` (0: it must be new) only where that is still the latest revision: what somebody else saved meanwhile is not overwritten. */
  documentsSave: defineRoute('documents.save', {
    input: z.object({ kind: documentKindSchema, document: documentJsonSchema, basedOn: z.int().min(0).optional() }),
    output: z.object({ summary: documentSummarySchema }),
  }),
  /** One that scenarios use only with `evenIfUsed`: they cannot run until they name another. Runs keep their own copy. */
  documentsDelete: defineRoute('documents.delete', {
    input: documentReferenceSchema.extend({ evenIfUsed: z.boolean().default(false) }),
    output: nothing,
  }),
  /** Saves documents that may name each other, all or none. */
  documentsSaveTogether: defineRoute('documents.saveTogether', {
    input: z.object({
      documents: z
        .array(z.object({ kind: documentKindSchema, document: documentJsonSchema }))
        .min(1)
        .max(100),
    }),
    output: z.object({ summaries: z.array(documentSummarySchema) }),
  }),
  formatsList: defineRoute('formats.list', {
    input: nothing,
    output: z.object({ formats: z.array(formatSummarySchema) }),
  }),
  /** Reads files that a person chose, each (or those that belong together) whole or not at all; with `save` also saves what could be read. */
  documentsImport: defineRoute('documents.import', {
    input: z.object({
      files: z.array(fileSchema).min(1).max(200),
      /** Id of a format; "auto": by content and extension, file by file. */
      format: nameSchema.default('auto'),
      options: optionsSchema.default({}),
      save: z.boolean().default(false),
    }),
    output: z.object({ outcomes: z.array(importOutcomeSchema) }),
  }),
  documentsExport: defineRoute('documents.export', {
    input: z.object({
      kind: documentKindSchema,
      id: shortText,
      format: nameSchema,
      options: optionsSchema.default({}),
    }),
    output: exportOutcomeSchema,
  }),
  /** With everything inline, and what is to be said of the times it is computed with. */
  scenariosResolve: defineRoute('scenarios.resolve', {
    input: z.object({ scenario: scenarioReference }),
    output: z.object({ scenario: documentJsonSchema, remarks: z.array(timeRemarkSchema) }),
  }),
  /** How far the times of each network of the library reach on a platform, given by its id or as a document. */
  platformsCoverage: defineRoute('platforms.coverage', {
    input: z.object({ platform: z.union([z.string(), documentJsonSchema]) }),
    output: z.object({ networks: z.array(networkCoverageSchema) }),
  }),
  demosList: defineRoute('demos.list', { input: nothing, output: z.object({ demos: z.array(demoSchema) }) }),
  schedulersList: defineRoute('schedulers.list', {
    input: nothing,
    output: z.object({ schedulers: z.array(schedulerSummarySchema) }),
  }),

  runsStart: defineRoute('runs.start', {
    input: z.object({
      scenario: scenarioReference,
      configuration: schedulerConfigurationSchema,
      name: z.string().max(LONGEST_RUN_NAME).optional(),
      tags: runTagsSchema.optional(),
      paceGenerationsPerS: paceSchema.optional(),
      threads: threadsSchema.optional(),
    }),
    output: z.object({ run: runSummarySchema }),
  }),
  runsList: defineRoute('runs.list', {
    input: runListingSchema.extend({ limit: z.int().min(1).max(1000).default(200), offset: z.int().min(0).default(0) }),
    output: z.object({ runs: z.array(runSummarySchema), total: z.number() }),
  }),
  /** Ids of a stretch of a list, in its order: a selection needs no more. */
  runsIds: defineRoute('runs.ids', {
    input: runListingSchema.extend({
      limit: z.int().min(1).max(MOST_IDS).default(MOST_IDS),
      offset: z.int().min(0).default(0),
    }),
    output: z.object({ ids: z.instanceof(Uint32Array) }),
  }),
  /** How many runs a list has, under which heads, and the best figures among them. */
  runsOverview: defineRoute('runs.overview', {
    input: runListingSchema.omit({ sort: true }),
    output: runOverviewSchema,
  }),
  runsFacets: defineRoute('runs.facets', { input: nothing, output: runFacetsSchema }),
  runsGet: defineRoute('runs.get', { input: runId, output: runDetailSchema }),
  /** A simple schedule of the run's scenario, to hold its best against. */
  runsBaseline: defineRoute('runs.baseline', {
    input: runId.extend({ baseline: z.enum(baselineIds) }),
    output: z.object({ baseline: baselineSchema }),
  }),
  /** How often no schedule of the run's scenario can be asked for; null where nothing is proven. Takes seconds, in a thread. */
  runsFrequencyBound: defineRoute('runs.frequencyBound', {
    input: runId,
    output: z.object({ bound: frequencyBoundSchema.nullable() }),
  }),
  /** Keeps what executing one of the run's schedules on a device gave; nothing is scored with it. */
  runsRecordExecution: defineRoute('runs.recordExecution', {
    input: runId.extend({ chromosomeId: z.int().min(0), execution: executionSchema }),
    output: z.object({ id: z.int() }),
  }),
  runsGenerations: defineRoute('runs.generations', {
    input: runId.extend({ from: z.int().min(0).default(0), limit: z.int().min(1).max(100_000).default(100_000) }),
    output: generationSeriesSchema,
  }),
  runsPopulation: defineRoute('runs.population', {
    input: runId.extend({ generation: z.int().min(0) }),
    output: populationSchema,
  }),
  runsChromosome: defineRoute('runs.chromosome', {
    input: runId.extend({ chromosomeId: z.int().min(0) }),
    output: z.object({ chromosome: chromosomeSchema }),
  }),
  /** The populations of consecutive generations; shorter where the run ends. */
  replayWindow: defineRoute('replay.window', {
    input: runId.extend({ from: z.int().min(0), length: z.int().min(1).max(LARGEST_WINDOW) }),
    output: replayWindowSchema,
  }),
  /** Each chromosome that was the best of one of the generations `from … from + length − 1`, once. */
  replayBests: defineRoute('replay.bests', {
    input: runId.extend({ from: z.int().min(0).default(0), length: z.int().min(1).max(100_000).default(100_000) }),
    output: chromosomeColumnsSchema,
  }),
  /** A chromosome and its ancestors, breadth first, back to the first generation or to `limit` of them. */
  replayAncestry: defineRoute('replay.ancestry', {
    input: runId.extend({
      chromosomeId: z.int().min(0),
      limit: z.int().min(1).max(MOST_ANCESTORS).default(MOST_ANCESTORS),
    }),
    output: ancestrySchema,
  }),
  /** Where mutation struck, from the first generation to the last, in at most `spans` spans. */
  replayMutations: defineRoute('replay.mutations', {
    input: runId.extend({ spans: z.int().min(1).max(MOST_SPANS).default(USUAL_SPANS) }),
    output: mutationMapSchema,
  }),
  /** The front in the given metrics: of all that a run recorded, the feasible ones that no other beats. */
  paretoFront: defineRoute('pareto.front', {
    input: runId.extend({ objectives: z.array(z.enum(headlineMetricNames)).min(1).max(headlineMetricNames.length) }),
    output: chromosomeColumnsSchema,
  }),
  sweepsStart: defineRoute('sweeps.start', {
    input: z.object({
      sweep: documentJsonSchema,
      /** On other machines; default: here. */
      on: z.object({ queue: z.string().max(100) }).optional(),
    }),
    output: sweepDetailSchema,
  }),
  sweepsList: defineRoute('sweeps.list', { input: nothing, output: z.object({ sweeps: z.array(sweepSummarySchema) }) }),
  sweepsGet: defineRoute('sweeps.get', { input: sweepId, output: sweepDetailSchema }),
  /** Cancels those of its runs that have not ended. */
  sweepsCancel: defineRoute('sweeps.cancel', { input: sweepId, output: sweepDetailSchema }),
  /** Forgets the sweep; its runs stay. */
  sweepsDelete: defineRoute('sweeps.delete', { input: sweepId, output: nothing }),

  /** What a machine is and can, and its state now: its cores, frequencies and temperatures, and what it lacks. */
  devicesDescribe: defineRoute('devices.describe', {
    input: z.object({ host: deviceHostSchema }),
    output: deviceDescriptionSchema,
  }),
  /** One at a time on each machine; it goes on without the window that started it. */
  devicesStart: defineRoute('devices.start', {
    input: z.object({ host: deviceHostSchema, work: deviceWorkSchema }),
    output: z.object({ job: deviceJobSchema }),
  }),
  /** Those since this host started, the newest first. */
  devicesJobs: defineRoute('devices.jobs', { input: nothing, output: z.object({ jobs: z.array(deviceJobSchema) }) }),
  devicesCancel: defineRoute('devices.cancel', {
    input: z.object({ jobId: z.int().min(1) }),
    output: z.object({ job: deviceJobSchema }),
  }),

  comparisonsList: defineRoute('comparisons.list', {
    input: nothing,
    output: z.object({ comparisons: z.array(savedComparisonSchema) }),
  }),
  comparisonsSave: defineRoute('comparisons.save', {
    input: z.object({
      name: z.string().min(1).max(200),
      address: z
        .string()
        .regex(/^\/compare\//)
        .max(4000),
    }),
    output: z.object({ comparison: savedComparisonSchema }),
  }),
  comparisonsDelete: defineRoute('comparisons.delete', {
    input: z.object({ comparisonId: z.int().min(1) }),
    output: nothing,
  }),

  runsPause: defineRoute('runs.pause', { input: runId, output: newStatus }),
  /** `threads` counts for a run without a process, one that was interrupted or failed. */
  runsResume: defineRoute('runs.resume', {
    input: runId.extend({ threads: threadsSchema.optional() }),
    output: newStatus,
  }),
  runsCancel: defineRoute('runs.cancel', { input: runId, output: newStatus }),
  /** The next one of the queue to start. */
  runsMoveToFront: defineRoute('runs.moveToFront', { input: runId, output: z.object({ run: runSummarySchema }) }),
  /** Slows a run down to be watched, or (null) lets it go at full speed; for as long as its process lives. A slowed one takes no place of the queue. */
  runsPace: defineRoute('runs.pace', {
    input: runId.extend({ generationsPerS: paceSchema.nullable() }),
    output: nothing,
  }),
  runsUpdate: defineRoute('runs.update', {
    input: runId.extend({
      name: runNameSchema.optional(),
      notes: notesSchema.optional(),
      tags: runTagsSchema.optional(),
      starred: z.boolean().optional(),
    }),
    output: z.object({ run: runSummarySchema }),
  }),
  /** The schedule of a run's best, or of one chromosome, or what was recorded, as files; figures against a simple schedule or a run, if any. */
  runsExport: defineRoute('runs.export', {
    input: runId.extend({
      format: nameSchema,
      chromosomeId: z.int().min(0).optional(),
      options: optionsSchema.default({}),
      baseline: z.union([z.enum(baselineIds), z.int().min(1)]).optional(),
    }),
    output: exportOutcomeSchema,
  }),
  /** Changes several runs at once; ids of runs that are gone are passed over. */
  runsUpdateTogether: defineRoute('runs.updateTogether', {
    input: runIds.extend({
      addTags: z.array(runTagSchema).max(20).default([]),
      removeTags: z.array(runTagSchema).max(20).default([]),
      starred: z.boolean().optional(),
    }),
    output: z.object({ changed: z.number() }),
  }),
  /** The next piece of a `.tessera` file with whole runs: with the `next` of the piece before, or without for the first one. */
  runsExportArchive: defineRoute('runs.exportArchive', {
    input: z.object({ runIds: z.array(z.int().min(1)).min(1).max(1000), cursor: z.string().max(2000).optional() }),
    output: z.object({ bytes: z.instanceof(Uint8Array), next: z.string().optional(), share: z.number() }),
  }),
  /** Reading a `.tessera` file: it is begun, given piece by piece in order, and ended; its runs appear then, all or none. */
  runsImportBegin: defineRoute('runs.importBegin', { input: nothing, output: importId }),
  runsImportPiece: defineRoute('runs.importPiece', {
    input: importId.extend({ bytes: z.instanceof(Uint8Array) }),
    output: z.object({ share: z.number() }),
  }),
  runsImportEnd: defineRoute('runs.importEnd', {
    input: importId,
    output: z.object({ runs: z.array(runSummarySchema) }),
  }),
  runsImportCancel: defineRoute('runs.importCancel', { input: importId, output: nothing }),
  runsDelete: defineRoute('runs.delete', { input: runId, output: nothing }),
  /** Deletes those of the runs that are neither queued, running nor paused; `active` names the others. */
  runsDeleteTogether: defineRoute('runs.deleteTogether', {
    input: runIds,
    output: z.object({ deleted: z.number(), active: z.array(z.number()) }),
  }),
} as const;

export type Routes = typeof routes;
type RouteOf = Routes[keyof Routes];
export type RouteName = RouteOf['name'];
type RouteNamed<Name extends RouteName> = Extract<RouteOf, { name: Name }>;
/** What a caller gives (defaults still to be filled). */
export type RouteInput<Name extends RouteName> = z.input<RouteNamed<Name>['input']>;
/** What the handler gets (defaults filled). */
export type ParsedInput<Name extends RouteName> = z.output<RouteNamed<Name>['input']>;
export type RouteOutput<Name extends RouteName> = z.output<RouteNamed<Name>['output']>;
/** One handler for each route: a missing one does not compile. */
export type Handlers = {
  readonly [Name in RouteName]: (input: ParsedInput<Name>) => RouteOutput<Name> | Promise<RouteOutput<Name>>;
};

const byName: ReadonlyMap<string, Route> = new Map(Object.values(routes).map((route) => [route.name, route]));

/** The declaration of the route called `name`, or undefined. */
export function findRoute(name: string): Route | undefined {
  return byName.get(name);
}
