/** The networks that S3NAS publishes and compares, as marks beside what a search finds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseBlock } from '#shared/nas/blocks.ts';
import type { StagedNetwork } from '#shared/nas/scaling.ts';

const publishedSchema = z.looseObject({
  networks: z.array(
    z.looseObject({
      name: z.string(),
      img_size: z.number(),
      stem: z.object({ kernel: z.number(), stride: z.number(), out: z.number() }),
      stages: z.array(z.looseObject({ blocks: z.array(z.string()) })),
      head_channels: z.number(),
      classes: z.number(),
      published: z.looseObject({ top1_percent: z.number(), midap_latency_ms: z.number() }),
    }),
  ),
  compared: z.array(z.looseObject({ name: z.string(), top1_percent: z.number(), midap_latency_ms: z.number() })),
});

/** A network with what was published of it: ImageNet top-1 after full training, latency on MIDAP. */
export interface PublishedNetwork {
  readonly name: string;
  readonly top1Percent: number;
  readonly latencyMs: number;
}

/** By rising latency. @throws WorkbenchError `nas.damaged` */
export function readPublished(resourcesDirectory: string): PublishedNetwork[] {
  const { networks, compared } = readAll(resourcesDirectory);
  return [...networks.map(({ name, published }) => ({ name, ...published })), ...compared]
    .map(({ name, top1_percent, midap_latency_ms }) => ({
      name,
      top1Percent: top1_percent,
      latencyMs: midap_latency_ms,
    }))
    .toSorted((a, b) => a.latencyMs - b.latencyMs);
}

/** The five networks of S3NAS block by block, by name (`ours-M`, …). @throws WorkbenchError `nas.damaged` */
export function readPublishedBlocks(resourcesDirectory: string): ReadonlyMap<string, StagedNetwork> {
  return new Map(
    readAll(resourcesDirectory).networks.map(({ name, img_size, stem, stages, head_channels, classes }) => [
      name,
      {
        id: name.replace('+', '-plus'),
        provenance: ['cap-lab/S3NAS (Apache-2.0), transcribed from a figure of its README'],
        inputSize: img_size,
        stem: { kernel: stem.kernel, stride: stem.stride, channels: stem.out },
        stages: stages.map(({ blocks }) => blocks.map(parseBlock)),
        headChannels: head_channels,
        classes,
      },
    ]),
  );
}

function readAll(resourcesDirectory: string): z.output<typeof publishedSchema> {
  const file = join(resourcesDirectory, 'data/s3nas/published_networks.json');
  try {
    return publishedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new WorkbenchError('nas.damaged', `cannot read ${file}`, {
      hint: 'the installation is incomplete: install again',
      cause,
    });
  }
}
