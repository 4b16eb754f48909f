/** Network documents from layer graphs: shapes, sizes, and the times that are known. */
import type { NetworkInput } from '#shared/domain/network.ts';
import type { LayerGraph, ShapedLayer } from './layer-graph.ts';
import { midapTimesMs } from './midap.ts';
import { networkPresets, type NetworkPreset } from './networks/index.ts';
import { BYTES_PER_ELEMENT, executionTimesMs } from './roofline.ts';

/** They have times on the simple platform, so that its scenarios need no cost model. */
const withSimpleTimes: ReadonlySet<string> = new Set(['cnn', 'resnet18', 'mobilenet-v1']);

export const networkDocuments: readonly NetworkInput[] = networkPresets.map(networkDocument);

/** The times of a layer by key, and what kind they are by key, with the lines of provenance that say so. */
interface KnownTimes {
  readonly of: (layer: ShapedLayer) => Readonly<Record<string, number>>;
  readonly sources: Record<string, 'measured' | 'assumed'>;
  /** The platforms that they hold for, by key. */
  readonly platforms: Record<string, string[]>;
  readonly provenance: readonly string[];
}

function networkDocument(preset: NetworkPreset): NetworkInput {
  const graph = preset.graph();
  const times = knownTimes(preset.id, graph);
  return {
    schemaVersion: 1,
    id: preset.id,
    name: preset.name,
    description: preset.description,
    provenance: [
      preset.architecture,
      'derived: shapes, macs, parameters and outputBytes, computed from the architecture with 16-bit activations; ' +
        'batch normalisation and activation are folded into the convolutions',
      ...published(preset),
      ...times.provenance,
    ],
    dataType: 'fp16',
    ...(Object.keys(times.sources).length === 0 ? {} : { timeSources: times.sources, timePlatforms: times.platforms }),
    layers: graph.layers.map((layer) => ({
      id: layer.id,
      op: layer.op,
      executionTimeMs: { ...times.of(layer) },
      dependencies: [...layer.dependencies],
      outputBytes: layer.outputElements * BYTES_PER_ELEMENT,
      ...(layer.macs > 0 ? { macs: layer.macs } : {}),
      ...(layer.parameters > 0 ? { parameters: layer.parameters } : {}),
      outputShape: [layer.output.channels, layer.output.height, layer.output.width],
      ...(layer.kernel === undefined ? {} : { kernelShape: [...layer.kernel] }),
    })),
  };
}

function published({ macs, parameters }: NetworkPreset): string[] {
  return [
    ...(macs === undefined ? [] : [`published: ${amount(macs.value)} multiply-accumulates in all (${macs.source})`]),
    ...(parameters === undefined
      ? []
      : [
          `published: ${amount(parameters.value)} parameters, counting a scale and a shift where a folded batch ` +
            `normalisation leaves one bias (${parameters.source})`,
        ]),
  ];
}

function amount(value: number): string {
  return value >= 1e9 ? `${Number((value / 1e9).toPrecision(4))} G` : `${Number((value / 1e6).toPrecision(4))} M`;
}

function knownTimes(id: string, graph: LayerGraph): KnownTimes {
  if (withSimpleTimes.has(id)) {
    return {
      of: executionTimesMs,
      sources: { cpu: 'assumed', gpu: 'assumed', npu: 'assumed' },
      platforms: { cpu: ['simple'], gpu: ['simple'], npu: ['simple'] },
      provenance: [
        'assumed: executionTimeMs, a roofline per processor at its nominal frequency with 16-bit data and a fixed ' +
          'cost per layer, near to published whole-network times of a 2018 phone',
      ],
    };
  }
  const midap = midapTimesMs(id, graph);
  if (midap === undefined) return { of: () => ({}), sources: {}, platforms: {}, provenance: [] };
  return {
    of: (layer) => {
      const ms = midap.get(layer.id);
      return ms === undefined ? {} : { midap: ms };
    },
    sources: { midap: 'measured' },
    platforms: { midap: ['midap-board'] },
    provenance: [
      'published: executionTimeMs of "midap", cycles of the cycle-level simulator cap-lab/MidapSim (MIT licence) at 1 ' +
        'GHz; other processors have times by the cost model of their platform',
    ],
  };
}
