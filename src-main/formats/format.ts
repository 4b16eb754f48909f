/** What a file format is to Tessera: how its files are recognised and read, what it can write, and its options. */
import type { KnownDocument } from '#shared/domain/document-kinds.ts';
import type { z } from 'zod';
import type { ExportSubject, FormatNote } from '#shared/contract/format-shapes.ts';
import type { PicturedRun } from '#shared/contract/pictures.ts';
import type { DocumentKind, RunDetail } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Network } from '#shared/domain/network.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import type { Solution } from '#shared/domain/run.ts';
import type { Scenario } from '#shared/domain/scenario.ts';
import type { RandomAccessSource } from '#shared/formats/random-access.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import type { Timeline } from '#shared/scheduling/simulate.ts';
import type { KnownTable } from './missing-columns.ts';

/** A file to be read. */
export interface SourceFile extends RandomAccessSource {
  /** Without its folder. */
  readonly name: string;
}

/** A file with its first bytes, by which it is recognised. */
export interface FileHead {
  readonly name: string;
  /** Up to `HEAD_BYTES`. */
  readonly head: Uint8Array;
}
export const HEAD_BYTES = 4096;

/** What came of a profile besides its document, for scripts. */
export interface ProfileMatch {
  /** Id of the profile. */
  readonly id: string;
  readonly matched: {
    readonly layers: number;
    readonly ofLayers: number;
    /** Share of the measured time that went to layers, 0…1. */
    readonly timeShare: number;
  };
  /** Rows that no layer was found for. */
  readonly leftovers: readonly string[];
  /** Sum of the times of all rows, ms. */
  readonly sumMs: number;
  /** Time of a whole run, ms; null where the file has none. */
  readonly wholeMs: number | null;
}

export interface ReadResult {
  readonly documents: readonly KnownDocument[];
  readonly notes: readonly FormatNote[];
  /** Of a profile of a runtime. */
  readonly profile?: ProfileMatch;
}

/** Opens another file that a format refers to by a name relative to its own; undefined when it is not at hand. */
export type Companion = (name: string) => Promise<SourceFile | undefined>;

/** Reads files that belong together. */
export interface FormatReader {
  readonly kinds: readonly DocumentKind[];
  readonly options: z.ZodObject;
  /** Whether this looks like a file of the format; formats are asked in the order of their list. */
  recognises(file: FileHead): boolean;
  /** The kinds of tables that it recognises by their columns, for what to say of one that lacks some. */
  readonly tables?: readonly KnownTable[];
  /** Puts the files of this format together that are read together; without it each file is read by itself. */
  group?(files: readonly SourceFile[]): Promise<readonly (readonly SourceFile[])[]>;
  /**
   * The documents of one group of files, checked.
   * @throws WorkbenchError `options.invalid`, or `<format>.invalid` naming the place in the file
   */
  read(
    files: readonly SourceFile[],
    options: Readonly<Record<string, unknown>>,
    companion: Companion,
  ): Promise<ReadResult>;
}

export interface WrittenFile {
  readonly name: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
  readonly mediaType: string;
}

export interface WriteResult {
  readonly files: readonly WrittenFile[];
  readonly notes: readonly FormatNote[];
}

/** Writes a document. */
export interface FormatWriter {
  readonly kinds: readonly DocumentKind[];
  readonly options: z.ZodObject;
  /**
   * @param inline a scenario with its platform and networks inside
   * @throws WorkbenchError `options.invalid`, or `<format>.notExpressible` for what the format cannot say
   */
  write(subject: KnownDocument, options: Readonly<Record<string, unknown>>, inline: () => Scenario): WriteResult;
}

/** A run with one of its schedules, as exports write it; what it is read by is called only by the formats that write it. */
export interface RunExport extends PicturedRun {
  /** Its tasks are what the schedule executes: layers, or subgraphs. */
  readonly problem: Problem;
  /** The problem whose genomes were recorded. */
  readonly genomeProblem: Problem;
  readonly timeline: Timeline;
  readonly solution: Solution;
  /** What writes it: "Tessera 0.1.0". */
  readonly product: string;
  /** Unix time, ms. */
  readonly exportedAt: number;
}

/** Writes a run. */
export interface RunWriter {
  /** Without it the format has none. */
  readonly options?: z.ZodObject;
  /** Whether it writes figures against a baseline. */
  readonly hasBaseline?: boolean;
  /** @throws WorkbenchError `options.invalid` */
  write(run: RunExport, options: Readonly<Record<string, unknown>>): Promise<WriteResult> | WriteResult;
}

export interface Format {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** With the dot; the first is that of written files. */
  readonly extensions: readonly string[];
  readonly mediaType: string;
  readonly reader?: FormatReader;
  readonly writer?: FormatWriter;
  readonly runWriter?: RunWriter;
}

/** "run-7-schedule.csv" */
export function runFileName({ run }: RunDetail, what: string, extension: string): string {
  return `run-${run.id}-${what}${extension}`;
}

/** What `format` can write. */
export function exportsOf({ writer, runWriter }: Format): ExportSubject[] {
  return [...(writer?.kinds ?? []), ...(runWriter === undefined ? [] : (['run'] as const))];
}

/** A reader whose `read` gets its options checked and with defaults. */
export function defineReader<Options extends z.ZodObject>(
  definition: Omit<FormatReader, 'options' | 'read'> & {
    readonly options: Options;
    read(files: readonly SourceFile[], options: z.output<Options>, companion: Companion): Promise<ReadResult>;
  },
): FormatReader {
  return {
    ...definition,
    read: (files, options, companion) =>
      definition.read(files, parseDocument(definition.options, options, 'options'), companion),
  };
}

/** A writer whose `write` gets its options checked and with defaults. */
export function defineWriter<Options extends z.ZodObject>(
  definition: Omit<FormatWriter, 'options' | 'write'> & {
    readonly options: Options;
    write(subject: KnownDocument, options: z.output<Options>, inline: () => Scenario): WriteResult;
  },
): FormatWriter {
  return {
    ...definition,
    write: (subject, options, inline) =>
      definition.write(subject, parseDocument(definition.options, options, 'options'), inline),
  };
}

/** A writer of runs whose `write` gets its options checked and with defaults. */
export function defineRunWriter<Options extends z.ZodObject>(
  options: Options,
  write: (run: RunExport, options: z.output<Options>) => Promise<WriteResult> | WriteResult,
): RunWriter {
  return { options, write: (run, chosen) => write(run, parseDocument(options, chosen, 'options')) };
}

/** A writer of networks. */
export function defineNetworkWriter<Options extends z.ZodObject>(
  options: Options,
  write: (network: Network, options: z.output<Options>) => WriteResult,
): FormatWriter {
  return defineWriter({
    kinds: ['network'],
    options,
    write(subject, chosen) {
      if (subject.kind !== 'network')
        throw new WorkbenchError('format.wrongKind', `a ${subject.kind} cannot be written in a format for networks`, {
          hint: 'choose another format; "formats" lists them',
        });
      return write(subject.document, chosen);
    },
  });
}
