/** Writes resources/presets from the preset documents: `node src-main/presets/write.ts`. A test checks that the files are current. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { demos, networks, platforms, profiles, scenarios } from './documents.ts';

/** Text of each preset file by its path below resources/presets. */
export function presetFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>([['demos.json', json(demos)]]);
  for (const [folder, documents] of Object.entries({ platforms, networks, profiles, scenarios })) {
    for (const document of documents) files.set(`${folder}/${document.id}.json`, json(document));
  }
  return files;
}

function json(document: unknown): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

if (import.meta.main) {
  const directory = resolve(import.meta.dirname, '../../resources/presets');
  for (const [path, text] of presetFiles()) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}
