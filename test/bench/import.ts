/** How long importing a large model takes and how much memory: an ONNX file of 500 MB, sparse on disk, read in a process of its own. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf, fieldHead, node, tensor, value } from '../fixtures/onnx-writer.ts';
import type { BenchSection } from './types.ts';

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
      ]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

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
