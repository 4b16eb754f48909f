/** Platforms, networks, profiles and scenarios by id: the presets, which are read-only, and the user's own documents. */
import { isDeepStrictEqual } from 'node:util';
import type { DocumentEntry, DocumentRevision, DocumentUses } from '#shared/contract/document-shapes.ts';
import type { DocumentKind, DocumentSummary } from '#shared/contract/shapes.ts';
import type { NetworkCoverage } from '#shared/contract/time-shapes.ts';
import {
  documentKinds,
  documentKindTable,
  factsOf,
  kindEntry,
  names,
  parseKnown,
  presetOf,
  type KnownDocument,
} from '#shared/domain/document-kinds.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { parseProfile } from '#shared/domain/profile.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import {
  parseScenario,
  resolveScenario,
  scenarioTimeRemarks,
  type DocumentLibrary,
  type DocumentLookup,
  type ResolvedScenario,
  type Scenario,
} from '#shared/domain/scenario.ts';
import { timeKeyHolder, type TimeKeyHolder } from '#shared/domain/time-keys.ts';
import type { TimeRemark } from '#shared/domain/time-remarks.ts';
import type { Presets } from '../../formats/presets.ts';
import type { DocumentRepository, StoredDocument } from '../../store/document-repository.ts';
import { networkCoverage } from './document-coverage.ts';

/** Id of a document, or the document itself. */
export type ScenarioReference = string | Record<string, unknown>;

/** A scenario with everything inline, and what is to be said of its times. */
export interface ExaminedScenario {
  readonly scenario: ResolvedScenario;
  readonly remarks: readonly TimeRemark[];
}

export class Documents {
  readonly #presets: Presets;
  readonly #stored: DocumentRepository | undefined;
  /** @param at Unix time, ms */
  readonly #now: () => number;
  /** The latest revisions as they were read, by kind and id: lists read each only once. */
  readonly #read = new Map<
    string,
    { readonly revision: number; readonly updatedAt: number; readonly known: KnownDocument | WorkbenchError }
  >();

  /** @param stored the user's documents; undefined: the presets only */
  constructor(presets: Presets, stored: DocumentRepository | undefined, now: () => number) {
    this.#presets = presets;
    this.#stored = stored;
    this.#now = now;
  }

  /** Presets first, then the user's own, by kind and id. One that cannot be read is listed with the reason as its description. */
  list(kind?: DocumentKind): DocumentSummary[] {
    return this.#all(kind).map(({ summary }) => summary);
  }

  /** The documents of a kind as lists show them, in the order of `list`. */
  overview(kind: DocumentKind): DocumentEntry[] {
    const tags = this.#stored?.tags(kind);
    const runs = this.#stored?.runCounts(kind);
    const scenarios = this.#all('scenario');
    const measured = kind === 'network' || kind === 'platform' ? this.#all('profile') : [];
    return this.#all(kind).map(({ summary, known }) => ({
      summary,
      tags: tags?.get(summary.id) ?? [],
      scenarios: scenarios
        .filter((each) => each.known !== undefined && names(each.known, kind, summary.id))
        .map((each) => each.summary.id),
      ...measuredBy(
        measured.flatMap((each) =>
          each.known !== undefined && names(each.known, kind, summary.id) ? [each.summary.id] : [],
        ),
      ),
      runs: runs?.get(summary.id) ?? 0,
      ...(known === undefined ? {} : { facts: factsOf(known) }),
    }));
  }

  /**
   * The latest revision, or the one asked for.
   * @throws WorkbenchError `document.unknown`, `document.unknownRevision` or `document.unreadable`
   */
  get(
    kind: DocumentKind,
    id: string,
    revision?: number,
  ): { summary: DocumentSummary; document: Record<string, unknown> } {
    const preset = this.#preset(kind, id);
    if (preset !== undefined) return { summary: summaryOfPreset(preset), document: { ...preset.document } };
    const latest = this.#stored?.get(kind, id);
    if (latest === undefined) throw this.#unknown(kind, id);
    const stored = revision === undefined ? latest : this.#stored?.getRevision(kind, id, revision);
    if (stored === undefined)
      throw new WorkbenchError('document.unknownRevision', `${kind} "${id}" has no revision ${revision}`, {
        hint: `the latest one is ${latest.revision}`,
        path: ['revision'],
      });
    const { document } = readStored(stored, (input) => parseKnown(kind, input));
    return { summary: summaryOf(stored, document.name, document.description), document: { ...document } };
  }

  /** Newest first; none for presets, which are never saved. @throws WorkbenchError `document.unknown` */
  revisions(kind: DocumentKind, id: string): DocumentRevision[] {
    this.#mustExist(kind, id);
    return this.#stored?.revisions(kind, id) ?? [];
  }

  /** The scenarios that name a document, the profiles that measure it, and the runs that keep a copy of it. @throws WorkbenchError `document.unknown` */
  usedBy(kind: DocumentKind, id: string): DocumentUses {
    this.#mustExist(kind, id);
    return {
      scenarios: this.#naming('scenario', kind, id).map(namedOf),
      profiles: kind === 'network' || kind === 'platform' ? this.#naming('profile', kind, id).map(namedOf) : [],
      ...(this.#stored?.runsUsing(kind, id) ?? { runCount: 0, latestRuns: [] }),
    };
  }

  /** Replaces the tags of a document, a preset too; returns them in order. @throws WorkbenchError `document.unknown` */
  setTags(kind: DocumentKind, id: string, tags: readonly string[]): string[] {
    this.#mustExist(kind, id);
    return this.#writable().setTags(kind, id, tags);
  }

  /**
   * Saves a new revision of a document that is valid and whose references exist.
   * @param basedOn the revision that was changed, 0 for a new document; undefined: whatever is there gets a new revision
   * @throws WorkbenchError `<kind>.invalid`, `scenario.unknown…`, `document.readOnly` or `document.changedMeanwhile`
   */
  save(kind: DocumentKind, input: Record<string, unknown>, basedOn?: number): DocumentSummary {
    const { document } = parseKnown(kind, input);
    if (this.#preset(kind, document.id) !== undefined) {
      throw new WorkbenchError('document.readOnly', `${kind} "${document.id}" is a preset and cannot be changed`, {
        hint: 'save it under another id',
        path: ['id'],
      });
    }
    kindEntry(kind).check(document, this.#library());
    const store = this.#writable();
    return store.atomically(() => {
      const latest = store.get(kind, document.id)?.revision ?? 0;
      if (basedOn !== undefined && basedOn !== latest) throw changedMeanwhile(kind, document.id, basedOn, latest);
      store.save(kind, document.id, { ...document }, this.#now());
      return this.get(kind, document.id).summary;
    });
  }

  /** Which document has this id, without reading it. */
  originOf(kind: DocumentKind, id: string): DocumentSummary['origin'] | undefined {
    if (this.#preset(kind, id) !== undefined) return 'preset';
    return this.#stored?.get(kind, id) === undefined ? undefined : 'user';
  }

  /**
   * Saves several documents, which may name each other, or none of them. One that is there already, exactly so, gets no new revision.
   * @throws WorkbenchError as `save`
   */
  saveTogether(
    documents: readonly { readonly kind: DocumentKind; readonly document: Record<string, unknown> }[],
  ): DocumentSummary[] {
    const place = ({ kind }: { readonly kind: DocumentKind }): number => documentKinds.indexOf(kind);
    const namedFirst = documents.toSorted((a, b) => place(a) - place(b));
    return this.#writable().atomically(() =>
      namedFirst.map(({ kind, document }) =>
        this.#isThere(kind, document) ? this.get(kind, String(document['id'])).summary : this.save(kind, document),
      ),
    );
  }

  #isThere(kind: DocumentKind, document: Record<string, unknown>): boolean {
    const id = String(document['id']);
    const known =
      this.#preset(kind, id)?.document ??
      ifReadable(() => (this.originOf(kind, id) === undefined ? undefined : this.get(kind, id).document));
    return known !== undefined && isDeepStrictEqual({ ...known }, { ...parseKnown(kind, document).document });
  }

  /**
   * Runs keep their own copy, so they are not affected; scenarios that name it cannot run until they name another.
   * @throws WorkbenchError `document.readOnly`, `document.unknown`, or `document.inUse` when scenarios use it and `evenIfUsed` is false
   */
  delete(kind: DocumentKind, id: string, evenIfUsed = false): void {
    if (this.#preset(kind, id) !== undefined)
      throw new WorkbenchError('document.readOnly', `${kind} "${id}" is a preset and cannot be deleted`);
    const user = evenIfUsed ? undefined : this.#naming('scenario', kind, id)[0];
    if (user !== undefined)
      throw new WorkbenchError('document.inUse', `${kind} "${id}" is used by scenario "${user.id}"`, {
        hint: 'change or delete that scenario first',
      });
    if (!this.#writable().delete(kind, id)) throw this.#unknown(kind, id);
  }

  /**
   * The scenario with its platform and networks inline.
   * @throws WorkbenchError `scenario.unknown`, `scenario.unknownPlatform`, `scenario.unknownNetwork`, `scenario.invalid`, or
   * `document.unreadable` when one that it names is stored and cannot be read
   */
  resolve(reference: ScenarioReference): ResolvedScenario {
    return resolveScenario(this.#parsed(reference), this.#library());
  }

  /** The resolved scenario with what is to be said of the times it is computed with. @throws WorkbenchError as `resolve` */
  examine(reference: ScenarioReference): ExaminedScenario {
    const [given, library] = [this.#parsed(reference), this.#library()];
    const scenario = resolveScenario(given, library);
    return { scenario, remarks: scenarioTimeRemarks(given, scenario, library) };
  }

  /** How far the times of each readable network reach on a platform. @throws WorkbenchError `document.…` or `platform.invalid` */
  coverage(reference: string | Record<string, unknown>): NetworkCoverage[] {
    const platform = parsePlatform(
      typeof reference === 'string' ? this.get('platform', reference).document : reference,
    );
    const holders = this.timeKeyHolders();
    return this.#all('network').flatMap(({ known }) =>
      known?.kind === 'network' ? [networkCoverage(known.document, platform, holders)] : [],
    );
  }

  /** The readable platforms with the keys of their processors' times. */
  timeKeyHolders(): TimeKeyHolder[] {
    return this.#all('platform').flatMap(({ summary, known }) =>
      known?.kind === 'platform' ? [timeKeyHolder(known.document, summary.origin === 'preset')] : [],
    );
  }

  #parsed(reference: ScenarioReference): Scenario {
    return typeof reference === 'string' ? this.#scenario(reference) : parseScenario(reference);
  }

  #scenario(id: string): Scenario {
    const preset = this.#presets.scenarios.get(id);
    if (preset !== undefined) return preset;
    const stored = this.#stored?.get('scenario', id);
    if (stored !== undefined) return readStored(stored, parseScenario);
    throw new WorkbenchError('scenario.unknown', `there is no scenario "${id}"`, {
      hint: suggest(
        id,
        this.list('scenario').map((summary) => summary.id),
      ),
      path: ['scenario'],
    });
  }

  /**
   * Everything that a scenario can name, read when it is named. A preset comes before a document of the user with the
   * same id, which an older version may have allowed.
   */
  #library(): DocumentLibrary {
    return {
      platforms: this.#lookup('platform', this.#presets.platforms, parsePlatform),
      networks: this.#lookup('network', this.#presets.networks, parseNetwork),
      profiles: this.#lookup('profile', this.#presets.profiles, parseProfile),
      timeKeyHolders: () => this.timeKeyHolders(),
    };
  }

  #lookup<Document>(
    kind: DocumentKind,
    presets: ReadonlyMap<string, Document>,
    parse: (input: unknown) => Document,
  ): DocumentLookup<Document> {
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

  /** The scenarios that name a document. One that cannot be read can use nothing. */
  /** The documents of kind `by` that name the document `id` of `kind`. */
  #naming(by: DocumentKind, kind: DocumentKind, id: string): DocumentSummary[] {
    return this.#all(by)
      .filter(({ known }) => known !== undefined && names(known, kind, id))
      .map(({ summary }) => summary);
  }

  /** Every document with its content, where that can be read. */
  #all(kind: DocumentKind | undefined): { readonly summary: DocumentSummary; readonly known?: KnownDocument }[] {
    const kinds = kind === undefined ? documentKinds : [kind];
    const presets = kinds.flatMap((each) =>
      [...this.#presets[documentKindTable[each].folder].keys()]
        .map((id) => this.#preset(each, id))
        .filter((known) => known !== undefined),
    );
    const stored = this.#stored?.list().filter((each) => kind === undefined || each.kind === kind) ?? [];
    return [
      ...presets.map((known) => ({ summary: summaryOfPreset(known), known })),
      ...stored.map((each) => this.#readOnce(each)),
    ];
  }

  #readOnce(stored: StoredDocument): { readonly summary: DocumentSummary; readonly known?: KnownDocument } {
    const key = `${stored.kind}/${stored.id}`;
    let entry = this.#read.get(key);
    if (entry?.revision !== stored.revision || entry.updatedAt !== stored.updatedAt) {
      entry = { revision: stored.revision, updatedAt: stored.updatedAt, known: this.#tryToRead(stored) };
      this.#read.set(key, entry);
    }
    const { known } = entry;
    return known instanceof WorkbenchError
      ? { summary: summaryOf(stored, stored.id, known.message) }
      : { summary: summaryOf(stored, known.document.name, known.document.description), known };
  }

  #tryToRead(stored: StoredDocument): KnownDocument | WorkbenchError {
    try {
      return readStored(stored, (input) => parseKnown(stored.kind, input));
    } catch (error) {
      if (isUnreadable(error)) return error;
      throw error;
    }
  }

  #preset(kind: DocumentKind, id: string): KnownDocument | undefined {
    return presetOf(this.#presets, kind, id);
  }

  #mustExist(kind: DocumentKind, id: string): void {
    if (this.originOf(kind, id) === undefined) throw this.#unknown(kind, id);
  }

  #writable(): DocumentRepository {
    if (this.#stored === undefined)
      throw new WorkbenchError('document.readOnly', 'there is no database to save to', { hint: 'open one with --db' });
    return this.#stored;
  }

  #unknown(kind: DocumentKind, id: string): WorkbenchError {
    return new WorkbenchError('document.unknown', `there is no ${kind} "${id}"`, {
      hint: suggest(
        id,
        this.list(kind).map((summary) => summary.id),
      ),
    });
  }
}

function summaryOfPreset({ kind, document }: KnownDocument): DocumentSummary {
  return {
    kind,
    id: document.id,
    name: document.name,
    description: document.description,
    origin: 'preset',
    revision: 1,
  };
}

function changedMeanwhile(kind: DocumentKind, id: string, basedOn: number, latest: number): WorkbenchError {
  const message =
    basedOn === 0
      ? `there is already a ${kind} "${id}"`
      : latest === 0
        ? `${kind} "${id}" was deleted meanwhile`
        : `${kind} "${id}" was saved elsewhere meanwhile: revision ${latest} is newer than revision ${basedOn}, which was changed`;
  return new WorkbenchError('document.changedMeanwhile', message, {
    hint: basedOn === 0 ? 'choose another id' : 'look at the newer revision, or save under another id',
    path: ['id'],
  });
}

function summaryOf(
  { kind, id, revision, updatedAt }: StoredDocument,
  name: string,
  description: string,
): DocumentSummary {
  return { kind, id, name, description, origin: 'user', revision, updatedAt };
}

/** What is stored, parsed. @throws WorkbenchError `document.unreadable`: damaged, or from a version with other rules */
function readStored<Document>(
  { kind, id, revision, json }: StoredDocument,
  parse: (input: unknown) => Document,
): Document {
  try {
    const document: unknown = JSON.parse(json);
    return parse(document);
  } catch (cause) {
    if (!(cause instanceof WorkbenchError || cause instanceof SyntaxError)) throw cause;
    throw new WorkbenchError(
      'document.unreadable',
      `${kind} "${id}" is stored (revision ${revision}) but cannot be read: ${cause.message}`,
      {
        hint: 'save it again, or delete it',
        details: cause instanceof WorkbenchError ? cause.details : [],
        cause,
      },
    );
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

const namedOf = ({ id, name, origin }: DocumentSummary): Pick<DocumentSummary, 'id' | 'name' | 'origin'> => ({
  id,
  name,
  origin,
});

const measuredBy = (profiles: string[]): { profiles?: string[] } => (profiles.length === 0 ? {} : { profiles });
