/**
 * Layers on MIDAP one after the other. Weights are streamed one group of filters ahead; of an input that is not on chip what is there is
 * computed first, then each missing bank when it has come.
 */
import { inBanks, isWrittenBackwards, keptBanks, keptBanksOfBranches, type Banked } from './banks.ts';
import { requestCycles, transferCycles } from './dram.ts';
import type { MidapParameters } from './model.ts';
import { midapWork, total, type MidapLayer, type MidapWork } from './work.ts';

/** A tensor that layers write and read. Several layers write the branches of one concatenation. */
export interface MidapTensor {
  readonly columns: number;
  readonly columnBytes: number;
  /** Layers that read it as their first operand. */
  readonly readers: number;
}

/** A layer in the order of execution, with the indices of its tensors. */
export interface MidapStep {
  readonly layer: MidapLayer;
  /** Its first operand; undefined: it is not one of the tensors, and is read from DRAM. */
  readonly reads: number | undefined;
  readonly writes: number;
  /** The tensor of the global pooling on its way out. */
  readonly reduced?: number | undefined;
}

/** Columns of output that are computed together, as soon as their input is there. */
interface Pass {
  /** By column, of one group of filters. */
  readonly columnCycles: readonly number[];
  /** Cycles after the start of the layer when the input is there. */
  readonly arrival: number;
}

/** Cycles of each of `steps`, which are executed in this order without a break. */
export function timelineCycles(
  steps: readonly MidapStep[],
  tensors: readonly MidapTensor[],
  parameters: MidapParameters,
): number[] {
  const { dram, drainCycles } = parameters;
  const onChip = banksOnChip(steps, tensors, parameters);
  const works = steps.map(({ layer }) => midapWork(layer, parameters));
  const clock = { now: 0, transferEnd: 0, valid: 0 };
  /** Requests `bytes` at the start of the group before; none are there at once. */
  const request = (bytes: number): number => {
    if (bytes === 0) return 0;
    clock.transferEnd =
      Math.max(clock.now + requestCycles(bytes, dram), clock.transferEnd) + transferCycles(bytes, dram);
    return clock.transferEnd;
  };
  const compute = (cycles: number, earliest: number, nextBytes: number): void => {
    const nextValid = request(nextBytes);
    clock.now = Math.max(clock.now, clock.valid, earliest) + cycles;
    clock.valid = nextValid;
  };
  clock.valid = request(firstBytes(steps[0], works[0]));
  return steps.map((step, index) => {
    const work = works[index] ?? { columns: [], groups: 0, groupBytes: 0, reductionCycles: 0 };
    const start = clock.now;
    const afterwards = firstBytes(steps[index + 1], works[index + 1]);
    const passes =
      step.layer.kind === 'scaling'
        ? [reloadedPass(step.layer, work, parameters)]
        : passesOf(work, inputTensor(step, tensors, parameters), onChip[index], parameters);
    const isAddition = step.layer.kind === 'addition';
    // Two groups of filters fit the weight memory, so that later passes find them there.
    const bytesIn = (pass: number): number => (pass === 0 || isAddition || work.groups > 2 ? work.groupBytes : 0);
    for (let pass = 0; passes.length > 0; pass++) {
      const { arrival, columnCycles } = takeArrived(passes, clock.now - start);
      const groups = isAddition ? columnCycles : Array<number>(work.groups).fill(total(columnCycles));
      groups.forEach((cycles, group) => {
        const isEnd = group === groups.length - 1;
        const isLast = isEnd && passes.length === 0;
        const nextBytes = isLast ? afterwards : bytesIn(isEnd ? pass + 1 : pass);
        compute(cycles + (isLast ? work.reductionCycles : 0), start + arrival, nextBytes);
      });
    }
    clock.now += drainCycles;
    return clock.now - start;
  });
}

/** What has to be loaded before the first group of a step. */
function firstBytes(step: MidapStep | undefined, work: MidapWork | undefined): number {
  return step === undefined || work === undefined || step.layer.kind === 'scaling' ? 0 : work.groupBytes;
}

/** Takes the next of `passes` off the list, and with it all that have arrived `elapsed` cycles after the start of their layer. */
function takeArrived(passes: Pass[], elapsed: number): Pass {
  const ready = Math.max(1, passes.filter(({ arrival }) => arrival <= elapsed).length);
  const taken = passes.splice(0, ready);
  return { columnCycles: taken.flatMap(({ columnCycles }) => columnCycles), arrival: taken.at(-1)?.arrival ?? 0 };
}

/** A multiplication by one factor a channel loads the whole of its first operand again while it computes. */
function reloadedPass({ input, inputChannels }: MidapLayer, work: MidapWork, { dram }: MidapParameters): Pass {
  const bytes = input.width * input.height * inputChannels;
  const cycles = Math.max(
    total(work.columns.map((column) => column.cycles)),
    requestCycles(bytes, dram) + transferCycles(bytes, dram),
  );
  return { columnCycles: [cycles], arrival: 0 };
}

/** Which part of a tensor is on chip. */
interface OnChip {
  readonly banks: number;
  readonly fromEnd: boolean;
}

/** The columns of output in the order in which their input is there. */
function passesOf(
  { columns }: MidapWork,
  input: Banked,
  onChip: OnChip | undefined,
  { dram }: MidapParameters,
): Pass[] {
  const present = onChip === undefined ? 0 : Math.min(input.columns, onChip.banks * input.columnsPerBank);
  const missing = input.columns - present;
  const fromEnd = onChip?.fromEnd === true;
  // Those that read only what is on chip; the others follow in their order, as the missing columns come in theirs.
  const isThere = ({ from, to }: MidapWork['columns'][number]): boolean => (fromEnd ? from >= missing : to < present);
  const first = columns.filter(isThere);
  const rest = columns.filter((column) => !isThere(column));
  const passes: Pass[] = first.length === 0 || present === 0 ? [] : [passOver(first, 0)];
  if (present === 0) rest.unshift(...first);
  let taken = 0;
  let arrival = 0;
  for (let done = 0; done < missing; done += input.columnsPerBank) {
    const count = Math.min(input.columnsPerBank, missing - done);
    const bytes = count * input.columnBytes;
    arrival += (done === 0 ? requestCycles(bytes, dram) : 0) + transferCycles(bytes, dram);
    const there = done + count === missing ? Infinity : (fromEnd ? 0 : present) + done + count;
    const ready = taken;
    while (taken < rest.length && (rest[taken]?.to ?? 0) < there) taken++;
    if (taken > ready) passes.push(passOver(rest.slice(ready, taken), arrival));
  }
  if (taken < rest.length) passes.push(passOver(rest.slice(taken), arrival));
  return passes;
}

function passOver(columns: MidapWork['columns'], arrival: number): Pass {
  return { columnCycles: columns.map(({ cycles }) => cycles), arrival };
}

/** The first operand as it streams in; the unrolled image of `im2col` is a tensor of its own in DRAM. */
function inputTensor(
  { layer, reads }: MidapStep,
  tensors: readonly MidapTensor[],
  parameters: MidapParameters,
): Banked {
  const { kind, input, output, kernel, inputChannels } = layer;
  if (kind === 'im2col') {
    const rows = Math.ceil((kernel.height * kernel.width * inputChannels) / parameters.rowBytes);
    return inBanks(output.width, output.height * rows * parameters.rowBytes, parameters);
  }
  const tensor = reads === undefined ? undefined : tensors[reads];
  return inBanks(input.width, tensor?.columnBytes ?? input.height * inputChannels, parameters);
}

/** The part of its first operand that is on chip when each step starts. */
function banksOnChip(
  steps: readonly MidapStep[],
  tensors: readonly MidapTensor[],
  parameters: MidapParameters,
): (OnChip | undefined)[] {
  const held = new Map<number, OnChip>();
  const unread = tensors.map(({ readers }) => readers);
  const ofBranches = concatenationBanks(steps, tensors, parameters);
  return steps.map((step) => {
    const { layer, reads, writes } = step;
    const own = reads === undefined || layer.kind === 'im2col' ? undefined : held.get(reads);
    if (reads !== undefined) unread[reads] = (unread[reads] ?? 0) - 1;
    for (const tensor of held.keys()) if ((unread[tensor] ?? 0) <= 0) held.delete(tensor);
    const output = tensors[writes];
    if (output !== undefined) {
      const written = inBanks(output.columns, output.columnBytes, parameters);
      const isColumnwise =
        layer.kind === 'addition' ||
        layer.kind === 'scaling' ||
        layer.kind === 'im2col' ||
        (layer.kind === 'convolution' && layer.kernel.width === 1 && layer.kernel.height === 1);
      const input = inputTensor(step, tensors, parameters);
      const banks = ofBranches.get(writes) ?? keptBanks(input, own?.banks ?? 0, written, isColumnwise, parameters);
      // The unrolled image streams through two banks.
      const most = layer.kind === 'im2col' ? Math.max(1, parameters.featureBanks - 2) : parameters.featureBanks;
      held.set(writes, { banks: Math.min(banks, most), fromEnd: isWrittenBackwards(written, parameters) });
    }
    if (step.reduced !== undefined) held.set(step.reduced, { banks: 1, fromEnd: false });
    return own;
  });
}

/** By tensor that several steps write, the banks of it that are on chip afterwards. */
function concatenationBanks(
  steps: readonly MidapStep[],
  tensors: readonly MidapTensor[],
  parameters: MidapParameters,
): Map<number, number> {
  const writers = new Map<number, MidapStep[]>();
  for (const step of steps) writers.set(step.writes, [...(writers.get(step.writes) ?? []), step]);
  const banksOf = (tensor: number | undefined): number => {
    const found = tensor === undefined ? undefined : tensors[tensor];
    return found === undefined ? 0 : inBanks(found.columns, found.columnBytes, parameters).banks;
  };
  const sourcesOf = (step: MidapStep | undefined): number[] => {
    const sources: number[] = [];
    for (let at = step; at?.reads !== undefined; at = writers.get(at.reads)?.[0]) sources.push(at.reads);
    return sources;
  };
  const result = new Map<number, number>();
  for (const [tensor, branches] of writers) {
    if (branches.length < 2) continue;
    const [first = [], ...others] = branches.map(sourcesOf);
    const shared = first.find((source) => others.every((sources) => sources.includes(source)));
    const inputs = branches.map(({ reads }) => banksOf(reads));
    result.set(tensor, keptBanksOfBranches(banksOf(tensor), banksOf(shared), inputs, parameters));
  }
  return result;
}
