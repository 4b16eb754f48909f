/** The command line: its commands, and how their results and errors leave it (DESIGN §9). */
import { Command, CommanderError } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { productVersion } from '../product.ts';
import { registerBench } from './commands/bench.ts';
import { registerDatabase } from './commands/database.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerExport } from './commands/export.ts';
import { registerFormats } from './commands/formats.ts';
import { registerImport } from './commands/import.ts';
import { registerLists } from './commands/lists.ts';
import { registerResume } from './commands/resume.ts';
import { registerRun } from './commands/run.ts';
import { registerRuns } from './commands/runs.ts';
import { registerServe } from './commands/serve.ts';
import { registerSweep } from './commands/sweep.ts';
import { registerBound } from './commands/bound.ts';
import { registerSimulate } from './commands/simulate.ts';
import { addExamples } from './examples.ts';
import { exitCodeOf, printError, surviveClosedPipes, usageError } from './output.ts';

/**
 * Runs one command.
 * @param argv what follows the program's name
 * @returns the exit code: 0 done, 1 failed, 2 bad input
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  surviveClosedPipes();
  const program = createProgram();
  if (argv.length === 0) {
    program.outputHelp();
    return 0;
  }
  let exitCode = 0;
  try {
    await program.parseAsync(argv, { from: 'user' });
    exitCode = Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // help or version, already printed
    const reported = error instanceof CommanderError ? explainUsage(error, program, argv) : error;
    printError(reported, wantsJson(argv));
    exitCode = exitCodeOf(reported);
  }
  return exitCode;
}

/** The commands with their options; errors are thrown, not printed. */
export function createProgram(): Command {
  const program = new Command('tessera')
    .description(
      'Schedules deep-learning applications onto the processors of an embedded device: searches, records, simulates.',
    )
    .version(productVersion(), '-V, --version', 'print the version')
    .helpCommand(true)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 bad input. Every command takes --json and --help.\nThe record is the file of ' +
        '--db, else of TESSERA_DB, else tessera.db in the per-user data folder.',
    )
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} }); // errors are printed in one place, below
  for (const register of [
    registerRun,
    registerSimulate,
    registerBound,
    registerDemo,
    registerSweep,
    registerRuns,
    registerResume,
    registerLists,
    registerFormats,
    registerImport,
    registerExport,
    registerServe,
    registerDatabase,
    registerBench,
    registerDoctor,
  ])
    register(program);
  addExamples(program);
  return program;
}

/** What commander found wrong with the command line, in the form of every other error. */
function explainUsage(error: CommanderError, program: Command, argv: readonly string[]): WorkbenchError {
  const { command, name } = commandOf(program, argv);
  const help = `"${name} --help" shows how it is used`;
  const asksForNothing =
    error.code === 'commander.help' || (error.code === 'commander.unknownOption' && error.message.includes("'--json'"));
  if (command.commands.length > 0 && asksForNothing) return usageError(`"${name}" needs a command after it`, help);
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  return usageError(
    first,
    suggestion === undefined ? help : suggestion.replace(/^\(Did you mean (?:one of )?(.*)\?\)$/, 'did you mean $1?'),
  );
}

function commandOf(program: Command, argv: readonly string[]): { readonly command: Command; readonly name: string } {
  let command = program;
  let name = program.name();
  for (const argument of argv) {
    const next = command.commands.find((candidate) => candidate.name() === argument);
    if (next === undefined) break;
    command = next;
    name += ` ${next.name()}`;
  }
  return { command, name };
}

/** Whether `--json` was given, also where the rest of the command line makes no sense. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json');
}
