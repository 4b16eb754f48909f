/** Result files of S3NAS (`parsed_model.json`): a network as stages of block strings. */
import { z } from 'zod';
import { listOf } from '../domain/bounded.ts';
import { WorkbenchError } from '../domain/errors.ts';
import { parseDocument } from '../domain/parse.ts';
import { blockText, parseBlock, repeatsOf } from './blocks.ts';
import type { StagedNetwork } from './scaling.ts';

const number = z.int().min(1).max(65_536);
const resultSchema = z.looseObject({
  img_size: number,
  img_c: number.default(3),
  n_classes: number.default(1000),
  first_conv: z.looseObject({ output_filters: number, kernel_size: number, strides: number }),
  stages_args: listOf(z.looseObject({ blocks_args: listOf(z.string().max(300), 256).min(1) }), 64).min(1),
  feature_mix_layer: z.looseObject({ output_filters: number }),
});

/** @throws WorkbenchError `s3nasNetwork.invalid`, `nas.block` */
export function parseS3nasNetwork(input: unknown, id: string): StagedNetwork {
  const net = parseDocument(resultSchema, input, 's3nasNetwork');
  return {
    id,
    inputSize: net.img_size,
    inputChannels: net.img_c,
    stem: {
      kernel: net.first_conv.kernel_size,
      stride: net.first_conv.strides,
      channels: net.first_conv.output_filters,
    },
    stages: net.stages_args.map(({ blocks_args }) => blocks_args.flatMap((text) => repeatsOf(parseBlock(text)))),
    headChannels: net.feature_mix_layer.output_filters,
    classes: net.n_classes,
  };
}

/** The same as a result file. @throws WorkbenchError `nas.notExpressible` for blocks that the notation has no type for */
export function s3nasNetwork({
  inputSize,
  inputChannels = 3,
  stem,
  stages,
  headChannels,
  classes,
}: StagedNetwork): object {
  if (stages.flat().some(({ kind }) => kind === 'pointwise'))
    throw new WorkbenchError(
      'nas.notExpressible',
      'a block is a 1×1 convolution alone, which the notation of S3NAS has no type for',
      {
        hint: 'use --format network',
      },
    );
  return {
    img_size: inputSize,
    img_c: inputChannels,
    n_classes: classes,
    first_conv: { cls: 'Conv2D', output_filters: stem.channels, kernel_size: stem.kernel, strides: stem.stride },
    stages_args: stages
      .filter((stage) => stage.length > 0)
      .map((stage) => ({ cls: 'BasicStage', blocks_args: stage.map(blockText) })),
    feature_mix_layer: { cls: 'Conv2D', output_filters: headChannels, kernel_size: 1 },
  };
}
