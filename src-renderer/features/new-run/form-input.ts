/** What comes into the new-run form from outside: scenario files, and the host's complaints about options. */
import { WorkbenchError } from '#shared/domain/errors.ts';

/** Larger files are surely something else. */
const MOST_BYTES = 64_000_000;

/** The JSON object in `file`. @throws WorkbenchError `file.notJson`, `file.tooLarge` or `file.notAnObject` */
export async function readScenarioFile(file: File): Promise<Record<string, unknown>> {
  if (file.size > MOST_BYTES) throw new WorkbenchError('file.tooLarge', `${file.name} is larger than ${MOST_BYTES / 1e6} MB`, { hint: 'choose a scenario document' });
  let parsed: unknown;
  try {
    parsed = JSON.parse(await file.text());
  } catch (cause) {
    throw new WorkbenchError('file.notJson', `${file.name} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { hint: 'choose a scenario document, as described in Help under Documents', cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new WorkbenchError('file.notAnObject', `${file.name} is JSON, but no document`, { hint: 'a scenario document is an object with schemaVersion, id, platform and applications' });
  return { ...parsed };
}

/** The complaints that belong to an option: path within the options, joined with dots, and what is wrong. */
export function optionProblems(error: WorkbenchError): [path: string, problem: string][] {
  return error.details.flatMap((issue): [string, string][] => {
    const at = issue.path.indexOf('options');
    return at < 0 || at + 1 >= issue.path.length ? [] : [[issue.path.slice(at + 1).join('.'), `${issue.message}; expected ${issue.expected}`]];
  });
}
