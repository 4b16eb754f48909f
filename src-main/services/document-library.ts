/** Platforms, networks and scenarios by id: the presets, which are read-only, and the user's own documents. */
import type { DocumentKind, DocumentSummary } from '#shared/contract/shapes.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parsePlatform, type Platform } from '#shared/domain/platform.ts';
import { parseScenario, resolveScenario, type DocumentLibrary, type DocumentLookup, type ResolvedScenario, type Scenario } from '#shared/domain/scenario.ts';
import type { Presets } from '../formats/presets.ts';
import type { DocumentRepository, StoredDocument } from '../store/document-repository.ts';

type AnyDocument = Platform | Network | Scenario;
/** Id of a document, or the document itself. */
export type ScenarioReference = string | Record<string, unknown>;

export class Documents {
  readonly #presets: Presets;
  readonly #stored: DocumentRepository | undefined;
  /** @param at Unix time, ms */
  readonly #now: () => number;

  /** @param stored the user's documents; undefined: the presets only */
  constructor(presets: Presets, stored: DocumentRepository | undefined, now: () => number) {
    this.#presets = presets;
    this.#stored = stored;
    this.#now = now;
  }

  /** Presets first, then the user's own, by kind and id. One that cannot be read is listed with the reason as its description. */
  list(kind?: DocumentKind): DocumentSummary[] {
    const presets = (['platform', 'network', 'scenario'] as const).flatMap((each) => [...this.#presetsOf(each).values()].map((document) => summaryOfPreset(each, document)));
    const own = this.#stored?.list().map((stored) => summaryOfStored(stored)) ?? [];
    return [...presets, ...own].filter((summary) => kind === undefined || summary.kind === kind);
  }

  /** @throws WorkbenchError `document.unknown` or `document.unreadable` */
  get(kind: DocumentKind, id: string): { summary: DocumentSummary; document: Record<string, unknown> } {
    const preset = this.#presetsOf(kind).get(id);
    if (preset !== undefined) return { summary: summaryOfPreset(kind, preset), document: { ...preset } };
    const stored = this.#stored?.get(kind, id);
    if (stored === undefined) throw this.#unknown(kind, id);
    const document = readStored(stored, (input) => parseKind(kind, input));
    return { summary: summaryOf(stored, document.name, document.description), document: { ...document } };
  }

  /**
   * Saves a new revision of a document that is valid and whose references exist.
   * @throws WorkbenchError `<kind>.invalid`, `scenario.unknown…` or `document.readOnly`
   */
  save(kind: DocumentKind, input: Record<string, unknown>): DocumentSummary {
    const document = parseKind(kind, input);
    if (this.#presetsOf(kind).has(document.id)) {
      throw new WorkbenchError('document.readOnly', `${kind} "${document.id}" is a preset and cannot be changed`, { hint: 'save it under another id', path: ['id'] });
    }
    if (kind === 'scenario') resolveScenario(parseScenario(input), this.#library());
    this.#writable().save(kind, document.id, { ...document }, this.#now());
    return this.get(kind, document.id).summary;
  }

  /** Which document has this id, without reading it. */
  originOf(kind: DocumentKind, id: string): DocumentSummary['origin'] | undefined {
    if (this.#presetsOf(kind).has(id)) return 'preset';
    return this.#stored?.get(kind, id) === undefined ? undefined : 'user';
  }

  /**
   * Saves several documents, which may name each other, or none of them. One that is there already, exactly so, gets no new revision.
   * @throws WorkbenchError as `save`
   */
  saveTogether(documents: readonly { readonly kind: DocumentKind; readonly document: Record<string, unknown> }[]): DocumentSummary[] {
    const namedFirst = documents.toSorted((a, b) => Number(a.kind === 'scenario') - Number(b.kind === 'scenario'));
    return this.#writable().atomically(() => namedFirst.map(({ kind, document }) => (this.#isThere(kind, document) ? this.get(kind, String(document['id'])).summary : this.save(kind, document))));
  }

  #isThere(kind: DocumentKind, document: Record<string, unknown>): boolean {
    const id = String(document['id']);
    const known = this.#presetsOf(kind).get(id) ?? ifReadable(() => (this.originOf(kind, id) === undefined ? undefined : this.get(kind, id).document));
    return known !== undefined && JSON.stringify(known) === JSON.stringify(document);
  }

  /** Runs keep their own copy, so they are not affected. @throws WorkbenchError `document.readOnly`, `document.inUse` or `document.unknown` */
  delete(kind: DocumentKind, id: string): void {
    if (this.#presetsOf(kind).has(id)) throw new WorkbenchError('document.readOnly', `${kind} "${id}" is a preset and cannot be deleted`);
    const user = this.#scenariosUsing(kind, id)[0];
    if (user !== undefined) throw new WorkbenchError('document.inUse', `${kind} "${id}" is used by scenario "${user}"`, { hint: 'change or delete that scenario first' });
    if (!this.#writable().delete(kind, id)) throw this.#unknown(kind, id);
  }

  /**
   * The scenario with its platform and networks inline.
   * @throws WorkbenchError `scenario.unknown`, `scenario.unknownPlatform`, `scenario.unknownNetwork`, `scenario.invalid`, or
   * `document.unreadable` when one that it names is stored and cannot be read
   */
  resolve(reference: ScenarioReference): ResolvedScenario {
    return resolveScenario(typeof reference === 'string' ? this.#scenario(reference) : parseScenario(reference), this.#library());
  }

  #scenario(id: string): Scenario {
    const preset = this.#presets.scenarios.get(id);
    if (preset !== undefined) return preset;
    const stored = this.#stored?.get('scenario', id);
    if (stored !== undefined) return readStored(stored, parseScenario);
    throw new WorkbenchError('scenario.unknown', `there is no scenario "${id}"`, { hint: suggest(id, this.list('scenario').map((summary) => summary.id)), path: ['scenario'] });
  }

  /** Everything that a scenario can name, read when it is named. A preset comes before a document of the user with the same id, which an older version may have allowed. */
  #library(): DocumentLibrary {
    return {
      platforms: this.#lookup('platform', this.#presets.platforms, parsePlatform),
      networks: this.#lookup('network', this.#presets.networks, parseNetwork),
    };
  }

  #lookup<Document>(kind: DocumentKind, presets: ReadonlyMap<string, Document>, parse: (input: unknown) => Document): DocumentLookup<Document> {
    return {
      get: (id) => {
        const preset = presets.get(id);
        if (preset !== undefined) return preset;
        const stored = this.#stored?.get(kind, id);
        return stored === undefined ? undefined : readStored(stored, parse);
      },
      keys: () => new Set(this.list(kind).map((summary) => summary.id)),
    };
  }

  /** Ids of the user's scenarios that need a document. One that cannot be read can use nothing. */
  #scenariosUsing(kind: DocumentKind, id: string): string[] {
    if (kind === 'scenario') return [];
    const stored = this.#stored?.list().filter((document) => document.kind === 'scenario') ?? [];
    return stored.filter((each) => {
      const scenario = ifReadable(() => readStored(each, parseScenario));
      if (scenario === undefined) return false;
      return kind === 'platform' ? scenario.platform === id : scenario.applications.some((application) => application.network === id);
    }).map((each) => each.id);
  }

  #presetsOf(kind: DocumentKind): ReadonlyMap<string, AnyDocument> {
    return kind === 'platform' ? this.#presets.platforms : kind === 'network' ? this.#presets.networks : this.#presets.scenarios;
  }

  #writable(): DocumentRepository {
    if (this.#stored === undefined) throw new WorkbenchError('document.readOnly', 'there is no database to save to', { hint: 'open one with --db' });
    return this.#stored;
  }

  #unknown(kind: DocumentKind, id: string): WorkbenchError {
    return new WorkbenchError('document.unknown', `there is no ${kind} "${id}"`, { hint: suggest(id, this.list(kind).map((summary) => summary.id)) });
  }
}

function parseKind(kind: DocumentKind, input: unknown): AnyDocument {
  return kind === 'platform' ? parsePlatform(input) : kind === 'network' ? parseNetwork(input) : parseScenario(input);
}

function summaryOfPreset(kind: DocumentKind, document: AnyDocument): DocumentSummary {
  return { kind, id: document.id, name: document.name, description: document.description, origin: 'preset', revision: 1 };
}

function summaryOfStored(stored: StoredDocument): DocumentSummary {
  try {
    const { name, description } = readStored(stored, (input) => parseKind(stored.kind, input));
    return summaryOf(stored, name, description);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return summaryOf(stored, stored.id, error.message);
  }
}

function summaryOf({ kind, id, revision, updatedAt }: StoredDocument, name: string, description: string): DocumentSummary {
  return { kind, id, name, description, origin: 'user', revision, updatedAt };
}

/** What is stored, parsed. @throws WorkbenchError `document.unreadable`: damaged, or from a version with other rules */
function readStored<Document>({ kind, id, revision, json }: StoredDocument, parse: (input: unknown) => Document): Document {
  try {
    const document: unknown = JSON.parse(json);
    return parse(document);
  } catch (cause) {
    if (!(cause instanceof WorkbenchError || cause instanceof SyntaxError)) throw cause;
    throw new WorkbenchError('document.unreadable', `${kind} "${id}" is stored (revision ${revision}) but cannot be read: ${cause.message}`, {
      hint: 'save it anew, or delete it',
      details: cause instanceof WorkbenchError ? cause.details : [],
      cause,
    });
  }
}

function ifReadable<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

function isUnreadable(error: unknown): error is WorkbenchError {
  return error instanceof WorkbenchError && error.code === 'document.unreadable';
}
