/** How far an estimate may be off, in words. */
import { number } from './table.ts';

/** The error of an estimate, for people. */
export function errorText(relativeError: number | null): string {
  if (relativeError === null) return 'not known';
  return relativeError === 0
    ? 'none, it is the figure of the source itself'
    : `${number(relativeError * 100)} % in the mean`;
}
