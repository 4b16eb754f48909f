/**
 * The kinds of documents as one table: what each is called, how it is checked and told from the others, what it names, and what lists
 * show of it. A new kind is an entry here, in the order that what is named comes before what names it; its presets are a folder, its
 * editor an entry in the window's own table (`editing/document-kinds.ts`).
 */
import type { z } from 'zod';
import {
  networkFacts,
  networkFactsSchema,
  platformFacts,
  platformFactsSchema,
  profileFacts,
  profileFactsSchema,
  scenarioFacts,
  scenarioFactsSchema,
} from './document-facts.ts';
import { suggest, WorkbenchError } from './errors.ts';
import { networkSchema, parseNetwork, type Network } from './network.ts';
import { parsePlatform, platformSchema, type Platform } from './platform.ts';
import { checkProfileLayers, parseProfile, profileSchema, type Profile } from './profile.ts';
import { parseScenario, resolveScenario, scenarioSchema, type DocumentLibrary, type Scenario } from './scenario.ts';

/** What every document has. */
export interface NamedDocument {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/** Another document that a document names by its id. */
export interface DocumentReference {
  readonly kind: string;
  readonly id: string;
}

/** Everything that the library, the formats and the window need to know of a kind. */
export interface DocumentKindEntry<Document extends NamedDocument, FactsSchema extends z.ZodType> {
  /** With a capital letter, as headings have it. */
  readonly title: string;
  readonly plural: string;
  /** Folder of its presets, and key of their map. */
  readonly folder: string;
  /** One sentence for the published JSON Schema. */
  readonly summary: string;
  readonly schema: z.ZodType<Document>;
  /** @throws WorkbenchError `<kind>.invalid` */
  parse(input: unknown): Document;
  /** The field of its JSON that no other kind has. */
  readonly mark: string;
  /** What it names by id, in the order in which it does. */
  references(document: Document): readonly DocumentReference[];
  /** Checks a document against those it names, before it is saved. @throws WorkbenchError what is missing or does not fit */
  check(document: Document, library: DocumentLibrary): void;
  readonly factsSchema: FactsSchema;
  facts(document: Document): z.output<FactsSchema>;
}

function define<Document extends NamedDocument, FactsSchema extends z.ZodType, const Folder extends string>(
  entry: DocumentKindEntry<Document, FactsSchema> & { readonly folder: Folder },
): DocumentKindEntry<Document, FactsSchema> & { readonly folder: Folder } {
  return entry;
}

const namesNothing = (): readonly DocumentReference[] => [];
const fitsAlone = (): void => undefined;

const platform = define({
  title: 'Platform',
  plural: 'Platforms',
  folder: 'platforms',
  summary: 'The processors of a device, their operating points, their interconnect and frequency caps.',
  schema: platformSchema,
  parse: parsePlatform,
  mark: 'processors',
  references: namesNothing,
  check: fitsAlone,
  factsSchema: platformFactsSchema,
  facts: (document: Platform) => platformFacts(document),
});

const network = define({
  title: 'Network',
  plural: 'Networks',
  folder: 'networks',
  summary: 'A directed acyclic graph of layers with their execution time per processor.',
  schema: networkSchema,
  parse: parseNetwork,
  mark: 'layers',
  references: namesNothing,
  check: fitsAlone,
  factsSchema: networkFactsSchema,
  facts: (document: Network) => networkFacts(document),
});

const profile = define({
  title: 'Profile',
  plural: 'Profiles',
  folder: 'profiles',
  summary:
    'Measured times of layers, of layers executed as one, of transfers and of whole networks, and how they were measured.',
  schema: profileSchema,
  parse: parseProfile,
  mark: 'measurements',
  references: (document: Profile) => [
    ...(document.platform === undefined ? [] : [{ kind: 'platform', id: document.platform }]),
    ...(document.network === undefined ? [] : [{ kind: 'network', id: document.network }]),
  ],
  check: checkProfile,
  factsSchema: profileFactsSchema,
  facts: profileFacts,
});

/** @throws WorkbenchError `profile.unknownPlatform`, `profile.unknownNetwork` or `profile.invalid` */
function checkProfile(document: Profile, { platforms, networks }: DocumentLibrary): void {
  const unknown = (field: 'platform' | 'network', id: string, keys: Iterable<string>): WorkbenchError =>
    new WorkbenchError(
      field === 'platform' ? 'profile.unknownPlatform' : 'profile.unknownNetwork',
      `profile "${document.id}" names ${field} "${id}", which does not exist`,
      { hint: suggest(id, [...keys]) || `save the ${field} first`, path: [field] },
    );
  if (document.platform !== undefined && platforms.get(document.platform) === undefined)
    throw unknown('platform', document.platform, platforms.keys());
  if (document.network === undefined) return;
  const measured = networks.get(document.network);
  if (measured === undefined) throw unknown('network', document.network, networks.keys());
  checkProfileLayers(document, measured);
}

const scenario = define({
  title: 'Scenario',
  plural: 'Scenarios',
  folder: 'scenarios',
  summary: 'Which networks run on which platform, when, and under which simulation rules.',
  schema: scenarioSchema,
  parse: parseScenario,
  mark: 'applications',
  references: (document: Scenario) => [
    ...(typeof document.platform === 'string' ? [{ kind: 'platform', id: document.platform }] : []),
    ...document.applications.flatMap(({ network: id }) => (typeof id === 'string' ? [{ kind: 'network', id }] : [])),
    ...(document.profiles ?? []).flatMap((id) => (typeof id === 'string' ? [{ kind: 'profile', id }] : [])),
  ],
  check: (document, library) => void resolveScenario(document, library),
  factsSchema: scenarioFactsSchema,
  facts: scenarioFacts,
});

export const documentKindTable = { platform, network, profile, scenario } as const;

export type DocumentKind = keyof typeof documentKindTable;
/** What is named comes before what names it. */
export const documentKinds = Object.keys(documentKindTable) as readonly DocumentKind[]; // the keys of the table

type DocumentOf<Kind extends DocumentKind> = ReturnType<(typeof documentKindTable)[Kind]['parse']>;
/** A parsed document with its kind. */
export type KnownDocument = {
  [Kind in DocumentKind]: { readonly kind: Kind; readonly document: DocumentOf<Kind> };
}[DocumentKind];
/** What a list shows of a document's content. */
export type DocumentFacts = {
  [Kind in DocumentKind]: z.output<(typeof documentKindTable)[Kind]['factsSchema']>;
}[DocumentKind];
/** The documents that ship with the product, by folder and id; also a library for `resolveScenario`. */
export type PresetDocuments = {
  readonly [Kind in DocumentKind as (typeof documentKindTable)[Kind]['folder']]: ReadonlyMap<string, DocumentOf<Kind>>;
};

/** The entry of a kind that is known only at run time: its functions take the documents that its `parse` gives. */
export function kindEntry(kind: DocumentKind): DocumentKindEntry<KnownDocument['document'], z.ZodType<DocumentFacts>> {
  return documentKindTable[kind];
}

/** A document of `kind`, checked with its schema. @throws WorkbenchError `<kind>.invalid` */
export function parseKnown(kind: DocumentKind, input: unknown): KnownDocument {
  return knownAs(kind, kindEntry(kind).parse(input));
}

/** `document`, which is of `kind`, with its kind. */
export function knownAs(kind: DocumentKind, document: KnownDocument['document']): KnownDocument {
  return { kind, document } as KnownDocument; // as its caller says
}

export function factsOf({ kind, document }: KnownDocument): DocumentFacts {
  return kindEntry(kind).facts(document);
}

export function referencesOf({ kind, document }: KnownDocument): readonly DocumentReference[] {
  return kindEntry(kind).references(document);
}

/** Whether a document names another by its id. */
export function names(known: KnownDocument, kind: DocumentKind, id: string): boolean {
  return referencesOf(known).some((reference) => reference.kind === kind && reference.id === id);
}

/** A preset by kind and id. */
export function presetOf(presets: PresetDocuments, kind: DocumentKind, id: string): KnownDocument | undefined {
  const document = presets[documentKindTable[kind].folder].get(id);
  return document === undefined ? undefined : knownAs(kind, document);
}

/** The kinds whose mark an object has: exactly one of a document. */
export function kindsMarkedIn(value: unknown): DocumentKind[] {
  if (typeof value !== 'object' || value === null) return [];
  return documentKinds.filter((kind) => Object.hasOwn(value, documentKindTable[kind].mark));
}
