/** Keeping measured profiles in the library, with the documents that they name. */
import type { Client } from '#shared/contract/client.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { DocumentKind } from '#shared/domain/document-kinds.ts';
import type { Network } from '#shared/domain/network.ts';
import type { Profile } from '#shared/domain/profile.ts';
import { platformOf } from './elements.ts';
import type { Machine } from './protocol.ts';

/** Saves `profile`; the platform of `machine` and `network`, which it names, too, where the library has none of that id. */
export async function saveProfile(
  record: Pick<Client, 'invoke'>,
  machine: Machine,
  network: Network,
  profile: Profile,
): Promise<void> {
  const named: { kind: DocumentKind; document: Record<string, unknown> & { id: string } }[] = [
    { kind: 'platform', document: { ...platformOf(machine) } },
    { kind: 'network', document: { ...network } },
  ];
  for (const { kind, document } of named)
    if ((await documentOf(record, kind, document.id)) === undefined)
      await record.invoke('documents.save', { kind, document });
  await record.invoke('documents.save', { kind: 'profile', document: { ...profile } });
}

/** Undefined where the library has none of that id. */
export async function documentOf(
  record: Pick<Client, 'invoke'>,
  kind: DocumentKind,
  id: string,
): Promise<Record<string, unknown> | undefined> {
  try {
    return (await record.invoke('documents.get', { kind, id })).document;
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'document.unknown') return undefined;
    throw error;
  }
}
