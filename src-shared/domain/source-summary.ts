/** The sources of a platform's numbers, gathered by what they are numbers of, for people to read. */
import type { Path } from './errors.ts';
import type { Platform } from './platform.ts';
import { sourceOf, type Source } from './sources.ts';
import { listed, plainWords } from './words.ts';

export interface SourceGroup {
  /** "Cortex-A76: active power, cluster power". */
  readonly of: string;
  readonly kind: Source['kind'];
  readonly source: string;
}

/**
 * Where the numbers of `platform` come from, as its `sources` say of each number that is there: one entry for each source and
 * whatever it is the source of. Empty where it states none; numbers without a source are not listed.
 */
export function sourceSummary(platform: Platform): readonly SourceGroup[] {
  if (platform.sources === undefined || platform.sources.length === 0) return [];
  const groups = new Map<string, { readonly source: Source; readonly fieldsOf: Map<string, Set<string>> }>();
  for (const path of numbersIn(platform, [])) {
    const source = sourceOf(platform, path);
    if (source === undefined) continue;
    const key = JSON.stringify([source.kind, source.source]);
    const group = groups.get(key) ?? { source, fieldsOf: new Map<string, Set<string>>() };
    groups.set(key, group);
    const owner = ownerOf(platform, path);
    group.fieldsOf.set(owner, (group.fieldsOf.get(owner) ?? new Set()).add(fieldOf(path)));
  }
  return [...groups.values()].flatMap(({ source: { kind, source }, fieldsOf }) => {
    const ownersByFields = new Map<string, string[]>();
    for (const [owner, fields] of fieldsOf) {
      const text = [...fields].join(', ');
      ownersByFields.set(text, [...(ownersByFields.get(text) ?? []), owner]);
    }
    return [...ownersByFields].map(([fields, owners]) => ({ of: `${listed(owners)}: ${fields}`, kind, source }));
  });
}

/** The paths of all numbers within `value`. */
function* numbersIn(value: unknown, path: Path): Generator<Path> {
  if (typeof value === 'number') yield path;
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* numbersIn(item, [...path, index]);
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value)) yield* numbersIn(item, [...path, name]);
}

function ownerOf(platform: Platform, [list, index]: Path): string {
  if (list === 'processors' && typeof index === 'number') return platform.processors[index]?.name ?? '';
  return list === 'interconnect' ? 'Links' : list === 'frequencyCaps' ? 'Frequency caps' : platform.name;
}

/** The field that a number belongs to, without its unit; of an operating point or a link the column, of a cost model the model. */
function fieldOf(path: Path): string {
  const fields = path.filter((step) => typeof step === 'string');
  const isTable = ['operatingPoints', 'links', 'default'].includes(fields[1] ?? '');
  const field = (isTable ? fields[2] : fields[1]) ?? fields[0] ?? '';
  return plainWords(field.replace(/(?:MHz|MW|MBps|Ms|PJPerByte)$/, ''));
}
