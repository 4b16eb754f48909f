/** What is to be said of the times of a scenario, as warnings of the command line. */
import { remedySentence, type TimeRemark } from '#shared/domain/time-remarks.ts';
import { remark } from './output.ts';

/** One of the `warnings` in a result printed as JSON. */
export interface Warning {
  readonly message: string;
  readonly hint: string;
}

/** Says each warning on stderr. */
export function warnOfTimes(remarks: readonly TimeRemark[]): readonly Warning[] {
  const warnings = remarks.map(({ message, remedies }) => ({ message, hint: remedySentence(remedies) }));
  for (const { message, hint } of warnings) remark(`warning: ${message}\nhint: ${hint}`);
  if (warnings.length > 0) remark('hint: resources/docs/documents.md explains each under "Whose they are"');
  return warnings;
}

/** `warnings` as a field of a result; left out where there are none. */
export function withWarnings(warnings: readonly Warning[]): { readonly warnings?: readonly Warning[] } {
  return warnings.length === 0 ? {} : { warnings };
}
