/** Unsaved changes, kept for as long as the window lives: a reload or a visit elsewhere loses nothing. */
import type { DocumentKind } from '#shared/contract/shapes.ts';
import { isContent, type Content } from './json-path.ts';

export interface KeptDraft {
  readonly content: Content;
  /** Of the document that was changed; 0 for a new one. */
  readonly basedOn: number;
  /** Unix time of the last change, ms. */
  readonly at: number;
}

const keyOf = (kind: DocumentKind, id: string): string => `tessera.draft.${kind}/${id}`;

export function keepDraft(kind: DocumentKind, id: string, draft: KeptDraft): void {
  try {
    sessionStorage.setItem(keyOf(kind, id), JSON.stringify(draft));
  } catch (error) {
    // The browser's quota: the document is still in the page, and the browser asks before the page is left.
    if (!(error instanceof DOMException)) throw error;
  }
}

export function forgetDraft(kind: DocumentKind, id: string): void {
  sessionStorage.removeItem(keyOf(kind, id));
}

/** The changes that were not saved, or undefined. What cannot be read is as good as nothing. */
export function keptDraft(kind: DocumentKind, id: string): KeptDraft | undefined {
  const text = sessionStorage.getItem(keyOf(kind, id));
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (!isContent(value)) return undefined;
    const { content, basedOn, at } = value;
    return isContent(content) && typeof basedOn === 'number' && typeof at === 'number'
      ? { content, basedOn, at }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Ids of the documents of a kind that have unsaved changes. */
export function idsWithDrafts(kind: DocumentKind): string[] {
  const prefix = keyOf(kind, '');
  return Array.from({ length: sessionStorage.length }, (_, index) => sessionStorage.key(index) ?? '')
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
}
