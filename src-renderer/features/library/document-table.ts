/** The list of documents: its columns for each kind, and what the filters in the address leave. */
import type { DocumentEntry } from '#shared/contract/document-shapes.ts';
import type { DocumentKind } from '#shared/contract/shapes.ts';
import type { Column } from '../../components/table/data-table.ts';
import { formatCount, formatExact, formatNumber } from '../../format.ts';

export interface DocumentFilter {
  readonly text: string;
  readonly tag: string | undefined;
  readonly ownOnly: boolean;
}

/** The entries whose name, id, description or tags have every word of the text. */
export function filterDocuments(
  entries: readonly DocumentEntry[],
  { text, tag, ownOnly }: DocumentFilter,
): DocumentEntry[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return entries.filter(({ summary, tags, facts }) => {
    if (ownOnly && summary.origin !== 'user') return false;
    if (tag !== undefined && !tags.includes(tag)) return false;
    const content =
      facts?.kind === 'scenario'
        ? [facts.platform, ...facts.applications.flatMap(({ name, network }) => [name, network])]
        : facts?.kind === 'platform'
          ? facts.processors.flatMap(({ name, kind }) => [name, kind])
          : [];
    const all = [summary.name, summary.id, summary.description, ...tags, ...content].join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

type EntryColumn = Column<DocumentEntry>;

const nameColumn: EntryColumn = {
  id: 'name',
  title: 'Name',
  width: 264,
  grow: 2,
  value: ({ summary }) => summary.name,
};
const idColumn: EntryColumn = { id: 'id', title: 'Id', width: 130, importance: 1, value: ({ summary }) => summary.id };
const descriptionColumn: EntryColumn = {
  id: 'description',
  title: 'Description',
  width: 200,
  grow: 3,
  importance: 2,
  value: ({ summary }) => summary.description,
  exact: ({ summary }) => summary.description,
};
const scenariosColumn: EntryColumn = {
  id: 'scenarios',
  title: 'Scenarios',
  width: 88,
  align: 'right',
  importance: 6,
  hint: 'Scenarios that name it',
  firstDirection: 'descending',
  value: ({ scenarios }) => scenarios.length,
  exact: ({ scenarios }) => scenarios.join(', '),
};
const runsColumn: EntryColumn = {
  id: 'runs',
  title: 'Runs',
  width: 64,
  align: 'right',
  importance: 7,
  hint: 'Runs that keep a copy of it',
  firstDirection: 'descending',
  value: ({ runs }) => runs,
  text: ({ runs }) => formatCount(runs),
};
const changedColumn: EntryColumn = {
  id: 'changed',
  title: 'Saved',
  width: 128,
  importance: 4,
  firstDirection: 'descending',
  value: ({ summary }) => summary.updatedAt,
  csv: ({ summary }) => (summary.updatedAt === undefined ? '' : new Date(summary.updatedAt).toISOString()),
};
const actionsColumn: EntryColumn = { id: 'actions', title: '', width: 40, isControl: true, value: () => undefined };

const networkNumber = (id: 'layers' | 'macs' | 'parameters', title: string, unit?: string): EntryColumn => {
  const value = ({ facts }: DocumentEntry): number | undefined => (facts?.kind === 'network' ? facts[id] : undefined);
  const scale = unit === undefined ? 1 : 1e6;
  return {
    id,
    title,
    width: 92,
    align: 'right',
    importance: 5,
    firstDirection: 'descending',
    value,
    ...(unit === undefined ? {} : { unit }),
    text: (entry) => {
      const number = value(entry);
      return number === undefined ? '–' : scale === 1 ? formatCount(number) : formatNumber(number / scale);
    },
    exact: (entry) => {
      const number = value(entry);
      return number === undefined ? 'not known' : formatExact(number);
    },
  };
};

const profileNumber = (id: 'layers' | 'groups', title: string, hint: string): EntryColumn => {
  const value = ({ facts }: DocumentEntry): number | undefined => (facts?.kind === 'profile' ? facts[id] : undefined);
  return {
    id,
    title,
    hint,
    width: 76,
    align: 'right',
    importance: 4,
    firstDirection: 'descending',
    value,
    text: (entry) => formatCount(value(entry) ?? 0),
  };
};

const ownColumns: Readonly<Record<DocumentKind, readonly EntryColumn[]>> = {
  platform: [
    {
      id: 'processors',
      title: 'Processors',
      width: 440,
      grow: 3,
      value: ({ facts }) =>
        facts?.kind === 'platform'
          ? facts.processors.map(({ name, coreCount }) => `${coreCount} × ${name}`).join(', ')
          : '',
    },
  ],
  network: [
    networkNumber('layers', 'Layers'),
    networkNumber('macs', 'MACs', '10⁶'),
    networkNumber('parameters', 'Parameters', '10⁶'),
    {
      id: 'times',
      title: 'Times for',
      width: 130,
      grow: 1,
      importance: 3,
      value: ({ facts }) => (facts?.kind === 'network' ? facts.timeKeys.join(', ') : ''),
    },
  ],
  profile: [
    {
      id: 'network',
      title: 'Network',
      width: 130,
      grow: 1,
      importance: 5,
      value: ({ facts }) => (facts?.kind === 'profile' ? (facts.network ?? '') : ''),
    },
    {
      id: 'keys',
      title: 'Times for',
      width: 130,
      grow: 1,
      importance: 3,
      value: ({ facts }) => (facts?.kind === 'profile' ? facts.keys.join(', ') : ''),
    },
    profileNumber('layers', 'Layers', 'Layers, or operators, that have a time by themselves'),
    profileNumber('groups', 'Groups', 'Sets of layers that were executed as one'),
    {
      id: 'tool',
      title: 'Measured with',
      width: 140,
      grow: 1,
      importance: 3,
      value: ({ facts }) => (facts?.kind === 'profile' ? (facts.tool ?? '') : ''),
    },
  ],
  scenario: [
    {
      id: 'platform',
      title: 'Platform',
      width: 130,
      grow: 1,
      importance: 5,
      value: ({ facts }) => (facts?.kind === 'scenario' ? facts.platform : ''),
    },
    {
      id: 'applications',
      title: 'Applications',
      width: 200,
      grow: 2,
      importance: 3,
      value: ({ facts }) => (facts?.kind === 'scenario' ? facts.applications.map(({ name }) => name).join(', ') : ''),
    },
  ],
};

export function documentColumns(kind: DocumentKind): EntryColumn[] {
  return [
    nameColumn,
    ...ownColumns[kind],
    descriptionColumn,
    idColumn,
    ...(kind === 'scenario' ? [] : [scenariosColumn]),
    runsColumn,
    changedColumn,
    actionsColumn,
  ];
}
