/** What a block of a search space may be, as text: `3:6`, `3:4+5:2`, `conv 3:2`, `skip`, `identity`. */
import type { Activation, Block } from './blocks.ts';

export interface BlockOption {
  readonly kind: 'mbconv' | 'mixconv' | 'conv' | 'skip' | 'identity';
  readonly branches: Block['branches'];
  /** Canonical: branches by rising kernel, those of one kernel as one. */
  readonly text: string;
}

/** Where a block is. */
export interface BlockPlace {
  readonly stride: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
}

const MOST_KERNEL = 63;
const MOST_EXPANSION = 64;

/** @returns the option, or what is wrong with `text` */
export function parseOption(text: string): BlockOption | string {
  if (text === 'skip' || text === 'identity') return { kind: text, branches: [], text };
  const [, prefix = '', list = ''] = /^(conv )?([\d:+]+)$/.exec(text) ?? [];
  if (list === '') return 'is not made of kernel:expansion';
  const byKernel = new Map<number, number>();
  for (const part of list.split('+')) {
    const [, kernelText, expansionText] = /^(\d+):(\d+)$/.exec(part) ?? [];
    const [kernel, expansion] = [Number(kernelText), Number(expansionText)];
    if (!(kernel >= 1 && kernel <= MOST_KERNEL && kernel % 2 === 1))
      return `needs odd kernels from 1 to ${MOST_KERNEL}`;
    if (!(expansion >= 1 && expansion <= MOST_EXPANSION)) return `needs expansions from 1 to ${MOST_EXPANSION}`;
    byKernel.set(kernel, (byKernel.get(kernel) ?? 0) + expansion);
  }
  const branches = [...byKernel]
    .map(([kernel, expansion]) => ({ kernel, expansion }))
    .toSorted((a, b) => a.kernel - b.kernel);
  if (prefix !== '' && branches.length > 1) return 'has several kernels, which only an MBConv can have';
  const kind = prefix === '' ? (branches.length > 1 ? 'mixconv' : 'mbconv') : 'conv';
  return {
    kind,
    branches,
    text: prefix + branches.map(({ kernel, expansion }) => `${kernel}:${expansion}`).join('+'),
  };
}

/** Whether `option` can be at a place: only a block that changes neither size nor channels can be skipped. */
export function isPossible({ kind }: BlockOption, place: BlockPlace): boolean {
  return kind !== 'skip' || keepsShape(place);
}

/** The block that `option` makes at a place; undefined: none. */
export function blockOfOption(
  { kind, branches }: BlockOption,
  place: BlockPlace,
  { seRatio, hasResidual, activation }: { seRatio: number; hasResidual: boolean; activation: Activation },
): Block | undefined {
  if (kind === 'skip' || (kind === 'identity' && keepsShape(place))) return undefined;
  const common = { repeats: 1, ...place, activation };
  return kind === 'identity'
    ? { ...common, kind: 'pointwise', branches: [], seRatio: 0, hasResidual: false }
    : { ...common, kind, branches, seRatio, hasResidual };
}

function keepsShape({ stride, inputChannels, outputChannels }: BlockPlace): boolean {
  return stride === 1 && inputChannels === outputChannels;
}
