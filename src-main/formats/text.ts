/** Text files: decoded as what they are, and refused with the place where they are not text. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { SourceFile } from './format.ts';

/** Text files are read whole; documents of ten thousand layers have a few million bytes. */
const MAX_TEXT_BYTES = 64_000_000;
/** A profile has a line for each time that each layer was executed. */
const MAX_PROFILE_BYTES = 256_000_000;

/** Encodings that older programs write text in; nothing in their files identifies them. */
const encodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'windows-1253',
  'windows-1254',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
] as const;
type Encoding = (typeof encodings)[number];

/** The options of readers of texts that spreadsheets write. */
export const textOptions = {
  encoding: z
    .enum(encodings)
    .optional()
    .describe('Encoding of the text; default: UTF-8, or UTF-16 where the file shows it'),
};

/**
 * The text of a file: in `encoding` where it is given, else UTF-8, or UTF-16 as spreadsheets write it. Without a byte order mark.
 * @throws WorkbenchError `file.tooLarge`, `file.notText` or `file.spreadsheet`
 */
export async function readText(
  file: SourceFile,
  stated?: { readonly encoding: Encoding | undefined },
): Promise<string> {
  checkSize(file);
  return decodeText(await file.read(0, file.size), file.name, stated);
}

/** As `readText`, with the SHA-256 of the bytes that the text was in, which are not kept. @throws WorkbenchError as `readText` */
export async function readHashedText(file: SourceFile): Promise<{ readonly sha256: string; readonly text: string }> {
  checkSize(file, MAX_PROFILE_BYTES);
  const bytes = await file.read(0, file.size);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), text: decodeText(bytes, file.name) };
}

/** @throws WorkbenchError `file.tooLarge` */
function checkSize(file: SourceFile, most = MAX_TEXT_BYTES): void {
  if (file.size > most)
    throw new WorkbenchError(
      'file.tooLarge',
      `${file.name} has ${file.size} bytes, more than the ${most} of any text that can be read`,
      { hint: 'check that it is the right file' },
    );
}

/**
 * @param stated whether and how an option can set the encoding.
 * @throws WorkbenchError `file.notText` or `file.spreadsheet`
 */
export function decodeText(
  bytes: Uint8Array,
  name: string,
  stated?: { readonly encoding: Encoding | undefined },
): string {
  const spreadsheet = spreadsheetFault(bytes, name);
  if (spreadsheet !== undefined) throw spreadsheet;
  const encoding = stated?.encoding ?? encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const offset = encoding === 'utf-8' ? firstBadByte(bytes) : bytes.length;
    const line = bytes.subarray(0, offset).reduce((lines, byte) => lines + (byte === 0x0a ? 1 : 0), 1);
    throw new WorkbenchError(
      'file.notText',
      `${name} is not ${encoding.toUpperCase()} text: byte ${offset} (line ${line}) is out of place`,
      {
        hint:
          encoding === 'utf-8'
            ? notUtf8Hint(bytes, offset, stated !== undefined)
            : 'save it as UTF-8, or check that it is the right file',
        path: [name, line],
        cause,
      },
    );
  }
}

/** The beginning of a file as text, as far as it is some. */
export function decodeHead(head: Uint8Array): string {
  return new TextDecoder(encodingOf(head)).decode(head);
}

/** By its byte order mark, or by every other byte being zero, as in UTF-16 of Latin letters; else UTF-8. */
function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, 64);
  const zeros = [0, 1].map((parity) =>
    sample.reduce((count, byte, index) => count + (byte === 0 && index % 2 === parity ? 1 : 0), 0),
  );
  const most = sample.length / 3;
  return sample.length < 4
    ? 'utf-8'
    : zeros[0] === 0 && zeros[1] > most
      ? 'utf-16le'
      : zeros[1] === 0 && zeros[0] > most
        ? 'utf-16be'
        : 'utf-8';
}

/**
 * What a byte above ASCII that is not UTF-8 probably is: a letter in the Western encoding of Windows, in a text without
 * control characters.
 */
function notUtf8Hint(bytes: Uint8Array, offset: number, hasOption: boolean): string {
  // A byte that could begin a letter is only found out by the one after it.
  const at = [offset, offset - 1, offset - 2, offset - 3].find((candidate) => bytes[candidate] >= 0x80) ?? offset;
  const around = bytes.subarray(Math.max(0, at - 20), at + 20);
  const letter = new TextDecoder('windows-1252').decode(bytes.subarray(at, at + 1));
  const isText =
    /\p{L}|[€°±²³µ·–—‘’“”…]/u.test(letter) &&
    around.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
  if (!isText) return 'save it as UTF-8, or check that it is the right file';
  return (
    'save it as UTF-8 ("CSV UTF-8" in ' +
    `Excel)${hasOption ? '; or say its encoding, probably Windows-1252' : '; its encoding is probably Windows-1252'}, ` +
    `in which byte ${at} is "${letter}"${hasOption ? ' (--set encoding=windows-1252)' : ''}`
  );
}

/** Why a workbook of a spreadsheet program is not read, or undefined for what is none. @param head its first bytes */
export function spreadsheetFault(head: Uint8Array, name: string): WorkbenchError | undefined {
  const isZip = head[0] === 0x50 && head[1] === 0x4b && head[2] === 0x03 && head[3] === 0x04;
  const isCompound = [0xd0, 0xcf, 0x11, 0xe0].every((byte, index) => head[index] === byte);
  if (!isZip && !isCompound) return undefined;
  const extension = /\.(xlsx|xlsm|xlsb|xltx|xls|ods|numbers)$/i.exec(name)?.[1].toLowerCase();
  const what =
    extension === undefined
      ? isZip
        ? 'a ZIP file'
        : 'an Office document'
      : extension === 'ods'
        ? 'an OpenDocument workbook'
        : extension === 'numbers'
          ? 'a Numbers workbook'
          : 'an Excel workbook';
  return new WorkbenchError('file.spreadsheet', `${name} is ${what}, which is not read`, {
    hint:
      extension === undefined && isZip
        ? 'give the files inside it; from a spreadsheet program, save the table as CSV'
        : 'save its table as CSV in the spreadsheet program ("CSV UTF-8" in Excel), and import that file',
    path: [name],
  });
}

/** Offset of the first byte that is not UTF-8: the end of the longest prefix that is. */
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
