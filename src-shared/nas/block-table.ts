/** Latencies of single blocks, as S3NAS searches with: a question for a block that has no row has no answer. */
import { isResidual, parseBlock, type Block } from './blocks.ts';

/** A block in a table, by its name there, e.g. `MBConvBlock/r1_k3_s22_e6_i32_o64_c0_imgsize56`. */
export interface BlockRow {
  readonly name: string;
  readonly cycles: number;
}

/** Cycles of blocks by what makes a difference for them. */
export type BlockTable = ReadonlyMap<string, number>;

/**
 * The table that `rows` make. Rows that are no blocks, such as convolutions on their own, are left out.
 * @throws WorkbenchError `nas.block` for a name of a block that cannot be read
 */
export function blockTable(rows: readonly BlockRow[]): BlockTable {
  return new Map(
    rows.flatMap(({ name, cycles }) => {
      const [, text, inputSize] = /^\w*Block\w*\/(r.+)_imgsize(\d+)$/.exec(name) ?? [];
      return text === undefined ? [] : [[keyOf(parseBlock(text), Number(inputSize)), cycles] as const];
    }),
  );
}

/** Cycles of a block of one repeat over an input of `inputSize` × `inputSize`; undefined where the table does not have it. */
export function cyclesInTable(table: BlockTable, block: Block, inputSize: number): number | undefined {
  return table.get(keyOf(block, inputSize));
}

/** Activations cost nothing; a residual that stride or channels do not allow makes no difference. */
function keyOf(block: Block, inputSize: number): string {
  const { kind, branches, stride, inputChannels, outputChannels, seRatio } = block;
  return JSON.stringify([
    kind,
    branches.map(({ kernel, expansion }) => [kernel, expansion]),
    [stride, inputChannels, outputChannels, seRatio, isResidual(block), inputSize],
  ]);
}
