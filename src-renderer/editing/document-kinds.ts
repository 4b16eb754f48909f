/** The kinds of documents as the window shows them: the shared table with the icon and address of each, and what a new one starts with. */
import { documentKinds, kindEntry, type DocumentKind } from '#shared/domain/document-kinds.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { parseProfile } from '#shared/domain/profile.ts';
import { parseScenario } from '#shared/domain/scenario.ts';
import type { Content } from './json-path.ts';

/** What the window adds to a kind of the table in `src-shared/domain/document-kinds.ts`. */
interface KindPage {
  readonly icon: 'platform' | 'network' | 'profile' | 'scenario';
  /** What belongs on its page, where there is nothing yet. */
  readonly about: string;
  blank(id: string, name: string): Content;
}

export interface KindDescription extends KindPage, Pick<ReturnType<typeof kindEntry>, 'title' | 'plural' | 'schema'> {
  readonly kind: DocumentKind;
  /** As written within a sentence. */
  readonly noun: string;
  /** Address of its list. */
  readonly path: string;
}

const pages: Readonly<Record<DocumentKind, KindPage>> = {
  platform: {
    icon: 'platform',
    about: 'A platform is a device: its processors with their speeds and power, and how data moves between them.',
    blank: (id, name) => ({
      ...parsePlatform({
        schemaVersion: 1,
        id,
        name,
        processors: [{ id: 'cpu', name: 'CPU', kind: 'cpu', coreCount: 4, executionTimeKey: `${id}-cpu` }],
      }),
    }),
  },
  network: {
    icon: 'network',
    about: 'A network is a graph of layers with the time that each takes on each processor.',
    blank: (id, name) => ({ ...parseNetwork({ schemaVersion: 1, id, name, layers: [{ id: 'layer1', op: 'Conv' }] }) }),
  },
  profile: {
    icon: 'profile',
    about:
      'A profile has the times that somebody measured: of layers, of layers executed as one, and of whole networks.',
    blank: (id, name) => ({ ...parseProfile({ schemaVersion: 1, id, name, measurements: [] }) }),
  },
  scenario: {
    icon: 'scenario',
    about:
      'A scenario says which networks run on which platform, when they start, how often, and by when they have to be done.',
    // Without an application yet: which networks run is the first thing to choose.
    blank: (id, name) => ({
      ...parseScenario({
        schemaVersion: 1,
        id,
        name,
        platform: 'simple',
        applications: [{ id: 'app', network: 'cnn' }],
      }),
      applications: [],
    }),
  },
};

export const kinds = Object.fromEntries(
  documentKinds.map((kind) => {
    const { title, plural, folder, schema } = kindEntry(kind);
    return [kind, { kind, noun: kind, title, plural, path: `/${folder}`, schema, ...pages[kind] }];
  }),
) as Readonly<Record<DocumentKind, KindDescription>>;

/** An id made of a name: "My board (v2)" → "my-board-v2"; `fallback` where nothing of it can stay. */
export function idFromName(name: string, fallback: string): string {
  const id = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_.]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 90);
  return id === '' ? fallback : id;
}

/** `wanted`, or with the first number that nobody has. */
export function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number++) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
}
