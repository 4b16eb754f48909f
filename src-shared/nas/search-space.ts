/**
 * The search-space document: a network between whose blocks there are choices. Stem, head, strides and channels are fixed; what a block is
 * made of, how many a stage has and whether they have squeeze and excitation may be left open.
 */
import { z } from 'zod';
import { listOf } from '../domain/bounded.ts';
import {
  idSchema,
  longText,
  nameSchema,
  provenanceSchema,
  report,
  schemaReference,
  schemaVersion,
} from '../domain/common.ts';
import { parseDocument } from '../domain/parse.ts';
import { parseOption, type BlockOption } from './block-option.ts';
import { activations } from './blocks.ts';

const size = z.int().min(1).max(4096);
const channels = z.int().min(1).max(65_536);
const kernel = z.int().min(1).max(63);
const stride = z.int().min(1).max(8);
/** Blocks that a stage may have. */
const MOST_BLOCKS = 64;
/** A gene is a byte. */
const MOST_OPTIONS = 200;
const MOST_STAGES = 64;

const stageSchema = z.strictObject({
  channels: channels.describe('Output channels of every block'),
  stride: stride.describe('Of the first block; the others have 1'),
  repeats: listOf(z.int().min(1).max(MOST_BLOCKS), MOST_BLOCKS)
    .min(1)
    .default([1])
    .describe('How many blocks there may be; one number: no choice'),
  options: listOf(z.string().max(100), MOST_OPTIONS)
    .min(1)
    .describe(
      'What a block may be: "3:6" an MBConv of kernel 3 and expansion 6, "3:4+5:2" one with two kernels, "conv 3:2" a k×k and a 1×1 ' +
        'convolution, "skip" nothing (where it changes neither size nor channels), "identity" nothing, else a 1×1 convolution',
    ),
  shared: z.boolean().default(false).describe('All blocks of the stage are of one option'),
  se: listOf(z.number().min(0).max(1), 8)
    .min(1)
    .default([0])
    .describe('Ratio of squeeze and excitation to the input channels, for the stage; one number: no choice'),
  residual: z.boolean().default(true).describe('Whether the input is added where size and channels allow it'),
  activation: z.enum(activations).default('relu'),
});

const spaceObject = z.strictObject({
  $schema: schemaReference,
  schemaVersion,
  id: idSchema,
  name: nameSchema.optional(),
  description: longText.default(''),
  provenance: provenanceSchema.default([]),
  input: z.strictObject({ size, channels: channels.default(3) }),
  stem: z.strictObject({ kernel, stride, channels }),
  stages: listOf(stageSchema, MOST_STAGES).min(1),
  head: z.strictObject({
    channels: channels.describe('Of the 1×1 convolution behind the blocks, before global pooling'),
    classes: channels,
  }),
  scaling: z
    .strictObject({
      sizeStep: z.int().min(1).max(256).default(4),
      widthStep: z.int().min(1).max(256).default(8),
    })
    .prefault({})
    .describe('Steps that scaled sizes and channels are rounded to'),
});

export const searchSpaceSchema = spaceObject.superRefine(checkSpace).transform((space) => ({
  ...space,
  name: space.name ?? space.id,
}));

export type SearchSpaceDocument = z.output<typeof searchSpaceSchema>;
export type SearchSpaceInput = z.input<typeof searchSpaceSchema>;
export type Stage = SearchSpaceDocument['stages'][number];

/** @throws WorkbenchError `searchSpace.invalid` */
export function parseSearchSpace(input: unknown): SearchSpaceDocument {
  return parseDocument(searchSpaceSchema, input, 'searchSpace');
}

function checkSpace({ stages }: z.output<typeof spaceObject>, context: z.core.$RefinementCtx): void {
  stages.forEach(({ options, shared, repeats, se, stride: down, channels: output }, index) => {
    const known = new Map<string, number>();
    options.forEach((text, place) => {
      const path = ['stages', index, 'options', place];
      const option = parseOption(text);
      if (typeof option === 'string') {
        report(context, {
          path,
          message: `"${text}" ${option}`,
          expected: 'an option, e.g. "3:6", "3:4+5:2" or "skip"',
        });
        return;
      }
      const same = known.get(option.text);
      if (same !== undefined)
        report(context, {
          path,
          message: `"${text}" is the same as option ${same + 1}`,
          expected: 'each option once',
          hint: 'remove it',
        });
      known.set(option.text, place);
      if (option.kind === 'skip' && shared)
        report(context, {
          path,
          message: 'a stage whose blocks are all the same cannot be skipped: its channels would not change',
          expected: 'an option that makes a block',
          hint: 'set shared to false, or leave the choice to repeats',
        });
    });
    for (const [name, list] of Object.entries({ repeats, se }))
      if (new Set<number>(list).size !== list.length)
        report(context, {
          path: ['stages', index, name],
          message: `a value of ${name} occurs twice`,
          expected: 'each value once',
        });
    const before = index === 0 ? undefined : stages[index - 1]?.channels;
    if ([...known.keys()].every((text) => text === 'skip') && known.size > 0 && (down > 1 || before !== output))
      report(context, {
        path: ['stages', index, 'options'],
        message: 'the first block changes size or channels and can only be skipped',
        expected: 'an option that makes a block',
      });
  });
}

/** The options of a stage, in order. */
export function optionsOf({ options }: Stage): BlockOption[] {
  return options.map((text) => {
    const option = parseOption(text);
    if (typeof option === 'string') throw new Error(`"${text}" ${option}`); // the schema has refused it
    return option;
  });
}
