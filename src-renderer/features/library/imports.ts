/** Files that a person gives to the workbench, by choosing or dropping them: documents and whole runs, read one after the other, saved where they are good, with what became of each. */
import { computed, shallowRef, triggerRef } from 'vue';
import { defineStore } from 'pinia';
import type { FormatNote } from '#shared/contract/format-shapes.ts';
import type { DocumentSummary, RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { readOnnxNetwork } from '#shared/formats/onnx/network.ts';
import { blobSource } from '#shared/formats/random-access.ts';
import { client } from '../../api/index.ts';
import { freeId } from '../../editing/document-kinds.ts';
import { useDocumentsStore } from '../../stores/documents.ts';
import { asWorkbenchError } from '../../stores/notifications.ts';
import { importRuns } from '../export/archive-transfer.ts';

export type ImportItem =
  | { readonly status: 'waiting' | 'reading'; readonly names: readonly string[]; readonly bytes: number; /** Of what is read piece by piece, 0…1. */ readonly share?: number }
  | { readonly status: 'done'; readonly names: readonly string[]; readonly format: 'tessera'; readonly runs: readonly RunSummary[] }
  | { readonly status: 'done'; readonly names: readonly string[]; readonly format: string; readonly saved: readonly DocumentSummary[]; readonly notes: readonly FormatNote[] }
  | { readonly status: 'failed'; readonly names: readonly string[]; readonly error: WorkbenchError };

/** A message to the host carries this much, bytes. Models may be larger: they are read here, piece by piece and without their weights. */
const MOST_BYTES = 48_000_000;

export const useImportsStore = defineStore('imports', () => {
  const documents = useDocumentsStore();
  const items = shallowRef<ImportItem[]>([]);
  const isOpen = shallowRef(false);
  const isCancelled = shallowRef(false);
  let abort = new AbortController();
  const isBusy = computed(() => items.value.some((item) => item.status === 'waiting' || item.status === 'reading'));
  const doneCount = computed(() => items.value.filter((item) => item.status === 'done' || item.status === 'failed').length);

  /** Reads files; those that belong together, such as the two tables of PRISM, are read as one. */
  async function take(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    isOpen.value = true;
    isCancelled.value = false;
    if (abort.signal.aborted) abort = new AbortController();
    if (!isBusy.value) items.value = [];
    /** Files that a model has its weights in. */
    const weights = new Set<File>();
    const { groups, besideModels } = groupFiles(files);
    await readGroups(groups, files, weights);
    // What no model asked for is not dropped in silence: it is tried, and refused with the reason.
    await readGroups(besideModels.filter((file) => !weights.has(file)).map((file) => [file]), files, weights);
    const kinds = new Set(items.value.flatMap((item) => (item.status === 'done' && 'saved' in item ? item.saved.map(({ kind }) => kind) : [])));
    await Promise.all([...kinds].map((kind) => documents.load(kind)));
  }

  async function readGroups(groups: readonly (readonly File[])[], files: readonly File[], weights: Set<File>): Promise<void> {
    const first = items.value.length;
    items.value = [...items.value, ...groups.map((group): ImportItem => ({ status: 'waiting', names: group.map((file) => file.name), bytes: group.reduce((sum, file) => sum + file.size, 0) }))];
    for (const [offset, group] of groups.entries()) {
      if (isCancelled.value) {
        items.value = items.value.filter((item) => item.status !== 'waiting');
        break;
      }
      set(first + offset, { status: 'reading', names: group.map((file) => file.name), bytes: group.reduce((sum, file) => sum + file.size, 0) });
      const outcomes = await (isModel(group[0]) ? readModel(group[0], files, weights) : isArchive(group[0]) ? readArchive(group[0], first + offset) : readGroup(group));
      items.value.splice(first + offset, 1, ...outcomes.slice(0, 1));
      items.value.push(...outcomes.slice(1));
      triggerRef(items);
    }
  }

  function set(index: number, item: ImportItem): void {
    items.value[index] = item;
    triggerRef(items);
  }

  async function readGroup(group: readonly File[]): Promise<ImportItem[]> {
    const names = group.map((file) => file.name);
    try {
      const large = group.find((file) => file.size > MOST_BYTES);
      if (large !== undefined) throw new WorkbenchError('file.tooLarge', `${large.name} has ${Math.round(large.size / 1e6)} MB; the window takes up to ${MOST_BYTES / 1e6} MB`, { hint: `import it on the command line: tessera import auto "${large.name}"` });
      const files = await Promise.all(group.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
      const { outcomes } = await client.invoke('documents.import', { files, save: true });
      return outcomes.map((outcome): ImportItem => (outcome.status === 'read' ? { status: 'done', names: outcome.files, format: outcome.format, saved: outcome.saved, notes: outcome.notes } : { status: 'failed', names: outcome.files, error: WorkbenchError.fromPayload(outcome.error) }));
    } catch (problem) {
      return [{ status: 'failed', names, error: asWorkbenchError(problem) }];
    }
  }

  /** A model, and of the other files those that it says its weights are in, which become part of `weights`. */
  async function readModel(model: File, files: readonly File[], weights: Set<File>): Promise<ImportItem[]> {
    const names = [model.name];
    try {
      if (!documents.isLoaded('network')) await documents.load('network');
      const companion = (name: string): Promise<ReturnType<typeof blobSource> | undefined> => {
        const found = files.find((file) => file.name === name.replace(/^.*[/\\]/, ''));
        if (found === undefined) return Promise.resolve(undefined);
        weights.add(found);
        return Promise.resolve(blobSource(found));
      };
      const { network, notes } = await readOnnxNetwork(blobSource(model), { fileName: model.name, companion });
      const presets = new Set(documents.entries('network').filter(({ summary }) => summary.origin === 'preset').map(({ summary }) => summary.id));
      const { summaries } = await client.invoke('documents.saveTogether', { documents: [{ kind: 'network', document: { ...network, id: presets.has(network.id) ? freeId(network.id, documents.takenIds('network')) : network.id } }] });
      return [{ status: 'done', names, format: 'onnx', saved: summaries, notes: notes.map(({ message, hint, layers }) => ({ message, ...(hint === undefined ? {} : { hint }), ...(layers === undefined ? {} : { layers: [...layers] }) })) }];
    } catch (problem) {
      return [{ status: 'failed', names, error: asWorkbenchError(problem) }];
    }
  }

  /** Whole runs: all of the file's or none. */
  async function readArchive(file: File, index: number): Promise<ImportItem[]> {
    const names = [file.name];
    try {
      const runs = await importRuns(file, abort.signal, (share) => set(index, { status: 'reading', names, bytes: file.size, share }));
      return [{ status: 'done', names, format: 'tessera', runs }];
    } catch (problem) {
      return [{ status: 'failed', names, error: abort.signal.aborted ? new WorkbenchError('archive.cancelled', 'the import was cancelled', { hint: 'nothing of it was imported' }) : asWorkbenchError(problem) }];
    }
  }

  function close(): void {
    abort.abort();
    isCancelled.value = true;
    isOpen.value = false;
  }

  return { items, isOpen, isBusy, doneCount, take, close };
});

const isModel = (file: File): boolean => /\.onnx$/i.test(file.name);
const isArchive = (file: File): boolean => /\.tessera$/i.test(file.name);

/** Tables may belong together (PRISM's operations and edges): the host tells. Beside a model, what has no format of its own may be its weights. Everything else stands alone. */
function groupFiles(files: readonly File[]): { readonly groups: readonly (readonly File[])[]; readonly besideModels: readonly File[] } {
  const tables = files.filter((file) => /\.(csv|tsv)$/i.test(file.name));
  const hasModel = files.some(isModel);
  const others = files.filter((file) => !tables.includes(file));
  const mayBeWeights = (file: File): boolean => hasModel && !isModel(file) && !/\.(json|stg|txt|tessera)$/i.test(file.name);
  return { groups: [...others.filter((file) => !mayBeWeights(file)).map((file) => [file]), ...(tables.length > 0 ? [tables] : [])], besideModels: others.filter(mayBeWeights) };
}
