/** What a person chooses when an ONNX model is imported: sizes it leaves open, inputs that decide branches, and what becomes of activations. */
import { useLocalStorage } from '@vueuse/core';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import type { OnnxOptions } from '#shared/formats/onnx/network.ts';
import { activationsToFold } from '#shared/formats/onnx/target.ts';
import { client } from '../api/index.ts';
import { useDocumentsStore } from '../stores/documents.ts';

/** Layers of their own, part of the layer before, or so where that platform cannot run them apart. */
export type ActivationChoice = 'apart' | 'folded' | `for:${string}`;

export interface ModelChoices {
  readonly activations: ActivationChoice;
  readonly dims: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, number>>;
}

/** Something a model wants to know. */
export interface ModelQuestion {
  readonly name: string;
  /** What is taken, or an example where nothing is. */
  readonly value: number | undefined;
  /** Without an answer the model cannot be imported, or not with all its sizes. */
  readonly isNeeded: boolean;
}

/** A model that was read, to be read again with other choices. */
export interface ModelImport {
  readonly file: File;
  /** Files that were given with it. */
  readonly beside: readonly File[];
  readonly choices: ModelChoices;
  readonly dims: readonly ModelQuestion[];
  readonly inputs: readonly ModelQuestion[];
  /** Id of the network that it became. */
  readonly id?: string;
}

/** What was chosen last; empty: nothing yet. */
const remembered = () => useLocalStorage<ActivationChoice | ''>('tessera.import.activations', '');

export function rememberActivations(choice: ActivationChoice): void {
  remembered().value = choice;
}

/** As chosen last; before that as the person's newest platform needs it, and without one every activation is a layer. */
export async function usualActivations(): Promise<ActivationChoice> {
  const documents = useDocumentsStore();
  if (!documents.isLoaded('platform')) await documents.load('platform');
  const platforms = documents.entries('platform').map(({ summary }) => summary);
  const last = remembered().value;
  if (last !== '' && (!last.startsWith('for:') || platforms.some(({ id }) => `for:${id}` === last))) return last;
  const newest = platforms
    .filter(({ origin }) => origin === 'user')
    .toSorted((a, b) => (b.updatedAt ?? 0) - (a.updatedAt ?? 0))[0];
  return newest !== undefined && (await foldedFor(newest.id)).length > 0 ? `for:${newest.id}` : 'apart';
}

/** The options of the reader for a person's choice. */
export async function foldingOf(choice: ActivationChoice): Promise<Pick<OnnxOptions, 'fold' | 'foldOps'>> {
  if (choice === 'apart') return {};
  return choice === 'folded' ? { fold: 'activations' } : { foldOps: await foldedFor(choice.slice('for:'.length)) };
}

async function foldedFor(platform: string): Promise<string[]> {
  const { document } = await client.invoke('documents.get', { kind: 'platform', id: platform });
  return activationsToFold(parsePlatform(document));
}

/** What an error asks for; empty where choosing helps nothing. */
export function questionsOf(error: unknown, kind: 'inputs' | 'dims'): ModelQuestion[] {
  if (!(error instanceof WorkbenchError) || error.code !== 'onnx.inputNeeded') return [];
  return error.details.flatMap(({ path: [option, name], value }) =>
    option === kind && typeof name === 'string'
      ? [{ name, value: value === undefined ? undefined : Number(value), isNeeded: true }]
      : [],
  );
}
