/** The shapes of the library: what lists show of each document, its revisions, and what uses it. */
import { z } from 'zod';
import { shortText } from '../domain/common.ts';
import { documentKinds, kindEntry, type DocumentFacts } from '../domain/document-kinds.ts';
import { runStatusSchema } from '../domain/run.ts';
import { documentKindSchema, documentSummarySchema } from './shapes.ts';

/** What a list shows of a document's content. */
export const documentFactsSchema = z.union(
  documentKinds.map((kind): z.ZodType<DocumentFacts> => kindEntry(kind).factsSchema),
);
export type { DocumentFacts };

/** Tags are the person's own, of presets too: they are not part of the document. */
export const tagsSchema = z.array(z.string().trim().min(1).max(50)).max(50);

export const documentEntrySchema = z.object({
  summary: documentSummarySchema,
  tags: z.array(z.string()),
  /** Ids of the scenarios that name it. */
  scenarios: z.array(z.string()),
  /** Ids of the profiles that measure it, where there are any. */
  profiles: z.array(z.string()).exactOptional(),
  /** How many runs keep a copy of it. */
  runs: z.number(),
  /** Undefined for a document that cannot be read. */
  facts: documentFactsSchema.optional(),
});
export type DocumentEntry = z.output<typeof documentEntrySchema>;

export const documentRevisionSchema = z.object({
  revision: z.number(),
  /** Unix time, ms. */
  savedAt: z.number(),
});
export type DocumentRevision = z.output<typeof documentRevisionSchema>;

export const documentUsesSchema = z.object({
  scenarios: z.array(z.object({ id: z.string(), name: z.string(), origin: documentSummarySchema.shape.origin })),
  /** The profiles that measure it, a network or a platform. */
  profiles: z.array(z.object({ id: z.string(), name: z.string(), origin: documentSummarySchema.shape.origin })),
  /** How many runs keep a copy of it. */
  runCount: z.number(),
  /** The latest of them. */
  latestRuns: z.array(z.object({ id: z.number(), name: z.string(), status: runStatusSchema, createdAt: z.number() })),
});
export type DocumentUses = z.output<typeof documentUsesSchema>;

export const documentReferenceSchema = z.object({ kind: documentKindSchema, id: shortText });
