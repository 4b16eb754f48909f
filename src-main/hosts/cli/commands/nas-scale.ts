/** `tessera nas scale` and `tessera nas export`: networks of blocks, made deeper, wider and larger, and as files. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { networkOfBlocks } from '#shared/nas/block-network.ts';
import { blockText } from '#shared/nas/blocks.ts';
import { estimateLatency, type LatencyEstimate } from '#shared/nas/latency.ts';
import { parseS3nasNetwork, s3nasNetwork } from '#shared/nas/s3nas-network.ts';
import { scaleNetwork, unstaged, type StagedNetwork } from '#shared/nas/scaling.ts';
import { NetworkSpace } from '#shared/nas/space.ts';
import { databasePath } from '../../paths.ts';
import {
  candidateHash,
  findSearchSpace,
  loadPresets,
  loadSearchSpaces,
  onnxModel,
  openSearchRecord,
  parseSearchRequest,
  readPublishedBlocks,
  recordedSearch,
  resourcesDirectory,
} from '../../toolbox.ts';
import {
  parseFileOrJson,
  wholeNumber,
  withDatabase,
  withJson,
  type DatabaseOption,
  type OutputOptions,
} from '../arguments.ts';
import { errorText } from '../error-text.ts';
import { findDocument, processorOf } from '../find-document.ts';
import { printJson, printText, usageError } from '../output.ts';
import { number, table } from '../table.ts';

const fileFormats = ['network', 's3nas', 'onnx', 'csv'] as const;
type FileFormat = (typeof fileFormats)[number];

interface ScaleOptions extends OutputOptions, DatabaseOption {
  readonly depth: readonly number[];
  readonly width: readonly number[];
  readonly size?: number;
  readonly widthStep: number;
  readonly platform?: string;
  readonly processor?: string;
  readonly out?: string;
  readonly format: FileFormat;
}

interface ExportOptions extends DatabaseOption {
  readonly candidate: string;
  readonly format: FileFormat;
  readonly out?: string;
}

const formatOption = (): Option =>
  new Option(
    '--format <format>',
    'network: document; s3nas: result file of S3NAS; onnx: graph without weights; csv: layers',
  )
    .choices(fileFormats)
    .default('network');

export function registerNasScale(nas: Command): void {
  withDatabase(withJson(nas.command('scale <network>')))
    .description(
      'a network of blocks deeper, wider, larger: ours-M or another of S3NAS, SPACE/CODE, or a result file of S3NAS',
    )
    .option('--depth <factors>', 'factor of the blocks of each stage; several for a table: 1,1.1,1.2', factors, [1])
    .option('--width <factors>', 'factor of the channels; several for a table', factors, [1])
    .option('--size <n>', 'height and width of the input; default: as it is', wholeNumber(1, 4096))
    .option('--width-step <n>', 'step that channels are rounded to', wholeNumber(1, 1024), 16)
    .option('--platform <id|file>', 'also say how long it takes there')
    .option('--processor <id>', 'processor; default: the NPU, else the first')
    .option('--out <file>', 'write it to a file')
    .addOption(formatOption())
    .action(async (argument: string, options: ScaleOptions) => {
      const network = stagedNetwork(argument);
      const estimate = await estimatorOf(options);
      const grid = options.depth.flatMap((depth) =>
        options.width.map((width) => {
          const { size = network.inputSize, widthStep } = options;
          const scaled = scaleNetwork(network, { depth, width, size, widthStep });
          return { depth, width, scaled, ...costsOf(scaled), estimate: estimate(scaled) };
        }),
      );
      const [first] = grid;
      if (options.out !== undefined) {
        if (grid.length > 1) throw usageError('--out writes one network', 'give one --depth and one --width');
        writeFileSync(options.out, fileOf(first.scaled, options.format));
      }
      if (options.json)
        printJson(grid.map(({ scaled, ...rest }) => ({ ...rest, size: scaled.inputSize, network: summary(scaled) })));
      else if (grid.length > 1) printText(gridText(grid, options.depth, options.width));
      else printText(describe(first.scaled, first));
    });
  withDatabase(nas.command('export <search>'))
    .description('a candidate as a file: of a recorded search (its id), or of a space (id or file)')
    .requiredOption('--candidate <id|code>', 'its id in the search, or its choices as results print them')
    .addOption(formatOption())
    .option('--out <file>', 'file to write; default: standard output')
    .action((argument: string, { candidate, format, out, db }: ExportOptions) => {
      const { space, genes } = /^\d+$/.test(argument)
        ? recordedCandidate(Number(argument), candidate, db)
        : codedCandidate(argument, candidate);
      const bytes = fileOf(
        space.staged(genes, `${space.document.id}-${candidateHash(space, genes).slice(0, 8)}`),
        format,
      );
      if (out !== undefined) writeFileSync(out, bytes);
      else process.stdout.write(bytes);
    });
}

interface SpaceCandidate {
  readonly space: NetworkSpace;
  readonly genes: Uint8Array;
}

function codedCandidate(argument: string, code: string): SpaceCandidate {
  const space = new NetworkSpace(findSearchSpace(argument, loadSearchSpaces(resourcesDirectory())));
  return { space, genes: space.genes(code) };
}

/** @throws WorkbenchError `networkSearch.unknown`, `nas.code` */
function recordedCandidate(id: number, candidate: string, db: string | undefined): SpaceCandidate {
  const record = openSearchRecord(databasePath(db), resourcesDirectory());
  try {
    const space = new NetworkSpace(parseSearchRequest(recordedSearch(record, id).request).space);
    const found = record.searches.candidates(id).find((each) => String(each.id) === candidate);
    return { space, genes: found?.genes ?? space.genes(candidate) };
  } finally {
    record.close();
  }
}

/** @throws WorkbenchError `nas.unknownNetwork`, `s3nasNetwork.invalid`, `nas.code`, `searchSpace.unknown` */
function stagedNetwork(argument: string): StagedNetwork {
  if (/\.json$/i.test(argument)) {
    const id = basename(argument).replace(/\.json$/i, '');
    return parseS3nasNetwork(parseFileOrJson(argument, 'network of S3NAS'), id);
  }
  const [spaceId = '', code] = argument.split('/');
  if (code !== undefined) {
    const space = new NetworkSpace(findSearchSpace(spaceId, loadSearchSpaces(resourcesDirectory())));
    return space.staged(space.genes(code));
  }
  const published = readPublishedBlocks(resourcesDirectory());
  const found = published.get(argument);
  if (found !== undefined) return found;
  throw new WorkbenchError('nas.unknownNetwork', `there is no network of blocks "${argument}"`, {
    hint: suggest(argument, [...published.keys()]) || 'give SPACE/CODE, or a result file of S3NAS',
  });
}

async function estimatorOf({
  platform: name,
  processor: id,
  db,
}: ScaleOptions): Promise<(network: StagedNetwork) => LatencyEstimate | undefined> {
  if (name === undefined) return () => undefined;
  const platform = await findDocument('platform', name, parsePlatform, db);
  const processor = processorOf(platform, id);
  const library = loadPresets(resourcesDirectory());
  return (network) =>
    estimateLatency({
      network: networkOfBlocks(unstaged(network)),
      platform,
      processor,
      networkOf: (each) => library.networks.get(each),
    });
}

interface Costs {
  readonly parameters: number;
  readonly macs: number;
}
function costsOf(network: StagedNetwork): Costs {
  const { layers } = networkOfBlocks(unstaged(network));
  const sum = (key: 'parameters' | 'macs'): number => layers.reduce((total, layer) => total + (layer[key] ?? 0), 0);
  return { parameters: sum('parameters'), macs: sum('macs') };
}

function fileOf(network: StagedNetwork, format: FileFormat): string | Uint8Array {
  const text = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  if (format === 's3nas') return text(s3nasNetwork(network));
  const document = networkOfBlocks(unstaged(network));
  if (format === 'network') return text(document);
  if (format === 'onnx') return onnxModel(document);
  const rows = document.layers.map(
    ({ id, op, outputShape = [], kernelShape = [], macs = 0, parameters = 0, dependencies }) =>
      [
        id,
        op,
        outputShape.join('x'),
        kernelShape.join('x'),
        macs,
        parameters,
        dependencies.map(({ layer }) => layer).join(' '),
      ].join(','),
  );
  return `${['layer,op,output,kernel,macs,parameters,reads', ...rows].join('\n')}\n`;
}

function summary({ stem, stages, headChannels, classes }: StagedNetwork): object {
  return { stem, stages: stages.map((stage) => stage.map(blockText)), headChannels, classes };
}

function describe(
  network: StagedNetwork,
  { parameters, macs, estimate }: Costs & { readonly estimate: LatencyEstimate | undefined },
): string {
  const { inputSize, stem, stages, headChannels } = network;
  return [
    `${inputSize} × ${inputSize}, stem ${stem.kernel}×${stem.kernel} to ${stem.channels}, head ${headChannels}`,
    ...stages.flatMap((stage, index) => [
      `stage ${index + 1}, ${stage.length} blocks`,
      ...stage.map((block) => `  ${blockText(block)}`),
    ]),
    `${number(parameters / 1e6)} M parameters, ${number(macs / 1e6)} M multiply-accumulates`,
    ...(estimate === undefined
      ? []
      : [`${number(estimate.latencyMs)} ms; ${estimate.source}; error: ${errorText(estimate.relativeError)}`]),
  ].join('\n');
}

/** Depth down, width across: latency where it was asked for, else multiply-accumulates. */
function gridText(
  grid: readonly (Costs & {
    readonly depth: number;
    readonly width: number;
    readonly estimate: LatencyEstimate | undefined;
  })[],
  depths: readonly number[],
  widths: readonly number[],
): string {
  const hasTimes = grid.some(({ estimate }) => estimate !== undefined);
  const cell = (depth: number, width: number): string => {
    const found = grid.find((each) => each.depth === depth && each.width === width);
    return number(hasTimes ? found?.estimate?.latencyMs : (found?.macs ?? 0) / 1e6);
  };
  return [
    hasTimes ? `latency, ms; ${grid[0]?.estimate?.source ?? ''}` : 'multiply-accumulates, M',
    table(depths, [
      { title: 'depth \\ width', value: String },
      ...widths.map((width) => ({
        title: String(width),
        value: (depth: number) => cell(depth, width),
        align: 'right' as const,
      })),
    ]),
  ].join('\n');
}

function factors(text: string): number[] {
  return text.split(',').map((part) => {
    const value = Number(part);
    if (!(value > 0 && value <= 16)) throw new InvalidArgumentError(`"${part.trim()}" is no factor from 0 to 16.`);
    return value;
  });
}
