/** The command line: its commands, and how their results and errors leave it (DESIGN §9). */
import { Command, CommanderError } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { productVersion } from '../product.ts';
import { addExamples } from './examples.ts';
import { exitCodeOf, printError, surviveClosedPipes, usageError } from './output.ts';

type Register = (program: Command) => void;

/** The commands by their first word, in the order of the help. Each is loaded when it is asked for: most need little of the others. */
const commands = {
  run: async () => (await import('./commands/run.ts')).registerRun,
  simulate: async () => (await import('./commands/simulate.ts')).registerSimulate,
  bound: async () => (await import('./commands/bound.ts')).registerBound,
  saturate: async () => (await import('./commands/saturate.ts')).registerSaturate,
  demo: async () => (await import('./commands/demo.ts')).registerDemo,
  sweep: async () => (await import('./commands/sweep.ts')).registerSweep,
  generate: async () => (await import('./commands/generate.ts')).registerGenerate,
  queue: async () => (await import('./commands/queue.ts')).registerQueue,
  worker: async () => (await import('./commands/worker.ts')).registerWorker,
  workers: async () => (await import('./commands/workers.ts')).registerWorkers,
  runs: async () => (await import('./commands/runs.ts')).registerRuns,
  resume: async () => (await import('./commands/resume.ts')).registerResume,
  presets: async () => (await import('./commands/lists.ts')).registerPresets,
  schedulers: async () => (await import('./commands/lists.ts')).registerSchedulers,
  formats: async () => (await import('./commands/formats.ts')).registerFormats,
  import: async () => (await import('./commands/import.ts')).registerImport,
  export: async () => (await import('./commands/export.ts')).registerExport,
  device: async () => (await import('./commands/device.ts')).registerDevice,
  agent: async () => (await import('./commands/agent.ts')).registerAgent,
  nas: async () => (await import('./commands/nas.ts')).registerNas,
  serve: async () => (await import('./commands/serve.ts')).registerServe,
  database: async () => (await import('./commands/database.ts')).registerDatabase,
  bench: async () => (await import('./commands/bench.ts')).registerBench,
  doctor: async () => (await import('./commands/doctor.ts')).registerDoctor,
} satisfies Record<string, () => Promise<Register>>;

type Word = keyof typeof commands;
const words = Object.keys(commands) as Word[];

/**
 * Runs one command.
 * @param argv what follows the program's name
 * @returns the exit code: 0 done, 1 failed, 2 bad input
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  surviveClosedPipes();
  const named = words.filter((word) => word === argv[0]);
  const program = await createProgram(named.length > 0 ? named : words);
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

/**
 * The commands with their options; errors are thrown, not printed.
 * @param wanted first words of the commands that it has
 */
export async function createProgram(wanted: readonly Word[] = words): Promise<Command> {
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
  for (const word of wanted) (await commands[word]())(program);
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
