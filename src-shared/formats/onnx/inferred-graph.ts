/** A model as one flat graph, with what is known of each node and value. */
import type { OnnxNode } from './model.ts';
import type { OnnxNote } from './notes.ts';
import type { TensorValue } from './tensor.ts';

/** A node with what is known of it. Its values have names of their own in the whole flat graph. */
export interface InferredNode {
  readonly node: OnnxNode;
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (TensorValue | undefined)[];
  readonly outputs: readonly TensorValue[];
  /** Gives constants and sizes only. */
  readonly isStatic: boolean;
  readonly macs: number | undefined;
  /** Begins the names of the nodes in a function or loop: "loop/2/"; else empty. */
  readonly prefix: string;
  /** Why the shapes, or the work, could not be inferred. */
  readonly reason?: string;
}

export interface InferredGraph {
  /** Producers before consumers. */
  readonly nodes: readonly InferredNode[];
  /** Every value by name. */
  readonly values: ReadonlyMap<string, TensorValue>;
  /** The values that the model gives back. */
  readonly outputs: readonly string[];
  /** Open dimensions of the inputs that nothing was chosen for and that were taken as 1: the batch. */
  readonly assumed: readonly string[];
  /** Open dimensions of the inputs that nothing was chosen for. */
  readonly open: readonly string[];
  /** What was done to the graph. */
  readonly notes: readonly OnnxNote[];
}
