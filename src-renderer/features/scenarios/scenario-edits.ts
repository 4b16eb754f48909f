/** What is done to a scenario as one step: applications that come and go, documents that are put inline. */
import { freeId, idFromName } from '../../editing/document-kinds.ts';
import { groupOf } from './release-plan.ts';
import { END, isContent, listAt, numberOf, textOf, type Change, type Content } from '../../editing/json-path.ts';

/** An application that runs a network once, from the start. */
export function withApplication(content: Content, network: string, name: string): Change[] {
  const applications = listAt(content, ['applications']);
  const id = freeId(idFromName(network, 'app'), new Set(applications.map((application) => textOf(application['id']))));
  const same = applications.filter((application) => referenceId(application['network']) === network).length;
  return [
    {
      path: ['applications', END],
      value: {
        id,
        name: same === 0 ? name : `${name} ${same + 1}`,
        network,
        startTimeMs: 0,
        periodMs: null,
        instances: 1,
        deadlineMs: null,
        priority: 0,
      },
    },
  ];
}

/** The application that a line pasted below the others becomes: its network comes with the line. */
export function newApplication(applications: readonly Content[], index: number): { row: Content; change: Change } {
  const taken = new Set(applications.map((application) => textOf(application['id'])));
  // Several lines ask one after the other without seeing each other: numbers by place keep them apart.
  const row = {
    id: freeId(`app-${index + 1}`, taken),
    startTimeMs: 0,
    periodMs: null,
    instances: 1,
    deadlineMs: null,
    priority: 0,
  };
  return { row, change: { path: ['applications', index], value: row } };
}

export function withCopy(content: Content, index: number): Change[] {
  const applications = listAt(content, ['applications']);
  const id = freeId(
    textOf(applications[index]['id']),
    new Set(applications.map((application) => textOf(application['id']))),
  );
  return [
    {
      path: ['applications'],
      value: applications.toSpliced(index + 1, 0, {
        ...applications[index],
        id,
        name: `${textOf(applications[index]['name'])} (copy)`,
      }),
    },
  ];
}

/** An application that another one releases has no start and period of its own, and as many instances as that one releases. */
export function withAfter(index: number, application: Content, other: string): Change[] {
  const at = ['applications', index];
  if (other === '') return [{ path: [...at, 'after'], value: undefined }];
  const { after } = application;
  return [
    { path: [...at, 'after'], value: { ...(isContent(after) ? after : {}), application: other } },
    { path: [...at, 'startTimeMs'], value: 0 },
    { path: [...at, 'periodMs'], value: null },
    ...(isContent(after) ? [] : [{ path: [...at, 'instances'], value: null }]),
  ];
}

/** What a period does not do although a person may expect it: an application with one instance is released once. */
export function periodHints(content: Content): string[] {
  return listAt(content, ['applications'])
    .filter(
      ({ periodMs, instances }) => numberOf(periodMs) !== undefined && (instances === undefined || instances === 1),
    )
    .map(
      (application) =>
        `${textOf(application['name']) || textOf(application['id'])} has a period but 1 instance, so it is released ` +
        'once. Leave Instances empty for as many as are released before the horizon.',
    );
}

/** A group of the applications that are in none, which leave their own releases to it; nothing where there is none. */
export function withGroup(content: Content): Change[] {
  const groups = listAt(content, ['groups']);
  const applications = listAt(content, ['applications']);
  const free = [...applications.keys()].filter((index) => groupOf(groups, applications[index]) === undefined);
  if (free.length === 0) return [];
  const periods = free
    .map((index) => numberOf(applications[index]['periodMs']))
    .filter((period) => period !== undefined);
  const id = freeId('group', new Set(groups.map((group) => textOf(group['id']))));
  return [
    ...free.flatMap((index): Change[] => [
      { path: ['applications', index, 'periodMs'], value: null },
      { path: ['applications', index, 'startTimeMs'], value: 0 },
      { path: ['applications', index, 'deadlineMs'], value: null },
    ]),
    {
      path: ['groups'],
      value: [
        ...groups,
        {
          id,
          applications: free.map((index) => applications[index]['id']),
          periodMs: periods.length === 0 ? FIRST_PERIOD_MS : Math.min(...periods),
          deadlineMs: null,
          startTimeMs: 0,
        },
      ],
    },
  ];
}
/** Of a group whose applications had no period. */
const FIRST_PERIOD_MS = 100;

/** The ids that a person wrote into one cell. */
export function idsOf(text: string): string[] {
  return text.split(/[,;\s]+/).filter((id) => id !== '');
}

/** The id of a document that is named, or inline. */
export function referenceId(reference: unknown): string {
  return isContent(reference) ? textOf(reference['id']) : textOf(reference);
}
