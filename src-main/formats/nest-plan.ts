/** Partition plans as NEST-C reads and writes them: which operator is in which partition, and which backend runs each. */
import { layerIdsOf } from '#shared/scheduling/solution.ts';
import { plain } from '#shared/scheduling/given-schedule.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { nestPlanComments } from '#shared/formats/plans/nest-plan-text.ts';
import { runFileName, type Format, type RunExport } from './format.ts';

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

export const nestPlanFormat: Format = {
  id: 'nest-plan',
  name: 'NEST-C plan',
  description:
    'a partition plan of the NEST compiler: runs of layers on one element, in the order in which the schedule starts them',
  extensions: ['.yaml'],
  mediaType: 'application/yaml',
  runWriter: {
    write: (run) => {
      const { partitions, renamed, comments } = partitionsOf(run);
      const text = nestPlanText({
        model: `${plain(run.problem.layerwise.applications[0].network.id)}.onnx`,
        partitions,
        last: lastPlace(run),
      });
      return {
        files: [
          {
            name: runFileName(run.detail, 'nest-plan', '.yaml'),
            content: text + comments.map((line) => `${line}\n`).join(''),
            mediaType: 'application/yaml',
          },
        ],
        notes: [
          { message: 'Partitions run one after the other: which of them overlap in the schedule is not said.' },
          ...(comments.length === 0
            ? []
            : [
                {
                  message:
                    'Comments after the end of the plan say which layers are one call, and which names were changed beyond "_": Tessera reads ' +
                    'them. Whether NEST-C minds them was not tried; they may be removed.',
                },
              ]),
          ...(renamed.length === 0
            ? []
            : [
                {
                  message: `${renamed.length} names have characters that a plan cannot have: ${renamed
                    .slice(0, MOST_NAMED)
                    .map(([from, to]) => `"${from}" is "${to}"`)
                    .join(', ')}${renamed.length > MOST_NAMED ? ', …' : ''}`,
                },
              ]),
        ],
      };
    },
  },
};

/** Renamed layers that a note lists. */
const MOST_NAMED = 20;

/**
 * The calls of the first instance in the order of their starts, those in a row on one element together.
 * @throws WorkbenchError `nest-plan.notExpressible` for several applications
 */
function partitionsOf({ problem, timeline }: RunExport): {
  readonly partitions: readonly NestPartition[];
  readonly renamed: readonly (readonly [from: string, to: string])[];
  readonly comments: readonly string[];
} {
  const { applications } = problem.layerwise;
  if (applications.length > 1)
    throw new WorkbenchError(
      'nest-plan.notExpressible',
      `a plan is of one network, and the scenario has ${applications.length} applications`,
      { hint: 'export another format, such as assignment-csv' },
    );
  const prefix = `${applications[0].id}/`.length;
  const taken = new Set<string>();
  const renamed: (readonly [string, string])[] = [];
  const nameOf = (layer: string): string => {
    let name = plain(layer);
    while (taken.has(name)) name += '_';
    taken.add(name);
    if (name !== layer) renamed.push([layer, name]);
    return name;
  };
  const jobs = [...problem.jobTask.keys()]
    .filter((job) => problem.jobInstance[job] === 0)
    .sort((a, b) => timeline.startMs[a] - timeline.startMs[b] || a - b);
  const partitions: { pe: number; nodes: string[]; calls: string[][] }[] = [];
  for (const job of jobs) {
    const nodes = layerIdsOf(problem, problem.tasks[problem.jobTask[job]]).map((id) => nameOf(id.slice(prefix)));
    const last = partitions.at(-1);
    if (last?.pe === timeline.pe[job]) {
      last.nodes.push(...nodes);
      last.calls.push(nodes);
    } else partitions.push({ pe: timeline.pe[job], nodes: [...nodes], calls: [nodes] });
  }
  return {
    partitions: partitions.map(({ pe, nodes }) => ({
      backend: problem.processors[problem.pes[pe].processor].id,
      deviceId: pe,
      nodes,
    })),
    renamed,
    comments: nestPlanComments(
      new Map(partitions.flatMap(({ calls }, index) => (calls.length > 1 ? [[index, calls]] : []))),
      renamed.flatMap(([layer, name]) => (name === plain(layer) && !isShared(name) ? [] : [[name, layer]])),
    ),
  };

  /** Whether other layers would have the same name. */
  function isShared(name: string): boolean {
    return applications[0].network.layers.filter(({ id }) => plain(id) === name).length > 1;
  }
}

/** What saves the output: the first CPU, as in NEST-C, else the first element. */
function lastPlace({ problem }: RunExport): NestPlan['last'] {
  const pe = problem.pes.find(({ processor }) => problem.processors[processor].kind === 'cpu') ?? problem.pes[0];
  return { backend: problem.processors[pe.processor].id, deviceId: pe.index };
}
