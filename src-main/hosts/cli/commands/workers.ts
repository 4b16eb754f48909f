/** `tessera workers`: who takes runs from the queues. */
import type { Command } from 'commander';
import { dataDirectory } from '../../paths.ts';
import { loadQueues, type WorkerState } from '../../toolbox.ts';
import { withJson, type OutputOptions } from '../arguments.ts';
import { printJson, printText } from '../output.ts';
import { number, table } from '../table.ts';

export function registerWorkers(program: Command): void {
  const workers = program.command('workers').description('the machines that take runs from queues');
  withJson(workers.command('list'))
    .description('the workers of a queue that were heard of within the last 15 s')
    .option('--on <queue>', 'of this queue only (default: of all that were added)')
    .action(async ({ json, on }: OutputOptions & { readonly on?: string }) => {
      const { QueueClient, SavedQueues } = await loadQueues();
      const saved = new SavedQueues(dataDirectory());
      const found: (WorkerState & { readonly queue: string })[] = [];
      for (const queue of on === undefined ? saved.names() : [on]) {
        const client = await QueueClient.connect(saved.get(queue));
        try {
          for (const worker of await client.workers()) found.push({ queue, ...worker });
        } finally {
          await client.close();
        }
      }
      if (json) printJson({ workers: found });
      else if (found.length === 0) printText('no workers; "tessera worker --join worker.json" starts one');
      else
        printText(
          table(found, [
            { title: 'queue', value: ({ queue }) => queue },
            { title: 'host', value: ({ host }) => host },
            { title: 'process', value: ({ pid }) => String(pid), align: 'right' },
            { title: 'slots', value: ({ slots }) => String(slots), align: 'right' },
            { title: 'running', value: ({ running }) => String(running), align: 'right' },
            { title: 'engine', value: ({ engine }) => engine },
            { title: 'load', value: ({ load }) => number(load), align: 'right' },
            { title: 'free MB', value: ({ freeMemoryMB }) => String(freeMemoryMB), align: 'right' },
            { title: 'crashes', value: ({ crashes }) => String(crashes), align: 'right' },
            { title: '', value: ({ note }) => note ?? '' },
          ]),
        );
    });
}
