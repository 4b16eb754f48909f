/** `tessera serve`: the workbench for a browser, until it is stopped. */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import { commandLine } from '#shared/contract/command-line.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { composeWorkbench } from '../../../compose.ts';
import { nodeSpawner, resourcesDirectory } from '../../toolbox.ts';
import { examineHosts } from '../../host-checks.ts';
import { onInterrupt } from '../../interrupt.ts';
import { openLog } from '../../log.ts';
import { dataDirectory, databasePath } from '../../paths.ts';
import { agentCommand, commandLineProgram, productVersion, rendererDirectory } from '../../product.ts';
import { hasDisplay, openBrowser } from '../../served/open-browser.ts';
import { isLoopback } from '../../served/origin-guard.ts';
import { rememberedPort, rememberPort } from '../../served/remembered-port.ts';
import { startServedHost, type ServedHost, type ServedHostOptions } from '../../served/server.ts';
import { wholeNumber, withDatabase, withJson, type DatabaseOption, type OutputOptions } from '../arguments.ts';
import { printJson, printText, remark } from '../output.ts';

const LOOPBACK = '127.0.0.1';

interface ServeOptions extends OutputOptions, DatabaseOption {
  /** Undefined: the one of last time if it is free, else any. */
  readonly port?: number;
  readonly host: string;
  /** False with --no-open. */
  readonly open: boolean;
}

export function registerServe(program: Command): void {
  withDatabase(withJson(program.command('serve')))
    .description('serve the workbench to a browser on this machine, until Ctrl-C')
    .option(
      '--port <n>',
      'port to listen on; 0: any free one (default: that of last time, else any free one)',
      wholeNumber(0, 65_535),
    )
    .option('--host <host>', 'address to listen on; beyond 127.0.0.1 only if you trust the network', LOOPBACK)
    .option('--no-open', 'do not open a browser')
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const { host: address, open, db, json } = options;
  const log = openLog(dataDirectory(), 'served');
  const interruption = onInterrupt();
  const database = databasePath(db);
  const workbench = composeWorkbench({
    databasePath: database,
    resourcesDirectory: resourcesDirectory(),
    dataDirectory: dataDirectory(),
    host: 'served',
    version: productVersion(),
    spawner: nodeSpawner,
    log,
    commandLine: commandLineProgram(),
    agentCommand: agentCommand(),
    startCommand: startCommandOf(options),
    hostChecks: examineHosts,
    onReadOnly: (message) => remark(`note: ${message}`),
  });
  try {
    const host = await startAtPort(
      options.port,
      { workbench, rendererDirectory: rendererDirectory(), host: address, log },
      database,
    );
    if (json)
      printJson({ url: host.url, origin: host.origin, port: host.port, databasePath: database, pid: process.pid });
    else printText(`Tessera: ${host.url}`);
    remark(`Record: ${database}\nCtrl-C stops it; runs under way can be resumed.`);
    if (!isLoopback(address))
      remark(
        'warning: it can be reached from the network, without encryption; anyone who has the address above can use ' +
          'it\nhint: an SSH tunnel to 127.0.0.1 is safer: ssh -L 8080:127.0.0.1:PORT user@machine',
      );
    if (open && hasDisplay() && !(await openBrowser(host.issueUrl())))
      remark('hint: no browser could be opened; open the address above yourself');
    await new Promise<void>((resolve) => interruption.onStop(() => resolve()));
    remark('stopping …');
    await host.close();
  } finally {
    await workbench.close();
    interruption.release();
  }
}

/** At the given port, else at that of last time, else at any free one. */
async function startAtPort(
  port: number | undefined,
  options: Omit<ServedHostOptions, 'port'> & { readonly log: Logger },
  database: string,
): Promise<ServedHost> {
  if (port !== undefined) return startServedHost({ ...options, port });
  const file = join(dataDirectory(), 'served.json');
  const remembered = rememberedPort(file, database);
  if (remembered !== undefined) {
    try {
      return await startServedHost({ ...options, port: remembered });
    } catch (error) {
      // Most likely another host on the same record; the port stays that one's.
      if (error instanceof WorkbenchError && error.code === 'host.portBusy')
        return startServedHost({ ...options, port: 0 });
      throw error;
    }
  }
  const host = await startServedHost({ ...options, port: 0 });
  try {
    rememberPort(file, database, host.port);
  } catch (error) {
    options.log.warn({ err: error }, 'the port cannot be remembered');
  }
  return host;
}

/** How a person starts this host again: as it was started. */
function startCommandOf({ port, host, open, db }: ServeOptions): string {
  const args = [
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...(host === LOOPBACK ? [] : ['--host', host]),
    ...(open ? [] : ['--no-open']),
    ...(db === undefined ? [] : ['--db', db]),
  ];
  if (process.env['npm_lifecycle_event'] === 'start')
    return commandLine(args.length === 0 ? 'npm start' : 'npm start --', args);
  return commandLine(commandLineProgram(), ['serve', ...args]);
}
