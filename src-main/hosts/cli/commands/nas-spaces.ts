/** `tessera nas spaces` and `tessera nas space`: what networks can be searched among. */
import type { Command } from 'commander';
import { parsePlatform } from '#shared/domain/platform.ts';
import { CandidateLatency } from '#shared/nas/candidate-latency.ts';
import { NetworkSpace } from '#shared/nas/space.ts';
import { drawNetworks, findSearchSpace, loadSearchSpaces, resourcesDirectory, shippedSources } from '../../toolbox.ts';
import { wholeNumber, withDatabase, withJson, type DatabaseOption, type OutputOptions } from '../arguments.ts';
import { findDocument, processorOf } from '../find-document.ts';
import { printJson, printText } from '../output.ts';
import { number, table } from '../table.ts';

interface SpaceOptions extends OutputOptions, DatabaseOption {
  readonly platform?: string;
  readonly processor?: string;
  readonly samples: number;
  readonly document?: boolean;
}

/** Bars of the histogram. */
const BINS = 12;
const BAR_WIDTH = 40;

export function registerNasSpaces(nas: Command): void {
  withJson(nas.command('spaces'))
    .description('the search spaces that come with Tessera')
    .action((options: OutputOptions) => {
      const rows = [...loadSearchSpaces(resourcesDirectory()).values()].map((document) => ({
        id: document.id,
        name: document.name,
        networks: new NetworkSpace(document).choices,
        stages: document.stages.length,
        inputSize: document.input.size,
        accuracy: sourcesOf(document.id),
      }));
      if (options.json) printJson(rows);
      else
        printText(
          table(rows, [
            { title: 'id', value: ({ id }) => id },
            { title: 'networks', value: ({ networks }) => count(networks), align: 'right' },
            { title: 'input', value: ({ inputSize }) => String(inputSize), align: 'right' },
            { title: 'trained networks', value: ({ accuracy }) => accuracy.join(', ') },
            { title: 'name', value: ({ name }) => name },
          ]),
        );
    });
  withDatabase(withJson(nas.command('space <space>')))
    .description('what a search space (an id, or a file: a document or a supernet of S3NAS) leaves open')
    .option('--platform <id|file>', 'also say how long its networks take there')
    .option('--processor <id>', 'processor; default: the NPU, else the first')
    .option('--samples <n>', 'random networks for the distribution of latencies', wholeNumber(1, 100_000), 1000)
    .option('--document', 'print the document, e.g. to make one of your own from it')
    .action(async (argument: string, options: SpaceOptions) => {
      const document = findSearchSpace(argument, loadSearchSpaces(resourcesDirectory()));
      if (options.document) {
        printText(JSON.stringify(document, undefined, 2));
        return;
      }
      const space = new NetworkSpace(document);
      const latencies =
        options.platform === undefined ? undefined : await latenciesOf(space, options.platform, options);
      if (options.json) {
        const { id, name, input, stages, provenance } = document;
        printJson({
          id,
          name,
          input,
          stages,
          choices: space.layout.length,
          networks: space.choices,
          provenance,
          latencies,
        });
      } else printText(describe(space, latencies));
    });
}

interface Latencies {
  readonly platform: string;
  readonly processor: string;
  readonly source: string;
  readonly fastestMs: number | undefined;
  readonly slowestMs: number | undefined;
  readonly samples: number;
  /** Of random networks, ms. */
  readonly quantilesMs: { readonly q05: number; readonly q50: number; readonly q95: number };
  readonly histogram: readonly { readonly fromMs: number; readonly toMs: number; readonly networks: number }[];
}

async function latenciesOf(
  space: NetworkSpace,
  name: string,
  { processor: id, samples, db }: SpaceOptions,
): Promise<Latencies> {
  const platform = await findDocument('platform', name, parsePlatform, db);
  const processor = processorOf(platform, id);
  const latency = new CandidateLatency(space, { platform, processor });
  const drawn = drawNetworks(space, samples, 1).map((genes) => latency.ofGenes(genes));
  const sorted = drawn.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const [least, most] = [at(0), at(1)];
  const width = (most - least) / BINS;
  const bins = Array.from({ length: width > 0 ? BINS : 1 }, (_, bin) => ({
    fromMs: least + bin * width,
    toMs: least + (bin + 1) * width,
    networks: drawn.filter((ms) => Math.min(BINS - 1, Math.floor((ms - least) / width) || 0) === bin).length,
  }));
  const groups = space.groups();
  const extreme = (pick: (...each: number[]) => number): number | undefined =>
    groups?.reduce(
      (sum, { items }) => sum + pick(...items.map((item) => latency.cost.ofItem(item))),
      latency.cost.base,
    );
  return {
    platform: platform.id,
    processor: processor.id,
    fastestMs: extreme(Math.min),
    slowestMs: extreme(Math.max),
    source: latency.source,
    samples,
    quantilesMs: { q05: at(0.05), q50: at(0.5), q95: at(0.95) },
    histogram: bins,
  };
}

function describe(space: NetworkSpace, latencies: Latencies | undefined): string {
  const { document, layout } = space;
  const { name, description, input, stem, head, stages, provenance, id } = document;
  const rows = stages.map((stage, index) => ({ index: index + 1, ...stage }));
  const sources = sourcesOf(id);
  return [
    `${name} (${id})`,
    ...(description === '' ? [] : [description]),
    `${count(space.choices)} networks by ${layout.length} choices; input ${input.channels} × ${input.size} × ${input.size}, stem ` +
      `${stem.kernel}×${stem.kernel} to ${stem.channels} channels with stride ${stem.stride}, head ${head.channels}, ${head.classes} classes`,
    '',
    table(rows, [
      { title: 'stage', value: ({ index }) => String(index), align: 'right' },
      { title: 'channels', value: ({ channels }) => String(channels), align: 'right' },
      { title: 'stride', value: ({ stride }) => String(stride), align: 'right' },
      {
        title: 'blocks',
        value: ({ repeats, shared }) => repeats.join(' or ') + (shared ? ', equal' : ''),
        align: 'right',
      },
      { title: 'squeeze', value: ({ se }) => se.join(' or '), align: 'right' },
      { title: 'activation', value: ({ activation }) => activation },
      { title: 'options of a block', value: ({ options }) => options.join('  ') },
    ]),
    '',
    `accuracy of trained networks: ${sources.length === 0 ? 'none that comes with Tessera; scores, a table or a command of yours' : sources.join(', ')}`,
    ...provenance.map((each) => `source: ${each}`),
    ...(latencies === undefined ? [] : ['', ...describeLatencies(latencies)]),
  ].join('\n');
}

function describeLatencies(latencies: Latencies): string[] {
  const { platform, processor, fastestMs, slowestMs, source, samples, quantilesMs, histogram } = latencies;
  const most = Math.max(...histogram.map(({ networks }) => networks));
  return [
    `on ${processor} of ${platform}: ${number(fastestMs)} to ${number(slowestMs)} ms; ${source}`,
    `${samples} random networks: 90 % between ${number(quantilesMs.q05)} and ${number(quantilesMs.q95)} ms, median ${number(quantilesMs.q50)} ms`,
    ...histogram.map(
      ({ fromMs, toMs, networks }) =>
        `${fromMs.toFixed(3).padStart(8)} – ${toMs.toFixed(3).padStart(8)} ms ${'█'.repeat(Math.round((networks / most) * BAR_WIDTH))} ${networks}`,
    ),
  ];
}

/** Sources with figures of trained networks for a space. */
function sourcesOf(space: string): string[] {
  return shippedSources.flatMap((source) => (source.space === space ? [source.id] : []));
}

/** Whole numbers up to a million, powers of ten beyond. */
function count(value: number): string {
  if (value < 1e6) return String(value);
  const exponent = Math.floor(Math.log10(value));
  return `${(value / 10 ** exponent).toFixed(1)}·10^${exponent}`;
}
