/**
 * Import of `.stg` task graphs of the Standard Task Graph Set (Tobita & Kasahara, J. Scheduling 5, 2002) and the pools
 * of equal units they are scheduled on.
 */
import type { NetworkInput } from '#shared/domain/network.ts';
import type { PlatformInput } from '#shared/domain/platform.ts';
import { importError, type ImportFault } from './import-fault.ts';

const FILE = 'task graph';

/** One task of the file. */
interface StgTask {
  readonly line: number;
  readonly id: number;
  /** Units of time. */
  readonly time: number;
  readonly predecessors: readonly number[];
  /** Units of time that the result of each predecessor takes to another unit; empty where the file has none. */
  readonly costs: readonly number[];
}

export interface StgNetworkOptions {
  /** The network's id. */
  readonly id: string;
  readonly name?: string;
  /** Length of one unit of time, ms; default 1. */
  readonly unitMs?: number;
  /** Key of the execution times; default "cpu". */
  readonly executionTimeKey?: string;
  /** Units between which costs of communication become transfer times; default 2. */
  readonly units?: number | undefined;
}

/** Bytes that take a ms at `COST_BANDWIDTH_MBPS`. */
const BYTES_PER_MS = 1000;
const COST_BANDWIDTH_MBPS = 1;
/** Pairs of units grow with the square; beyond, the bytes at `COST_BANDWIDTH_MBPS` say the same. */
const MOST_PAIRED_UNITS = 8;

/** The id of a unit where each is a processor of its own, from 0. */
function unitId(processor: string, index: number): string {
  return `${processor}${index}`;
}

/** What an edge with a cost takes between any two different units, ms. */
function transferTimes(processor: string, units: number, ms: number): Record<string, number> {
  const ids = Array.from({ length: Math.min(units, MOST_PAIRED_UNITS) }, (_, index) => unitId(processor, index));
  return Object.fromEntries(ids.flatMap((from) => ids.flatMap((to) => (from === to ? [] : [[`${from}>${to}`, ms]]))));
}

/**
 * The network of an `.stg` file: the number of tasks n; then n + 2 lines (the entry and exit dummies of zero time count extra)
 * of id, processing time, number of predecessors and their ids, all whole; "#" begins a comment. In files with costs of
 * communication each predecessor has a line of its own below its task: its id and the cost. Layers are "t0", "t1", …, the dummies included.
 * @throws WorkbenchError `stg.invalid` with one issue per broken line
 */
export function stgNetwork(text: string, options: StgNetworkOptions): NetworkInput {
  const faults: ImportFault[] = [];
  const tasks = readTasks(text, faults);
  if (faults.length > 0) throw importError('stg', faults);
  const { id, name = id, unitMs = 1, executionTimeKey = 'cpu', units = 2 } = options;
  const hasCosts = tasks.some(({ costs }) => costs.length > 0);
  return {
    schemaVersion: 1,
    id,
    name,
    description: `Task graph with ${tasks.length - 2} tasks and two dummies.`,
    provenance: [
      'published: Standard Task Graph Set file, as imported',
      `assumed: one unit of time is ${unitMs} ms; ` +
        (hasCosts
          ? 'a cost of communication is the time of a transfer between different units ' +
            `("${unitId(executionTimeKey, 0)}", "${unitId(executionTimeKey, 1)}", …), ` +
            `and bytes that take as long at ${COST_BANDWIDTH_MBPS} MB/s`
          : 'the set has no transfers'),
    ],
    layers: tasks.map((task) => ({
      id: `t${task.id}`,
      op: 'Task',
      executionTimeMs: { [executionTimeKey]: task.time * unitMs },
      dependencies: task.predecessors.map((predecessor, position) => {
        const ms = (task.costs[position] ?? 0) * unitMs;
        return ms === 0
          ? `t${predecessor}`
          : {
              layer: `t${predecessor}`,
              bytes: ms * BYTES_PER_MS,
              transferMs: transferTimes(executionTimeKey, units, ms),
            };
      }),
    })),
  };
}

/**
 * A platform of `units` equal units, as the set's optimal schedules assume: a pool, or as many pinned processing elements.
 * @param processor its id, which is the key of the execution times
 */
export function stgPlatform(units: number, dispatch: 'pooled' | 'pinned' = 'pooled', processor = 'cpu'): PlatformInput {
  return {
    schemaVersion: 1,
    id: `stg-${units}-${dispatch}${processor === 'cpu' ? '' : `-${processor}`}`,
    name: `${units} equal units, ${dispatch}`,
    provenance: ['published: the Standard Task Graph Set assumes equal processors and no transfers'],
    processors: [{ id: processor, kind: 'cpu', coreCount: units, dispatch }],
  };
}

/** As many equal units, each a processor of its own, so that transfers between them take time: what costs of communication are for. */
export function stgPlatformWithTransfers(units: number, processor = 'cpu'): PlatformInput {
  return {
    schemaVersion: 1,
    id: `stg-${units}-linked${processor === 'cpu' ? '' : `-${processor}`}`,
    name: `${units} equal units with transfers`,
    provenance: ['published: task graphs with costs of communication assume equal processors that are all linked'],
    processors: Array.from({ length: units }, (_, index) => ({
      id: unitId(processor, index),
      kind: 'cpu',
      coreCount: 1,
      executionTimeKey: processor,
    })),
    interconnect: { default: { bandwidthMBps: COST_BANDWIDTH_MBPS } },
  };
}

function readTasks(text: string, faults: ImportFault[]): StgTask[] {
  const rows = text
    .split(/\r\n|\n|\r/)
    .map((content, index) => ({
      line: index + 1,
      words: content
        .replace(/#.*$/, '')
        .trim()
        .split(/\s+/)
        .filter((word) => word !== ''),
    }))
    .filter(({ words }) => words.length > 0);
  const [head, ...body] = rows;
  if (head === undefined) {
    faults.push({
      file: FILE,
      line: 1,
      message: 'the file is empty',
      expected: 'the number of tasks in the first line',
    });
    return [];
  }
  const count = wholeNumber(head.words[0]);
  if (count === undefined || head.words.length !== 1) {
    faults.push({
      file: FILE,
      line: head.line,
      message: `"${head.words.join(' ')}" is not a number of tasks`,
      value: head.words.join(' '),
      expected: 'one whole number',
    });
    return [];
  }
  const lines = linesOfTasks(body);
  const tasks = lines.flatMap(({ line, words, costs }) => readTask(line, words, costs, faults));
  if (lines.length !== count + 2) {
    faults.push({
      file: FILE,
      line: head.line,
      message: `the file announces ${count} tasks, so ${count + 2} with the dummies, but has ${lines.length}`,
      value: head.words[0],
      expected: `${count + 2} lines of tasks`,
      hint: 'the file is cut off, or its first line is wrong',
    });
  }
  if (faults.length > 0) return tasks;
  checkGraph(tasks, faults);
  return tasks;
}

interface TaskLine {
  readonly line: number;
  readonly words: readonly string[];
}

/** The line of each task; where predecessors with costs are on lines of their own, with these brought into the task's, the costs apart. */
function linesOfTasks(lines: readonly TaskLine[]): (TaskLine & { readonly costs: readonly string[] })[] {
  const isTask = ({ words }: TaskLine): boolean => words.length === 3 && words[2] !== '0';
  const hasCosts = lines.some((line, index) => isTask(line) && lines[index + 1]?.words.length === 2);
  if (!hasCosts) return lines.map((line) => ({ ...line, costs: [] }));
  const tasks: { line: number; words: string[]; costs: string[] }[] = [];
  for (const { line, words } of lines) {
    const task = tasks.at(-1);
    const [predecessor, cost] = words;
    if (words.length === 2 && task !== undefined) {
      task.words.push(predecessor);
      task.costs.push(cost);
    } else tasks.push({ line, words: [...words], costs: [] });
  }
  return tasks;
}

function readTask(
  line: number,
  words: readonly string[],
  costWords: readonly string[],
  faults: ImportFault[],
): StgTask[] {
  const numbers = words.map(wholeNumber);
  const costs = costWords.map(wholeNumber);
  const odd = [...words, ...costWords][[...numbers, ...costs].indexOf(undefined)];
  if (odd !== undefined) {
    faults.push({
      file: FILE,
      line,
      message: `"${odd}" is not a whole number of 0 or more`,
      value: odd,
      expected: 'whole numbers',
    });
    return [];
  }
  const [id, time, count, ...predecessors] = numbers.map((number) => number ?? 0);
  if (count === undefined)
    faults.push({
      file: FILE,
      line,
      message: `the line has ${words.length} numbers`,
      value: words.join(' '),
      expected: 'id, processing time, number of predecessors, predecessors',
    });
  else if (predecessors.length !== count)
    faults.push({
      file: FILE,
      line,
      message: `task ${id} announces ${count} predecessors, but names ${predecessors.length}`,
      value: words.join(' '),
      expected: `${count} predecessors`,
    });
  else return [{ line, id, time, predecessors, costs: costs.map((cost) => cost ?? 0) }];
  return [];
}

/** Ids in order from 0, predecessors that exist, each once and not itself, dummies at both ends; a cycle is found when the network is parsed. */
function checkGraph(tasks: readonly StgTask[], faults: ImportFault[]): void {
  tasks.forEach((task, index) => {
    const { line, id, time, predecessors } = task;
    if (id !== index)
      faults.push({
        file: FILE,
        line,
        message: `the task is numbered ${id}`,
        value: String(id),
        expected: `${index}: tasks are numbered in order from 0`,
      });
    predecessors.forEach((predecessor, position) => {
      if (predecessor >= tasks.length)
        faults.push({
          file: FILE,
          line,
          message: `task ${id} has predecessor ${predecessor}, which does not exist`,
          value: String(predecessor),
          expected: `0 … ${tasks.length - 1}`,
        });
      else if (predecessor === id)
        faults.push({
          file: FILE,
          line,
          message: `task ${id} is its own predecessor`,
          value: String(predecessor),
          expected: 'another task',
        });
      else if (predecessors.indexOf(predecessor) < position)
        faults.push({
          file: FILE,
          line,
          message: `task ${id} names predecessor ${predecessor} twice`,
          value: String(predecessor),
          expected: 'each predecessor once',
        });
    });
    const isEntry = index === 0;
    if (!isEntry && index !== tasks.length - 1) return;
    if (time !== 0)
      faults.push({
        file: FILE,
        line,
        message: `the ${isEntry ? 'entry' : 'exit'} task takes ${time}`,
        value: String(time),
        expected: '0: it is a dummy',
      });
    if (isEntry && predecessors.length > 0)
      faults.push({
        file: FILE,
        line,
        message: 'the entry task has predecessors',
        value: predecessors.join(' '),
        expected: 'none',
      });
  });
}

/** A whole number of 0 or more, or undefined. */
function wholeNumber(word: string | undefined): number | undefined {
  const value = word !== undefined && /^\d+$/.test(word) ? Number(word) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}
