/** The headline metrics of the simulated jobs, summed in the order of the reference's `computeHeadlineMetrics`. */
import { hasRun, streamOf } from './streams';
import {
  ARRANGEMENT_SIZE, arrangementTable, busyTimes, droppable, edges, elementOf, energyTable, f64At, GROUP_SIZE, groupTable, i32At,
  INSTANCE_SIZE, instances, instanceTable, JOB_SIZE, later, maxGroups, peProcessor,
  pes, peUnits, POINT_SIZE, pointTable, PROCESSOR_SIZE, processorChoice, processorOf, processors, processorTable,
  STREAM_SIZE, streams, streamTable, TOLERANCE,
} from './memory';

/** Writes the five metrics to `out`, in the order of `headlineMetricNames`. */
export function measure(out: usize): void {
  memory.fill(busyTimes, 0, <usize>pes << 3);
  const busy = busyTimes;
  let makespan: i64 = 0;
  let responseSum: f64 = 0;
  let violation: f64 = 0;
  let ran = instances;
  for (let i = 0; i < instances; i++) {
    const instance = instanceTable + <usize>i * INSTANCE_SIZE;
    let finish: i64 = 0;
    let job = <usize>load<u32>(instance);
    for (const end = job + <usize>load<i32>(instance, 12) * JOB_SIZE; job < end; job += JOB_SIZE) {
      const sum = busy + (<usize>elementOf(job) >> 2);
      store<f64>(sum, load<f64>(sum) + load<f64>(job, 16));
      finish = later(finish, load<i64>(job));
    }
    makespan = later(makespan, finish);
    if (streams) {
      const stream = streamTable + <usize>i * STREAM_SIZE;
      if (hasRun(stream)) responseSum += max(0.0, reinterpret<f64>(finish) - load<f64>(stream, 80));
      else ran--;
    } else responseSum += max(0.0, reinterpret<f64>(finish) - load<f64>(instance, 16));
  }
  const makespanMs = reinterpret<f64>(makespan);
  for (let pe = 0; pe < pes; pe++) {
    const utilization: f64 = makespanMs > 0 ? min(1.0, f64At(busy, pe) / (makespanMs * <f64>i32At(peUnits, pe))) : 0;
    const excess = utilization - load<f64>(processorTable + <usize>i32At(peProcessor, pe) * PROCESSOR_SIZE, 48);
    if (excess > TOLERANCE) violation += excess;
  }
  for (let i = 0; i < instances; i++) violation = addLateness(violation, i);
  store<f64>(out, makespanMs);
  store<f64>(out, makespanMs > 0 ? <f64>ran / (makespanMs / 1000) : 0, 8);
  store<f64>(out, processorEnergyUJ(makespanMs) / 1000 + transferEnergyPJ() * 1e-9, 16);
  store<f64>(out, responseSum / <f64>ran, 24);
  store<f64>(out, violation, 32);
}

/** `violation` plus what instance `i` adds when it misses its deadline, or is dropped. */
function addLateness(violation: f64, i: i32): f64 {
  const instance = instanceTable + <usize>i * INSTANCE_SIZE;
  const stream = streamTable + <usize>i * STREAM_SIZE;
  if (streams && !hasRun(stream)) return violation + 1;
  const deadline = load<f64>(instance, 24);
  if (deadline != deadline) return violation;
  let finish: i64 = 0;
  let job = <usize>load<u32>(instance);
  for (const end = job + <usize>load<i32>(instance, 12) * JOB_SIZE; job < end; job += JOB_SIZE) finish = later(finish, load<i64>(job));
  const response = reinterpret<f64>(finish) - (streams ? load<f64>(stream, 80) : load<f64>(instance, 16));
  return response > deadline * (1 + TOLERANCE) ? violation + (response - deadline) / deadline : violation;
}

/** As the reference's `remainder`. */
@inline function remainder(whole: f64, part: f64): f64 {
  const rest = whole - part;
  return rest > whole * TOLERANCE ? rest : 0;
}

/** Energy of all processors up to the makespan, µJ. */
function processorEnergyUJ(makespanMs: f64): f64 {
  let microjoules: f64 = 0;
  for (let p = 0; p < processors; p++) {
    const processor = processorTable + <usize>p * PROCESSOR_SIZE;
    const point = pointTable + <usize>(load<i32>(processor, 16) + i32At(processorChoice, 2 * p + 1)) * POINT_SIZE;
    const arrangementIndex = load<i32>(processor, 20) + i32At(processorChoice, 2 * p);
    const arrangement = arrangementTable + <usize>arrangementIndex * ARRANGEMENT_SIZE;
    const groups = load<i32>(arrangement);
    const activeCores = <f64>load<i32>(arrangement, 4);
    const pooled = load<i32>(processor, 8) != 0;
    const firstPe = load<i32>(processor);
    let busyCores: f64 = 0;
    for (let k = 0, n = load<i32>(processor, 4); k < n; k++) {
      const size = pooled || k >= groups ? 1 : load<i32>(groupTable + <usize>(arrangementIndex * maxGroups + k) * GROUP_SIZE);
      busyCores += f64At(busyTimes, firstPe + k) * <f64>size;
    }
    microjoules += load<f64>(point, 8) * busyCores;
    microjoules += load<f64>(processor, 32) * remainder(activeCores * makespanMs, busyCores);
    microjoules += load<f64>(processor, 40) * ((<f64>load<i32>(processor, 12) - activeCores) * makespanMs);
    microjoules += load<f64>(point, 16) * makespanMs;
  }
  return microjoules;
}

/** Energy of all transfers, pJ. Those within a processor add 0, which changes no bit and saves a branch that no predictor gets right. */
function transferEnergyPJ(): f64 {
  if (energyTable == 0) return 0;
  let total: f64 = 0;
  const size = 8 + (<usize>(processors * processors) << 3), rows = <u32>processors;
  let edge = energyTable;
  for (let i = 0, n = edges; i < n; i++, edge += size) {
    const from = processorOf(<usize>load<u32>(edge)), to = processorOf(<usize>load<u32>(edge, 4));
    const energy = load<f64>(edge + <usize>(from * rows + to), 8);
    // Where instances may be dropped the table has the energy of one.
    total += droppable ? energy * <f64>i32At(<usize>load<u32>(streamOf(<usize>load<u32>(edge, 4)), 36), 0) : energy;
  }
  return total;
}
