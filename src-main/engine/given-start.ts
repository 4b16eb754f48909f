/** A schedule that a search is to begin with: as a genome of its problem, or why it cannot begin with it. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { parseMapping, readMapping } from '#shared/scheduling/solution.ts';
import { genomeOf } from './external/external-search.ts';
import { decidesSubgraphs, genomeOfCalls } from './puzzle/whole-networks.ts';
import type { Chromosome, Conclusion, Population, Proposal, Search, SearchState, StopReason } from './search.ts';

/**
 * The genome of the schedule that `configuration` begins with; undefined where it names none.
 * @throws WorkbenchError `start.invalid`, with what is wrong in the words of mapping files
 */
export function startGenome(problem: Problem, { start }: SchedulerConfiguration): Uint8Array | undefined {
  if (start === undefined) return undefined;
  const { from, ...file } = start;
  try {
    if (!decidesSubgraphs(problem)) return genomeOf(problem, parseMapping(problem, file));
    const { subgraphs: _, ...genes } = problem.genes;
    const { problem: calls, assignment } = readMapping(problem.layerwise, file, genes);
    return genomeOfCalls(problem, calls, assignment.peOfTask, assignment.taskPriority, assignment);
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    throw new WorkbenchError(
      'start.invalid',
      `the search cannot begin with the schedule of ${from}: ${error.message}`,
      {
        hint: error.hint,
        path: ['start', ...error.path],
        details: error.details.map((issue) => ({ ...issue, path: ['start', ...issue.path] })),
        cause: error,
      },
    );
  }
}

export function givenProposal(genes: Uint8Array): Proposal {
  return { genes, parents: [], operator: 'given', mutatedLoci: [] };
}

/** `search` after its start was scored, so that it cannot end with anything worse: its first generation has the start besides its own. */
export class AfterStart implements Search {
  private readonly search: Search;
  private start: Uint8Array | undefined;
  private isAsking = false;

  constructor(search: Search, start: Uint8Array) {
    this.search = search;
    this.start = start;
  }

  get plannedGenerations(): number {
    return this.search.plannedGenerations;
  }

  get conclusion(): Conclusion {
    return this.search.conclusion ?? {};
  }

  canAsk(): boolean {
    return this.start !== undefined || (this.search.canAsk?.() ?? true);
  }

  get stopReason(): StopReason | undefined {
    return this.search.stopReason;
  }

  ask(): readonly Proposal[] {
    if (this.start === undefined) return this.search.ask();
    const proposals = [givenProposal(this.start)];
    this.start = undefined;
    this.isAsking = true;
    return proposals;
  }

  tell(scored: readonly Chromosome[]): Population | undefined {
    if (!this.isAsking) return this.search.tell(scored);
    this.isAsking = false;
    return undefined;
  }

  saveState(): SearchState {
    return this.search.saveState();
  }
}
