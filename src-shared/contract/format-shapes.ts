/** The shapes of importing and exporting: which formats there are, what a file was read as, and the files that are written. */
import { z } from 'zod';
import { WorkbenchError } from '../domain/errors.ts';
import { endedWithoutRecord } from '../domain/run.ts';
import { errorPayloadSchema } from './messages.ts';
import { documentJsonSchema, documentKindSchema, documentSummarySchema, type RunSummary } from './shapes.ts';

/** What a format can write: a document of some kind, or the schedule that a run found. */
export const exportSubjectSchema = z.enum([...documentKindSchema.options, 'run']);
export type ExportSubject = z.output<typeof exportSubjectSchema>;

/** JSON Schema (draft 2020-12) of options, with defaults and descriptions: forms are made from it. */
const optionsSchema = z.record(z.string(), z.unknown());

export const formatSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** With the dot; the first is that of written files. */
  extensions: z.array(z.string()),
  mediaType: z.string(),
  /** The kinds of documents it can be read as; none where it is only written. */
  imports: z.array(documentKindSchema),
  exports: z.array(exportSubjectSchema),
  importOptions: optionsSchema,
  exportOptions: optionsSchema,
});
export type FormatSummary = z.output<typeof formatSummarySchema>;

/** Something a person should know about what was read or written: what was assumed, left out, or could not be inferred. */
export const formatNoteSchema = z.object({
  message: z.string(),
  hint: z.string().exactOptional(),
  /** Ids of the layers concerned. */
  layers: z.array(z.string()).exactOptional(),
});
export type FormatNote = z.output<typeof formatNoteSchema>;

/** A file that is given or written. */
export const fileSchema = z.object({ name: z.string().min(1).max(1000), bytes: z.instanceof(Uint8Array) });

export const importedDocumentSchema = z.object({
  kind: documentKindSchema,
  document: documentJsonSchema,
  /** Which document of that kind already has the id: a preset cannot be replaced, one of the user's gets a new revision. */
  taken: z.enum(['preset', 'user']).exactOptional(),
});

/** What became of one file, or of files that belong together: all of it or nothing. */
export const importOutcomeSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('read'),
    /** Names of the files. */
    files: z.array(z.string()),
    format: z.string(),
    documents: z.array(importedDocumentSchema),
    notes: z.array(formatNoteSchema),
    /** As they were saved; none for a preview. */
    saved: z.array(documentSummarySchema),
  }),
  z.object({
    status: z.literal('failed'),
    files: z.array(z.string()),
    format: z.string().exactOptional(),
    error: errorPayloadSchema,
  }),
]);
export type ImportOutcome = z.output<typeof importOutcomeSchema>;

export const exportedFileSchema = fileSchema.extend({ mediaType: z.string() });
export type ExportedFile = z.output<typeof exportedFileSchema>;

/** Most formats write one file; PRISM's tables are two. */
export const exportOutcomeSchema = z.object({
  files: z.array(exportedFileSchema).min(1),
  notes: z.array(formatNoteSchema),
});
export type ExportOutcome = z.output<typeof exportOutcomeSchema>;

/** Of a run without a generation there is nothing to write: not yet, or never. */
export function nothingToExport(run: RunSummary): WorkbenchError {
  const [state, hint] = endedWithoutRecord(run)
    ? ['ended before its first generation', 'run it again']
    : ['has recorded no generation yet', 'wait for its first generation'];
  return new WorkbenchError('run.nothingToExport', `run ${run.id} ${state}`, { hint, path: ['runId'] });
}
