/** The fields in which several JSON documents differ, by path. */

export interface FieldDifference {
  /**
   * "options.weights.energy", "applications[camera].periodMs": list items are identified by their id where they have
   * one.
   */
  readonly path: string;
  /** One value per document as JSON text; undefined where it lacks the field. */
  readonly values: readonly (string | undefined)[];
}

/** Every field whose value is not the same in all `documents`, in the order of first appearance. */
export function differingFields(documents: readonly unknown[]): FieldDifference[] {
  const flat = documents.map((document) => flatten(document));
  const paths = new Set(flat.flatMap((fields) => [...fields.keys()]));
  return [...paths]
    .map((path) => ({ path, values: flat.map((fields) => fields.get(path)) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

function flatten(value: unknown, path = '', fields = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null)) {
    value.forEach((item: unknown, index) => flatten(item, `${path}[${idOf(item) ?? index}]`, fields));
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, field] of Object.entries(value)) flatten(field, path === '' ? name : `${path}.${name}`, fields);
  } else if (value !== undefined) {
    fields.set(path, JSON.stringify(value));
  }
  return fields;
}

function idOf(item: unknown): string | undefined {
  return typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string' ? item.id : undefined;
}
