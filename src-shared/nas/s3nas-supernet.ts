/**
 * Supernets of S3NAS (cap-lab/S3NAS, Apache-2.0) as search spaces. Choices as in its code: of MBConv and ConvBlock kernels 3, 5, … and
 * expansions 2, 4, … up to those of the block; of MixConv every branch may have a smaller kernel or be left out, and branches of one kernel
 * are one, which makes 15 different blocks of three branches 5, 5, 7. What changes neither size nor channels can be skipped.
 */
import { z } from 'zod';
import { listOf } from '../domain/bounded.ts';
import { WorkbenchError } from '../domain/errors.ts';
import { parseDocument } from '../domain/parse.ts';
import { parseOption } from './block-option.ts';
import { activations, parseBlock, type Activation, type Block } from './blocks.ts';
import { parseSearchSpace, type SearchSpaceDocument, type SearchSpaceInput } from './search-space.ts';

const number = z.int().min(1).max(65_536);
const supernetSchema = z.looseObject({
  img_size: number,
  img_c: number.default(3),
  n_classes: number.default(1000),
  first_conv: z.looseObject({ output_filters: number, kernel_size: number, strides: number }),
  stages_args: listOf(z.string().max(300), 64).min(1),
  feature_mix_layer: z.looseObject({ output_filters: number, kernel_size: z.literal(1).optional() }),
  act_fn: z.string().optional(),
});

/** Types of the notation that leave kernels and expansions open, and what they become when they are chosen. */
const chosen: Readonly<Record<string, string>> = { 12: 'c0', 16: 'c15', 102: 'c100' };

/** Whether a document looks like a supernet: what tells it from a search-space document. */
export function isSupernet(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'stages_args' in input;
}

/** @throws WorkbenchError `supernet.invalid`, `nas.block` */
export function importSupernet(
  input: unknown,
  about: Pick<SearchSpaceInput, 'id' | 'name' | 'provenance'>,
): SearchSpaceDocument {
  const net = parseDocument(supernetSchema, input, 'supernet');
  if ('final_expand_layer' in net)
    throw new WorkbenchError(
      'nas.head',
      'the supernet has the head of MobileNetV3 (final_expand_layer), which search spaces do not have',
      {
        hint: 'remove final_expand_layer, so that the head is the 1×1 convolution, pooling and the classifier',
        path: ['final_expand_layer'],
      },
    );
  const ofNet = activations.find((each) => each === net.act_fn);
  return parseSearchSpace({
    schemaVersion: 1,
    ...about,
    input: { size: net.img_size, channels: net.img_c },
    stem: {
      kernel: net.first_conv.kernel_size,
      stride: net.first_conv.strides,
      channels: net.first_conv.output_filters,
    },
    stages: net.stages_args.map((text) => stageOf(text, ofNet)),
    head: { channels: net.feature_mix_layer.output_filters, classes: net.n_classes },
    scaling: { sizeStep: 4, widthStep: 16 },
  });
}

function stageOf(text: string, ofNet: Activation | undefined): SearchSpaceInput['stages'][number] {
  const type = /_c(\d+)/.exec(text)?.[1] ?? '';
  const replaced = chosen[type];
  const block = parseBlock(replaced === undefined ? text : text.replace(`_c${type}`, `_${replaced}`));
  const isSearched = replaced !== undefined;
  const prefix = block.kind === 'conv' ? 'conv ' : '';
  const options = isSearched
    ? block.kind === 'mixconv'
      ? mixedOptions(block)
      : plainOptions(block)
    : [block.branches.map(({ kernel, expansion }) => `${kernel}:${expansion}`).join('+')];
  return {
    channels: block.outputChannels,
    stride: block.stride,
    repeats: [block.repeats],
    options: [...options.map((option) => prefix + option), ...(isSearched && block.hasResidual ? ['skip'] : [])],
    se: [block.seRatio],
    residual: block.hasResidual,
    activation: /_(relu6?|h?sw)(?![a-z0-9])/.test(text) ? block.activation : (ofNet ?? 'relu'),
  };
}

function plainOptions({ branches: [largest] }: Block): string[] {
  const kernels = steps(3, largest?.kernel ?? 3);
  return kernels.flatMap((kernel) => steps(2, largest?.expansion ?? 2).map((expansion) => `${kernel}:${expansion}`));
}

/** Every branch with each of its kernels, or left out; not all of them. */
function mixedOptions({ branches }: Block): string[] {
  const choices = branches.map(({ kernel, expansion }) => [
    undefined,
    ...steps(3, kernel).map((each) => `${each}:${expansion}`),
  ]);
  let rows: string[][] = [[]];
  for (const choice of choices)
    rows = rows.flatMap((row) => choice.map((part) => (part === undefined ? row : [...row, part])));
  const texts = rows.flatMap((row) => {
    const option = parseOption(row.join('+'));
    return typeof option === 'string' ? [] : [option.text];
  });
  return [...new Set(texts)].toSorted((a, b) => a.localeCompare(b, 'en'));
}

const steps = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(1, Math.floor((to - from) / 2) + 1) }, (_, step) => from + 2 * step);
