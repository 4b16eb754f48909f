/**
 * A schedule that a person has in a file, in the terms of a scenario: a mapping file, a run's JSON, a table of an assignment or a schedule, or
 * a plan of the NEST compiler. What comes of it is a mapping for the simulator and a start for searches.
 */
import { suggest, WorkbenchError, type Issue } from '../domain/errors.ts';
import { invalid, parseDocument } from '../domain/parse.ts';
import type { ResolvedScenario } from '../domain/scenario.ts';
import { startSchema, type Start } from '../domain/scheduler.ts';
import { listed } from '../domain/words.ts';
import type { PlannedPart, WrittenPlan } from '../domain/written-plan.ts';
import { isAssignmentTable, readAssignmentTable } from '../formats/plans/assignment-table.ts';
import { isNestPlan, readNestPlan } from '../formats/plans/nest-plan-text.ts';
import { PRIORITY_LEVELS } from './genome-segments.ts';
import { canRun, compileProblem, findProcessingElement, type Problem } from './problem.ts';
import { simulate } from './simulate.ts';
import { layerIdsOf, readMapping } from './solution.ts';
import { connectedParts } from './subgraphs.ts';

/** The parts of a schedule that a search can begin with; its results are left alone. */
const decisions = ['mapping', 'frequencies', 'activeCores', 'coreConfigurations', 'priorities', 'subgraphs'] as const;

/** What a file says, and what had to be assumed. */
export interface GivenSchedule {
  readonly start: Start;
  readonly notes: readonly string[];
}

/** Characters by which a text is recognised. */
const HEAD = 4096;

/**
 * The schedule in the text of a file.
 * @param name of the file
 * @throws WorkbenchError `start.invalid` for what is none, `mapping.invalid` for names that the scenario does not have,
 * `nest-plan.invalid` or `assignment-csv.invalid` with the place in the file
 */
export function givenSchedule(text: string, name: string, scenario: ResolvedScenario): GivenSchedule {
  const head = text.slice(0, HEAD);
  if (/^\uFEFF?\s*\{/.test(head)) return { start: startOfJson(text, name), notes: [] };
  if (isNestPlan(head)) return scheduleOfPlan(readNestPlan(text, name), name, scenario);
  if (isAssignmentTable(head)) return scheduleOfPlan(readAssignmentTable(text, name), name, scenario);
  throw new WorkbenchError('start.invalid', `${name} is no schedule`, {
    hint:
      'expected a mapping { "application/layer": "element" }, an exported run (run-json), a table with the columns ' +
      'application, layer and element (assignment-csv), or a plan of NEST-C',
    path: [name],
  });
}

/** A schedule as an object: a bare mapping, a mapping with other decisions, or a run that has one. @throws WorkbenchError `start.invalid` */
export function startOfObject(name: string, content: Readonly<Record<string, unknown>>): Start {
  const inner = [content, content['schedule'], content['best'], content['solution']].find(hasMapping);
  const schedule = inner ?? { mapping: content };
  const known = Object.fromEntries(
    decisions.flatMap((part) => (schedule[part] === undefined ? [] : [[part, schedule[part]]])),
  );
  return parseDocument(startSchema, { from: name, ...known }, 'start');
}

function startOfJson(text: string, name: string): Start {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new WorkbenchError(
      'start.invalid',
      `${name} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      { hint: 'check its quotes, commas and brackets', path: [name], cause },
    );
  }
  return startOfObject(name, { ...(typeof content === 'object' ? content : {}) });
}

function hasMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && 'mapping' in value;
}

/**
 * `plan` in the terms of `scenario`. Its parts are calls as far as dependencies join their layers. Where it is in order, and the priorities of
 * the scenario would lead to another order, it gets priorities that fall in that of the plan.
 * @throws WorkbenchError `mapping.invalid` with one issue for each name that the scenario does not have
 */
function scheduleOfPlan(plan: WrittenPlan, name: string, scenario: ResolvedScenario): GivenSchedule {
  const problem = compileProblem(scenario);
  const issues: Issue[] = [];
  const notes: string[] = [];
  const layerOf = plan.hasApplications ? namedLayers(scenario) : layersOfOne(scenario, name);
  const mapping: Record<string, string> = {};
  const sets: string[][] = [];
  const renamed: string[] = [];
  const elementOf = elementFinder(problem, notes);
  for (const part of plan.parts) {
    const layers: string[] = [];
    for (const given of part.layers) {
      const layer = layerOf(given);
      if (layer === undefined)
        issues.push({
          path: [name],
          message: `there is no layer "${given}"`,
          value: given,
          expected: 'a layer of the scenario',
          hint: suggest(
            given,
            problem.layerwise.applications.flatMap(({ network }) => network.layers.map(({ id }) => id)),
          ),
        });
      else if (mapping[layer] !== undefined)
        issues.push({
          path: [name],
          message: `layer "${layer}" is named twice${layer.endsWith(`/${given}`) ? '' : `, once as "${given}"`}`,
          value: given,
          expected: 'each layer once',
        });
      else {
        if (!layer.endsWith(given)) renamed.push(`"${given}" is "${layer}"`);
        layers.push(layer);
        const element = elementOf(part, layer);
        if (typeof element === 'string') mapping[layer] = element;
        else issues.push({ path: [name], ...element });
      }
    }
    sets.push(...(plan.areCalls ? [layers] : callsOf(scenario, layers)));
  }
  if (issues.length === 0 && plan.rest !== undefined) {
    const { rest } = plan;
    const left = problem.tasks.flatMap((task) => layerIdsOf(problem, task)).filter((id) => mapping[id] === undefined);
    for (const layer of left) {
      const element = elementOf({ ...rest, layers: [] }, layer);
      if (typeof element === 'string') mapping[layer] = element;
      else issues.push({ path: [name], ...element });
    }
    if (left.length > 0)
      notes.push(
        `the plan does not name ${listed(
          left.map((id) => `"${id}"`),
          MOST_NAMED,
        )}: the last partition has what is not named`,
      );
  }
  if (issues.length > 0) throw invalid('mapping', issues);
  if (renamed.length > 0) notes.push(`names of the plan: ${listed(renamed, MOST_NAMED)}`);
  const subgraphs = sets.filter((set) => set.length > 1);
  const decided = {
    mapping,
    ...(subgraphs.length === 0 ? {} : { subgraphs }),
    ...(plan.priorities === undefined ? {} : { priorities: { ...plan.priorities } }),
  };
  const order =
    plan.isInOrder && plan.priorities === undefined ? prioritiesByOrder(scenario, decided, plan, layerOf) : undefined;
  if (order !== undefined) notes.push("priorities are set so that each element keeps the plan's order");
  return {
    start: parseDocument(
      startSchema,
      { from: name, ...decided, ...(order === undefined ? {} : { priorities: order }) },
      'start',
    ),
    notes,
  };
}

/** Names that a note lists. */
const MOST_NAMED = 12;

type LayerFinder = (given: string) => string | undefined;

function namedLayers({ applications }: ResolvedScenario): LayerFinder {
  const known = new Set(applications.flatMap(({ id, network }) => network.layers.map((layer) => `${id}/${layer.id}`)));
  return (given) => (known.has(given) ? given : undefined);
}

/**
 * The layers of the only application by the names that a compiler of it may write: as they are, with "_" for what is no letter or digit, and
 * without the "__1" that a step of lowering adds. @throws WorkbenchError `nest-plan.application`
 */
function layersOfOne({ applications }: ResolvedScenario, name: string): LayerFinder {
  const [application, ...others] = applications;
  if (others.length > 0)
    throw new WorkbenchError(
      'nest-plan.application',
      `${name} is the plan of one network, and the scenario has ${applications.length} applications`,
      { hint: 'give a mapping with "application/layer", or a scenario of this network alone', path: [name] },
    );
  const ids = application.network.layers.map(({ id }) => id);
  const exact = new Set(ids);
  const spellings = [plain, (text: string) => plain(text).replace(/__\d+$/, '')].map((spell) => {
    const byName = Map.groupBy(ids, spell);
    return (given: string): string | undefined => {
      const found = byName.get(spell(given));
      return found?.length === 1 ? found[0] : undefined;
    };
  });
  return (given) => {
    const id = exact.has(given)
      ? given
      : spellings.map((spelled) => spelled(given)).find((found) => found !== undefined);
    return id === undefined ? undefined : `${application.id}/${id}`;
  };
}

/** As compilers write names: "_" for all but letters, digits and "_". */
export function plain(name: string): string {
  return name.replaceAll(/\W/g, '_');
}

/** The processing element that a part means for one of its layers, or what is wrong with it. */
function elementFinder(
  problem: Problem,
  notes: string[],
): (part: PlannedPart, layer: string) => string | Omit<Issue, 'path'> {
  const known = new Map<string, string | Omit<Issue, 'path'>>();
  const taskOf = new Map(
    problem.tasks.flatMap((task) => layerIdsOf(problem, task).map((id) => [id, task.index] as const)),
  );
  return (part, layer) => {
    const key = `${part.processor}\n${part.element ?? ''}`;
    const element = known.get(key) ?? elementOf(problem, part, notes);
    known.set(key, element);
    if (typeof element !== 'string') return element;
    const task = taskOf.get(layer);
    const { processor } = findProcessingElement(problem, element);
    if (task === undefined || canRun(problem, task, processor)) return element;
    const able = problem.pes.filter((pe) => canRun(problem, task, pe.processor)).map(({ id }) => id);
    return {
      message: `layer "${layer}" cannot run on "${element}"`,
      value: part.processor,
      expected: `one of ${able.join(', ')}`,
      hint: `map it to ${listed(able, able.length, 'or')}`,
    };
  };
}

/** By name, else by number of the device, else the first of that kind. */
function elementOf(
  problem: Problem,
  { processor, element }: PlannedPart,
  notes: string[],
): string | Omit<Issue, 'path'> {
  const [, base = processor, unit] = /^(.+)-(\d+)$/.exec(processor) ?? [];
  const found =
    problem.processors.find(({ id }) => id === processor) ??
    problem.processors.find(({ id }) => id === base) ??
    problem.processors.find(({ id }) => id.toLowerCase() === base.toLowerCase());
  try {
    if (found === undefined && problem.pes.every(({ id }) => id !== processor)) throw new Error('by another name');
    if (found === undefined || found.peCount === 1) return (found ?? findProcessingElement(problem, processor)).id;
    const device = problem.pes[Number(element)];
    if (device?.processor === found.index) return device.id;
    return problem.pes[found.firstPe + Math.min(Number(unit ?? 0), found.peCount - 1)].id;
  } catch {
    const kind = kindOfBackend.find(([pattern]) => pattern.test(base))?.[1];
    const [first, ...others] = problem.processors.filter((candidate) => candidate.kind === kind);
    if (first !== undefined && others.length === 0) {
      notes.push(`"${processor}" is taken to be "${first.id}", the only ${first.kind}`);
      return problem.pes[first.firstPe + Math.min(Number(unit ?? 0), first.peCount - 1)].id;
    }
    return {
      message: `there is no processor "${processor}"`,
      value: processor,
      expected: `one of ${problem.pes.map(({ id }) => id).join(', ')}`,
      hint: suggest(
        processor,
        problem.pes.map(({ id }) => id),
      ),
    };
  }
}

/** What backends of compilers are. */
const kindOfBackend = [
  [/^(?:cpu|relay|interpreter)$/i, 'cpu'],
  [/^(?:vta|evta|npu|newton|nmp)$/i, 'npu'],
  [/^(?:gpu|opencl|cuda)$/i, 'gpu'],
] as const;

/** The layers of a part as calls: sets that dependencies join. */
function callsOf({ applications }: ResolvedScenario, layers: readonly string[]): string[][] {
  if (layers.length < 2) return [];
  return applications.flatMap(({ id, network }) => {
    const own = new Set(
      layers.filter((layer) => layer.startsWith(`${id}/`)).map((layer) => layer.slice(id.length + 1)),
    );
    const indices = network.layers.flatMap((layer, index) => (own.has(layer.id) ? [index] : []));
    return connectedParts(network, indices).map((part) =>
      part.map((index) => `${id}/${network.layers[index]?.id ?? ''}`),
    );
  });
}

/** Priorities by which each element executes the parts in the order of `plan`; undefined where it does so without. */
function prioritiesByOrder(
  scenario: ResolvedScenario,
  decided: Pick<Start, 'mapping' | 'subgraphs'>,
  plan: WrittenPlan,
  layerOf: LayerFinder,
): Record<string, number> | undefined {
  const { problem, assignment } = readMapping(scenario, decided);
  const placeOf = new Map(
    plan.parts.flatMap(({ layers }, place) => layers.map((layer) => [layerOf(layer) ?? '', place] as const)),
  );
  const ranks = problem.tasks.map((task) =>
    Math.min(...layerIdsOf(problem, task).map((id) => placeOf.get(id) ?? plan.parts.length)),
  );
  const { startMs } = simulate(problem, assignment);
  const jobs = [...problem.jobTask.keys()].filter((job) => problem.jobInstance[job] === 0);
  const byElement = Map.groupBy(jobs, (job) => assignment.peOfTask[problem.jobTask[job]]);
  const isKept = [...byElement.values()].every((own) => {
    const started = own.toSorted(
      (a, b) => startMs[a] - startMs[b] || ranks[problem.jobTask[a]] - ranks[problem.jobTask[b]],
    );
    return started.every(
      (job, at) => at === 0 || ranks[problem.jobTask[started[at - 1]]] <= ranks[problem.jobTask[job]],
    );
  });
  if (isKept) return undefined;
  const priorities: Record<string, number> = {};
  for (const own of byElement.values()) {
    const tasks = own.map((job) => problem.jobTask[job]).toSorted((a, b) => ranks[a] - ranks[b] || a - b);
    const perLevel = Math.max(1, tasks.length / PRIORITY_LEVELS);
    tasks.forEach((task, position) => {
      for (const id of layerIdsOf(problem, problem.tasks[task]))
        priorities[id] = PRIORITY_LEVELS - 1 - Math.floor(position / perLevel);
    });
  }
  return priorities;
}
