/** What branches and loops see of the walk through a model that they are part of. */
import type { OpenDimensions } from './dimensions.ts';
import type { InferredNode } from './inferred-graph.ts';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxValue } from './model.ts';
import type { Scope } from './scope.ts';
import type { Dimension, Tensor, TensorValue } from './tensor.ts';

/** The graph that a node is in. */
export interface Place {
  /** For errors: "graph", "graph.node[3].then_branch". */
  readonly path: string;
  /** Begins the names of nodes and values: "" or "loop/2/". */
  readonly prefix: string;
  readonly opsets: ReadonlyMap<string, number>;
  readonly scope: Scope;
  /** In the body of a function: attributes of its use. */
  readonly attributes?: ReadonlyMap<string, OnnxAttribute>;
  /** Functions that this place is in. */
  readonly functions: readonly string[];
}

export interface Walk {
  readonly values: ReadonlyMap<string, TensorValue>;
  /** The node that gives a value. */
  readonly producers: ReadonlyMap<string, InferredNode>;
  /** The input of the model that a value is. */
  readonly inputs: ReadonlyMap<string, OnnxValue>;
  readonly dimensions: OpenDimensions;
  /** Lengths of what recurrent layers and scans walk along. */
  readonly sequenceLengths: Set<Dimension>;
  /** Remembers that `what` was done to `name`, for a note. */
  note(what: string, name: string): void;
  /** Gives the name `name` to a new value. @returns the value's own name in the flat graph */
  define(place: Place, name: string, value: TensorValue, what: string): string;
  /** Gives the name `name` to a value that is there already. */
  bind(place: Place, name: string, value: string, what: string): void;
  /** The value that `node` reads as `name`; "" where an optional input is left out. */
  valueOf(place: Place, name: string, node: OnnxNode, index: number): string;
  /** Walks through the body of a branch or a loop. @param place with a scope of its own, its inputs defined @returns what the body gives, in order */
  walkGraph(graph: OnnxGraph, place: Place): string[];
  /** Adds a node that is not in the file: a part of a loop's input, or its results put together. */
  add(node: Pick<OnnxNode, 'op' | 'name' | 'inputs'>, outputs: readonly Tensor[], place: Place): string[];
  /** A name for one use of a function or loop, which begins the names of its nodes. */
  useName(node: OnnxNode, place: Place): string;
}
