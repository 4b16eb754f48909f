/** What is done to the cost model of a processor as one step: it comes and goes, and so do data types and measured networks. */
import {
  bytesPerElement,
  dataTypes,
  dataTypeSchema,
  memoryClasses,
  operationClasses,
  type MidapModelInput,
  type RooflineModelInput,
  type DataType,
  type OperationClass,
} from '#shared/domain/cost-model.ts';
import type { Path } from '#shared/domain/errors.ts';
import { publishedMidap } from '#shared/domain/midap/published.ts';
import { processorKinds, type ProcessorKind } from '#shared/domain/platform.ts';
import { END, listAt, numberOf, textOf, valueAt, type Change, type Content } from '../../editing/json-path.ts';

export const classNames: Readonly<Record<OperationClass, string>> = {
  conv: 'Convolution',
  pointwiseConv: '1 × 1 convolution',
  depthwiseConv: 'Depthwise convolution',
  fullyConnected: 'Fully connected',
  pooling: 'Pooling',
  elementwise: 'Elementwise',
  normalization: 'Normalization',
  dataMovement: 'Data movement',
};

/** A line of the table of rates: the peak itself, or the efficiency of a class. */
export type RateRow = 'peak' | OperationClass;
export const rateRows: readonly RateRow[] = ['peak', ...operationClasses];

export function rateRowName(row: RateRow): string {
  return row === 'peak' ? 'Peak rate' : classNames[row];
}

export function rateRowUnit(row: RateRow): string {
  return row === 'peak' ? '10⁹ MAC/s' : isMemoryClass(row) ? '× bandwidth' : '× peak';
}

function isMemoryClass(row: OperationClass): boolean {
  return (memoryClasses as readonly string[]).includes(row);
}

/** Where a line's value of a data type is, within the cost model. */
export function rateRowPath(row: RateRow, rate: number): Path {
  return row === 'peak' ? ['rates', rate, 'peakGMACPerS'] : ['rates', rate, 'efficiency', row];
}

/** The narrowest type at least as wide as that of rate `place` in which a class without an efficiency there is computed; undefined where there is none. */
export function widerTypeWith(rates: readonly Content[], place: number, row: RateRow): DataType | undefined {
  const own = dataTypeSchema.safeParse(rates[place]?.['dataType']).data;
  if (own === undefined || row === 'peak') return undefined;
  const typed = rates.flatMap((rate, index) => {
    const type = dataTypeSchema.safeParse(rate['dataType']).data;
    return type === undefined ||
      index === place ||
      bytesPerElement[type] < bytesPerElement[own] ||
      numberOf(valueAt(rate, ['efficiency', row])) === undefined
      ? []
      : [type];
  });
  return typed.toSorted((a, b) => bytesPerElement[a] - bytesPerElement[b])[0];
}

/** Multiply-accumulates a core of each kind starts per cycle where nothing better is known. */
const macsPerCycle: Readonly<Record<ProcessorKind, number>> = { cpu: 4, gpu: 64, npu: 1024, dsp: 64 };
const START_MHZ = 1000;
const START_BANDWIDTH_MBPS = 4000;
const START_EFFICIENCY = 0.5;

/** A cost model to begin with, and a source that says that its numbers are not the device's. */
export function withNewCostModel(content: Content, index: number): Change[] {
  const processor = listAt(content, ['processors'])[index] ?? {};
  const kind = processorKinds.find((candidate) => candidate === processor['kind']) ?? 'cpu';
  const fastestMHz = Math.max(
    0,
    ...listAt(processor, ['operatingPoints']).map((point) => numberOf(point['frequencyMHz']) ?? 0),
  );
  const clockMHz = numberOf(processor['nominalFrequencyMHz']) ?? (fastestMHz || START_MHZ);
  const model: RooflineModelInput = {
    bandwidthMBps: START_BANDWIDTH_MBPS,
    rates: [
      {
        dataType: 'fp32',
        peakGMACPerS: Number(((clockMHz * macsPerCycle[kind]) / 1000).toPrecision(3)),
        efficiency: Object.fromEntries(operationClasses.map((each) => [each, START_EFFICIENCY])),
      },
    ],
  };
  return [
    { path: ['processors', index, 'costModel'], value: model },
    {
      path: ['sources', END],
      value: {
        path: sourceRoot(processor),
        kind: 'assumed',
        source: 'starting values of the editor, to be replaced by the device’s own',
      },
    },
  ];
}

/** The parameters of MIDAP to begin with, which are those that were published. */
export function withMidapModel(content: Content, index: number): Change[] {
  const model: MidapModelInput = { kind: 'midap', ...publishedMidap };
  return [
    { path: ['processors', index, 'costModel'], value: model },
    {
      path: ['sources', END],
      value: {
        path: sourceRoot(listAt(content, ['processors'])[index] ?? {}),
        kind: 'published',
        source: 'cap-lab/MidapSim; to be replaced by the device’s own',
      },
    },
  ];
}

/** A cost model goes with what was said of its numbers. */
export function withoutCostModel(content: Content, index: number): Change[] {
  const root = sourceRoot(listAt(content, ['processors'])[index] ?? {});
  const sources = listAt(content, ['sources']);
  const kept = sources.filter(
    (source) => textOf(source['path']) !== root && !textOf(source['path']).startsWith(`${root}/`),
  );
  return [
    { path: ['processors', index, 'costModel'], value: undefined },
    ...(kept.length === sources.length ? [] : [{ path: ['sources'], value: kept }]),
  ];
}

function sourceRoot(processor: Content): string {
  return `processors/${textOf(processor['id'])}/costModel`;
}

/** The data types for which a model has no rate yet. */
export function freeDataTypes(rates: readonly Content[]): DataType[] {
  return dataTypes.filter((dataType) => rates.every((rate) => rate['dataType'] !== dataType));
}

/** A rate for another data type, as fast as the first one until its own is written, and a source that says so. */
export function withDataType(content: Content, index: number, dataType: DataType): Change[] {
  const [first] = ratesOf(content, index);
  return [
    { path: ['processors', index, 'costModel', 'rates', END], value: { ...first, dataType } },
    {
      path: ['sources', END],
      value: {
        path: `${sourceRoot(listAt(content, ['processors'])[index] ?? {})}/rates/${dataType}`,
        kind: 'assumed',
        source: `as in ${textOf(first?.['dataType'])}, to be replaced by its own`,
      },
    },
  ];
}

/** A rate goes with what was said of its numbers; sources that name others by their number follow them. */
export function withoutDataType(content: Content, index: number, place: number): Change[] {
  const root = `${sourceRoot(listAt(content, ['processors'])[index] ?? {})}/rates/`;
  const gone = textOf(ratesOf(content, index)[place]?.['dataType']);
  const sources = listAt(content, ['sources']);
  const kept = sources.flatMap((source) => {
    const path = textOf(source['path']);
    if (!path.startsWith(root)) return [source];
    const [name = '', ...rest] = path.slice(root.length).split('/');
    if (name === gone || name === String(place)) return [];
    return [
      /^\d+$/.test(name) && Number(name) > place
        ? { ...source, path: root + [Number(name) - 1, ...rest].join('/') }
        : source,
    ];
  });
  return [
    { path: ['processors', index, 'costModel', 'rates', place], value: undefined },
    ...(sources.every((source, at) => source === kept[at]) ? [] : [{ path: ['sources'], value: kept }]),
  ];
}

function ratesOf(content: Content, index: number): readonly Content[] {
  return listAt(content, ['processors', index, 'costModel', 'rates']);
}

const NEW_REFERENCE = { cores: 1, kind: 'assumed', source: 'entered in the editor' } as const;

/** A measured network whose latency is still to be written. */
export function withReference(path: Path, network: string): Change[] {
  return [{ path: [...path, 'references', END], value: { network, ...NEW_REFERENCE } }];
}

/** The measured network that a line pasted below the others becomes; which network and its latency come with the line. */
export function newReference(path: Path, place: number): { row: Content; change: Change } {
  return { row: NEW_REFERENCE, change: { path: [...path, 'references', place], value: NEW_REFERENCE } };
}
