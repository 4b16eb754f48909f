/** `tessera generate`: random scenarios by seed, of one group of networks or several. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { drawScenarios, makeFolders, scenarioFamilies, type ScenarioFamily } from '../../toolbox.ts';
import { seedList, withJson, type OutputOptions } from '../arguments.ts';
import { printJson, printText } from '../output.ts';
import { table } from '../table.ts';

interface GenerateOptions extends OutputOptions {
  readonly platform: string;
  readonly family: ScenarioFamily;
  readonly seeds: readonly number[];
  readonly networks?: string;
  readonly out?: string;
}

export function registerGenerate(program: Command): void {
  withJson(program.command('generate'))
    .description('random scenarios by seed: networks in one group, or in several of different periods')
    .requiredOption('--platform <id>', 'a preset platform; networks that were measured there as a whole come first')
    .addOption(new Option('--family <family>', 'one group, or several').choices(scenarioFamilies).default('single'))
    .option('--seeds <list>', 'one scenario for each, e.g. 1..10', seedList, [1])
    .option('--networks <ids>', 'preset networks to draw from, by commas (default: those measured on the platform)')
    .option('--out <folder>', 'write a file for each into this folder')
    .action(({ platform, family, seeds, networks, out, json }: GenerateOptions) => {
      const scenarios = drawScenarios({ platform, family, seeds, networks: networks?.split(',') });
      if (out !== undefined) {
        makeFolders(out);
        for (const scenario of scenarios)
          writeFileSync(join(out, `${scenario.id}.json`), `${JSON.stringify(scenario, null, 2)}\n`);
      }
      if (json) printJson(scenarios);
      else
        printText(
          table(scenarios, [
            { title: 'scenario', value: ({ id }) => id },
            { title: 'groups', value: ({ groups = [] }) => String(groups.length), align: 'right' },
            { title: 'networks', value: ({ applications }) => String(applications.length), align: 'right' },
            {
              title: 'periods ms',
              value: ({ groups = [] }) => groups.map(({ periodMs }) => String(periodMs)).join(', '),
            },
          ]),
        );
    });
}
