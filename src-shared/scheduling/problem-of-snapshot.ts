/** The problem that a recorded run solved. */
import { parseResolvedScenario } from '../domain/scenario.ts';
import { genesOf, type SchedulerConfiguration } from '../domain/scheduler.ts';
import { compileProblem, type Problem } from './problem.ts';

/** What a run keeps of what it was started with. */
export interface Snapshot {
  /** A scenario document with everything inline. */
  readonly scenario: unknown;
  /** With every option filled in: its genes decide the layout of the run's genomes. */
  readonly configuration: Pick<SchedulerConfiguration, 'options' | 'start'>;
}

/** Compiles the scenario of a snapshot with the genes its configuration chose. @throws WorkbenchError where this version of Tessera does not understand it */
export function problemOfSnapshot({ scenario, configuration }: Snapshot): Problem {
  return compileProblem(parseResolvedScenario(scenario), genesOf(configuration));
}
