/** Importing documents from files and exporting documents and runs to files: the formats, on top of the library and the record. */
import { nothingToExport, type ExportOutcome, type ImportOutcome } from '#shared/contract/format-shapes.ts';
import type { DocumentKind } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseScenario } from '#shared/domain/scenario.ts';
import { bytesSource } from '#shared/formats/random-access.ts';
import { readFiles, type ChosenFile, type ReadRequest } from '../formats/importer.ts';
import { findFormat } from '../formats/index.ts';
import { parseKind } from '../formats/json.ts';
import type { Documents } from './document-library.ts';
import { outcomeOf, wrongKind } from './export-outcome.ts';
import type { Preparation } from './preparation.ts';
import type { RunService } from './run-service.ts';

export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ImportServiceOptions {
  readonly documents: Documents;
  readonly runs: RunService;
  readonly preparation: Preparation;
  /** What is written into files: "Tessera 0.1.0". */
  readonly product: string;
  /** Unix time, ms. */
  readonly now: () => number;
}

export class ImportService {
  readonly #documents: Documents;
  readonly #runs: RunService;
  readonly #preparation: Preparation;
  readonly #product: string;
  readonly #now: () => number;

  constructor({ documents, runs, preparation, product, now }: ImportServiceOptions) {
    this.#documents = documents;
    this.#runs = runs;
    this.#preparation = preparation;
    this.#product = product;
    this.#now = now;
  }

  /**
   * Reads files given as bytes, and with `save` keeps what could be read: the documents of a group together or none of them.
   * @throws WorkbenchError `format.…`; what is wrong with a file stands in its outcome
   */
  async import(files: readonly GivenFile[], request: ReadRequest, save: boolean): Promise<ImportOutcome[]> {
    const outcomes = await readFiles(files.map(({ name, bytes }): ChosenFile => ({ name, ...bytesSource(bytes) })), request);
    return outcomes.map((outcome): ImportOutcome => {
      const files = [...outcome.files];
      if (outcome.status === 'failed') return { status: 'failed', files, ...(outcome.format === undefined ? {} : { format: outcome.format }), error: payloadOf(outcome.error) };
      const { format, notes } = outcome;
      const documents = outcome.documents.map(({ kind, document }) => {
        const taken = this.#documents.originOf(kind, document.id);
        return { kind, document: { ...document }, ...(taken === undefined ? {} : { taken }) };
      });
      try {
        return { status: 'read', files, format, documents, notes: [...notes], saved: save ? this.#documents.saveTogether(documents) : [] };
      } catch (error) {
        if (!(error instanceof WorkbenchError)) throw error;
        return { status: 'failed', files, format, error: payloadOf(error) };
      }
    });
  }

  /** @throws WorkbenchError `document.unknown`, `format.unknown`, `format.wrongKind`, `options.invalid` or `<format>.notExpressible` */
  exportDocument(kind: DocumentKind, id: string, formatId: string, options: Readonly<Record<string, unknown>>): ExportOutcome {
    const format = findFormat(formatId);
    if (format.writer?.kinds.includes(kind) !== true) throw wrongKind(format, kind);
    const subject = parseKind(kind, this.#documents.get(kind, id).document);
    return outcomeOf(format.writer.write(subject, options, () => parseScenario(this.#documents.resolve(id))));
  }

  /** The schedule of the best chromosome, or of the one asked for. @throws WorkbenchError `run.unknown`, `run.unknownChromosome`, `run.nothingToExport` or `format.…` */
  async exportRun(runId: number, format: string, chromosomeId: number | undefined, options: Readonly<Record<string, unknown>>): Promise<ExportOutcome> {
    const detail = await this.#runs.detail(runId);
    const chosen = chromosomeId ?? detail.bestChromosomeId;
    if (chosen === undefined) throw nothingToExport(detail.run);
    const { genes, fitness } = this.#runs.chromosome(runId, chosen);
    return this.#preparation.exportRun({ detail, layout: this.#runs.layout(runId), format, options, schedule: { chromosomeId: chosen, genes, fitness }, product: this.#product, exportedAt: this.#now() });
  }
}

function payloadOf(error: WorkbenchError): Extract<ImportOutcome, { status: 'failed' }>['error'] {
  const { code, message, details, hint } = error.toPayload();
  return { code, message, hint, details: details.map((issue) => ({ ...issue, path: [...issue.path] })) };
}
