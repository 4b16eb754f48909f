/** Partition plans as NEST-C reads them: which operator is in which partition, and which backend runs each. */

/** One partition of a plan. */
export interface NestPartition {
  readonly backend: string;
  readonly deviceId: number;
  /** Names of its operators, in the order in which they are executed. */
  readonly nodes: readonly string[];
  /** Partitions of one number run at the same time. */
  readonly parallel?: number | undefined;
}

export interface NestPlan {
  /** File of the model. */
  readonly model: string;
  readonly partitions: readonly NestPartition[];
  /** What runs what no partition names: the saving of the output. */
  readonly last: Pick<NestPartition, 'backend' | 'deviceId'>;
}

/** The text of `plan`. */
export function nestPlanText({ model, partitions, last }: NestPlan): string {
  const all = [...partitions, { ...last, nodes: [] }];
  const nodes = partitions.flatMap((partition, index) => partition.nodes.map((node) => `${node}-${index}`));
  const parallel = [
    ...Map.groupBy(
      partitions.flatMap((partition, index) => (partition.parallel === undefined ? [] : [{ partition, index }])),
      ({ partition }) => partition.parallel,
    ).values(),
  ];
  return [
    '---',
    `funcName: ${model}`,
    `numOfPartitions: ${all.length}`,
    `backendNames: ${all.map(({ backend }) => backend).join(':')}`,
    `partitionNames: ${all.map((_, index) => `p${index}`).join(':')}`,
    `nodeToPartition: ${nodes.join('\n  :')}`,
    `logicalIDs: ${all.map(({ deviceId }) => deviceId).join(':')}`,
    ...(parallel.length === 0
      ? []
      : [
          `parallelPartitions: ${parallel.map((group) => `(${group.map(({ index }) => `p${index}`).join('||')})`).join(':')}`,
        ]),
    '...',
    '',
    '',
  ].join('\n');
}
