/** `tessera serve`: the workbench for a browser, until it is stopped. */
import type { Command } from 'commander';
import { composeWorkbench, nodeSpawner, resourcesDirectory } from '../../../compose.ts';
import { examineHosts } from '../../host-checks.ts';
import { onInterrupt } from '../../interrupt.ts';
import { openLog } from '../../log.ts';
import { dataDirectory, databasePath } from '../../paths.ts';
import { productVersion, rendererDirectory } from '../../product.ts';
import { hasDisplay, openBrowser } from '../../served/open-browser.ts';
import { isLoopback } from '../../served/origin-guard.ts';
import { startServedHost } from '../../served/server.ts';
import { wholeNumber, withDatabase, withJson, type DatabaseOption, type OutputOptions } from '../arguments.ts';
import { printJson, printText, remark } from '../output.ts';

interface ServeOptions extends OutputOptions, DatabaseOption {
  /** Undefined: any free one. */
  readonly port?: number;
  readonly host: string;
  /** False with --no-open. */
  readonly open: boolean;
}

export function registerServe(program: Command): void {
  withDatabase(withJson(program.command('serve')))
    .description('serve the workbench to a browser on this machine, until Ctrl-C')
    .option('--port <n>', 'port to listen on (default: any free one)', wholeNumber(0, 65_535))
    .option('--host <host>', 'address to listen on; beyond 127.0.0.1 only if you trust the network', '127.0.0.1')
    .option('--no-open', 'do not open a browser')
    .action(serve);
}

async function serve({ port, host: address, open, db, json }: ServeOptions): Promise<void> {
  const log = openLog(dataDirectory(), 'served');
  const interruption = onInterrupt();
  const database = databasePath(db);
  const workbench = composeWorkbench({ databasePath: database, resourcesDirectory: resourcesDirectory(), host: 'served', version: productVersion(), spawner: nodeSpawner, log, hostChecks: examineHosts });
  try {
    const host = await startServedHost({ workbench, rendererDirectory: rendererDirectory(), host: address, port: port ?? 0, log });
    if (json) printJson({ url: host.url, origin: host.origin, port: host.port, databasePath: database, pid: process.pid });
    else printText(`Tessera: ${host.url}`);
    remark(`Record: ${database}\nCtrl-C stops it; runs under way can be resumed.`);
    if (!isLoopback(address)) remark('warning: it can be reached from the network, without encryption; whoever has the address above can use it\nhint: an SSH tunnel to 127.0.0.1 is safer: ssh -L 8080:127.0.0.1:PORT user@machine');
    if (open && hasDisplay() && !(await openBrowser(host.issueUrl()))) remark('hint: no browser could be opened; open the address above yourself');
    await new Promise<void>((resolve) => interruption.onStop(() => resolve()));
    remark('stopping …');
    await host.close();
  } finally {
    await workbench.close();
    interruption.release();
  }
}
