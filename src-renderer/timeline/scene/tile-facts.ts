/** Everything there is to say about one tile, for its tooltip, its detail and its announcement to screen readers. */
import { doubtfulTime } from '#shared/domain/time-origins.ts';
import { formatBytes, formatDuration, formatExact } from '../../format.ts';
import { partsOfTile, type TilePart } from './members.ts';
import { layerOfTile, type Scene } from './scene.ts';

/** Output of a dependency that this task waited for. */
export interface IncomingTransfer {
  /** Tile of the producer. */
  readonly tile: number;
  readonly layer: string;
  readonly pe: string;
  readonly producedMs: number;
  /** Time on the link, without waiting for a contended link; 0 within a processor. */
  readonly transferMs: number;
  readonly bytes: number;
  readonly crossesProcessors: boolean;
}

export interface TileFacts {
  readonly job: number;
  readonly layer: string;
  readonly op: string;
  readonly applicationIndex: number;
  readonly application: string;
  readonly instance: number;
  readonly instanceCount: number;
  readonly pe: string;
  readonly processor: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly durationMs: number;
  /** Undefined where the time it rests on is measured, or the network gives it without a word. */
  readonly timeIs: 'modelled' | 'assumed' | undefined;
  readonly readyMs: number;
  /** From ready to start. */
  readonly waitingMs: number;
  readonly releaseMs: number;
  readonly transfersIn: readonly IncomingTransfer[];
  readonly consumers: readonly number[];
  /** The layers of its subgraph; none for a layer that runs alone. */
  readonly parts: readonly TilePart[];
  /** What it takes on each processor of the platform. */
  readonly costs: readonly ProcessorCost[];
}

/** At nominal frequency on one core, ms. */
export interface ProcessorCost {
  readonly processor: string;
  readonly isHere: boolean;
  /** Undefined: it cannot run there. */
  readonly timeMs: number | undefined;
  /** Of a subgraph: the sum of its layers alone; undefined where one has no time there, and for a layer. */
  readonly aloneMs: number | undefined;
}

/** Facts about `tile`. */
export function tileFacts(scene: Scene, tile: number): TileFacts {
  const { problem } = scene;
  const job = scene.tileJob[tile];
  const row = scene.rows[scene.tileRow[tile]];
  const layer = layerOfTile(scene, tile);
  const application = problem.scenario.applications[scene.tileApplication[tile]];
  const startMs = scene.tileStartMs[tile];
  const endMs = scene.tileEndMs[tile];
  return {
    job,
    layer: layer.name,
    op: layer.op,
    applicationIndex: scene.tileApplication[tile],
    application: application.name,
    instance: problem.jobInstance[job],
    instanceCount: scene.instances.filter((mark) => mark.application === scene.tileApplication[tile]).length,
    pe: row.label,
    processor: problem.processors[row.processor].name,
    startMs,
    endMs,
    durationMs: endMs - startMs,
    timeIs: timeIsOf(scene, tile),
    readyMs: scene.tileReadyMs[tile],
    waitingMs: startMs - scene.tileReadyMs[tile],
    releaseMs: problem.jobReleaseMs[job],
    transfersIn: producersOf(scene, tile).map(({ tile: producer, edge }) =>
      transferBetween(scene, producer, tile, edge),
    ),
    consumers: consumersOf(scene, tile).map((entry) => entry.tile),
    parts: partsOfTile(scene, tile),
    costs: costsOf(scene, tile),
  };
}

/** Tiles whose output `tile` reads, with the edge. */
export function producersOf(scene: Scene, tile: number): { readonly tile: number; readonly edge: number }[] {
  const { problem } = scene;
  const task = problem.jobTask[scene.tileJob[tile]];
  const edges = Array.from(
    { length: problem.consumerFirstEdge[task + 1] - problem.consumerFirstEdge[task] },
    (_, i) => problem.consumerFirstEdge[task] + i,
  );
  return edges.map((edge) => ({ edge, tile: tileOfSibling(scene, tile, problem.edgeProducer[edge]) }));
}

/** Tiles that read the output of `tile`, with the edge. */
export function consumersOf(scene: Scene, tile: number): { readonly tile: number; readonly edge: number }[] {
  const { problem } = scene;
  const task = problem.jobTask[scene.tileJob[tile]];
  const edges = problem.outgoingEdge.subarray(problem.producerFirstEdge[task], problem.producerFirstEdge[task + 1]);
  return Array.from(edges, (edge) => ({ edge, tile: tileOfSibling(scene, tile, problem.edgeConsumer[edge]) }));
}

/** Label and value pairs, aligned where they are shown; `exact` for hover and copy. */
export function tileFactLines(
  facts: TileFacts,
): { readonly label: string; readonly value: string; readonly exact: string }[] {
  const time = (label: string, ms: number) => ({ label, value: formatDuration(ms, 4), exact: formatExact(ms, 'ms') });
  const duration = time('Duration', facts.durationMs);
  return [
    { ...duration, value: facts.timeIs === undefined ? duration.value : `${duration.value}, ${facts.timeIs}` },
    time('Start', facts.startMs),
    time('End', facts.endMs),
    time('Ready', facts.readyMs),
    time('Waiting', facts.waitingMs),
  ];
}

/** "conv1 → 802 kB from gpu" in words, for the list of transfers. */
export function describeTransfer(transfer: IncomingTransfer): string {
  const size = transfer.bytes > 0 ? formatBytes(transfer.bytes) : 'no data';
  return transfer.crossesProcessors ? `${size}, ${formatDuration(transfer.transferMs)}` : 'same processor';
}

/** One sentence for screen readers. */
export function describeTile(facts: TileFacts): string {
  const instance = facts.instanceCount > 1 ? `, instance ${facts.instance}` : '';
  const parts = facts.parts.length === 0 ? '' : `, ${facts.parts.length} layers in one call`;
  return (
    `${facts.layer} (${facts.op}${parts}) of ${facts.application}${instance} on ${facts.pe}: ${formatDuration(facts.startMs)} ` +
    `to ${formatDuration(facts.endMs)}, ${formatDuration(facts.durationMs)} long` +
    `${facts.timeIs === undefined ? '' : ` (${facts.timeIs})`}, waited ` +
    `${formatDuration(facts.waitingMs)}`
  );
}

function costsOf({ problem, rows, tileRow, tileJob }: Scene, tile: number): ProcessorCost[] {
  const task = problem.tasks[problem.jobTask[tileJob[tile]]];
  return problem.processors.map(({ index, name, basePerformance }) => {
    const timeMs = problem.baseTimeMs[task.index * problem.processors.length + index] / basePerformance;
    const aloneMs = (task.members ?? []).reduce((sum, member) => sum + member.timeMs[index] / basePerformance, 0);
    return {
      processor: name,
      isHere: rows[tileRow[tile]].processor === index,
      timeMs: Number.isNaN(timeMs) ? undefined : timeMs,
      aloneMs: task.members === undefined || Number.isNaN(aloneMs) ? undefined : aloneMs,
    };
  });
}

function timeIsOf({ problem, rows, tileRow, tileJob }: Scene, tile: number): TileFacts['timeIs'] {
  const task = problem.tasks[problem.jobTask[tileJob[tile]]];
  const { network } = problem.scenario.applications[task.application];
  return doubtfulTime(
    network,
    network.layers[task.layer],
    problem.scenario.platform.processors[rows[tileRow[tile]].processor],
  );
}

function tileOfSibling(scene: Scene, tile: number, task: number): number {
  const job = scene.tileJob[tile];
  const { problem } = scene;
  return scene.tileOfJob[job + task - problem.jobTask[job]];
}

function transferBetween(scene: Scene, from: number, to: number, edge: number): IncomingTransfer {
  const { problem } = scene;
  const count = problem.processors.length;
  const producer = scene.rows[scene.tileRow[from]];
  const consumer = scene.rows[scene.tileRow[to]];
  return {
    tile: from,
    layer: layerOfTile(scene, from).name,
    pe: producer.label,
    producedMs: scene.tileEndMs[from],
    transferMs: problem.transferMs[(edge * count + producer.processor) * count + consumer.processor],
    bytes: problem.edgeBytes[edge],
    crossesProcessors: producer.processor !== consumer.processor,
  };
}
