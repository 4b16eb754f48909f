/**
 * Files that a person gives to the workbench, by choosing or dropping them: documents and whole runs, read one after
 * the other, saved where they are good, with what became of each.
 */
import { computed, shallowRef, triggerRef } from 'vue';
import { defineStore } from 'pinia';
import type { FormatNote, ImportOutcome } from '#shared/contract/format-shapes.ts';
import type { DocumentSummary, RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { readOnnxNetwork } from '#shared/formats/onnx/network.ts';
import { blobSource } from '#shared/formats/random-access.ts';
import { client } from '../api/index.ts';
import { freeId } from '../editing/document-kinds.ts';
import { useDocumentsStore } from '../stores/documents.ts';
import { asWorkbenchError } from '../stores/notifications.ts';
import { importRuns } from '../recorded/archive-transfer.ts';
import {
  foldingOf,
  questionsOf,
  rememberActivations,
  usualActivations,
  type ModelChoices,
  type ModelImport,
  type ModelQuestion,
} from './model-choices.ts';
import { optionsOfProfile, profileImportOf, type ProfileChoices, type ProfileImport } from './profile-choices.ts';
import { tableImportOf, type TableChoices, type TableImport } from './table-choices.ts';

export type ImportItem =
  | {
      readonly status: 'waiting' | 'reading';
      readonly names: readonly string[];
      readonly bytes: number;
      /** Of what is read piece by piece, 0…1. */ readonly share?: number;
    }
  | {
      readonly status: 'done';
      readonly names: readonly string[];
      readonly format: 'tessera';
      readonly runs: readonly RunSummary[];
    }
  | {
      readonly status: 'done';
      readonly names: readonly string[];
      readonly format: string;
      readonly saved: readonly DocumentSummary[];
      readonly notes: readonly FormatNote[];
      readonly model?: ModelImport;
    }
  | {
      readonly status: 'failed';
      readonly names: readonly string[];
      readonly error: WorkbenchError;
      readonly model?: ModelImport;
      readonly table?: TableImport;
      readonly profile?: ProfileImport;
    };

/** A message to the host carries this much, bytes. Models may be larger: they are read here, piece by piece and without their weights. */
const MOST_BYTES = 48_000_000;

export const useImportsStore = defineStore('imports', () => {
  const documents = useDocumentsStore();
  const items = shallowRef<ImportItem[]>([]);
  const isOpen = shallowRef(false);
  const isCancelled = shallowRef(false);
  let abort = new AbortController();
  const isBusy = computed(() => items.value.some((item) => item.status === 'waiting' || item.status === 'reading'));
  const doneCount = computed(
    () => items.value.filter((item) => item.status === 'done' || item.status === 'failed').length,
  );

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
    await readGroups(
      besideModels.filter((file) => !weights.has(file)).map((file) => [file]),
      files,
      weights,
    );
    const kinds = new Set(
      items.value.flatMap((item) =>
        item.status === 'done' && 'saved' in item ? item.saved.map(({ kind }) => kind) : [],
      ),
    );
    await Promise.all([...kinds].map((kind) => documents.load(kind)));
  }

  async function readGroups(
    groups: readonly (readonly File[])[],
    files: readonly File[],
    weights: Set<File>,
  ): Promise<void> {
    const first = items.value.length;
    items.value = [
      ...items.value,
      ...groups.map((group): ImportItem => ({
        status: 'waiting',
        names: group.map((file) => file.name),
        bytes: group.reduce((sum, file) => sum + file.size, 0),
      })),
    ];
    for (const [offset, group] of groups.entries()) {
      if (isCancelled.value) {
        items.value = items.value.filter((item) => item.status !== 'waiting');
        break;
      }
      set(first + offset, {
        status: 'reading',
        names: group.map((file) => file.name),
        bytes: group.reduce((sum, file) => sum + file.size, 0),
      });
      const outcomes = await (isModel(group[0])
        ? readModel(group[0], files, weights)
        : isArchive(group[0])
          ? readArchive(group[0], first + offset)
          : readGroup(group));
      items.value.splice(first + offset, 1, ...outcomes.slice(0, 1));
      items.value.push(...outcomes.slice(1));
      triggerRef(items);
    }
  }

  function set(index: number, item: ImportItem): void {
    items.value[index] = item;
    triggerRef(items);
  }

  async function readGroup(
    group: readonly File[],
    format = 'auto',
    choices: TableChoices = {},
    profile?: Omit<ProfileImport, 'file' | 'choices'> & { readonly choices: ProfileChoices },
  ): Promise<ImportItem[]> {
    const names = group.map((file) => file.name);
    try {
      const large = group.find((file) => file.size > MOST_BYTES);
      if (large !== undefined)
        throw new WorkbenchError(
          'file.tooLarge',
          `${large.name} has ${Math.round(large.size / 1e6)} MB; the window takes up to ${MOST_BYTES / 1e6} MB`,
          { hint: `import it on the command line: tessera import auto "${large.name}"` },
        );
      const files = await Promise.all(
        group.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
      );
      const { outcomes } = await client.invoke('documents.import', {
        files,
        format,
        options: profile === undefined ? { ...choices } : await optionsOfProfile(profile.choices),
        save: true,
      });
      return outcomes.map((outcome): ImportItem =>
        outcome.status === 'read'
          ? { status: 'done', names: outcome.files, format: outcome.format, saved: outcome.saved, notes: outcome.notes }
          : failedOf(outcome, group, choices, profile),
      );
    } catch (problem) {
      return [{ status: 'failed', names, error: asWorkbenchError(problem) }];
    }
  }

  /** Reads the table of an item again, as a person says that it is written. */
  async function readTableAgain(index: number, choices: TableChoices): Promise<void> {
    const item = items.value[index];
    if (!('table' in item) || item.table === undefined) return;
    const { files, format } = item.table;
    set(index, { status: 'reading', names: item.names, bytes: files.reduce((sum, file) => sum + file.size, 0) });
    const [again] = await readGroup(files, format, choices);
    set(index, again);
    await documents.load('network');
  }

  /** Reads a profile again, with what a person says of it. */
  async function readProfileAgain(index: number, choices: ProfileChoices): Promise<void> {
    const item = items.value[index];
    if (!('profile' in item) || item.profile === undefined) return;
    const { file, processors, asks } = item.profile;
    set(index, { status: 'reading', names: item.names, bytes: file.size });
    const [again] = await readGroup([file], 'profile', {}, { choices, processors, asks });
    set(index, again);
    await documents.load('profile');
  }

  /** A model, and of the other files those that it says its weights are in, which become part of `weights`. */
  async function readModel(model: File, files: readonly File[], weights: Set<File>): Promise<ImportItem[]> {
    try {
      return [
        await readModelWith(
          {
            file: model,
            beside: files,
            choices: { activations: await usualActivations(), dims: {}, inputs: {} },
            dims: [],
            inputs: [],
          },
          weights,
        ),
      ];
    } catch (problem) {
      return [{ status: 'failed', names: [model.name], error: asWorkbenchError(problem) }];
    }
  }

  /** Reads the model of an item again, with other choices; what it became before gets a new revision. */
  async function readAgain(index: number, choices: ModelChoices): Promise<void> {
    const item = items.value[index];
    if (!('model' in item) || item.model === undefined) return;
    const { model, names } = item;
    rememberActivations(choices.activations);
    set(index, { status: 'reading', names, bytes: model.file.size });
    set(index, await readModelWith({ ...model, choices }, new Set()));
    await documents.load('network');
  }

  async function readModelWith(wanted: ModelImport, weights: Set<File>): Promise<ImportItem> {
    const { file: model, beside: files, choices } = wanted;
    const { dims, inputs } = choices;
    const names = [model.name];
    const answered = (given: Readonly<Record<string, number>>): ModelQuestion[] =>
      Object.entries(given).map(([name, value]) => ({ name, value, isNeeded: false }));
    try {
      if (!documents.isLoaded('network')) await documents.load('network');
      const companion = (name: string): Promise<ReturnType<typeof blobSource> | undefined> => {
        const found = files.find((file) => file.name === name.replace(/^.*[/\\]/, ''));
        if (found === undefined) return Promise.resolve(undefined);
        weights.add(found);
        return Promise.resolve(blobSource(found));
      };
      const { network, notes, dimensions } = await readOnnxNetwork(blobSource(model), {
        fileName: model.name,
        ...(wanted.id === undefined ? {} : { id: wanted.id }),
        ...(await foldingOf(choices.activations)),
        dims,
        inputs,
        companion,
      });
      const presets = new Set(
        documents
          .entries('network')
          .filter(({ summary }) => summary.origin === 'preset')
          .map(({ summary }) => summary.id),
      );
      const { summaries } = await client.invoke('documents.saveTogether', {
        documents: [
          {
            kind: 'network',
            document: {
              ...network,
              id: presets.has(network.id) ? freeId(network.id, documents.takenIds('network')) : network.id,
            },
          },
        ],
      });
      const asked = [
        ...dimensions.open.map((name) => ({ name, value: undefined, isNeeded: true })),
        ...dimensions.assumed.map((name) => ({ name, value: 1, isNeeded: false })),
      ];
      return {
        status: 'done',
        names,
        format: 'onnx',
        saved: summaries,
        model: { ...wanted, id: summaries[0].id, dims: [...asked, ...answered(dims)], inputs: answered(inputs) },
        notes: notes.map(({ message, hint, layers }) => ({
          message,
          ...(hint === undefined ? {} : { hint }),
          ...(layers === undefined ? {} : { layers: [...layers] }),
        })),
      };
    } catch (problem) {
      const error = asWorkbenchError(problem);
      const [askedInputs, askedDims] = [questionsOf(error, 'inputs'), questionsOf(error, 'dims')];
      const canBeChosen =
        askedInputs.length + askedDims.length + Object.keys(dims).length + Object.keys(inputs).length > 0;
      return {
        status: 'failed',
        names,
        error,
        ...(canBeChosen
          ? {
              model: {
                ...wanted,
                dims: [...askedDims, ...answered(dims)],
                inputs: [...askedInputs, ...answered(inputs)],
              },
            }
          : {}),
      };
    }
  }

  /** Whole runs: all of the file's or none. */
  async function readArchive(file: File, index: number): Promise<ImportItem[]> {
    const names = [file.name];
    try {
      const runs = await importRuns(file, abort.signal, (share) =>
        set(index, { status: 'reading', names, bytes: file.size, share }),
      );
      return [{ status: 'done', names, format: 'tessera', runs }];
    } catch (problem) {
      return [
        {
          status: 'failed',
          names,
          error: abort.signal.aborted
            ? new WorkbenchError('archive.cancelled', 'the import was cancelled', {
                hint: 'nothing of it was imported',
              })
            : asWorkbenchError(problem),
        },
      ];
    }
  }

  function close(): void {
    abort.abort();
    isCancelled.value = true;
    isOpen.value = false;
  }

  return { items, isOpen, isBusy, doneCount, take, readAgain, readTableAgain, readProfileAgain, close };
});

function failedOf(
  { files: names, format, error }: Extract<ImportOutcome, { status: 'failed' }>,
  group: readonly File[],
  choices: TableChoices,
  profile?: Omit<ProfileImport, 'file' | 'choices'> & { readonly choices: ProfileChoices },
): ImportItem {
  const asked = profileImportOf(
    group.filter((file) => names.includes(file.name)),
    format,
    WorkbenchError.fromPayload(error),
    profile?.choices ?? {},
    profile,
  );
  const table = tableImportOf(
    group.filter((file) => names.includes(file.name)),
    format,
    choices,
  );
  return {
    status: 'failed',
    names,
    error: WorkbenchError.fromPayload(error),
    ...(table === undefined ? {} : { table }),
    ...(asked === undefined ? {} : { profile: asked }),
  };
}

const isModel = (file: File): boolean => /\.onnx$/i.test(file.name);
const isArchive = (file: File): boolean => /\.tessera$/i.test(file.name);

/**
 * Tables may belong together (PRISM's operations and edges), and so may documents (a platform and the times of its
 * networks): the host decides. Next to a model, a file without a format of its own may be its weights. Everything else
 * is imported by itself.
 */
function groupFiles(files: readonly File[]): {
  readonly groups: readonly (readonly File[])[];
  readonly besideModels: readonly File[];
} {
  const tables = files.filter((file) => /\.(csv|tsv)$/i.test(file.name));
  const hasModel = files.some(isModel);
  const documentFiles = files.filter((file) => /\.json$/i.test(file.name));
  // What is too much for one message goes file by file.
  const together = documentFiles.reduce((bytes, file) => bytes + file.size, 0) <= MOST_BYTES ? documentFiles : [];
  const others = files.filter((file) => !tables.includes(file) && !together.includes(file));
  const mayBeWeights = (file: File): boolean =>
    hasModel && !isModel(file) && !/\.(json|stg|txt|xml|dax|tessera)$/i.test(file.name);
  return {
    groups: [
      ...(together.length > 0 ? [together] : []),
      ...others.filter((file) => !mayBeWeights(file)).map((file) => [file]),
      ...(tables.length > 0 ? [tables] : []),
    ],
    besideModels: others.filter(mayBeWeights),
  };
}
