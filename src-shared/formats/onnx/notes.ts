/** What is said about a model in addition to its layers. */
import { listed } from '../../domain/words.ts';

/** Names that a note has at most. */
const MOST_NAMED = 6;

/** Something a person should know about what was made of a model. */
export interface OnnxNote {
  readonly message: string;
  readonly hint?: string;
  /** Ids of the layers concerned. */
  readonly layers?: string[];
}

/** `"a", "b" and 3 more` */
export function quoted(names: readonly string[]): string {
  return listed(
    names.map((name) => `"${name}"`),
    MOST_NAMED,
  );
}
