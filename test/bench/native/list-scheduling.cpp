// The kernel's algorithm in plain C++: the measure of how much WebAssembly costs. It evaluates the genomes of one problem over and
// over and prints the best round's nanoseconds per genome, then the makespan and energy of each genome, so that the caller can
// check that both did the same work.
//
// It covers what the benchmark's random task graphs use: one application, one instance, pinned units, one operating point, no
// dispatch tick, equal priorities, uncontended links, no deadline. For these it does what src-main/engine/kernel/assembly does: decode, eager list
// scheduling with a sorted queue of coming tasks per processing element, all five metrics in the reference's order of summation.
//
// Input on stdin, little-endian, as native-baseline.ts writes it:
//   i32 tasks, processors, elements, edges, genomes, rounds; f64 seconds per round
//   i32 processorOf[elements]; f64 idlePower, activePower, clusterPower, cores, maxUtilization [processors each]
//   f64 duration[tasks][processors] (NaN: cannot run); i32 firstOut[tasks + 1]; i32 consumer[edges]; f64 transfer[edges][processors][processors]
//   i32 edgeProducer[edges], edgeConsumer[edges]; f64 energy[edges][processors][processors]; u8 genes[genomes][tasks]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

template <typename T> static std::vector<T> readAll(size_t count) {
  std::vector<T> values(count);
  if (count > 0 && std::fread(values.data(), sizeof(T), count, stdin) != count) { std::fputs("input ended early\n", stderr); std::exit(1); }
  return values;
}
template <typename T> static T readOne() { return readAll<T>(1)[0]; }

struct Job { double readyMs; int32_t pending; uint16_t element, processor; double durationMs; int32_t firstOut, endOut; };
struct Entry { double readyMs; Job *job; };
struct Element { double nextMs, freeMs; Entry *first, *end; };
// Times are never negative, and non-negative doubles are ordered as their bits: integers are compared and selected without a branch.
static inline int64_t bitsOf(double time) { int64_t bits; std::memcpy(&bits, &time, sizeof bits); return bits; }
static inline double timeOf(int64_t bits) { double time; std::memcpy(&time, &bits, sizeof time); return time; }
static inline double later(double a, double b) { const int64_t x = bitsOf(a), y = bitsOf(b); return timeOf(x > y ? x : y); }

struct Metrics { double makespanMs, throughputPerS, energyMJ, latencyMs, violation; };

static const double never = std::numeric_limits<double>::max();

int main() {
  const int tasks = readOne<int32_t>(), processors = readOne<int32_t>(), elements = readOne<int32_t>(), edges = readOne<int32_t>(), genomes = readOne<int32_t>(), rounds = readOne<int32_t>();
  const double seconds = readOne<double>();
  const auto processorOf = readAll<int32_t>(elements);
  const auto idle = readAll<double>(processors), active = readAll<double>(processors), cluster = readAll<double>(processors), cores = readAll<double>(processors), maxUtilization = readAll<double>(processors);
  const auto duration = readAll<double>(size_t(tasks) * processors);
  const auto firstOut = readAll<int32_t>(tasks + 1), consumer = readAll<int32_t>(edges);
  const auto transfer = readAll<double>(size_t(edges) * processors * processors);
  const auto edgeProducer = readAll<int32_t>(edges), edgeConsumer = readAll<int32_t>(edges);
  const auto energy = readAll<double>(size_t(edges) * processors * processors);
  const auto genes = readAll<uint8_t>(size_t(genomes) * tasks);

  // As in the kernel: what an edge needs stands together, once for each processor of the producer.
  const size_t edgeDoubles = 1 + processors;
  std::vector<double> outgoing(edgeDoubles * processors * edges);
  std::vector<int32_t> pending(tasks, 0);
  for (int task = 0; task < tasks; task++) {
    for (int i = firstOut[task]; i < firstOut[task + 1]; i++) {
      pending[consumer[i]]++;
      for (int from = 0; from < processors; from++) {
        double *edge = &outgoing[(size_t(from) * edges + i) * edgeDoubles];
        *reinterpret_cast<int64_t *>(edge) = consumer[i] - task;
        for (int to = 0; to < processors; to++) edge[1 + to] = transfer[(size_t(i) * processors + from) * processors + to];
      }
    }
  }
  std::vector<int32_t> sources;
  for (int task = 0; task < tasks; task++) if (pending[task] == 0) sources.push_back(task);

  std::vector<Job> jobs(tasks);
  std::vector<Entry> queues(tasks + elements);
  std::vector<Element> table(elements);
  std::vector<int32_t> counts(elements);
  std::vector<double> busy(elements);

  const auto evaluate = [&](const uint8_t *mapping) -> Metrics {
    std::fill(counts.begin(), counts.end(), 0);
    for (int task = 0; task < tasks; task++) {
      int element = mapping[task];
      while (std::isnan(duration[size_t(task) * processors + processorOf[element]])) element = element + 1 == elements ? 0 : element + 1;
      const int processor = processorOf[element];
      jobs[task] = { 0, pending[task], uint16_t(element), uint16_t(processor), duration[size_t(task) * processors + processor], firstOut[task] + processor * edges, firstOut[task + 1] + processor * edges };
      counts[element]++;
    }
    Entry *queue = queues.data();
    for (int element = 0; element < elements; element++) {
      table[element] = { never, 0, queue, queue };
      queue->readyMs = never;
      queue += counts[element] + 1;
    }
    const auto addComing = [](Element &element, double readyMs, Job *job) {
      Entry *hole = element.end;
      while (hole > element.first && (bitsOf(readyMs) < bitsOf(hole[-1].readyMs) || (bitsOf(readyMs) == bitsOf(hole[-1].readyMs) && job < hole[-1].job))) { *hole = hole[-1]; hole--; }
      *hole = { readyMs, job };
      element.end++;
      element.end->readyMs = never;
      element.nextMs = later(element.first->readyMs, element.freeMs);
    };
    for (const int source : sources) addComing(table[jobs[source].element], 0, &jobs[source]);
    for (int left = tasks; left > 0; left--) {
      Element *element = table.data();
      int64_t soonest = bitsOf(element->nextMs);
      for (Element *other = element + 1, *end = table.data() + elements; other < end; other++) {
        const int64_t candidate = bitsOf(other->nextMs);
        element = candidate < soonest ? other : element;
        soonest = candidate < soonest ? candidate : soonest;
      }
      const double now = timeOf(soonest);
      Job *job = element->first++->job;
      const double endMs = now + job->durationMs;
      job->readyMs = endMs;
      job->durationMs = endMs - now;
      element->freeMs = endMs;
      element->nextMs = later(element->first->readyMs, endMs);
      const double *edge = &outgoing[size_t(job->firstOut) * edgeDoubles], *last = &outgoing[size_t(job->endOut) * edgeDoubles];
      for (; edge < last; edge += edgeDoubles) {
        Job *next = job + *reinterpret_cast<const int64_t *>(edge);
        const double readyMs = later(endMs + edge[1 + next->processor], next->readyMs);
        next->readyMs = readyMs;
        if (--next->pending == 0) addComing(table[next->element], readyMs, next);
      }
    }

    std::fill(busy.begin(), busy.end(), 0);
    double makespanMs = 0;
    for (const Job &job : jobs) {
      busy[job.element] += job.durationMs;
      makespanMs = later(makespanMs, job.readyMs);
    }
    double microjoules = 0;
    for (int processor = 0; processor < processors; processor++) {
      double busyCores = 0;
      for (int element = 0; element < elements; element++) if (processorOf[element] == processor) busyCores += busy[element];
      microjoules += active[processor] * busyCores;
      microjoules += idle[processor] * (cores[processor] * makespanMs - busyCores);
      microjoules += cluster[processor] * makespanMs;
    }
    double picojoules = 0;
    for (int edge = 0; edge < edges; edge++) picojoules += energy[(size_t(edge) * processors + jobs[edgeProducer[edge]].processor) * processors + jobs[edgeConsumer[edge]].processor];
    double violation = 0;
    for (int element = 0; element < elements; element++) {
      const double excess = std::min(1.0, busy[element] / makespanMs) - maxUtilization[processorOf[element]];
      if (excess > 1e-9) violation += excess;
    }
    return { makespanMs, 1 / (makespanMs / 1000), microjoules / 1000 + picojoules * 1e-9, makespanMs, violation };
  };

  std::vector<Metrics> results(genomes);
  double best = never;
  for (int round = 0; round < rounds; round++) {
    const auto started = std::chrono::steady_clock::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count(); };
    long passes = 0;
    for (; elapsed() < seconds; passes++) for (int genome = 0; genome < genomes; genome++) results[genome] = evaluate(&genes[size_t(genome) * tasks]);
    best = std::min(best, elapsed() / (double(passes) * genomes));
  }
  std::printf("%.17g\n", best * 1e9);
  for (const Metrics &metrics : results) std::printf("%.17g %.17g %.17g %.17g %.17g\n", metrics.makespanMs, metrics.throughputPerS, metrics.energyMJ, metrics.latencyMs, metrics.violation);
}
