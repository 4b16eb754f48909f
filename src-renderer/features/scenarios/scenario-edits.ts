/** What is done to a scenario as one step: applications that come and go, documents that are put inline. */
import { freeId, idFromName } from '../../editing/document-kinds.ts';
import { END, isContent, listAt, textOf, type Change, type Content } from '../../editing/json-path.ts';

/** An application that runs a network once, from the start. */
export function withApplication(content: Content, network: string, name: string): Change[] {
  const applications = listAt(content, ['applications']);
  const id = freeId(idFromName(network, 'app'), new Set(applications.map((application) => textOf(application['id']))));
  const same = applications.filter((application) => referenceId(application['network']) === network).length;
  return [{ path: ['applications', END], value: { id, name: same === 0 ? name : `${name} ${same + 1}`, network, startTimeMs: 0, periodMs: null, instances: 1, deadlineMs: null, priority: 0 } }];
}

export function withCopy(content: Content, index: number): Change[] {
  const applications = listAt(content, ['applications']);
  const id = freeId(textOf(applications[index]['id']), new Set(applications.map((application) => textOf(application['id']))));
  return [{ path: ['applications'], value: applications.toSpliced(index + 1, 0, { ...applications[index], id, name: `${textOf(applications[index]['name'])} (copy)` }) }];
}

/** The id of a document that is named, or inline. */
export function referenceId(reference: unknown): string {
  return isContent(reference) ? textOf(reference['id']) : textOf(reference);
}
