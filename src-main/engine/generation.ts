/** What the search loop hands out after each generation, to be recorded and shown: words it shares with the record. */
export type { ChromosomeRecord, GenerationRecord } from '#shared/domain/generation.ts';
