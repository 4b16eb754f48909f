/** `tessera presets|schedulers|formats`: what there is. None of them opens the database. */
import type { Command } from 'commander';
import { describeSchedulers, loadPresets, resourcesDirectory } from '../../../compose.ts';
import { withJson, type OutputOptions } from '../arguments.ts';
import { printJson, printText } from '../output.ts';
import { table } from '../table.ts';

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/** The formats of this version. Every document is validated with the schema named here, which is also published. */
const formats = [
  { id: 'tessera-scenario', name: 'Tessera scenario', extension: '.json', description: 'which networks run on which platform, and when', use: 'read by run and simulate; printed by runs show --json', schema: 'resources/schema/scenario.schema.json' },
  { id: 'tessera-platform', name: 'Tessera platform', extension: '.json', description: 'a device: processors, operating points, interconnect', use: 'inline in a scenario, or named there by its id', schema: 'resources/schema/platform.schema.json' },
  { id: 'tessera-network', name: 'Tessera network', extension: '.json', description: 'a graph of layers with their execution times', use: 'inline in a scenario, or named there by its id', schema: 'resources/schema/network.schema.json' },
  { id: 'tessera-scheduler', name: 'Tessera scheduler configuration', extension: '.json', description: 'which scheduler, which seed, which options', use: 'its options are read by run --options; printed by runs show --json', schema: 'resources/schema/scheduler.schema.json' },
];

export function registerLists(program: Command): void {
  withJson(program.command('presets'))
    .description('list the platforms, networks and scenarios that come with Tessera')
    .action(({ json }: OutputOptions) => {
      const presets = loadPresets(resourcesDirectory());
      const listed = { platforms: briefly(presets.platforms), networks: briefly(presets.networks), scenarios: briefly(presets.scenarios), demos: presets.demos };
      if (json) {
        printJson(listed);
        return;
      }
      const rows = (['scenarios', 'platforms', 'networks', 'demos'] as const).flatMap((kind) => listed[kind].map((preset) => ({ kind: kind.slice(0, -1), id: preset.id, description: preset.description || preset.name })));
      printText(table(rows, [{ title: 'kind', value: (row) => row.kind }, { title: 'id', value: (row) => row.id }, { title: 'what it is', value: (row) => row.description }]));
    });

  withJson(program.command('schedulers'))
    .description('list the schedulers with their options')
    .action(({ json }: OutputOptions) => {
      const schedulers = describeSchedulers();
      if (json) printJson({ schedulers });
      else printText(schedulers.map((scheduler) => `${scheduler.id}: ${scheduler.name}. ${scheduler.description}\n  source: ${scheduler.source}\n${renderOptions(scheduler.optionsSchema)}`).join('\n\n'));
    });

  withJson(program.command('formats'))
    .description('list the file formats that can be read and written')
    .action(({ json }: OutputOptions) => {
      if (json) printJson({ formats });
      else printText(table(formats, [{ title: 'format', value: (format) => format.id }, { title: 'files', value: (format) => format.extension }, { title: 'what it holds', value: (format) => format.description }, { title: 'use', value: (format) => format.use }, { title: 'schema', value: (format) => format.schema }]));
    });
}

function briefly(documents: ReadonlyMap<string, Listed>): Listed[] {
  return [...documents.values()].map(({ id, name, description }) => ({ id, name, description }));
}

/** One line per option of a JSON Schema: its key as `--set` takes it, default, and description. */
function renderOptions(schema: Record<string, unknown>): string {
  const rows = optionRows(schema, '');
  if (rows.length === 0) return '  no options';
  return table(rows, [{ title: '  option', value: (row) => `  ${row.key}` }, { title: 'default', value: (row) => row.default }, { title: 'accepts', value: (row) => row.accepts }, { title: 'what it does', value: (row) => row.description }]);
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
    return [{ key: prefix + name, default: option['default'] === undefined ? '–' : JSON.stringify(option['default']), accepts: acceptedBy(option), description: typeof option['description'] === 'string' ? option['description'] : '' }];
  });
}

function acceptedBy(option: Record<string, unknown>): string {
  if (Array.isArray(option['enum'])) return option['enum'].join(' | ');
  const { type, minimum, maximum } = option;
  // Without a bound of its own, zod writes the limits of whole numbers.
  const bounds = [...(typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? [`≥ ${minimum}`] : []), ...(typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? [`≤ ${maximum}`] : [])];
  return [typeof type === 'string' ? type : 'value', ...bounds].join(' ');
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
