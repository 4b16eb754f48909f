/** Opening the workbench for one command, and resolving scenarios with no more of it than needed. */
import { existsSync } from 'node:fs';
import { createClient, type Client } from '#shared/contract/client.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseResolvedScenario } from '#shared/domain/scenario.ts';
import { composeWorkbench } from '../../compose.ts';
import {
  examineWithoutRecord,
  followMoves,
  nodeSpawner,
  resourcesDirectory,
  type ExaminedScenario,
  type ProcessSpawner,
} from '../toolbox.ts';
import { examineHosts } from '../host-checks.ts';
import { inProcessTransport } from '../in-process-transport.ts';
import { openLog } from '../log.ts';
import { dataDirectory, databasePath } from '../paths.ts';
import { agentCommand, commandLineProgram, productVersion } from '../product.ts';
import type { ScenarioArgument } from './arguments.ts';
import { remark } from './output.ts';

/**
 * Opens the workbench on the database `db`, does `work` and closes it again, whatever happens.
 * @param spawner starts the runs
 * @throws WorkbenchError `store.…` when the database is refused
 */
export async function withWorkbench<Result>(
  db: string | undefined,
  work: (client: Client, close: () => Promise<void>) => Promise<Result>,
  spawner: ProcessSpawner = nodeSpawner,
): Promise<Result> {
  const workbench = composeWorkbench({
    databasePath: databasePath(db),
    resourcesDirectory: resourcesDirectory(),
    dataDirectory: dataDirectory(),
    commandLine: commandLineProgram(),
    agentCommand: agentCommand(),
    host: 'cli',
    version: productVersion(),
    spawner,
    log: openLog(dataDirectory(), 'cli'),
    hostChecks: examineHosts,
    onReadOnly: (message) => remark(`note: ${message}`),
  });
  try {
    return await work(createClient(inProcessTransport(workbench)), () => workbench.close());
  } finally {
    await workbench.close();
  }
}

/**
 * A scenario with everything inline, and what is to be said of its times: from the presets, and from the database only
 * where they do not know it and there is one.
 */
export async function examineScenarioArgument(
  scenario: ScenarioArgument,
  db: string | undefined,
): Promise<ExaminedScenario> {
  try {
    return examineWithoutRecord(resourcesDirectory(), scenario);
  } catch (error) {
    const isUnknown = error instanceof WorkbenchError && error.code.startsWith('scenario.unknown');
    if (!isUnknown || !existsSync(followMoves(databasePath(db)))) throw error;
  }
  const { scenario: document, remarks } = await withWorkbench(db, (client) =>
    client.invoke('scenarios.resolve', { scenario }),
  );
  return { scenario: parseResolvedScenario(document), remarks };
}
