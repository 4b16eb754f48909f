/** The cases of the contest: the preset scenarios, and task graphs by parameters; with the best makespans that anyone has found. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resourcesDirectory } from '#main/hosts/toolbox.ts';
import { Random } from '#main/engine/random.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { resolveScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { describeSolution, parseMapping } from '#shared/scheduling/solution.ts';
import { contestGenes } from './contest.ts';
import { defaultParameters, randomScenario, type TaskGraphParameters } from './task-graph.ts';

const directory = join(import.meta.dirname, 'best-known');

const contestPresets = ['simple', 'multi', 'hikey970', 'galaxy-s9', 'midap', 'prism-xception'];

const graphs: Readonly<
  Record<string, readonly [Partial<TaskGraphParameters> & { readonly tasks: number }, seed: number]>
> = {
  'graph-50': [{ tasks: 50 }, 50],
  'graph-100-ccr-0.1': [{ tasks: 100, shape: 0.5, communicationToComputation: 0.1 }, 100],
  'graph-100-ccr-1-a': [{ tasks: 100, shape: 2, communicationToComputation: 1, heterogeneity: 0.5 }, 100],
  'graph-100-ccr-1-b': [{ tasks: 100, shape: 2, communicationToComputation: 1, heterogeneity: 0.5 }, 101],
  'graph-100-ccr-5': [{ tasks: 100, communicationToComputation: 5, outDegree: 5 }, 100],
  'graph-200': [{ tasks: 200 }, 200],
};

/** A best known schedule, as its file holds it: `tessera simulate` takes `mapping` for the case's scenario. */
export interface BestKnown {
  readonly case: string;
  readonly makespanMs: number;
  readonly mapping: unknown;
}

/** By name: the presets first. */
export function contestCases(): ReadonlyMap<string, ResolvedScenario> {
  const presets = loadPresets(resourcesDirectory());
  const cases = new Map<string, ResolvedScenario>();
  for (const id of contestPresets) {
    const scenario = presets.scenarios.get(id);
    if (scenario === undefined) throw new Error(`there is no preset scenario "${id}"`);
    cases.set(id, resolveScenario(scenario, presets));
  }
  for (const [name, [parameters, seed]] of Object.entries(graphs)) {
    const random = new Random(seed);
    cases.set(
      name,
      randomScenario({ ...defaultParameters, ...parameters }, (n) => random.nextInt(n)),
    );
  }
  return cases;
}

/** The best known schedule of a case, undefined where there is none yet. */
export function readBestKnown(name: string): BestKnown | undefined {
  const file = join(directory, `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BestKnown) : undefined;
}

/** The makespan of a best known schedule by the reference simulator, ms. @throws WorkbenchError when it does not fit the case */
export function verifiedMakespanMs(scenario: ResolvedScenario, { mapping }: BestKnown): number {
  const problem = compileProblem(scenario, contestGenes);
  const assignment = parseMapping(problem, mapping);
  return computeMetrics(problem, assignment, simulate(problem, assignment)).makespanMs;
}

/** Keeps a schedule where it is better than the best known one. */
export function offerBestKnown(name: string, scenario: ResolvedScenario, genes: Uint8Array, makespanMs: number): void {
  const known = readBestKnown(name);
  if (known !== undefined && known.makespanMs <= makespanMs) return;
  const problem = compileProblem(scenario, contestGenes);
  const { mapping, priorities } = describeSolution(problem, genes, 0);
  mkdirSync(directory, { recursive: true });
  const best: BestKnown = { case: name, makespanMs, mapping: { mapping, priorities } };
  writeFileSync(join(directory, `${name}.json`), `${JSON.stringify(best, null, 1)}\n`);
}
