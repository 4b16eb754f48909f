/** Commands written out for a person to copy into a terminal. */

/** `argument` as one word of a POSIX shell: as it is where that is safe, else in single quotes. */
export function quoteArgument(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

/** The words of a command with what needs it in quotes. `program` is written as it is: it may be several words. */
export function commandLine(program: string, args: readonly string[]): string {
  return [program, ...args.map(quoteArgument)].join(' ');
}
