/** What exports of documents and of runs share: the files as they cross the boundary, and the refusal of what a format cannot write. */
import type { ExportOutcome } from '#shared/contract/format-shapes.ts';
import type { DocumentKind } from '#shared/contract/shapes.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { exportsOf, type Format, type WriteResult } from '../../formats/format.ts';
import { formats } from '../../formats/index.ts';

export function outcomeOf({ files, notes }: WriteResult): ExportOutcome {
  return {
    files: files.map(({ name, content, mediaType }) => ({
      name,
      mediaType,
      bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content,
    })),
    notes: [...notes],
  };
}

/** `format` cannot write a `subject`; the hint says which can. */
export function wrongKind(format: Format, subject: DocumentKind | 'run'): WorkbenchError {
  const able = formats.filter((candidate) => exportsOf(candidate).includes(subject)).map((candidate) => candidate.id);
  return new WorkbenchError('format.wrongKind', `a ${subject} cannot be written as ${format.name}`, {
    hint: suggest('', able),
    path: ['format'],
  });
}
