/** What a person says of a table that could not be read as it is: how its numbers are written, and its text. */
import type { WorkbenchError } from '#shared/domain/errors.ts';
import type { DecimalMark, ThousandsMark } from '#shared/domain/numerals.ts';

/** Options of the table formats; what is left out is read from the table itself. */
export interface TableChoices {
  readonly decimal?: DecimalMark;
  readonly thousands?: ThousandsMark;
  readonly encoding?: string;
}

/** A table as it was given, or two that belong together, and how it is to be read. */
export interface TableImport {
  readonly files: readonly File[];
  readonly format: string;
  readonly choices: TableChoices;
}

const tableFormats: ReadonlySet<string> = new Set(['csv', 'prism']);

export const decimalOptions: readonly { readonly value: DecimalMark; readonly label: string }[] = [
  { value: 'point', label: 'Point: 1.5' },
  { value: 'comma', label: 'Comma: 1,5' },
];
export const thousandsOptions: readonly { readonly value: ThousandsMark; readonly label: string }[] = [
  { value: 'point', label: 'Point: 1.500' },
  { value: 'comma', label: 'Comma: 1,500' },
  { value: 'space', label: 'Space: 1 500' },
  { value: 'apostrophe', label: 'Apostrophe: 1’500' },
];
export const encodingOptions: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'windows-1252', label: 'Western (Windows-1252)' },
  { value: 'windows-1250', label: 'Central European (Windows-1250)' },
  { value: 'windows-1251', label: 'Cyrillic (Windows-1251)' },
  { value: 'shift_jis', label: 'Japanese (Shift JIS)' },
  { value: 'gb18030', label: 'Chinese, simplified (GB 18030)' },
  { value: 'big5', label: 'Chinese, traditional (Big5)' },
  { value: 'euc-kr', label: 'Korean (EUC-KR)' },
];

/** The table of an import that failed, where it may be read in another way. */
export function tableImportOf(
  files: readonly File[],
  format: string | undefined,
  choices: TableChoices,
): TableImport | undefined {
  return format !== undefined && tableFormats.has(format) ? { files, format, choices } : undefined;
}

/** Which choices an error asks for. */
export function askedOf(error: WorkbenchError): ReadonlySet<keyof TableChoices> {
  const hints = [error.hint, ...error.details.map(({ hint = '' }) => hint)].join(' ');
  return new Set((['decimal', 'thousands', 'encoding'] as const).filter((name) => hints.includes(`--set ${name}=`)));
}

/** A hint without its part for the command line. */
export function hintInWindow(hint: string): string {
  return hint.replaceAll(/ ?\(--set [^)]*\)/g, '');
}
