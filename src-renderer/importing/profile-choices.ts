/** What a person says of a profile: of which network its times are, of which processor, and which of the profile's own processors. */
import type { DocumentEntry } from '#shared/contract/document-shapes.ts';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import { client } from '../api/index.ts';

export interface ProfileChoices {
  readonly network: string;
  /** Time key. */
  readonly key: string;
  readonly on?: string;
  /** Where the file does not say it. */
  readonly unit?: (typeof profileUnits)[number];
  /** Clock that cycles were counted by, MHz. */
  readonly clock?: number;
}

/** Units that the times of a file may have. */
export const profileUnits = ['ms', 'us', 'ns', 's', 'cycles'] as const;

/** A profile that was given, to be read with what was chosen. */
export interface ProfileImport {
  readonly file: File;
  readonly choices: Partial<ProfileChoices>;
  /** Those of the profile, where it has several. */
  readonly processors: readonly string[];
  /** Whether its unit, or the clock of its cycles, has to be said. */
  readonly asks: { readonly unit: boolean; readonly clock: boolean };
}

/** What was wrong with an import of a profile that another choice may put right. */
const remediable = new Set(
  ['targetNeeded', 'processorNeeded', 'noMatch', 'unitNeeded', 'clockNeeded'].map((end) => `profile.${end}`),
);

/** The profile of an import that failed, where a choice may help. */
export function profileImportOf(
  files: readonly File[],
  format: string | undefined,
  error: WorkbenchError,
  choices: Partial<ProfileChoices>,
  known: Pick<ProfileImport, 'processors' | 'asks'> = { processors: [], asks: { unit: false, clock: false } },
): ProfileImport | undefined {
  if (format !== 'profile' || !remediable.has(error.code)) return undefined;
  return {
    file: files[0],
    choices,
    processors:
      error.code === 'profile.processorNeeded' ? error.details.map(({ message }) => message) : known.processors,
    asks: {
      unit: known.asks.unit || error.code === 'profile.unitNeeded',
      clock: known.asks.clock || error.code === 'profile.clockNeeded',
    },
  };
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

/** The options of the reader. */
export async function optionsOfProfile({ network, ...choices }: ProfileChoices): Promise<Record<string, unknown>> {
  const { document } = await client.invoke('documents.get', { kind: 'network', id: network });
  return { ...choices, network: document };
}
