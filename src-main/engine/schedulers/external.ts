/** A scheduler of the person's own: a program that gets the problem and writes schedules, which are scored and recorded like ours. */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { argumentVectorSchema, externalCommandSchema, LONGEST_COMMAND } from '#shared/domain/external-command.ts';
import { ExternalSearch } from '../external/external-search.ts';
import { BASIC, genesSchemaWith, onceValid, subgraphsSchema, weightsWith } from '../options.ts';
import type { SchedulingSpace } from '../scheduling-space.ts';
import type { Scheduler, SearchMeans } from '../search.ts';

const optionsSchema = z
  .strictObject({
    command: argumentVectorSchema.default([]).meta({
      ...BASIC,
      title: 'Command',
      description: 'The program and its arguments, each by itself; no shell reads them',
    }),
    folder: z
      .string()
      .max(LONGEST_COMMAND)
      .default('')
      .meta({
        ...BASIC,
        title: 'Folder',
        description: 'Where the program is started, so that it finds its files; empty: where Tessera was started',
      }),
    options: z.record(z.string(), z.unknown()).default({}).meta({
      title: 'Its own options',
      description: 'Handed to the program as they are',
    }),
    silenceS: z.number().min(1).max(1_000_000).default(600).meta({
      title: 'Longest silence',
      description: 'It is given up when it writes nothing for so long; a line of progress is enough (s)',
    }),
    outputMB: z
      .number()
      .min(1)
      .max(1_000_000)
      .default(4096)
      .meta({ title: 'Most output', description: 'It is given up when it has written more (MB)' }),
    genes: genesSchemaWith({ priorities: true }),
    subgraphs: subgraphsSchema,
    weights: weightsWith({ throughput: 1, energy: 0, latency: 0, penalty: 2 }),
  })
  .refine(({ command }) => command.length > 0, {
    ...onceValid,
    path: ['command'],
    message: 'no program is named',
    params: { expected: 'a program with its arguments', hint: 'e.g. --set command=\'["python3", "mine.py"]\'' },
  })
  .refine(({ command, folder }) => externalCommandSchema.safeParse({ command, folder }).success, {
    ...onceValid,
    path: ['command'],
    message: `program, arguments and folder are longer than ${LONGEST_COMMAND} characters together`,
    params: { expected: 'a shorter command', hint: 'put what is long into a file, or into its own options' },
  });
type ExternalOptions = z.output<typeof optionsSchema>;

export const external: Scheduler<ExternalOptions> = {
  id: 'external',
  name: 'External program',
  description: 'A scheduler of your own: a program in any language that gets the problem and writes schedules',
  source: 'Yours; the protocol is described in "A scheduler of your own"',
  optionsSchema,
  takesStart: true,
  create: (space, options, _random, _evaluator, means) => searchWith(space, options, means),
  restore(space, options, _random, state, chromosomes, _evaluator, means) {
    const search = searchWith(space, options, means);
    search.continueFrom(state, chromosomes);
    return search;
  },
};

function searchWith(space: SchedulingSpace, options: ExternalOptions, means: SearchMeans = {}): ExternalSearch {
  const { correspondent, seed = 1, timeLeftMs, start } = means;
  if (correspondent === undefined)
    throw new WorkbenchError('external.unavailable', 'no program can be started from here', {
      hint: 'run it as a search of its own: "tessera run", or New run in the window',
    });
  const { command, folder, silenceS, outputMB, weights } = options;
  return new ExternalSearch(
    space,
    {
      program: { command, folder, silenceMs: silenceS * 1000, outputBytes: outputMB * 1_000_000 },
      options: options.options,
      weights,
      seed,
      timeLimitMs: timeLeftMs,
      start,
    },
    correspondent,
  );
}
