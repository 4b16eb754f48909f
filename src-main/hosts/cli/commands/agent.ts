/** `tessera agent`: measures and executes on this machine for a workbench at the other end of a stream, and ends with it. */
import type { Command } from 'commander';
import { listen, ownStream, serveAgent } from '../../toolbox.ts';
import { onInterrupt } from '../../interrupt.ts';
import { dataDirectory } from '../../paths.ts';
import { productVersion } from '../../product.ts';
import { printText, remark, usageError } from '../output.ts';

export function registerAgent(program: Command): void {
  program
    .command('agent')
    .description('measure and execute on this machine for a workbench elsewhere; no window, no record')
    .option('--stdio', 'messages on standard input and output, as "ssh HOST tessera agent --stdio" has them')
    .option('--listen <address:port>', 'messages over WebSocket; prints the token that a workbench needs')
    .action(async ({ stdio, listen: address }: { readonly stdio?: true; readonly listen?: string }) => {
      if ((stdio === undefined) === (address === undefined))
        throw usageError('an agent needs one of --stdio and --listen', 'use --stdio, or --listen 127.0.0.1:7300');
      const options = { dataDirectory: dataDirectory(), product: `tessera ${productVersion()}` };
      if (address === undefined) {
        // It ends with its stream: Ctrl-C in a terminal reaches the whole group, and the workbench says what is to become of it.
        process.on('SIGINT', () => {});
        await serveAgent(ownStream(), options);
        process.exit(0);
      }
      await serveOn(address, options);
    });
}

async function serveOn(address: string, options: Parameters<typeof listen>[2]): Promise<void> {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(address) ?? [];
  if (host === '' || Number(port) > 65_535)
    throw usageError(`"${address}" is no address with a port`, 'use e.g. --listen 127.0.0.1:7300');
  const listening = await listen(host.replace(/^\[(.*)\]$/, '$1'), Number(port), options);
  if (!/^(127\.|localhost$|\[?::1\]?$)/.test(host))
    remark(
      'warning: anyone who reaches this address and knows the token can run models on this machine; nothing is encrypted',
    );
  printText(`ws://${host}:${listening.port}\ntoken: ${listening.token}`);
  await new Promise<void>((settle) => onInterrupt().onStop(() => settle()));
  await listening.close();
  process.exit(0);
}
