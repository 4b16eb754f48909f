/** A mapping given as PRISM's table: `op_id,unit_type`, a row for each operation of a network. */
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { prismMapping } from '../toolbox.ts';
import { readText } from './arguments.ts';
import { usageError } from './output.ts';

/** @throws WorkbenchError `cli.usage`, `input.unreadable` or `prism.invalid` */
export function readMappingTable(path: string, { applications }: ResolvedScenario): Record<string, string> {
  const [application, ...others] = applications;
  if (others.length > 0)
    throw usageError(
      `the table "${path}" maps one network, and the scenario has ${applications.length} applications`,
      'give the mapping as a JSON object: { "application/layer": "processing element" }',
    );
  return prismMapping(readText(path, 'mapping'), application.network, application.id);
}
