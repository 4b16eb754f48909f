/** Profiles of whole networks that others measured (resources/data/published-latencies): one for each network on each platform. */
import type { ProfileInput } from '#shared/domain/profile.ts';
import { readTable } from './data.ts';

const origins: Readonly<Record<string, string>> = {
  ncnn: 'Tencent/ncnn, benchmark/README.md at a4d2ea1 (BSD-3-Clause): average of warm runs',
  'ai-hub':
    'quic/ai-hub-models v0.46.1 at 52c080d2 of 2026-02-12 (BSD-3-Clause), perf.yaml: QNN DLC, all layers on the NPU',
  'opencv-zoo': 'opencv/opencv_zoo at 966be4c (Apache-2.0), benchmark: mean of warm runs',
  'rknn-model-zoo': 'airockchip/rknn_model_zoo at bad6c73 (Apache-2.0), frames per second of one core',
};

const rows = readTable('published-latencies/network_latency_ms.csv', [
  'platform',
  'network',
  'processor',
  'data_type',
  'latency_ms',
  'published_name',
  'source',
]).map((row) => ({
  platform: row.text('platform'),
  network: row.text('network'),
  processor: row.text('processor'),
  dataType: row.text('data_type'),
  timeMs: row.number('latency_ms'),
  name: row.text('published_name'),
  origin: origins[row.text('source')] ?? row.text('source'),
}));

export const publishedProfiles: readonly ProfileInput[] = [
  ...Map.groupBy(rows, ({ platform, network }) => `${platform}-${network}`),
].map(([id, own]) => ({
  schemaVersion: 1,
  id,
  name: `${own[0].network} on ${own[0].platform}`,
  description: 'Times of the whole network as one call; of its layers nothing was published.',
  provenance: own.map(
    ({ processor, dataType, timeMs, name, origin }) =>
      `published: ${timeMs} ms on ${processor}, ${dataType}, "${name}", ${origin}`,
  ),
  network: own[0].network,
  platform: own[0].platform,
  method: { tool: 'published by others, see the sources' },
  measurements: [],
  wholes: own.map(({ platform, processor, dataType, timeMs }) => ({
    on: { key: `${platform}-${processor}` },
    timeMs,
    statistic: 'mean' as const,
    dataType,
  })),
}));

/** Ids of the profiles of a platform. */
export function profilesOf(platform: string): string[] {
  return publishedProfiles.filter((profile) => profile.platform === platform).map(({ id }) => id);
}
