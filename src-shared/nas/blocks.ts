/**
 * Blocks in the notation of S3NAS (cap-lab/S3NAS, Apache-2.0), e.g. `r4_k3,5_s22_e4,2_i32_o64_c100_se0.25_hsw`: repeats, kernel of each
 * branch, stride down and across, expansion of each branch, channels in and out of the first repeat, type, ratio of squeeze and
 * excitation to the input channels, `noskip` without a residual, activation.
 */
import { WorkbenchError } from '../domain/errors.ts';

/** Kinds of blocks by their number in the notation. */
const kinds: ReadonlyMap<number, BlockKind> = new Map([
  [0, 'mbconv'],
  [15, 'conv'],
  [100, 'mixconv'],
]);
/** Supersets of them in a search space; no choice is made yet. */
const searchable: ReadonlySet<number> = new Set([12, 16, 102]);
export const activations = ['relu', 'relu6', 'sw', 'hsw'] as const;
export type Activation = (typeof activations)[number];

/** `pointwise`: a 1 × 1 convolution alone, which the notation has no type for. */
export type BlockKind = 'mbconv' | 'conv' | 'mixconv' | 'pointwise';

/** Repeats of one block; all but the first have stride 1 and as many input as output channels. */
export interface Block {
  readonly kind: BlockKind;
  readonly repeats: number;
  /** Parallel branches; more than one only of `mixconv`, none of `pointwise`. */
  readonly branches: readonly { readonly kernel: number; readonly expansion: number }[];
  readonly stride: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** 0: no squeeze and excitation. */
  readonly seRatio: number;
  /** Where stride and channels allow it there is a residual. */
  readonly hasResidual: boolean;
  readonly activation: Activation;
}

const MOST_REPEATS = 256;
const MOST_CHANNELS = 65_536;
const MOST_KERNEL = 63;

/** Reads a block. @throws WorkbenchError `nas.block` with what is wrong in it */
export function parseBlock(text: string): Block {
  const refuse = (message: string, hint = EXAMPLE): never => {
    throw new WorkbenchError('nas.block', `block "${text}": ${message}`, { hint });
  };
  const numbers = (name: string, value: string | undefined, most: number): number[] => {
    if (value === undefined) return refuse(`it has no ${name}`);
    const list = value.split(',').map(Number);
    if (list.some((each) => !Number.isSafeInteger(each) || each < 1 || each > most))
      return refuse(`${name} "${value}" is not made of whole numbers from 1 to ${most}`);
    return list;
  };
  const fields = new Map<string, string>();
  let isSkipless = false;
  let activation: Block['activation'] = 'relu';
  for (const part of text.split('_')) {
    const named = activations.find((each) => each === part);
    const [, name, value] = /^(se|[rkseioc])([\d.,]+)$/.exec(part) ?? [];
    if (part === 'noskip') isSkipless = true;
    else if (named !== undefined) activation = named;
    else if (name === undefined || value === undefined) refuse(`"${part}" is not a part of a block`);
    else if (fields.has(name)) refuse(`it has two parts "${name}"`);
    else fields.set(name, value);
  }
  const one = (name: string, key: string, most: number): number => {
    const [first, ...others] = numbers(name, fields.get(key), most);
    return first === undefined || others.length > 0 ? refuse(`${name} is one number`) : first;
  };
  const type = Number(fields.get('c') ?? refuse('it has no type (c0, c15 or c100)'));
  if (searchable.has(type))
    refuse(
      `type ${type} leaves kernels and expansions to the search`,
      'choose: c0 is MBConv, c15 ConvBlock, c100 MixConv',
    );
  const kind = kinds.get(type) ?? refuse(`type ${type} is not known`, 'c0 is MBConv, c15 ConvBlock, c100 MixConv');
  const kernels = numbers('kernel', fields.get('k'), MOST_KERNEL);
  const expansions = numbers('expansion', fields.get('e'), 64);
  if (kernels.some((kernel) => kernel % 2 === 0)) refuse('kernels are odd');
  if (kernels.length !== expansions.length)
    refuse(`it has ${kernels.length} kernels and ${expansions.length} expansions`);
  if (kind !== 'mixconv' && kernels.length > 1) refuse('only MixConv (c100) has several branches');
  const [, down, across] = /^([1-9])([1-9])$/.exec(fields.get('s') ?? '') ?? refuse('stride is two digits, e.g. s22');
  if (down !== across) refuse('strides down and across must be the same');
  const seRatio = Number(fields.get('se') ?? 0);
  if (!(seRatio >= 0 && seRatio <= 1)) refuse('the ratio of squeeze and excitation is from 0 to 1');
  return {
    kind,
    repeats: fields.has('r') ? one('repeats', 'r', MOST_REPEATS) : 1,
    branches: kernels.map((kernel, branch) => ({ kernel, expansion: expansions[branch] ?? 1 })),
    stride: Number(down),
    inputChannels: one('input channels', 'i', MOST_CHANNELS),
    outputChannels: one('output channels', 'o', MOST_CHANNELS),
    seRatio,
    hasResidual: !isSkipless,
    activation,
  };
}

const EXAMPLE = 'a block is written like r1_k3,5_s22_e4,2_i32_o64_c100_se0.25, see cli.md';

/** `block` in the notation; a pointwise block, which it does not have, as `pointwise_s22_i32_o64`. */
export function blockText({
  kind,
  repeats,
  branches,
  stride,
  inputChannels,
  outputChannels,
  seRatio,
  hasResidual,
  activation,
}: Block): string {
  const channels = `s${stride}${stride}_i${inputChannels}_o${outputChannels}`;
  if (kind === 'pointwise') return `pointwise_${channels}`;
  const type = [...kinds].find(([, each]) => each === kind)?.[0] ?? 0;
  const list = (values: readonly number[]): string => values.join(',');
  return [
    `r${repeats}_k${list(branches.map(({ kernel }) => kernel))}_s${stride}${stride}`,
    `e${list(branches.map(({ expansion }) => expansion))}_i${inputChannels}_o${outputChannels}_c${type}`,
    ...(seRatio > 0 ? [`se${seRatio}`] : []),
    ...(hasResidual ? [] : ['noskip']),
    ...(activation === 'relu' ? [] : [activation]),
  ].join('_');
}

/** The repeats of `block`, each with one repeat. */
export function repeatsOf(block: Block): Block[] {
  return Array.from({ length: block.repeats }, (_, repeat) => ({
    ...block,
    repeats: 1,
    ...(repeat === 0 ? {} : { stride: 1, inputChannels: block.outputChannels }),
  }));
}

/** Whether the input of a block of one repeat is added to its output. */
export function isResidual({ hasResidual, stride, inputChannels, outputChannels }: Block): boolean {
  return hasResidual && stride === 1 && inputChannels === outputChannels;
}
