/** Accuracy sources by their name: tables and a surrogate that ship, scores of untrained networks, a table or a program of the person's. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import { proxyScore, type AccuracySource, type Candidate, type NoScore, type Score } from '#shared/nas/accuracy.ts';
import { heldOutError, RidgeModel, type Example } from '#shared/nas/ridge.ts';
import { scoreIds } from '#shared/nas/scores.ts';
import type { NetworkSpace } from '#shared/nas/space.ts';
import { Random } from '../../engine/random.ts';
import { readAccel, readMacro, readScoreTable, type TrainedNetwork } from '../../formats/nas/trained-networks.ts';

export const MACRO = 'nas-bench-macro';
export const ACCEL = 'accel-nasbench';
/** Sources that ship, each with the space it knows; undefined: any. */
export const shippedSources: readonly { readonly id: string; readonly space: string | undefined }[] = [
  { id: MACRO, space: 'nas-bench-macro' },
  { id: ACCEL, space: 'mnasnet' },
  ...scoreIds.map((id) => ({ id, space: undefined })),
];

/** Networks of Accel-NASBench that the surrogate is fitted to; the others are held out. */
const FITTED = 3000;
/** Of the squared weights; 0.1 to 1 make little difference. */
const RIDGE_PENALTY = 0.3;
/** Which networks are held out: one fixed draw. */
const SPLIT_SEED = 7;

/** What a space is searched with where nothing is said: figures of trained networks where there are some. */
export function defaultSource(spaceId: string): string {
  return shippedSources.find(({ space }) => space === spaceId)?.id ?? 'macs';
}

/** The source `id` that ships. @throws WorkbenchError `nas.unknownSource`, `nas.otherSpace`, `nas.table` */
export function shippedSource(id: string, space: NetworkSpace, resourcesDirectory: string): AccuracySource {
  const found = shippedSources.find((source) => source.id === id);
  if (found === undefined)
    throw new WorkbenchError('nas.unknownSource', `there is no accuracy source "${id}"`, {
      hint: `use ${shippedSources.map((source) => source.id).join(', ')}, or a command with its arguments`,
    });
  if (found.space !== undefined && found.space !== space.document.id)
    throw new WorkbenchError(
      'nas.otherSpace',
      `${id} knows networks of the space "${found.space}" only, not of "${space.document.id}"`,
      {
        hint: `use ${scoreIds.join(', ')}, a table of your own (--table) or a command that trains`,
      },
    );
  const score = scoreIds.find((each) => each === id);
  if (score !== undefined) return proxyScore(space, score);
  return id === MACRO ? macro(space, resourcesDirectory) : accel(space, resourcesDirectory);
}

/** Scores of a table of the person's. @throws WorkbenchError `nas.table` */
export function tableSource(path: string, space: NetworkSpace): AccuracySource {
  const { title, key, scores } = readScoreTable(path);
  const find = ({ genes, hash }: Candidate): Score | NoScore =>
    scores.get(key === 'hash' ? hash : space.code(genes)) ?? { error: `it is not in ${path}` };
  return {
    id: 'table',
    title,
    unit: '',
    isHigherBetter: true,
    source: `${scores.size} rows of ${path}`,
    scores: (candidates) => Promise.resolve(candidates.map(find)),
  };
}

function macro(space: NetworkSpace, resourcesDirectory: string): AccuracySource {
  const known = byGenes(readMacro(resourcesDirectory, space));
  const find = (genes: ArrayLike<number>): Score | undefined => known.get(keyOf(genes));
  return {
    id: MACRO,
    title: 'top-1',
    unit: '%',
    isHigherBetter: true,
    source: 'NAS-Bench-Macro: trained on CIFAR-10, mean of three seeds',
    trained: find,
    scores: (candidates) =>
      Promise.resolve(candidates.map(({ genes }) => find(genes) ?? { error: 'it is not in NAS-Bench-Macro' })),
  };
}

function accel(space: NetworkSpace, resourcesDirectory: string): AccuracySource {
  const trained = readAccel(resourcesDirectory, space);
  const examples: Example[] = trained.map(({ genes, score }) => ({ genes, value: score.value }));
  shuffle(examples, new Random(SPLIT_SEED));
  const model = new RidgeModel(space, examples.slice(0, FITTED), RIDGE_PENALTY);
  const heldOut = heldOutError(model, FITTED, examples.slice(FITTED));
  const known = byGenes(trained);
  return {
    id: ACCEL,
    title: 'top-1',
    unit: '%',
    isHigherBetter: true,
    source: `ridge regression over ${FITTED} networks of Accel-NASBench, ImageNet after a short training, one seed`,
    heldOut,
    trained: (genes) => known.get(keyOf(genes)),
    scores: (candidates) => Promise.resolve(candidates.map(({ genes }) => ({ value: model.predict(genes) }))),
  };
}

/** Networks that were trained twice have the first figure. */
function byGenes(networks: readonly TrainedNetwork[]): ReadonlyMap<string, Score> {
  const known = new Map<string, Score>();
  for (const { genes, score } of networks) if (!known.has(keyOf(genes))) known.set(keyOf(genes), score);
  return known;
}

const keyOf = (genes: ArrayLike<number>): string => Array.from(genes).join();

/** Fisher and Yates. */
function shuffle<Item>(items: Item[], random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.nextInt(last + 1);
    [items[last], items[other]] = [items[other], items[last]];
  }
}
