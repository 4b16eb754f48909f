/** Takes a CSV text (RFC 4180) apart into records of fields, whatever separates them, in one pass and within bounds. */

/** One record: its fields, or undefined where its quotes do not fit. */
export interface CsvRecord {
  /** The line it begins in, from 1. */
  readonly line: number;
  readonly fields: readonly string[] | undefined;
  readonly text: string;
}

export interface CsvText {
  /** Between fields. */
  readonly separator: string;
  /** Those in which every field is empty left out. */
  readonly records: readonly CsvRecord[];
  /** What there is too much of, in words, and in which line; the records end there. */
  readonly excess: { readonly line: number; readonly message: string; readonly expected: string } | undefined;
}

/** A layer table has a few dozen columns. */
const MOST_COLUMNS = 4096;
/** Ten thousand layers with a hundred columns are a million. */
const MOST_FIELDS = 4_000_000;

/** Of the beginning of a table, characters looked at to find its separator. */
const MOST_HEADER = 100_000;

/** What a record's text is shortened to in messages. */
const MOST_TEXT = 200;

/**
 * The records of `text`, fields trimmed unless quoted. A first line "sep=;" says what separates them, as spreadsheets write it.
 * @param most records at most
 */
export function readRecords(text: string, most = Number.POSITIVE_INFINITY): CsvText {
  const records: CsvRecord[] = [];
  return { ...takeRecords(text, (record) => records.push(record) < most), records };
}

/**
 * As `readRecords`, one record after the other, so that none is kept.
 * @param take whether another one is wanted
 */
export function takeRecords(text: string, take: (record: CsvRecord) => boolean): Omit<CsvText, 'records'> {
  const plain = text.replace(/^\uFEFF/, '');
  const stated = /^("?)sep=([^\r\n"\w])\1[,;\t ]*(?:\r\n|\n|\r|$)/i.exec(plain);
  const start = stated?.[0].length ?? 0;
  const separator = stated?.[2] ?? separatorOf(plain);
  const scanner = new Scanner(plain, separator, start, stated === null ? 1 : 2);
  let fieldCount = 0;
  while (!scanner.isAtEnd) {
    const record = scanner.record();
    if (record.fields?.every((field) => field === '') === true) continue;
    fieldCount += record.fields?.length ?? 1;
    const { line } = record;
    if ((record.fields?.length ?? 0) > MOST_COLUMNS)
      return {
        separator,
        excess: {
          line,
          message: `the row has ${record.fields?.length} fields`,
          expected: `at most ${MOST_COLUMNS} columns`,
        },
      };
    if (fieldCount > MOST_FIELDS)
      return {
        separator,
        excess: {
          line,
          message: `the table has more than ${MOST_FIELDS} fields up to here`,
          expected: `at most ${MOST_FIELDS} fields: check that it is the right file`,
        },
      };
    if (!take(record)) break;
  }
  return { separator, excess: undefined };
}

/** What separates the fields of the first line that has any: a comma unless another one is more frequent there. */
function separatorOf(text: string): string {
  const header = (/^[\s,;"]*[^\r\n]*/.exec(text.slice(0, MOST_HEADER))?.[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const count = (separator: string): number => header.split(separator).length - 1;
  return [',', ';', '\t'].reduce((best, candidate) => (count(candidate) > count(best) ? candidate : best));
}

class Scanner {
  readonly #text: string;
  readonly #separator: string;
  /** Up to a separator, quote or line end. */
  readonly #bare: RegExp;
  #at: number;
  #line: number;

  constructor(text: string, separator: string, at: number, line: number) {
    this.#text = text;
    this.#separator = separator;
    this.#bare = new RegExp(`["\\r\\n${separator.replace(/[\\\]^-]/, String.raw`\$&`)}]`, 'g');
    this.#at = at;
    this.#line = line;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next record; where its quotes do not fit, it ends with its line. */
  record(): CsvRecord {
    const start = this.#at;
    const line = this.#line;
    const fields: string[] = [];
    let isWhole = true;
    for (;;) {
      const field = this.#quoted() ?? this.#unquoted();
      if (field === undefined) {
        isWhole = false;
        this.#at = this.#lineEnd(this.#at);
        break;
      }
      fields.push(field);
      if (this.#text[this.#at] !== this.#separator || this.isAtEnd) break;
      this.#at++;
    }
    const end = this.#at;
    if (this.#text[this.#at] === '\r') this.#at++;
    if (this.#text[this.#at] === '\n') this.#at++;
    for (let i = start; i < this.#at; i++) {
      const character = this.#text[i];
      if (character === '\n' || (character === '\r' && this.#text[i + 1] !== '\n')) this.#line++;
    }
    return {
      line,
      fields: isWhole ? fields : undefined,
      text: this.#text.slice(start, Math.min(end, start + MOST_TEXT)),
    };
  }

  /** A field in quotes, doubled ones inside; undefined where none begins here, or it is not closed before a separator or line end. */
  #quoted(): string | undefined {
    const text = this.#text;
    const begin = this.#afterSpaces(this.#at);
    if (text[begin] !== '"') return undefined;
    let hasDoubled = false;
    for (let close = text.indexOf('"', begin + 1); close >= 0; close = text.indexOf('"', close + 2)) {
      if (text[close + 1] === '"') {
        hasDoubled = true;
        continue;
      }
      const next = this.#afterSpaces(close + 1);
      const after = text[next];
      if (next < text.length && after !== this.#separator && after !== '\n' && after !== '\r') return undefined;
      this.#at = next;
      const content = text.slice(begin + 1, close);
      return hasDoubled ? content.replaceAll('""', '"') : content;
    }
    return undefined;
  }

  /** A field without quotes, trimmed; undefined where there is a quote in it. */
  #unquoted(): string | undefined {
    this.#bare.lastIndex = this.#at;
    const end = this.#bare.exec(this.#text)?.index ?? this.#text.length;
    if (this.#text[end] === '"') return undefined;
    const field = this.#text.slice(this.#at, end).trim();
    this.#at = end;
    return field;
  }

  /** White space within a line that separates nothing. */
  #afterSpaces(from: number): number {
    let at = from;
    while (at < this.#text.length && this.#text[at] !== this.#separator && /[^\S\r\n\t]/.test(this.#text.charAt(at)))
      at++;
    return at;
  }

  #lineEnd(from: number): number {
    let at = from;
    while (at < this.#text.length && this.#text[at] !== '\n' && this.#text[at] !== '\r') at++;
    return at;
  }
}
