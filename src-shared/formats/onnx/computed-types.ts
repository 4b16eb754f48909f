/** In which types the layers of a model compute, as far as the cost model knows them: one for the network, and of layers that differ their own. */
import { bytesPerElement, type DataType } from '../../domain/cost-model.ts';
import { elementBits, ElementType } from './element-types.ts';
import type { InferredGraph, InferredNode } from './inferred-graph.ts';
import type { BuiltLayers } from './layers.ts';

const dataTypes: Readonly<Record<number, DataType>> = {
  [ElementType.float]: 'fp32',
  [ElementType.float16]: 'fp16',
  16: 'fp16',
  [ElementType.int8]: 'int8',
  [ElementType.uint8]: 'int8',
};

/** Operators that multiply whole numbers and give others or floats: the input whose type they work in. */
const workingInputs: Readonly<Record<string, number>> = {
  ConvInteger: 0,
  MatMulInteger: 0,
  MatMulIntegerToFloat: 1,
  DynamicQuantizeMatMul: 1,
  DynamicQuantizeLSTM: 1,
  QAttention: 1,
  QGemm: 3,
  QLinearConv: 3,
  QLinearMatMul: 3,
};

export class ComputedTypes {
  /**
   * What most of the nodes that multiply work in, or else most of all; undefined where that is not a type of the cost
   * model.
   */
  readonly common: DataType | undefined;
  readonly #typeOf: ReadonlyMap<string, DataType>;

  constructor({ nodes }: InferredGraph, { workingTypes, layerOf }: Pick<BuiltLayers, 'workingTypes' | 'layerOf'>) {
    const elementTypeOf = (inferred: InferredNode): number => workingType(inferred, workingTypes);
    const working = nodes.filter(({ isStatic }) => !isStatic);
    const multiplying = working.filter(({ macs }) => macs !== undefined && macs > 0);
    this.common = dataTypes[mostFrequent((multiplying.length > 0 ? multiplying : working).map(elementTypeOf))];
    this.#typeOf = new Map(
      [...layerOf].flatMap(([inferred, id]) => {
        const type = this.common === undefined ? undefined : typeBeside(this.common, elementTypeOf(inferred));
        return type === undefined || type === this.common ? [] : [[id, type] as const];
      }),
    );
  }

  /** `layers`, each with its type where it is not the common one. */
  stated<Layer extends { readonly id: string }>(layers: readonly Layer[]): (Layer & { dataType?: DataType })[] {
    return layers.map((layer) => {
      const dataType = this.#typeOf.get(layer.id);
      return dataType === undefined ? layer : { ...layer, dataType };
    });
  }
}

/** @param ofQuantized types of nodes whose quantisations were folded */
function workingType(inferred: InferredNode, ofQuantized: ReadonlyMap<InferredNode, number>): number {
  const { node, inputs, outputs } = inferred;
  return ofQuantized.get(inferred) ?? (inputs[workingInputs[node.op] ?? -1] ?? outputs[0])?.elementType ?? 0;
}

/**
 * What a layer of `elementType` computes in within a network of `common`; indices and other whole numbers keep their
 * width where the network's type is narrower.
 */
function typeBeside(common: DataType, elementType: number): DataType | undefined {
  const bytes = (elementBits(elementType) ?? 0) / 8;
  return (
    dataTypes[elementType] ??
    (bytes <= bytesPerElement[common] ? undefined : bytes >= bytesPerElement.fp32 ? 'fp32' : 'fp16')
  );
}

/** The first of equals. */
function mostFrequent(types: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}
