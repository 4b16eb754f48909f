/** Importing documents from files and exporting documents and runs to files: the formats, on top of the library and the record. */
import { nothingToExport, type ExportOutcome, type ImportOutcome } from '#shared/contract/format-shapes.ts';
import type { DocumentKind, RunDetail } from '#shared/contract/shapes.ts';
import { WorkbenchError, type ErrorPayload } from '#shared/domain/errors.ts';
import type { Baseline, BaselineId } from '#shared/domain/run.ts';
import { emptyLibrary, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';
import { withImportedKeys } from '#shared/domain/imported-times.ts';
import { listed } from '#shared/domain/words.ts';
import { baselineOfRun } from '#shared/scheduling/baselines.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import type { ReadRequest } from '../../formats/importer.ts';
import { findFormat, formats } from '../../formats/index.ts';
import { parseKnown } from '#shared/domain/document-kinds.ts';
import type { Documents } from './document-library.ts';
import { outcomeOf, wrongKind } from '../runs/export-outcome.ts';
import type { Preparation } from '../runs/preparation.ts';
import type { RunService } from '../runs/run-service.ts';

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

/** A recorded run to be written, as the route `runs.export` asks for it. */
export interface RunExportChoice {
  readonly runId: number;
  readonly format: string;
  readonly chromosomeId?: number | undefined;
  readonly baseline?: BaselineId | number | undefined;
  /** The format's own, unchecked. */
  readonly options: Readonly<Record<string, unknown>>;
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
   * @throws WorkbenchError `format.…`; what is wrong with a file is in its outcome
   */
  async import(
    given: readonly GivenFile[],
    request: Pick<ReadRequest, 'format' | 'options'>,
    save: boolean,
  ): Promise<ImportOutcome[]> {
    const outcomes = await this.#preparation.readFiles({ files: given, ...request });
    const keyed = withImportedKeys(
      outcomes.map((outcome) => (outcome.status === 'read' ? outcome.documents : [])),
      this.#documents.timeKeyHolders(),
    );
    return outcomes.map((outcome, index): ImportOutcome => {
      const files = [...outcome.files];
      if (outcome.status === 'failed')
        return {
          status: 'failed',
          files,
          ...(outcome.format === undefined ? {} : { format: outcome.format }),
          error: mutable(outcome.error),
        };
      const { format } = outcome;
      const notes = [...outcome.notes, ...(keyed[index]?.notes ?? [])];
      const documents = (keyed[index]?.documents ?? []).map(({ kind, document }) => {
        const taken = this.#documents.originOf(kind, document.id);
        return { kind, document: { ...document }, ...(taken === undefined ? {} : { taken }) };
      });
      try {
        return {
          status: 'read',
          files,
          format,
          documents,
          notes,
          saved: save ? this.#documents.saveTogether(documents) : [],
        };
      } catch (error) {
        if (!(error instanceof WorkbenchError)) throw error;
        return { status: 'failed', files, format, error: mutable(error.toPayload()) };
      }
    });
  }

  /** @throws WorkbenchError `document.unknown`, `format.unknown`, `format.wrongKind`, `options.invalid` or `<format>.notExpressible` */
  exportDocument(
    kind: DocumentKind,
    id: string,
    formatId: string,
    options: Readonly<Record<string, unknown>>,
  ): ExportOutcome {
    const format = findFormat(formatId);
    if (format.writer?.kinds.includes(kind) !== true) throw wrongKind(format, kind);
    const subject = parseKnown(kind, this.#documents.get(kind, id).document);
    return outcomeOf(format.writer.write(subject, options, () => parseScenario(this.#documents.resolve(id))));
  }

  /**
   * The schedule of the best chromosome, or of the one asked for.
   * @param baseline what figures are compared with: a simple schedule, or the id of a run of the same scenario;
   * undefined: what the platform suggests
   * @throws WorkbenchError `run.unknown`, `run.unknownChromosome`, `run.nothingToExport`, `baseline.…` or `format.…`
   */
  async exportRun({ runId, format, chromosomeId, baseline, options }: RunExportChoice): Promise<ExportOutcome> {
    if (baseline !== undefined && findFormat(format).runWriter?.hasBaseline !== true) throw withoutBaseline(format);
    const detail = await this.#runs.detail(runId);
    const chosen = chromosomeId ?? detail.bestChromosomeId;
    if (chosen === undefined) throw nothingToExport(detail.run);
    const { genes, fitness } = this.#runs.chromosome(runId, chosen);
    return this.#preparation.exportRun({
      detail,
      layout: this.#runs.layout(runId),
      format,
      options,
      schedule: { chromosomeId: chosen, genes, fitness },
      baseline: await this.#baseline(detail, baseline),
      product: this.#product,
      exportedAt: this.#now(),
    });
  }

  /** Undefined where the choice is left to the platform. */
  async #baseline({ run, scenario }: RunDetail, choice: RunExportChoice['baseline']): Promise<Baseline | undefined> {
    if (choice === undefined) return undefined;
    return typeof choice === 'number'
      ? baselineOfRun(
          await this.#runs.detail(choice),
          compileProblem(resolveScenario(parseScenario(scenario), emptyLibrary)),
        )
      : this.#runs.baseline(run.id, choice);
  }
}

function withoutBaseline(format: string): WorkbenchError {
  const able = formats.filter(({ runWriter }) => runWriter?.hasBaseline === true).map(({ id }) => id);
  return new WorkbenchError('baseline.unused', `${format} has no figures that are compared with a baseline`, {
    hint: `leave the baseline out, or choose ${listed(able, able.length, 'or')}`,
    path: ['baseline'],
  });
}

/** An error's payload as the contract has it. */
function mutable({
  code,
  message,
  details,
  hint,
  path,
}: ErrorPayload): Extract<ImportOutcome, { status: 'failed' }>['error'] {
  return {
    code,
    message,
    hint,
    details: details.map((issue) => ({ ...issue, path: [...issue.path] })),
    ...(path === undefined ? {} : { path: [...path] }),
  };
}
