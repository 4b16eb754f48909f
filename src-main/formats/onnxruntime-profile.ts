/**
 * The profile that ONNX Runtime writes (`enable_profiling`): a JSON array of trace events. A node has one event "<node>_kernel_time" for
 * each time it was executed, whose duration is in microseconds; those of fences, subgraphs and the session itself are not layers.
 */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import type { MeasuredNode, ProfileReader } from './measured-profile.ts';
import { parseJson } from './json.ts';
import { decodeHead } from './text.ts';

const KERNEL = '_kernel_time';
/** A whole run of the model, in versions old and new. */
const WHOLE_RUN = 'model_run';
const US_PER_MS = 1000;

const eventsSchema = z.array(
  z.looseObject({
    cat: z.string().optional(),
    name: z.string(),
    dur: z.number().min(0).optional(),
    ts: z.number().optional(),
    args: z.looseObject({ provider: z.string().optional() }).optional(),
  }),
);
type Event = z.output<typeof eventsSchema>[number];

export const onnxruntimeProfile: ProfileReader = {
  name: 'ONNX Runtime',
  recognises({ head }) {
    const text = decodeHead(head);
    return /^\s*\[/.test(text) && /"cat"\s*:\s*"(?:Session|Node)"/.test(text);
  },
  read(text, name) {
    const events = parseDocument(eventsSchema, parseJson(closed(text), name), 'profile');
    const inOrder = events.toSorted((a, b) => (a.ts ?? 0) - (b.ts ?? 0));
    const whole = inOrder.filter((event) => event.name === WHOLE_RUN);
    const byNode = Map.groupBy(
      inOrder.filter((event) => event.cat === 'Node' && event.name.endsWith(KERNEL) && event.dur !== undefined),
      (event) => JSON.stringify([event.name, event.args?.provider ?? '']),
    );
    const nodes = [...byNode.values()].map((own) => nodeOf(own, whole.length));
    if (nodes.length === 0)
      throw new WorkbenchError('profile.invalid', `${name} has no event "…${KERNEL}", so nothing was executed in it`, {
        hint: 'run the model while profiling is on, and end the session so that the file is complete',
        path: [name],
      });
    return {
      nodes,
      isWarm: [...byNode.values()].some((own) => runsOf(own, whole.length).length > 1),
      wholeMs: whole.length === 0 ? undefined : meanWarm(whole.map(({ dur = 0 }) => dur)) / US_PER_MS,
    };
  },
};

/** A session that did not end leaves its array open, maybe within an event, each of which is a line: what is complete counts. */
function closed(text: string): string {
  const trimmed = text.trimEnd();
  if (trimmed.endsWith(']')) return text;
  const end = /\}\s*,?$/.test(trimmed) ? trimmed.length : trimmed.lastIndexOf('},\n') + 1;
  return `${trimmed.slice(0, end).replace(/,$/, '')}]`;
}

function nodeOf(own: readonly Event[], runs: number): MeasuredNode {
  const durations = runsOf(own, runs);
  return {
    name: own[0].name.slice(0, -KERNEL.length),
    on: own[0].args?.provider ?? '',
    timeMs: meanWarm(durations) / US_PER_MS,
    runs: Math.max(1, durations.length - 1),
  };
}

/** Time of a node in each run, µs: within a loop it is executed several times a run. */
function runsOf(own: readonly Event[], runs: number): number[] {
  const perRun = runs > 0 && own.length % runs === 0 ? own.length / runs : 1;
  return Array.from({ length: own.length / perRun }, (_, run) =>
    own.slice(run * perRun, (run + 1) * perRun).reduce((sum, { dur = 0 }) => sum + dur, 0),
  );
}

/** The mean without the first, which is warm-up where there are several. */
function meanWarm(values: readonly number[]): number {
  const counted = values.length > 1 ? values.slice(1) : values;
  return counted.reduce((sum, value) => sum + value, 0) / counted.length;
}
