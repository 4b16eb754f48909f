/** Text of others on a terminal: what would move the cursor, change the window or turn the reading direction is shown instead of done. */

/** Controls (C0 and C1) and the marks of the bidirectional algorithm. */
const commands = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const lineCommands = '\n\t';

/** `text` with every control but line feeds and tabs made visible: "␛[2J", "<U+202E>". Names, notes and paths come from other people's files. */
export function visible(text: string): string {
  return text.replace(commands, (command) => (lineCommands.includes(command) ? command : sign(command)));
}

/** The same for text within one line. */
export function visibleInLine(text: string): string {
  return text.replace(commands, sign);
}

function sign(command: string): string {
  const code = command.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code); // the pictures of C0
  if (code === 0x7f) return '␡';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
