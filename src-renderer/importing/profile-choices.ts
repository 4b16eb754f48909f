/** What a person says of a profile: of which network its times are, of which processor, and which of the profile's own processors. */
import type { DocumentEntry } from '#shared/contract/document-shapes.ts';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import { measuredCopyOf } from '#shared/formats/names.ts';
import { client } from '../api/index.ts';
import { useDocumentsStore } from '../stores/documents.ts';

export interface ProfileChoices {
  readonly network: string;
  /** Time key. */
  readonly key: string;
  readonly on?: string;
}

/** A profile that was given, to be read with what was chosen. */
export interface ProfileImport {
  readonly file: File;
  readonly choices: Partial<ProfileChoices>;
  /** Those of the profile, where it has several. */
  readonly processors: readonly string[];
}

/** The profile of an import that failed, where a choice may help. */
export function profileImportOf(
  files: readonly File[],
  format: string | undefined,
  error: WorkbenchError,
  choices: Partial<ProfileChoices>,
  known: readonly string[] = [],
): ProfileImport | undefined {
  if (format !== 'profile' || !['targetNeeded', 'processorNeeded', 'noMatch'].some((end) => error.code.endsWith(end)))
    return undefined;
  const processors = error.code === 'profile.processorNeeded' ? error.details.map(({ message }) => message) : known;
  return { file: files[0], choices, processors };
}

/** The keys of times that platforms have, named by their processors. */
export function profileKeys(platforms: readonly DocumentEntry[]): { readonly value: string; readonly label: string }[] {
  const namesOf = new Map<string, string[]>();
  for (const { summary, facts } of platforms)
    if (facts?.kind === 'platform')
      for (const { name, timeKey } of facts.processors)
        namesOf.set(timeKey, [...(namesOf.get(timeKey) ?? []), `${name}, ${summary.name}`]);
  return [...namesOf]
    .map(([value, names]) => ({
      value,
      label: `${names.slice(0, 2).join(' · ')}${names.length > 2 ? ' …' : ''} (${value})`,
    }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
}

/** The options of the reader. A preset stays as it is: its times go to a copy, which is made once. */
export async function optionsOfProfile({ network, ...choices }: ProfileChoices): Promise<Record<string, unknown>> {
  const documents = useDocumentsStore();
  const isPreset = (id: string): boolean =>
    documents.entries('network').some(({ summary }) => summary.id === id && summary.origin === 'preset');
  const copy = measuredCopyOf(network);
  const source = isPreset(network) && documents.takenIds('network').has(copy) ? copy : network;
  const { document, summary } = await client.invoke('documents.get', { kind: 'network', id: source });
  const copied = summary.origin === 'preset' ? { id: copy, name: `${summary.name} (measured)` } : {};
  return { ...choices, network: { ...document, ...copied } };
}
