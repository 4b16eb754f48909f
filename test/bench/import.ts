/** How long importing a large model and a long profile takes and how much memory: read in a process of its own, the model sparse on disk. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf, fieldHead, node, tensor, value } from '../fixtures/onnx-writer.ts';
import type { BenchSection, BenchTable } from './types.ts';

const ROUNDS = 3;

export const importSection: BenchSection = {
  name: 'import',
  run() {
    const directory = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
    try {
      const rows = [
        { layers: 125, side: 1000 },
        { layers: 2000, side: 250 },
      ].map(({ layers, side }) => {
        const path = join(directory, `${layers}.onnx`);
        writeLargeModel(path, layers, side);
        const measured = Array.from({ length: ROUNDS }, () => importInProcess(path));
        const best = measured.toSorted((a, b) => a.seconds - b.seconds)[0];
        return {
          layers,
          MB: statSync(path).size / 1e6,
          'import s': best.seconds,
          'command s': best.commandSeconds,
          'peak memory MB': Math.max(...measured.map(({ peakMB }) => peakMB)),
        };
      });
      return Promise.resolve([
        {
          title: 'Import of a large ONNX model',
          note: `Matrix products with their weights inside the file; the fastest of ${ROUNDS}, each in a new process whose start is part of "command s"; the highest memory of the whole process.`,
          rows,
        },
        profiles(directory),
      ]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

const PROFILE_ROWS = 100_000;
/** As many as a network may have. */
const PROFILE_LAYERS = 20_000;

/** Profiles of a hundred thousand rows: as ONNX Runtime writes five runs, and as a table of which most rows have no layer. */
function profiles(directory: string): BenchTable {
  const id = (index: number): string => `layer_${index}`;
  const operations = ['Conv', 'Relu', 'Add'];
  const network = join(directory, 'network.json');
  writeFileSync(
    network,
    JSON.stringify({
      schemaVersion: 1,
      id: 'long',
      layers: Array.from({ length: PROFILE_LAYERS }, (_, index) => ({
        id: id(index),
        op: operations[index % operations.length],
        dependencies: index === 0 ? [] : [id(index - 1)],
      })),
    }),
  );
  const indices = Array.from({ length: PROFILE_ROWS }, (_, index) => index);
  const shape = [{ float: [1, 64, 56, 56] }];
  const files = {
    'onnxruntime.json': `[\n${indices
      .map((index) =>
        JSON.stringify({
          cat: 'Node',
          dur: 100 + (index % 97),
          ts: 10 * index,
          ph: 'X',
          name: `${id(index % PROFILE_LAYERS)}_kernel_time`,
          args: {
            op_name: operations[index % operations.length],
            provider: 'CPUExecutionProvider',
            node_index: String(index % PROFILE_LAYERS),
            input_type_shape: shape,
            output_type_shape: shape,
            activation_size: '802816',
          },
        }),
      )
      .join(',\n')}\n]\n`,
    'table.csv': `layer,op,timeMs,runs,p10Ms,p90Ms\n${indices
      .map((index) => {
        const ms = 0.1 + (index % 97) / 100;
        const name = index < PROFILE_LAYERS ? id(index) : `kernel.${index}`;
        return `${name},${operations[index % operations.length]},${ms},20,${0.9 * ms},${1.1 * ms}\n`;
      })
      .join('')}`,
  };
  return {
    title: `Import of a profile of ${PROFILE_ROWS} rows`,
    note: `Of a network of ${PROFILE_LAYERS} layers; the least CPU time of ${ROUNDS}, each in a new process; the highest memory of the whole process, and what it had before the file was read.`,
    rows: Object.entries(files).map(([name, text]) => {
      const path = join(directory, name);
      writeFileSync(path, text);
      const measured = Array.from({ length: ROUNDS }, () => profileInProcess(path, network));
      return {
        file: name,
        MB: statSync(path).size / 1e6,
        'CPU s': Math.min(...measured.map(({ cpuS }) => cpuS)),
        'memory before MB': Math.max(...measured.map(({ beforeMB }) => beforeMB)),
        'peak memory MB': Math.max(...measured.map(({ peakMB }) => peakMB)),
      };
    }),
  };
}

function profileInProcess(path: string, network: string): { cpuS: number; beforeMB: number; peakMB: number } {
  const script = `
    import { readFileSync } from 'node:fs';
    import { readFiles, withFiles } from ${JSON.stringify(join(import.meta.dirname, '../../src-main/hosts/toolbox.ts'))};
    const network = JSON.parse(readFileSync(${JSON.stringify(network)}, 'utf8'));
    const beforeMB = process.resourceUsage().maxRSS / 1000;
    const start = process.cpuUsage();
    const options = { network, key: 'cpu' };
    const [outcome] = await withFiles([${JSON.stringify(path)}], (files) => readFiles(files, { format: 'profile', options }));
    if (outcome.status !== 'read') throw outcome.error;
    const { user, system } = process.cpuUsage(start);
    console.log(JSON.stringify({ cpuS: (user + system) / 1e6, beforeMB, peakMB: process.resourceUsage().maxRSS / 1000 }));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })) as {
    cpuS: number;
    beforeMB: number;
    peakMB: number;
  };
}

/** A chain of matrix products with square weights (4 bytes each) that are holes in the file, each followed by a Relu. */
export function writeLargeModel(path: string, layers: number, side: number): void {
  const weightBytes = 4 * side * side;
  const nodes = Array.from({ length: layers }, (_, index) => [
    fieldOf(1, node('MatMul', [`x${index}`, `w${index}`], [`m${index}`])),
    fieldOf(1, node('Relu', [`m${index}`], [`x${index + 1}`])),
  ]).flat();
  const ends = [fieldOf(11, value('x0', ['N', side])), fieldOf(12, value(`x${layers}`, ['N', side]))];
  // A tensor without its content, then the head of the content (raw_data), which is left out.
  const weights = Array.from({ length: layers }, (_, index) => {
    const start = Buffer.concat([
      bytesOf(tensor(`w${index}`, [side, side], { raw: new Uint8Array(0) })).subarray(0, -2),
      fieldHead(9, weightBytes),
    ]);
    return Buffer.concat([fieldHead(5, start.length + weightBytes), start]);
  });
  const length = [...nodes, ...ends, ...weights].reduce((sum, part) => sum + part.length, 0) + layers * weightBytes;
  const file = openSync(path, 'w');
  let at = 0;
  const put = (bytes: Uint8Array): void => {
    at += writeSync(file, bytes, 0, bytes.length, at);
  };
  put(Uint8Array.from([0x08, 8])); // ir_version 8
  put(fieldOf(8, Uint8Array.from([0x10, 17]))); // opset_import: version 17
  put(fieldHead(7, length));
  for (const part of [...nodes, ...ends]) put(part);
  for (const part of weights) {
    put(part);
    at += weightBytes;
  }
  closeSync(file);
  truncateSync(path, at);
}

function fieldOf(field: number, content: Parameters<typeof bytesOf>[0]): Uint8Array {
  const bytes = bytesOf(content);
  return Buffer.concat([fieldHead(field, bytes.length), bytes]);
}

interface Measured {
  readonly seconds: number;
  readonly commandSeconds: number;
  readonly peakMB: number;
}

/** Imports in a process of its own, which tells how long it took and its highest memory. */
function importInProcess(path: string): Measured {
  const script = `
    import { readFiles, withFiles } from ${JSON.stringify(join(import.meta.dirname, '../../src-main/hosts/toolbox.ts'))};
    const started = performance.now();
    const [outcome] = await withFiles([${JSON.stringify(path)}], (files) => readFiles(files, { format: 'onnx', options: {} }));
    if (outcome.status !== 'read') throw outcome.error;
    console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, peakMB: process.resourceUsage().maxRSS / 1000 }));`;
  const started = performance.now();
  const measured = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  ) as { seconds: number; peakMB: number };
  return { ...measured, commandSeconds: (performance.now() - started) / 1000 };
}
