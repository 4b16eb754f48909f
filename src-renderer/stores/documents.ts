/** The documents of each kind as the library lists them, with tags and uses; deleted ones can be taken back for a moment. */
import { computed, shallowReactive, shallowRef } from 'vue';
import { defineStore } from 'pinia';
import type { DocumentEntry, DocumentUses } from '#shared/contract/document-shapes.ts';
import type { FormatSummary } from '#shared/contract/format-shapes.ts';
import type { DocumentKind } from '#shared/contract/shapes.ts';
import { timeKeyHoldersOf } from '#shared/contract/time-shapes.ts';
import { documentKinds } from '#shared/domain/document-kinds.ts';
import { keysInUse } from '#shared/domain/time-keys.ts';
import { client } from '../api/index.ts';
import { formatCounted } from '../format.ts';
import { download } from '../download.ts';
import { useDeferredDeletion } from './deferred-deletion.ts';
import { useNotificationsStore } from './notifications.ts';

export const useDocumentsStore = defineStore('documents', () => {
  const notifications = useNotificationsStore();
  const entriesOf = shallowReactive(new Map<DocumentKind, readonly DocumentEntry[]>());
  const formats = shallowRef<readonly FormatSummary[]>([]);
  const deletion = useDeferredDeletion(deleteForGood);
  const { doomed } = deletion;
  const keyOf = (kind: DocumentKind, id: string): string => `${kind}/${id}`;

  const isLoaded = (kind: DocumentKind): boolean => entriesOf.has(kind);
  const entries = (kind: DocumentKind): readonly DocumentEntry[] =>
    (entriesOf.get(kind) ?? []).filter(({ summary }) => !doomed.value.has(keyOf(kind, summary.id)));
  /** "new" is the address of a document that has no id yet. */
  const takenIds = (kind: DocumentKind): ReadonlySet<string> =>
    new Set(['new', ...(entriesOf.get(kind) ?? []).map(({ summary }) => summary.id)]);
  /** The platforms that use keys of times, as far as they are loaded. */
  const timeKeyHolders = computed(() => timeKeyHoldersOf(entries('platform')));
  /** Keys of times that platforms use. */
  const takenTimeKeys = (except?: string): ReadonlySet<string> => keysInUse(timeKeyHolders.value, except);
  const tags = computed(
    () => (kind: DocumentKind) =>
      [...new Set(entries(kind).flatMap((entry) => entry.tags))].sort((a, b) => a.localeCompare(b)),
  );

  async function load(kind: DocumentKind): Promise<void> {
    entriesOf.set(kind, (await client.invoke('documents.overview', { kind })).entries);
  }

  async function loadAll(): Promise<void> {
    await Promise.all(documentKinds.map(load));
  }

  async function loadFormats(): Promise<void> {
    if (formats.value.length === 0) ({ formats: formats.value } = await client.invoke('formats.list', {}));
  }

  async function setTags(kind: DocumentKind, id: string, next: readonly string[]): Promise<void> {
    const { tags: kept } = await client.invoke('documents.setTags', { kind, id, tags: [...next] });
    entriesOf.set(
      kind,
      (entriesOf.get(kind) ?? []).map((entry) => (entry.summary.id === id ? { ...entry, tags: kept } : entry)),
    );
  }

  /** Saves a document as one file, or several where its format has several. */
  async function exportAs(kind: DocumentKind, id: string, format: string): Promise<void> {
    const { files, notes } = await client.invoke('documents.export', { kind, id, format });
    for (const file of files) download(new Blob([new Uint8Array(file.bytes)], { type: file.mediaType }), file.name);
    if (notes.length > 0)
      notifications.show({
        kind: 'info',
        title: `Exported ${files.map((file) => file.name).join(', ')}`,
        hint: notes.map((note) => note.message).join(' '),
      });
  }

  /** Hides a document at once and deletes it when the time for undoing is over; says who uses it and what becomes of them. */
  function remove(kind: DocumentKind, id: string): void {
    const entry = entriesOf.get(kind)?.find(({ summary }) => summary.id === id);
    deletion.remove(
      [keyOf(kind, id)],
      `Deleted “${entry?.summary.name ?? id}”`,
      entry === undefined ? undefined : consequencesOf(entry.scenarios.length, entry.runs, entry.profiles?.length ?? 0),
    );
  }

  async function deleteForGood(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const kind = documentKinds.find((each) => key.startsWith(`${each}/`));
      if (kind === undefined) continue;
      const id = key.slice(keyOf(kind, '').length);
      try {
        await client.invoke('documents.delete', { kind, id, evenIfUsed: true });
        entriesOf.set(
          kind,
          (entriesOf.get(kind) ?? []).filter(({ summary }) => summary.id !== id),
        );
      } catch (problem) {
        notifications.showError(problem, 'It was not deleted');
      }
    }
  }

  const usesOf = (kind: DocumentKind, id: string): Promise<DocumentUses> =>
    client.invoke('documents.usedBy', { kind, id });

  return {
    entries,
    isLoaded,
    takenIds,
    timeKeyHolders,
    takenTimeKeys,
    tags,
    formats,
    load,
    loadAll,
    loadFormats,
    setTags,
    exportAs,
    remove,
    usesOf,
  };
});

/** What becomes of those who use a document that is deleted, in a sentence; empty where nobody does. */
export function consequencesOf(scenarios: number, runs: number, profiles = 0): string {
  const parts: string[] = [];
  if (scenarios > 0)
    parts.push(
      `${formatCounted(scenarios, 'scenario')} ${scenarios === 1 ? 'names' : 'name'} it and cannot run until you choose another one there.`,
    );
  if (profiles > 0)
    parts.push(
      `${formatCounted(profiles, 'profile')} ${profiles === 1 ? 'measures' : 'measure'} it and ${profiles === 1 ? 'is' : 'are'} kept, but can be ` +
        'changed only when it is there again.',
    );
  if (runs > 0)
    parts.push(
      `${formatCounted(runs, 'run')} ${runs === 1 ? 'keeps its' : 'keep their'} own copy and ${runs === 1 ? 'is' : 'are'} not affected.`,
    );
  return parts.join(' ');
}
