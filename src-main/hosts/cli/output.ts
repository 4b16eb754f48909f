/** What the command line writes where: results on stdout, everything else on stderr; and the exit codes. */
import { formatPath, WorkbenchError } from '#shared/domain/errors.ts';
import { visible } from './visible.ts';

/** Issues of one document printed at most; a broken import can have thousands. */
const MAX_ISSUES = 10;

/** One JSON value, on a line of its own. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printText(text: string): void {
  process.stdout.write(`${visible(text)}\n`);
}

/** A remark about what happens, which is not part of the result. */
export function remark(text: string): void {
  process.stderr.write(`${visible(text)}\n`);
}

/** Something wrong with the command line itself. */
export function usageError(message: string, hint: string): WorkbenchError {
  return new WorkbenchError('cli.usage', message, { hint });
}

/** One line per issue and one per hint on stderr; with `json` also `{ "error": … }` on stdout. */
export function printError(error: unknown, json: boolean): void {
  const known = error instanceof WorkbenchError ? error : unexpected(error);
  const { details, ...said } = known.toPayload();
  for (const line of errorLines(known)) remark(line);
  if (json) printJson({ error: { ...said, ...(details.length > 0 ? { details } : {}) } });
}

function errorLines({ message, hint, details, place }: WorkbenchError): string[] {
  if (details.length < 2)
    return [`error: ${place === '' ? '' : `${place}: `}${message}`, ...(hint === '' ? [] : [`hint: ${hint}`])];
  const lines = details.slice(0, MAX_ISSUES).flatMap((issue) => {
    const where = issue.path.length === 0 ? '' : `${formatPath(issue.path)}: `;
    return [`error: ${where}${issue.message}`, `hint: ${issue.hint ?? `expected ${issue.expected}`}`];
  });
  return details.length > MAX_ISSUES ? [...lines, `error: … and ${details.length - MAX_ISSUES} more`] : lines;
}

/** A fault of ours, with the stack that a report needs. */
function unexpected(error: unknown): WorkbenchError {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new WorkbenchError(
    'internal.unexpected',
    `something unexpected went wrong: ${text
      .split('\n')
      .map((line) => line.trim())
      .slice(0, 6)
      .join(' ')}`,
    { hint: 'please report it with this line', cause: error },
  );
}

/** Codes of errors that are not about what the user gave. */
const failures =
  /^(internal|store|presets|host|connection)\.|^run\.(interrupted|failed|elsewhere)$|^export\.cancelled$|^output\.noRoom$/;

/** 2 for bad input, 1 for everything else that went wrong. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof WorkbenchError && !failures.test(error.code) ? 2 : 1;
}

/** `tessera runs list | head -1`: a reader that has enough is not an error. */
export function surviveClosedPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.stderr.on('error', () => {}); // nobody is left to tell
}
