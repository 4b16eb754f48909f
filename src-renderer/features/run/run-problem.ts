/** The problem a recorded run solved: its scenario's snapshot compiled with the genes its configuration chose. */
import type { RunDetail } from '#shared/contract/shapes.ts';
import { genesOf } from '#shared/domain/scheduler.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { parseResolvedScenario } from '../../stores/library.ts';

/** @throws WorkbenchError where the record is not what this version of Tessera understands */
export function problemOfRun({ scenario, configuration }: Pick<RunDetail, 'scenario' | 'configuration'>): Problem {
  return compileProblem(parseResolvedScenario(scenario), genesOf(configuration));
}
