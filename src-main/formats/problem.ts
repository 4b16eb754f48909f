/** A scenario as a scheduling problem in the open, for schedulers of somebody else's; its solutions are mapping files. */
import { z } from 'zod';
import { quickBound } from '#shared/analysis/makespan-bound.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseResolvedScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { describeProblem } from '#shared/scheduling/problem-document.ts';
import { defineWriter, type Format, type WrittenFile } from './format.ts';

/** The file of a scenario with everything inline. @throws WorkbenchError `problem.tooLarge` */
export function problemFile(scenario: ResolvedScenario): WrittenFile & { readonly content: string } {
  const problem = compileProblem(scenario);
  const document = describeProblem(problem, quickBound(problem));
  return {
    name: `${scenario.id}.problem.json`,
    content: `${JSON.stringify(document, undefined, 2)}\n`,
    mediaType: 'application/json',
  };
}

export const problemFormat: Format = {
  id: 'problem',
  name: 'Scheduling problem',
  description:
    'a scenario with every time worked out, for schedulers of your own; "tessera simulate --mapping" checks their solutions',
  extensions: ['.problem.json'],
  mediaType: 'application/json',
  writer: defineWriter({
    kinds: ['scenario'],
    options: z.strictObject({}),
    write(subject, _options, inline) {
      if (subject.kind !== 'scenario')
        throw new WorkbenchError('format.wrongKind', `a ${subject.kind} is no scheduling problem`, {
          hint: 'export a scenario',
        });
      return { files: [problemFile(parseResolvedScenario(inline()))], notes: [] };
    },
  }),
};
