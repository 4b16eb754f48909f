/** What is done to the cost model of a processor as one step: it comes and goes, and so do data types and measured networks. */
import { dataTypes, memoryClasses, operationClasses, type CostModelInput, type DataType, type OperationClass } from '#shared/domain/cost-model.ts';
import type { Path } from '#shared/domain/errors.ts';
import { processorKinds, type ProcessorKind } from '#shared/domain/platform.ts';
import { END, listAt, numberOf, textOf, type Change, type Content } from '../../editing/json-path.ts';

export const classNames: Readonly<Record<OperationClass, string>> = {
  conv: 'Convolution', pointwiseConv: '1 × 1 convolution', depthwiseConv: 'Depthwise convolution', fullyConnected: 'Fully connected',
  pooling: 'Pooling', elementwise: 'Elementwise', normalization: 'Normalization', dataMovement: 'Data movement',
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

/** Multiply-accumulates a core of each kind starts per cycle where nothing better is known. */
const macsPerCycle: Readonly<Record<ProcessorKind, number>> = { cpu: 4, gpu: 64, npu: 1024, dsp: 64 };
const START_MHZ = 1000;
const START_BANDWIDTH_MBPS = 4000;
const START_EFFICIENCY = 0.5;

/** A cost model to begin with, and a source that says that its numbers are not the device's. */
export function withNewCostModel(content: Content, index: number): Change[] {
  const processor = listAt(content, ['processors'])[index] ?? {};
  const kind = processorKinds.find((candidate) => candidate === processor['kind']) ?? 'cpu';
  const fastestMHz = Math.max(0, ...listAt(processor, ['operatingPoints']).map((point) => numberOf(point['frequencyMHz']) ?? 0));
  const clockMHz = numberOf(processor['nominalFrequencyMHz']) ?? (fastestMHz || START_MHZ);
  const model: CostModelInput = {
    bandwidthMBps: START_BANDWIDTH_MBPS,
    rates: [{ dataType: 'fp32', peakGMACPerS: Number(((clockMHz * macsPerCycle[kind]) / 1000).toPrecision(3)), efficiency: Object.fromEntries(operationClasses.map((each) => [each, START_EFFICIENCY])) }],
  };
  return [
    { path: ['processors', index, 'costModel'], value: model },
    { path: ['sources', END], value: { path: sourceRoot(processor), kind: 'assumed', source: 'starting values of the editor, to be replaced by the device’s own' } },
  ];
}

/** A cost model goes with what was said of its numbers. */
export function withoutCostModel(content: Content, index: number): Change[] {
  const root = sourceRoot(listAt(content, ['processors'])[index] ?? {});
  const sources = listAt(content, ['sources']);
  const kept = sources.filter((source) => textOf(source['path']) !== root && !textOf(source['path']).startsWith(`${root}/`));
  return [{ path: ['processors', index, 'costModel'], value: undefined }, ...(kept.length === sources.length ? [] : [{ path: ['sources'], value: kept }])];
}

function sourceRoot(processor: Content): string {
  return `processors/${textOf(processor['id'])}/costModel`;
}

/** The data types for which a model has no rate yet. */
export function freeDataTypes(rates: readonly Content[]): DataType[] {
  return dataTypes.filter((dataType) => rates.every((rate) => rate['dataType'] !== dataType));
}

/** A rate for another data type, as fast as the first one until its own is written. */
export function withDataType(path: Path, rates: readonly Content[], dataType: DataType): Change[] {
  return [{ path: [...path, 'rates', END], value: { ...rates[0], dataType } }];
}

/** A measured network whose latency is still to be written. */
export function withReference(path: Path, network: string): Change[] {
  return [{ path: [...path, 'references', END], value: { network, cores: 1, kind: 'assumed', source: 'entered in the editor' } }];
}
