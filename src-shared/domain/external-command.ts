/** Programs of the person's: what is started, where, and how it is told from others. Each is started only once somebody has confirmed it. */
import { z } from 'zod';
import { WorkbenchError } from './errors.ts';
import type { SchedulerConfiguration } from './scheduler.ts';

/** Characters of a program with its arguments and its folder as JSON, so that it is shown whole to the person who confirms it. */
export const LONGEST_COMMAND = 1900;

/** Argument vector: the program and its arguments; no shell reads them. */
export const argumentVectorSchema = z.array(z.string().min(1).max(LONGEST_COMMAND)).max(100);

export const externalCommandSchema = z
  .strictObject({
    command: argumentVectorSchema.min(1),
    /** Where it is started; empty: where Tessera was. */
    folder: z.string().max(LONGEST_COMMAND).default(''),
  })
  .refine((command) => JSON.stringify(command).length <= LONGEST_COMMAND, {
    message: `is longer than ${LONGEST_COMMAND} characters`,
    params: { expected: 'a shorter command', hint: 'put what is long into a file, or into its options' },
  });
export type ExternalCommand = z.output<typeof externalCommandSchema>;

/** Tessera's own program for CP-SAT, as commands name it: its path differs from one place of Tessera to another. */
export const CP_SAT_PROGRAM = 'tessera:samples/external/cp_sat.py';
/** The interpreter that it is run by where no other is named. */
export const DEFAULT_PYTHON = 'python3';

const cpOptionsSchema = z.object({ solver: z.literal('cp_sat'), python: z.string().min(1).default(DEFAULT_PYTHON) });
const externalOptionsSchema = z.object({ command: argumentVectorSchema.min(1), folder: z.string().default('') });

/** What a run of this configuration would start besides Tessera; undefined: nothing. */
export function commandOf({ scheduler, options }: SchedulerConfiguration): ExternalCommand | undefined {
  if (scheduler === 'cp') {
    const parsed = cpOptionsSchema.safeParse(options);
    return parsed.success ? { command: [parsed.data.python, CP_SAT_PROGRAM], folder: '' } : undefined;
  }
  if (scheduler !== 'external') return undefined;
  const parsed = externalOptionsSchema.safeParse(options);
  return parsed.success ? { command: parsed.data.command, folder: parsed.data.folder } : undefined;
}

/** The same for the same command, to the letter. */
export function commandKey({ command, folder }: ExternalCommand): string {
  return JSON.stringify({ command, folder });
}

/** A program as people write it. */
export function commandText(command: readonly string[]): string {
  return command.map((part) => (/^[\w@%+=:,./\\-]+$/.test(part) ? part : JSON.stringify(part))).join(' ');
}

const UNCONFIRMED = 'command.unconfirmed';

/** What is said instead of starting a program that nobody has confirmed on this machine. */
export function unconfirmed(command: ExternalCommand): WorkbenchError {
  const where = command.folder === '' ? '' : ` in ${command.folder}`;
  const key = commandKey(command);
  return new WorkbenchError(
    UNCONFIRMED,
    `this would start a program that nobody has confirmed on this machine: ${commandText(command.command)}${where}`,
    {
      hint: `it may do whatever you may do; if you know it, confirm it when the window asks, or on the command line with --confirm-command '${key}'`,
      path: ['options', 'command'],
      details: [
        {
          path: ['options', 'command'],
          message: 'nobody has confirmed this command on this machine',
          value: key,
          expected: 'a command that was confirmed',
        },
      ],
    },
  );
}

/** The command that an error asks to be confirmed; undefined where it is another error. */
export function commandToConfirm(error: unknown): ExternalCommand | undefined {
  if (!(error instanceof WorkbenchError) || error.code !== UNCONFIRMED) return undefined;
  const parsed = externalCommandSchema.safeParse(JSON.parse(error.details[0]?.value ?? 'null'));
  return parsed.success ? parsed.data : undefined;
}
