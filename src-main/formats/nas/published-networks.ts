/** The networks that S3NAS publishes and compares, as marks beside what a search finds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';

const publishedSchema = z.looseObject({
  networks: z.array(
    z.looseObject({
      name: z.string(),
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
  const file = join(resourcesDirectory, 'data/s3nas/published_networks.json');
  try {
    const { networks, compared } = publishedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return [...networks.map(({ name, published }) => ({ name, ...published })), ...compared]
      .map(({ name, top1_percent, midap_latency_ms }) => ({
        name,
        top1Percent: top1_percent,
        latencyMs: midap_latency_ms,
      }))
      .toSorted((a, b) => a.latencyMs - b.latencyMs);
  } catch (cause) {
    throw new WorkbenchError('nas.damaged', `cannot read ${file}`, {
      hint: 'the installation is incomplete: install again',
      cause,
    });
  }
}
