/** Options that are described by a JSON Schema, as a table for a terminal. */
import { table } from './table.ts';

/** One line per option of a JSON Schema: its key as `--set` takes it, default, and description. */
export function renderOptions(schema: Record<string, unknown>): string {
  const rows = optionRows(schema, '');
  if (rows.length === 0) return '  no options';
  return table(rows, [
    { title: '  option', value: (row) => `  ${row.key}` },
    { title: 'default', value: (row) => row.default },
    { title: 'accepts', value: (row) => row.accepts },
    { title: 'what it does', value: (row) => row.description },
  ]);
}

interface OptionRow {
  readonly key: string;
  readonly default: string;
  readonly accepts: string;
  readonly description: string;
}

function optionRows(schema: Record<string, unknown>, prefix: string): OptionRow[] {
  return Object.entries(fieldsOf(schema['properties'])).flatMap(([name, value]) => {
    const option = fieldsOf(value);
    if (option['properties'] !== undefined) return optionRows(option, `${prefix}${name}.`);
    return [
      {
        key: prefix + name,
        default: option['default'] === undefined ? '–' : JSON.stringify(option['default']),
        accepts: acceptedBy(option),
        description: typeof option['description'] === 'string' ? option['description'] : '',
      },
    ];
  });
}

function acceptedBy(option: Record<string, unknown>): string {
  if (Array.isArray(option['enum'])) return option['enum'].join(' | ');
  const { type, minimum, maximum } = option;
  // Without a bound of its own, zod writes the limits of whole numbers.
  const bounds = [
    ...(typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? [`≥ ${minimum}`] : []),
    ...(typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? [`≤ ${maximum}`] : []),
  ];
  return [typeof type === 'string' ? type : 'value', ...bounds].join(' ');
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
