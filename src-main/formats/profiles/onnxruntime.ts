/**
 * The profile that ONNX Runtime writes (`enable_profiling`): a JSON array of trace events. A node has one event "<node>_kernel_time" for
 * each time it was executed, whose duration is in microseconds; those of fences, subgraphs and the session itself are not layers.
 */
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseJson } from '../json.ts';
import { noRows, quantityOf } from './row-numbers.ts';
import type { ProfileReader, ProfileRow } from './profile-row.ts';
import { spreadOf } from './spread.ts';

const KERNEL = '_kernel_time';
/** A whole run of the model, in versions old and new. */
const WHOLE_RUN = 'model_run';

interface Event {
  readonly cat: unknown;
  readonly name: string;
  readonly dur: number | undefined;
  readonly ts: number;
  readonly args: Readonly<Record<string, unknown>>;
}

export const onnxruntime: ProfileReader = {
  id: 'onnxruntime',
  name: 'ONNX Runtime',
  recognises: (head) => /^\s*[[{]/.test(head) && /"cat"\s*:\s*"(?:Session|Node)"/.test(head),
  read(text, name) {
    const events = eventsByLine(text, name) ?? eventsOf(parseJson(closed(text), name), name);
    const inOrder = events.toSorted((a, b) => a.ts - b.ts);
    const whole = inOrder.filter((event) => event.name === WHOLE_RUN);
    const byNode = Map.groupBy(
      inOrder.filter((event) => event.cat === 'Node' && event.name.endsWith(KERNEL) && event.dur !== undefined),
      // Files of old versions have no names: there a node is known by its place only.
      (event) =>
        JSON.stringify([
          event.name,
          textOf(event.args['provider']),
          event.name === KERNEL ? event.ts : textOf(event.args['node_index']),
        ]),
    );
    const rows = [...byNode.values()].map((own) => rowOf(own, whole.length));
    if (rows.length === 0)
      throw noRows(
        name,
        `event "…${KERNEL}"`,
        'run the model while profiling is on, and end the session so that the file is complete',
      );
    const isWarm = [...byNode.values()].some((own) => runsOf(own, whole.length).length > 1);
    const wholeUs = spreadOf(warm(whole.map(({ dur = 0 }) => dur)));
    return {
      rows,
      tool: 'ONNX Runtime',
      kind: 'measured',
      ...(wholeUs === undefined
        ? {}
        : { whole: { value: wholeUs.median, unit: 'us', runs: Math.max(1, whole.length - 1) } }),
      ...(isWarm ? { warmups: 1 } : {}),
      notes: [],
    };
  },
};

/** A session that did not end leaves its array open, maybe within an event, each of which is a line: what is complete counts. */
function closed(text: string): string {
  const trimmed = text.trim();
  if (trimmed.endsWith(']')) return text;
  const end = /\}\s*,?$/.test(trimmed) ? trimmed.length : trimmed.lastIndexOf('},\n') + 1;
  return `${trimmed.startsWith('{') ? '[' : ''}${trimmed.slice(0, end).replace(/,\s*$/, '')}]`;
}

/**
 * The events of a file that has one on each line, as the runtime writes it: one is parsed after the other, and of the further runs of a node only
 * what differs is kept, so that a long profile needs little memory. Undefined where a line is something else.
 */
function eventsByLine(text: string, file: string): Event[] | undefined {
  const events: Event[] = [];
  const firstArgs = new Map<string, Event['args']>();
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end).trim();
    at = end < 0 ? text.length : end + 1;
    if (line === '' || line === '[' || line === ']') continue;
    const content = /^\[?(\{.*\}),?\]?$/.exec(line)?.[1];
    if (content === undefined) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch {
      return undefined; // read as a whole, which says what is wrong where
    }
    const event = eventOf(value, events.length, file);
    const { name, args } = event;
    if (!name.endsWith(KERNEL)) {
      events.push(name === WHOLE_RUN ? { ...event, args: {} } : event);
      continue;
    }
    const key = `${name} ${textOf(args['provider'])} ${textOf(args['node_index'])}`;
    const known = firstArgs.get(key);
    if (known === undefined) firstArgs.set(key, args);
    events.push(known === undefined ? event : { ...event, args: known });
  }
  return events;
}

function eventsOf(value: unknown, file: string): Event[] {
  const all: unknown =
    typeof value === 'object' && value !== null && 'traceEvents' in value ? value.traceEvents : value;
  if (!Array.isArray(all)) throw invalid(file, [], 'is not a list of events');
  return all.map((each: unknown, index) => eventOf(each, index, file));
}

/** @throws WorkbenchError `profile.invalid` with the number of the event */
function eventOf(value: unknown, index: number, file: string): Event {
  if (typeof value !== 'object' || value === null) throw invalid(file, [index], 'is not an event');
  const { cat, name, dur, ts, args } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string') throw invalid(file, [index, 'name'], 'is not a text');
  const duration = quantityOf(dur);
  if (dur !== undefined && duration === undefined) throw invalid(file, [index, 'dur'], 'is not a time in µs');
  return {
    cat,
    name,
    dur: duration,
    ts: typeof ts === 'number' ? ts : 0,
    args: typeof args === 'object' && args !== null ? (args as Readonly<Record<string, unknown>>) : {},
  };
}

function invalid(file: string, path: readonly (string | number)[], message: string): WorkbenchError {
  const place = path.map((step) => (typeof step === 'number' ? `event ${step}` : step)).join(', ');
  return new WorkbenchError('profile.invalid', `${file}${place === '' ? '' : `, ${place}`}: ${message}`, {
    hint: 'choose the file that ONNX Runtime wrote, as it is',
    path: [file, ...path],
  });
}

function rowOf(own: readonly Event[], runs: number): ProfileRow {
  const [{ name, args }] = own;
  const durations = warm(runsOf(own, runs));
  const figures = spreadOf(durations);
  const op = textOf(args['op_name']);
  const outputShape = shapeOf(args['output_type_shape']);
  const dataType = typeOf(args['output_type_shape']);
  return {
    name: name.slice(0, -KERNEL.length),
    ...(op === '' ? {} : { op }),
    on: textOf(args['provider']),
    value: figures?.median ?? 0,
    unit: 'us',
    statistic: durations.length === 1 ? 'single' : 'median',
    runs: durations.length,
    ...(figures?.spread === undefined ? {} : { spread: figures.spread }),
    ...(outputShape === undefined ? {} : { outputShape }),
    ...(dataType === undefined ? {} : { dataType }),
    ...(/^Reorder(?:Input|Output)$|^Memcpy/.test(op) ? { isTransfer: true } : {}),
  };
}

/** [{ "float": [1, 64, 55, 55] }] → [64, 55, 55] */
function shapeOf(value: unknown): number[] | undefined {
  const [sizes]: unknown[] = Object.values(firstOf(value));
  return Array.isArray(sizes) && sizes.length > 1 && sizes.every((size) => Number.isSafeInteger(size) && size > 0)
    ? sizes.slice(1).map(Number)
    : undefined;
}

function typeOf(value: unknown): string | undefined {
  return Object.keys(firstOf(value))[0];
}

function firstOf(value: unknown): object {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return typeof first === 'object' && first !== null ? first : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Time of a node in each run, µs: within a loop it is executed several times a run. */
function runsOf(own: readonly Event[], runs: number): number[] {
  const perRun = runs > 0 && own.length % runs === 0 ? own.length / runs : 1;
  return Array.from({ length: own.length / perRun }, (_, run) =>
    own.slice(run * perRun, (run + 1) * perRun).reduce((sum, { dur = 0 }) => sum + dur, 0),
  );
}

/** Without the first, which is warm-up where there are several. */
function warm(values: readonly number[]): readonly number[] {
  return values.length > 1 ? values.slice(1) : values;
}
