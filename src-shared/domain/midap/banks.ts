/**
 * The feature memory of MIDAP: banks that hold whole columns (x-planes) of a tensor, and how many banks of a layer's output are still on
 * chip for those that read it. The rules are inferred from runs of cap-lab/MidapSim.
 */
import type { MidapParameters } from './model.ts';

/** A tensor as feature memory holds it. */
export interface Banked {
  readonly columns: number;
  readonly columnBytes: number;
  readonly columnsPerBank: number;
  readonly banks: number;
}

/** A tensor of `columns` of `columnBytes` each; a column larger than a bank counts as one bank. */
export function inBanks(columns: number, columnBytes: number, { featureBankBytes }: MidapParameters): Banked {
  const columnsPerBank = Math.min(columns, Math.max(1, Math.floor(featureBankBytes / columnBytes)));
  return { columns, columnBytes, columnsPerBank, banks: Math.ceil(columns / columnsPerBank) };
}

/** Whether a tensor is written from its last column to the first, so that its first columns are those that stay on chip. */
export function isWrittenBackwards({ banks }: Banked, { featureBanks }: MidapParameters): boolean {
  return banks >= featureBanks;
}

/**
 * Banks of `output` that are on chip when the layer has ended.
 * @param onChip banks of `input` that are on chip when it starts
 * @param isColumnwise each column of output reads one column of input, which is done with then
 */
export function keptBanks(
  input: Banked,
  onChip: number,
  output: Banked,
  isColumnwise: boolean,
  parameters: MidapParameters,
): number {
  const { featureBanks } = parameters;
  if (input.banks + output.banks <= featureBanks) return output.banks;
  // After each bank of input: what is finished of the `kept` banks of output must fit the banks that are free.
  const fits = (kept: number): boolean => {
    for (let done = 1; done <= onChip; done++) {
      const columns = Math.floor((done * input.columnsPerBank * output.columns) / input.columns);
      const finished = Math.ceil(Math.min(output.columns, columns) / output.columnsPerBank);
      if (finished - (output.banks - kept) > featureBanks - (onChip - done)) return false;
    }
    return true;
  };
  if (!isWrittenBackwards(output, parameters)) {
    if (isColumnwise && fits(output.banks)) return output.banks;
    return Math.min(output.banks, Math.max(1, featureBanks - onChip));
  }
  if (!isColumnwise) return 1;
  for (let kept = featureBanks - 1; kept > 1; kept--) if (fits(kept)) return kept;
  return 1;
}

/**
 * Banks on chip of a concatenation of `banks` whose branches were written one after the other: what the input that they share and the
 * inputs of their last layers leave free, but for one bank. (The first branch is the one that is executed last.)
 */
export function keptBanksOfBranches(
  banks: number,
  sharedInput: number,
  branchInputs: readonly number[],
  { featureBanks }: MidapParameters,
): number {
  return Math.min(banks, Math.max(0, featureBanks - 1 - sharedInput - Math.max(0, ...branchInputs.slice(1))));
}
