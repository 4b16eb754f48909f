/**
 * In which types a processor can compute elements of a type: in those that are at least as wide, because nothing is lost in them, and of
 * those in whichever is fastest. So a layer is never modelled faster than a rate that is stated for it, and a narrower type never takes
 * longer than a wider one.
 */
import { bytesPerElement, type RooflineModel, type DataType, type Rate } from './cost-model.ts';

/** A rate as layers are computed in it. */
export interface ComputingType {
  readonly rate: Rate;
  /** Bytes in which the processor holds an element of each type while it computes in this one. */
  readonly heldBytes: Readonly<Record<DataType, number>>;
  /** Bytes in which it holds an element of each type before and after. */
  readonly restingBytes: Readonly<Record<DataType, number>>;
}

/** By the type of a layer, what it may be computed in; where it states none, `unstated`. */
export type ComputingTypes = Readonly<Record<DataType | 'unstated', readonly ComputingType[]>>;

/** The rates of `model` that layers may be computed in: all at least as wide as their type; the widest where none is; the first where no type is stated. */
export function computingTypes({ rates }: Pick<RooflineModel, 'rates'>): ComputingTypes {
  const widest = Math.max(...rates.map(widthOf));
  const holding = (type: DataType): Rate[] =>
    rates.filter((rate) => widthOf(rate) >= Math.min(bytesPerElement[type], widest));
  const restingBytes = byType((type) => Math.min(...holding(type).map(widthOf)));
  const computingIn = (rate: Rate): ComputingType => ({
    rate,
    restingBytes,
    heldBytes: byType((type) => Math.max(widthOf(rate), restingBytes[type])),
  });
  return { ...byType((type) => holding(type).map(computingIn)), unstated: rates.slice(0, 1).map(computingIn) };
}

function byType<Value>(valueOf: (type: DataType) => Value): Record<DataType, Value> {
  return { fp32: valueOf('fp32'), fp16: valueOf('fp16'), int8: valueOf('int8') };
}

function widthOf({ dataType }: Rate): number {
  return bytesPerElement[dataType];
}
