/** `tessera nas …`: network search. `estimate`: how long a network or a block takes on a processor. */
import { Option, type Command } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { parseProfile } from '#shared/domain/profile.ts';
import { networkOfBlock } from '#shared/nas/block-network.ts';
import { parseBlock } from '#shared/nas/blocks.ts';
import {
  estimateLatency,
  estimatorIds,
  latencyEstimators,
  type EstimatorId,
  type LatencyEstimate,
  type LatencyQuestion,
} from '#shared/nas/latency.ts';
import { loadPresets, readBlockTable, resourcesDirectory } from '../../toolbox.ts';
import { collect, wholeNumber, withDatabase, withJson, type DatabaseOption, type OutputOptions } from '../arguments.ts';
import { printJson, printText, usageError } from '../output.ts';
import { errorText } from '../error-text.ts';
import { findDocument, processorOf } from '../find-document.ts';
import { number } from '../table.ts';
import { registerNasScale } from './nas-scale.ts';
import { registerNasSearch } from './nas-search.ts';
import { registerNasSpaces } from './nas-spaces.ts';

interface EstimateOptions extends OutputOptions, DatabaseOption {
  readonly platform: string;
  readonly processor?: string;
  readonly block?: string;
  readonly inputSize?: number;
  readonly profile: readonly string[];
  readonly by?: EstimatorId;
}

export function registerNas(program: Command): void {
  const nas = program.command('nas').description('network search: spaces, searches under a latency limit, latencies');
  registerNasSpaces(nas);
  registerNasSearch(nas);
  registerNasScale(nas);
  withDatabase(withJson(nas.command('estimate [network]')))
    .description('how long a network (an id or a file), or one block, takes on a processor')
    .requiredOption('--platform <id|file>', 'platform it is asked for')
    .option('--processor <id>', 'processor; default: the NPU, else the first')
    .option('--block <string>', 'a block in the notation of S3NAS, e.g. r1_k3_s22_e6_i32_o64_c0')
    .option('--input-size <n>', 'height and width of the input of the block', wholeNumber(1, 4096))
    .option('--profile <id|file>', 'a profile with measured times; repeatable', collect, [])
    .addOption(new Option('--by <estimator>', 'who answers; default: the most certain').choices(estimatorIds))
    .action(async (network: string | undefined, options: EstimateOptions) => {
      const question = await questionOf(network, options);
      const estimate = options.by === undefined ? estimateLatency(question) : latencyEstimators[options.by](question);
      if (estimate === undefined) throw unanswered(question, options.by);
      if (options.json) printJson({ ...estimate, processor: question.processor.id });
      else printText(describe(question, estimate));
    });
}

async function questionOf(network: string | undefined, options: EstimateOptions): Promise<LatencyQuestion> {
  const { block: text, inputSize, db } = options;
  if ((network === undefined) === (text === undefined))
    throw usageError('it takes a network, or --block', 'e.g. tessera nas estimate resnet50 --platform midap-board');
  if ((text === undefined) !== (inputSize === undefined))
    throw usageError(
      '--block and --input-size belong together',
      'e.g. --block r1_k3_s22_e6_i32_o64_c0 --input-size 56',
    );
  const library = loadPresets(resourcesDirectory());
  const platform = await findDocument('platform', options.platform, parsePlatform, db);
  const block = text === undefined || inputSize === undefined ? undefined : { block: parseBlock(text), inputSize };
  const profiles = [];
  for (const each of options.profile) profiles.push(await findDocument('profile', each, parseProfile, db));
  return {
    network:
      block === undefined
        ? await findDocument('network', network ?? '', parseNetwork, db)
        : networkOfBlock(block.block, block.inputSize),
    block,
    platform,
    processor: processorOf(platform, options.processor),
    profiles,
    table: block === undefined ? undefined : readBlockTable(resourcesDirectory()),
    networkOf: (id): Network | undefined => library.networks.get(id),
  };
}

function unanswered({ processor, platform }: LatencyQuestion, by: EstimatorId | undefined): WorkbenchError {
  const where = `"${processor.id}" of ${platform.name}`;
  const message = by === undefined ? `no estimator knows a time on ${where}` : `"${by}" knows no time on ${where}`;
  return new WorkbenchError('nas.noEstimate', message, {
    hint: 'give the processor a cost model, name a --profile with its times, or ask for another --processor',
  });
}

function describe({ network, block, platform, processor }: LatencyQuestion, estimate: LatencyEstimate): string {
  const { latencyMs, cycles, source, relativeError, missing } = estimate;
  const names = missing.slice(0, 5).map(({ layer, op }) => (layer === op ? layer : `${layer} (${op})`));
  return [
    `${block === undefined ? network.name : 'the block'} on ${processor.name ?? processor.id} of ${platform.name}: ${number(latencyMs)} ms`,
    ...(cycles === undefined ? [] : [`cycles: ${Math.round(cycles)}`]),
    `source: ${source}`,
    `error: ${errorText(relativeError)}`,
    ...(missing.length === 0
      ? []
      : [
          `without ${missing.length} of ${network.layers.length} layers, which have no time there: ${names.join(', ')}${missing.length > names.length ? ', …' : ''}`,
        ]),
  ].join('\n');
}
