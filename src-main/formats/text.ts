/** Text files: decoded as what they are, and refused with the place where they are no text. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { SourceFile } from './format.ts';

/** Text files are read whole; documents of ten thousand layers have a few million bytes. */
const MAX_TEXT_BYTES = 64_000_000;

/**
 * The text of a file: UTF-8, or UTF-16 with a byte order mark as spreadsheets write it. Without the mark.
 * @throws WorkbenchError `file.tooLarge` or `file.notText`
 */
export async function readText(file: SourceFile): Promise<string> {
  if (file.size > MAX_TEXT_BYTES) throw new WorkbenchError('file.tooLarge', `${file.name} has ${file.size} bytes, more than the ${MAX_TEXT_BYTES} of any text that can be read`, { hint: 'check that it is the right file' });
  return decodeText(await file.read(0, file.size), file.name);
}

/** @throws WorkbenchError `file.notText` */
export function decodeText(bytes: Uint8Array, name: string): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const offset = encoding === 'utf-8' ? firstBadByte(bytes) : bytes.length;
    const line = bytes.subarray(0, offset).reduce((lines, byte) => lines + (byte === 0x0a ? 1 : 0), 1);
    throw new WorkbenchError('file.notText', `${name} is not ${encoding.toUpperCase()} text: byte ${offset} (line ${line}) is out of place`, { hint: 'save it as UTF-8, or check that it is the right file', path: [name, line], cause });
  }
}

/** Offset of the first byte that is no UTF-8: the end of the longest prefix that is. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2);
    if (isPrefixOfUtf8(bytes.subarray(0, middle))) good = middle;
    else bad = middle - 1;
  }
  return good;
}

function isPrefixOfUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
