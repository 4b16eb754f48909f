/** What WebAssembly costs: the kernel against the same algorithm in C++ (native/list-scheduling.cpp), where there is a g++. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '#main/engine/random.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { compileProblem, taskDurationMs, type Problem } from '#shared/scheduling/problem.ts';
import { passesPerSecond, randomGenomes } from './evaluator.ts';
import { defaultParameters, randomScenario } from './task-graph.ts';
import type { BenchSection } from './types.ts';

const FLAGS = ['-O3', '-march=native', '-ffp-contract=off'];
const SIZES = [20, 60, 200, 1000, 5000];
/** The two are measured in turns, so that a busy moment of the machine does not fall on one alone. */
const TURNS = 3;
const ROUNDS = 4;
const ROUND_S = 0.15;

export const nativeSection: BenchSection = {
  name: 'native',
  async run() {
    const note = `As "Evaluator, one thread", against the same algorithm in C++ (test/bench/native/list-scheduling.cpp), g++ ${FLAGS.join(' ')}; both give the same metrics to the last bit. Best of ${TURNS * ROUNDS} rounds each, in turns.`;
    const title = 'Kernel and C++, one thread';
    if (spawnSync('g++', ['--version']).status !== 0)
      return [{ title, note: 'Not measured: there is no g++ on this machine.', rows: [] }];
    const directory = mkdtempSync(join(tmpdir(), 'tessera-native-'));
    try {
      const program = join(directory, 'list-scheduling');
      const build = spawnSync(
        'g++',
        [...FLAGS, join(import.meta.dirname, 'native/list-scheduling.cpp'), '-o', program],
        { encoding: 'utf8' },
      );
      if (build.status !== 0) throw new Error(`the C++ baseline does not compile:\n${build.stderr}`);
      return [{ title, note, rows: SIZES.map((tasks) => compare(program, tasks)) }];
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};

function compare(program: string, tasks: number): Record<string, number> {
  const random = new Random(tasks);
  const problem = compileProblem(
    randomScenario({ ...defaultParameters, tasks }, (n) => random.nextInt(n)),
    { priorities: false, cores: false, frequencies: false },
  );
  const genomes = randomGenomes(problem, random);
  const kernel = createKernel(problem);
  const metrics = new Float64Array(genomes.length * HEADLINE_METRIC_COUNT);
  let nativeNs = Number.POSITIVE_INFINITY;
  let kernelNs = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < TURNS; turn++) {
    const native = runNative(program, problem, genomes);
    nativeNs = Math.min(nativeNs, native.nsPerGenome);
    kernelNs = Math.min(
      kernelNs,
      1e9 /
        (passesPerSecond(() => kernel.evaluateBatch(genomes, 0, genomes.length, metrics), ROUNDS, ROUND_S * 1000) *
          genomes.length),
    );
    const differing = native.metrics.findIndex((value, index) => !Object.is(value, metrics[index]));
    if (differing >= 0)
      throw new Error(
        `C++ and kernel differ at ${tasks} tasks, genome ${Math.floor(differing / HEADLINE_METRIC_COUNT)}: ${native.metrics[differing]} and ${metrics[differing]}`,
      );
  }
  return {
    tasks,
    'C++ ns/task': nativeNs / tasks,
    'kernel ns/task': kernelNs / tasks,
    'kernel / C++': kernelNs / nativeNs,
  };
}

function runNative(
  program: string,
  problem: Problem,
  genomes: readonly Uint8Array[],
): { nsPerGenome: number; metrics: number[] } {
  const { status, stdout, stderr } = spawnSync(program, {
    input: Buffer.concat(inputOf(problem, genomes)),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`the C++ baseline failed: ${stderr}`);
  const [nsPerGenome = Number.NaN, ...metrics] = stdout.trim().split(/\s+/).map(Number);
  return { nsPerGenome, metrics };
}

/** The problem as the C++ program reads it. */
function inputOf(problem: Problem, genomes: readonly Uint8Array[]): Uint8Array[] {
  const {
    processors,
    pes,
    tasks,
    outgoingEdge,
    edgeConsumer,
    edgeProducer,
    edgeBytes,
    transferMs,
    linkEnergyPJPerByte,
  } = problem;
  const pairs = processors.length ** 2;
  const ints = (values: Iterable<number>): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);
  const doubles = (values: Iterable<number>): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);
  const nominal = processors.map((processor) => processor.operatingPoints[processor.nominalPoint]);
  return [
    ints([tasks.length, processors.length, pes.length, edgeProducer.length, genomes.length, ROUNDS]),
    doubles([ROUND_S]),
    ints(pes.map((pe) => pe.processor)),
    ...[
      processors.map(({ idlePowerMW }) => idlePowerMW),
      nominal.map(({ activePowerMW }) => activePowerMW),
      nominal.map(({ clusterPowerMW }) => clusterPowerMW),
      processors.map(({ coreCount }) => coreCount),
      processors.map(({ maxUtilization }) => maxUtilization),
    ].map(doubles),
    doubles(
      tasks.flatMap((task) =>
        processors.map((processor) => taskDurationMs(problem, task.index, processor.index, processor.nominalPoint, 1)),
      ),
    ),
    ints(problem.producerFirstEdge),
    ints(Array.from(outgoingEdge, (edge) => edgeConsumer[edge])),
    doubles(Array.from(outgoingEdge).flatMap((edge) => [...transferMs.subarray(edge * pairs, (edge + 1) * pairs)])),
    ints(edgeProducer),
    ints(edgeConsumer),
    doubles(
      Array.from(edgeBytes).flatMap((bytes) =>
        Array.from({ length: pairs }, (_, pair) =>
          pair % (processors.length + 1) === 0 ? 0 : bytes * linkEnergyPJPerByte[pair],
        ),
      ),
    ),
    ...genomes,
  ];
}
