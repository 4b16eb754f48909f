/** `tessera presets|schedulers`: what there is. Neither opens the database. */
import type { Command } from 'commander';
import { describeSchedulers, loadPresets, resourcesDirectory } from '../../toolbox.ts';
import { withJson, type OutputOptions } from '../arguments.ts';
import { renderOptions } from '../option-table.ts';
import { printJson, printText } from '../output.ts';
import { table } from '../table.ts';

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export function registerPresets(program: Command): void {
  withJson(program.command('presets'))
    .description('list the platforms, networks, profiles and scenarios that come with Tessera')
    .action(({ json }: OutputOptions) => {
      const presets = loadPresets(resourcesDirectory());
      const listed = {
        platforms: briefly(presets.platforms),
        networks: briefly(presets.networks),
        profiles: briefly(presets.profiles),
        scenarios: briefly(presets.scenarios),
        demos: presets.demos,
      };
      if (json) {
        printJson(listed);
        return;
      }
      const rows = (['scenarios', 'platforms', 'networks', 'profiles', 'demos'] as const).flatMap((kind) =>
        listed[kind].map((preset) => ({
          kind: kind.slice(0, -1),
          id: preset.id,
          description: preset.description || preset.name,
        })),
      );
      printText(
        table(rows, [
          { title: 'kind', value: (row) => row.kind },
          { title: 'id', value: (row) => row.id },
          { title: 'what it is', value: (row) => row.description },
        ]),
      );
    });
}

export function registerSchedulers(program: Command): void {
  withJson(program.command('schedulers'))
    .description('list the schedulers with their options')
    .action(({ json }: OutputOptions) => {
      const schedulers = describeSchedulers();
      if (json) printJson({ schedulers });
      else
        printText(
          schedulers
            .map(
              (scheduler) =>
                `${scheduler.id}: ${scheduler.name}. ${scheduler.description}\n  source: ${scheduler.source}\n${renderOptions(scheduler.optionsSchema)}`,
            )
            .join('\n\n'),
        );
    });
}

function briefly(documents: ReadonlyMap<string, Listed>): Listed[] {
  return [...documents.values()].map(({ id, name, description }) => ({ id, name, description }));
}
