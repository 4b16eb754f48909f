/**
 * Scenarios after XRBench (Kwon et al., "XRBench", MLSys 2023; repository XRBench-MLSys2023 at 8915666, MIT licence): which tasks run
 * together, and how often. Its networks are not among the presets: others stand in for them, named as such.
 */
import type { ScenarioInput } from '#shared/domain/scenario.ts';
import { profilesOf } from './published-profiles.ts';

const PLATFORM = 'snapdragon-x-elite';
/** Instances of the fastest task of each scenario. */
const FRAMES = 20;

interface Task {
  readonly id: string;
  readonly name: string;
  readonly network: string;
  readonly framesPerS: number;
}

const hands = { id: 'hands', name: 'Hand tracking', network: 'mobilenet-v2', framesPerS: 45 };
const depth = { id: 'depth', name: 'Depth estimation', network: 'efficientnet-b0', framesPerS: 30 };
const planes = { id: 'planes', name: 'Plane detection', network: 'resnet50', framesPerS: 15 };

const standIns = (tasks: readonly Task[]): string =>
  `assumed: stand-ins for the networks of XRBench: ${tasks.map(({ name, network }) => `${network} for ${name.toLowerCase()}`).join(', ')}`;

const source = 'published: tasks and frames per second, XRBench (MLSys 2023, MIT licence); each deadline is the period';

/** To the µs. */
function periodMs(framesPerS: number): number {
  return Number((1000 / framesPerS).toFixed(3));
}

function scenario(id: string, name: string, tasks: readonly Task[], groups?: ScenarioInput['groups']): ScenarioInput {
  const fastest = Math.max(...tasks.map(({ framesPerS }) => framesPerS));
  const grouped = new Set(groups?.flatMap(({ applications }) => applications));
  return {
    schemaVersion: 1,
    id,
    name,
    description: `${tasks.map((task) => `${task.name.toLowerCase()} ${task.framesPerS} times`).join(', ')} a second, after XRBench, with stand-in networks.`,
    provenance: [
      source,
      standIns(tasks),
      ...(groups === undefined
        ? []
        : [
            'assumed: tasks of a group are released together; in XRBench gaze estimation begins when eye segmentation ends',
          ]),
    ],
    platform: PLATFORM,
    profiles: profilesOf(PLATFORM).filter((profile) =>
      tasks.some(({ network }) => profile === `${PLATFORM}-${network}`),
    ),
    applications: tasks.map((task) => ({
      id: task.id,
      name: task.name,
      network: task.network,
      instances: Math.round((FRAMES * task.framesPerS) / fastest),
      ...(grouped.has(task.id) ? {} : { periodMs: periodMs(task.framesPerS), deadlineMs: periodMs(task.framesPerS) }),
    })),
    ...(groups === undefined ? {} : { groups }),
  };
}

export const xrScenarios: readonly ScenarioInput[] = [
  scenario('xrbench-ar-gaming', 'XRBench: AR gaming', [hands, depth, planes]),
  scenario(
    'xrbench-vr-gaming',
    'XRBench: VR gaming',
    [
      { id: 'eyes', name: 'Eye segmentation', network: 'squeezenet-1.1', framesPerS: 60 },
      { id: 'gaze', name: 'Gaze estimation', network: 'mobilenet-v2', framesPerS: 60 },
      hands,
    ],
    [{ id: 'eye-camera', applications: ['eyes', 'gaze'], periodMs: periodMs(60) }],
  ),
];
