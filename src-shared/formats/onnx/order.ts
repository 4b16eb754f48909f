/** The order of a graph's nodes: producers before consumers, whatever the file says, and which nodes work for nothing. */
import { WorkbenchError } from '../../domain/errors.ts';
import type { OnnxGraph, OnnxNode } from './model.ts';

/** The values that a node reads: its inputs, and what the graphs in its attributes take from around them. */
function valuesRead({ inputs, attributes }: OnnxNode): string[] {
  const captured = [...attributes.values()].flatMap(({ graph }) => (graph === undefined ? [] : capturedBy(graph)));
  return [...inputs, ...captured].filter((name) => name !== '');
}

/** Names that `graph` reads and does not define itself. */
function capturedBy({ nodes, inputs, outputs, initializers }: OnnxGraph): string[] {
  const own = new Set(
    [...inputs, ...initializers].map(({ name }) => name).concat(nodes.flatMap((node) => node.outputs)),
  );
  return [...nodes.flatMap(valuesRead), ...outputs.map(({ name }) => name)].filter((name) => !own.has(name));
}

export interface OrderedNode {
  readonly node: OnnxNode;
  /** Its place in the file. */
  readonly index: number;
}

/**
 * `nodes` with producers first; those that may stay where they are stay. O(V + E).
 * @param place the graph, for errors: "graph"
 * @throws WorkbenchError `onnx.cycle` naming the nodes of a cycle
 */
export function inTopologicalOrder(
  nodes: readonly OnnxNode[],
  place: string,
): { readonly nodes: readonly OrderedNode[]; readonly isReordered: boolean } {
  const producers = new Map<string, number>();
  nodes.forEach((node, index) => {
    for (const name of node.outputs) if (name !== '' && !producers.has(name)) producers.set(name, index);
  });
  const readsOf = nodes.map((node) => [...new Set(valuesRead(node).flatMap((name) => producers.get(name) ?? []))]);
  if (readsOf.every((reads, index) => reads.every((producer) => producer < index)))
    return { nodes: nodes.map((node, index) => ({ node, index })), isReordered: false };
  // Depth first from each node in the file's order: a node comes as soon as what it reads is there.
  const state = new Uint8Array(nodes.length); // 0 new, 1 on the path, 2 done
  const sorted: OrderedNode[] = [];
  for (let root = 0; root < nodes.length; root++) {
    if (state[root] !== 0) continue;
    const path = [{ index: root, next: 0 }];
    state[root] = 1;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      if (top.next === readsOf[top.index].length) {
        state[top.index] = 2;
        sorted.push({ node: nodes[top.index], index: top.index });
        path.pop();
        continue;
      }
      const producer = readsOf[top.index][top.next++];
      if (state[producer] === 1)
        throw cycleError(
          path
            .slice(path.findIndex(({ index }) => index === producer))
            .map(({ index }) => ({ node: nodes[index], index })),
          place,
        );
      if (state[producer] === 0) {
        state[producer] = 1;
        path.push({ index: producer, next: 0 });
      }
    }
  }
  return { nodes: sorted, isReordered: true };
}

const MOST_NAMED = 12;

/** @param nodes each reads what the next one gives, the last what the first gives */
function cycleError(nodes: readonly OrderedNode[], place: string): WorkbenchError {
  const inFlow = nodes.toReversed();
  const named = inFlow.slice(0, MOST_NAMED).map(({ node, index }) => nameOf(node, index));
  const more = inFlow.length > MOST_NAMED ? [`… ${inFlow.length - MOST_NAMED} more …`] : [];
  return new WorkbenchError('onnx.cycle', `onnx: nodes form a cycle: ${[...named, ...more, named[0]].join(' → ')}`, {
    hint: 'a network is a graph without cycles: look for a value that is given by the wrong node, and export the model again',
    path: [place, ...inFlow.slice(0, MOST_NAMED).map(({ index }) => `node[${index}]`)],
  });
}

/** Those of `nodes` whose results reach one of `outputs`; all of them where nothing says what the graph gives back. */
export function liveNodes(nodes: readonly OnnxNode[], outputs: readonly string[]): ReadonlySet<OnnxNode> {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const wanted = outputs.flatMap((name) => producers.get(name) ?? []);
  if (wanted.length === 0) return new Set(nodes);
  const live = new Set<OnnxNode>();
  for (let node = wanted.pop(); node !== undefined; node = wanted.pop()) {
    if (live.has(node)) continue;
    live.add(node);
    wanted.push(...valuesRead(node).flatMap((name) => producers.get(name) ?? []));
  }
  return live;
}

/** 'node[3] ("conv1", Conv)' */
export function nameOf(node: OnnxNode, index: number): string {
  return `node[${index}] (${node.name === '' ? '' : `"${node.name}", `}${node.op})`;
}

/** The error for a graph that makes no sense. */
export function invalid(message: string, path: readonly string[]): WorkbenchError {
  return new WorkbenchError('onnx.invalid', `onnx: ${message}`, {
    hint: 'the file is damaged, or was written wrongly: check it with onnx.checker',
    path,
  });
}
