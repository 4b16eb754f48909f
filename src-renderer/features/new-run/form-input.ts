/** What comes into the new-run form from outside: scenario files, the seed as typed, and the host's complaints about options. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import { formatCount } from '../../format.ts';

/** Larger files are surely something else. */
const MOST_BYTES = 64_000_000;

/** The text of a file with a schedule. @throws WorkbenchError `file.tooLarge` */
export async function readScheduleFile(file: File): Promise<string> {
  if (file.size > MOST_BYTES)
    throw new WorkbenchError('file.tooLarge', `${file.name} is larger than ${MOST_BYTES / 1e6} MB`, {
      hint: 'choose a mapping, an exported run, a table or a plan',
    });
  return file.text();
}

/**
 * The scenario document in `file`, not yet checked in depth.
 * @throws WorkbenchError `file.notJson`, `file.tooLarge`, `file.notAnObject` or `file.notAScenario`
 */
export async function readScenarioFile(file: File): Promise<Record<string, unknown>> {
  if (file.size > MOST_BYTES)
    throw new WorkbenchError('file.tooLarge', `${file.name} is larger than ${MOST_BYTES / 1e6} MB`, {
      hint: 'choose a scenario document',
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(await file.text());
  } catch (cause) {
    throw new WorkbenchError(
      'file.notJson',
      `${file.name} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      { hint: 'choose a scenario document, as described in Help under Documents', cause },
    );
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new WorkbenchError('file.notAnObject', `${file.name} is JSON, but no document`, {
      hint: 'a scenario document is an object with schemaVersion, id, platform and applications',
    });
  const kind = otherKind(parsed);
  if (kind !== undefined)
    throw new WorkbenchError('file.notAScenario', `${file.name} is a ${kind} document, not a scenario`, {
      hint:
        'a scenario names a platform and the applications that run on it; ' +
        `${kind === 'platform' ? 'make one that uses this platform' : 'make one whose application uses this network'}`,
    });
  return { ...parsed };
}

/** What a document that has no applications is, by the list that only its kind has. */
function otherKind(document: object): 'platform' | 'network' | undefined {
  if ('applications' in document) return undefined;
  if ('processors' in document) return 'platform';
  return 'layers' in document ? 'network' : undefined;
}

const HIGHEST_SEED = 0xffff_ffff;

/** What is wrong with a seed, in words, or undefined. */
export function seedProblem(seed: number | null): string | undefined {
  if (seed === null) return 'is needed';
  if (!Number.isInteger(seed)) return 'must be a whole number';
  return seed < 0 || seed > HIGHEST_SEED ? `must be 0 … ${formatCount(HIGHEST_SEED)}` : undefined;
}

/** The complaints that belong to an option: path within the options, joined with dots, and what is wrong. */
export function optionProblems(error: WorkbenchError): [path: string, problem: string][] {
  return error.details.flatMap((issue): [string, string][] => {
    const at = issue.path.indexOf('options');
    return at < 0 || at + 1 >= issue.path.length
      ? []
      : [[issue.path.slice(at + 1).join('.'), `${issue.message}; expected ${issue.expected}`]];
  });
}
