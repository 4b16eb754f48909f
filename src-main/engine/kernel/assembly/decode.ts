/**
 * From genes to job records: core arrangement and operating point of each processor; element, duration and rank of each job. That is the
 * kernel's execution plan: what simulates reads no genes.
 */
import {
  ARRANGEMENT_SIZE, arrangementTable, CHOICE_SIZE, choiceTable, columns, defaultTable, durationTable, edgeTableSize,
  ELEMENT_SIZE, GROUP_SIZE, groupTable, i32At, INSTANCE_SIZE, instances, instanceTable,
  JOB_SIZE, jobRanks, jobTable, LOCUS_SIZE, locusTable, mappingOffset, maxGroups, pes, priorityOffset, PROCESSOR_SIZE,
  processorChoice, processors, processorTable, putI32, queueCounts, ranked, rankTable,
  repairTable, TASK_SIZE, taskTable,
} from './memory';

/** Decodes the genome at `genes`, and counts the jobs of each element. @returns false when a gene exceeds its locus. */
export function decode(genes: usize): bool {
  if (!chooseProcessors(genes)) return false;
  memory.fill(queueCounts, 0, <usize>pes << 2);
  for (let i = 0; i < instances; i++) {
    const instance = instanceTable + <usize>i * INSTANCE_SIZE;
    const isFirst = load<u32>(instance) == load<u32>(instance, 4);
    if (isFirst) {
      if (!decodeInstance(genes, instance)) return false;
    } else copyInstance(instance);
  }
  if (ranked) for (let i = 0; i < instances; i++) rankInstance(genes, instanceTable + <usize>i * INSTANCE_SIZE);
  return true;
}

/** Genes before the mapping → choices per processor and what a mapping gene then means. */
function chooseProcessors(genes: usize): bool {
  memory.copy(processorChoice, defaultTable, <usize>processors << 3);
  for (let locus = 0; locus < mappingOffset; locus++) {
    const record = locusTable + <usize>locus * LOCUS_SIZE;
    const gene = <i32>load<u8>(genes + <usize>locus);
    if (gene >= load<i32>(record, 8)) return false;
    putI32(processorChoice, 2 * load<i32>(record, 4) + load<i32>(record), gene);
  }
  for (let p = 0; p < processors; p++) {
    const processor = processorTable + <usize>p * PROCESSOR_SIZE;
    const arrangementIndex = load<i32>(processor, 20) + i32At(processorChoice, 2 * p);
    const arrangement = arrangementTable + <usize>arrangementIndex * ARRANGEMENT_SIZE;
    const point = min(i32At(processorChoice, 2 * p + 1), load<i32>(arrangement, 8));
    putI32(processorChoice, 2 * p + 1, point);
    const firstPe = load<i32>(processor);
    const groups = load<i32>(arrangement);
    const firstColumn = load<i32>(processor, 24) + point * load<i32>(processor, 28);
    const edgeOffset = <u64>(<u32>p * edgeTableSize);
    for (let k = 0, n = load<i32>(processor, 4); k < n; k++) {
      const group = n == 1 ? 0 : k % groups;
      const choice = choiceTable + <usize>(firstPe + k) * CHOICE_SIZE;
      store<i32>(choice, ((firstPe + group) * <i32>ELEMENT_SIZE) | (p << 19));
      store<i32>(choice, (firstColumn + load<i32>(groupTable + <usize>(arrangementIndex * maxGroups + group) * GROUP_SIZE, 4)) << 3, 4);
      store<u64>(choice, edgeOffset | (edgeOffset << 32), 8);
    }
  }
  return true;
}

/** The job records of an application's first instance. */
function decodeInstance(genes: usize, instance: usize): bool {
  const firstTask = load<i32>(instance, 8), end = firstTask + load<i32>(instance, 12);
  const release = load<i64>(instance, 16);
  const mapping = genes + <usize>mappingOffset, counts = queueCounts, choices = choiceTable, elements = pes;
  let job: usize = load<u32>(instance);
  let task = taskTable + <usize>firstTask * TASK_SIZE;
  let repair = repairTable + <usize>(firstTask * elements);
  let durations = durationTable + (<usize>(firstTask * columns) << 3);
  const durationsSize = <usize>columns << 3;
  for (let t = firstTask; t < end; t++) {
    const gene = <i32>load<u8>(mapping + <usize>t);
    if (gene >= elements) return false;
    const choice = choices + <usize>load<u8>(repair + <usize>gene) * CHOICE_SIZE;
    const place = load<u32>(choice);
    store<i64>(job, release);
    store<u64>(job, load<u64>(task) | (<u64>place << 32), 8);
    store<i64>(job, load<i64>(durations + <usize>load<u32>(choice, 4)), 16);
    store<u64>(job, load<u64>(task, 8) + load<u64>(choice, 8), 24);
    const count = counts + ((place & 0xffff) >> 3);
    store<i32>(count, load<i32>(count) + 1);
    job += JOB_SIZE;
    task += TASK_SIZE;
    repair += <usize>elements;
    durations += durationsSize;
  }
  return true;
}

/** The job records of a further instance: those of the first one with another release. */
function copyInstance(instance: usize): void {
  const release = load<i64>(instance, 16), counts = queueCounts;
  let job: usize = load<u32>(instance), first: usize = load<u32>(instance, 4);
  for (const end = job + <usize>load<i32>(instance, 12) * JOB_SIZE; job < end; job += JOB_SIZE, first += JOB_SIZE) {
    store<i64>(job, release);
    store<i64>(job, load<i64>(first, 8), 8);
    v128.store(job, v128.load(first, 16), 16);
    const count = counts + (<usize>load<u16>(first, 12) >> 3);
    store<i32>(count, load<i32>(count) + 1);
  }
}

/** Ranks of an instance's jobs: those of their tasks, or, with priority genes, the rank of gene 0 less the gene. */
function rankInstance(genes: usize, instance: usize): void {
  const firstTask = load<i32>(instance, 8), count = load<i32>(instance, 12);
  const ranks = jobRanks + ((<usize>load<u32>(instance) - jobTable) >> 3);
  if (priorityOffset < 0) {
    memory.copy(ranks, rankTable + (<usize>firstTask << 2), <usize>count << 2);
    return;
  }
  const priorities = genes + <usize>(priorityOffset + firstTask);
  for (let t = 0; t < count; t++) putI32(ranks, t, i32At(rankTable, firstTask + t) - <i32>load<u8>(priorities + <usize>t));
}
