/** The layers of a network as a graph: what is laid out and drawn. */

export interface GraphLayer {
  /** Its place in the document. */
  readonly index: number;
  readonly id: string;
  readonly op: string;
  /** Places of the layers it reads. */
  readonly producers: readonly number[];
}

export interface NetworkGraph {
  readonly layers: readonly GraphLayer[];
  /** Places of the layers that read each. */
  readonly consumers: readonly (readonly number[])[];
  /** Places in an order in which each comes after all it reads; otherwise as in the document. */
  readonly order: readonly number[];
}
