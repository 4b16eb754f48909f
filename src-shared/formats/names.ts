/** Names of files, and ids of documents made from them. */

/** Name of a file without its folder and extension. */
export function baseName(fileName: string): string {
  return fileName.replace(/^.*[/\\]/, '').replace(/(?<=.)\.[^.]*$/, '');
}

/** An id of a document made from any text: what ids may not have becomes "-". */
export function idFrom(text: string): string {
  const id = text
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-')
    .replace(/^[-.]+/, '')
    .replace(/-+$/, '');
  return [...id].slice(0, 100).join('') || 'imported';
}
