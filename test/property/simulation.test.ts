/** What holds of every schedule, whatever the scenario and the genome (DESIGN §6 and §12), checked by a second reading of the rules. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { arbitraryProblemAndGenes, type ProblemAndGenes, type ScenarioShape } from '#test/fixtures/random-scenario.ts';
import {
  executionsOf,
  expectedDurationMs,
  goesBefore,
  transfersOf,
  type Execution,
} from '#test/fixtures/schedule-oracle.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { roundUpToTick } from '#shared/scheduling/rounding.ts';

const RUNS = 250;
/** Two times within this of each other are the same; a decimal tick's multiples are exact only up to rounding. */
const SAME_MS = 1e-9;

/** Checks the schedules of random genomes of random scenarios. */
function forEverySchedule(shape: ScenarioShape, check: (schedule: ReturnType<typeof scheduleOf>) => void): void {
  const property = fc.property(arbitraryProblemAndGenes(shape), (input) => {
    check(scheduleOf(input));
  });
  fc.assert(property, { numRuns: RUNS });
}

function scheduleOf({ problem, genes }: ProblemAndGenes) {
  const assignment = decodeGenome(problem, genes);
  const timeline = simulate(problem, assignment);
  const executions = executionsOf(problem, timeline);
  return { problem, assignment, timeline, executions, transfers: transfersOf(problem, executions) };
}

const sameElement = (a: Execution, b: Execution): boolean => a.processor === b.processor && a.element === b.element;

describe('every schedule', () => {
  it('runs every layer of every instance, for as long as its processor takes', () => {
    forEverySchedule({}, ({ problem, assignment, timeline, executions }) => {
      expect(timeline.endMs).toHaveLength(executions.length);
      for (const execution of executions) {
        const { startMs, endMs } = execution;
        expect(Number.isFinite(startMs)).toBe(true);
        expect(endMs - startMs).toBeCloseTo(expectedDurationMs(problem, assignment, execution), 9);
      }
    });
  });

  it('has no two executions overlap on a unit', () => {
    forEverySchedule({}, ({ executions }) => {
      for (const a of executions) {
        for (const b of executions) {
          if (a === b || !sameElement(a, b) || a.unit !== b.unit) continue;
          const overlap = Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs);
          expect(overlap).toBeLessThanOrEqual(0);
        }
      }
    });
  });

  it('uses only units that exist', () => {
    forEverySchedule({}, ({ problem, executions }) => {
      for (const { processor, unit } of executions) {
        const { dispatch, coreCount } = problem.scenario.platform.processors[processor]!;
        expect(unit).toBeLessThan(dispatch === 'pooled' ? coreCount : 1);
      }
    });
  });

  it('starts nothing before its release, nor before its inputs have arrived', () => {
    forEverySchedule({}, ({ executions, transfers }) => {
      for (const { startMs, readyMs, releaseMs } of executions) {
        expect(readyMs).toBeGreaterThanOrEqual(releaseMs - SAME_MS);
        expect(startMs).toBeGreaterThanOrEqual(readyMs);
      }
      for (const { producer, consumer, durationMs } of transfers)
        expect(consumer.startMs).toBeGreaterThanOrEqual(producer.endMs + durationMs - SAME_MS);
    });
  });

  it('starts tasks at multiples of the dispatch tick only', () => {
    forEverySchedule({ dispatchTickMs: 0.1 }, ({ executions }) => {
      for (const { startMs } of executions) expect(startMs).toBe(Math.round(startMs / 0.1) * 0.1);
    });
  });

  it('has a task ready exactly when the last of release and inputs comes, rounded up to the tick', () => {
    forEverySchedule({ interconnect: 'latency' }, ({ problem, executions, transfers }) => {
      for (const execution of executions) {
        const arrivals = transfers
          .filter(({ consumer }) => consumer === execution)
          .map(({ producer, durationMs }) => producer.endMs + durationMs);
        expect(execution.readyMs).toBeCloseTo(
          roundUpToTick(Math.max(execution.releaseMs, ...arrivals), problem.scenario.simulation.dispatchTickMs),
          9,
        );
      }
    });
  });

  it('keeps no unit idle while a task is ready for it', () => {
    forEverySchedule({}, ({ problem, executions }) => {
      const tick = problem.scenario.simulation.dispatchTickMs;
      for (const waiting of executions) {
        if (waiting.startMs <= waiting.readyMs) continue;
        const { dispatch, coreCount } = problem.scenario.platform.processors[waiting.processor]!;
        const others = executions.filter((other) => other !== waiting && sameElement(other, waiting));
        for (let unit = 0; unit < (dispatch === 'pooled' ? coreCount : 1); unit++) {
          // The unit is taken from ready to start without a gap, each execution until its unit is free again.
          let takenUntil = waiting.readyMs;
          for (const other of others
            .filter((candidate) => candidate.unit === unit)
            .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs)) {
            if (other.startMs <= takenUntil + SAME_MS)
              takenUntil = Math.max(takenUntil, roundUpToTick(other.endMs, tick));
          }
          expect(takenUntil).toBeGreaterThanOrEqual(waiting.startMs - SAME_MS);
        }
      }
    });
  });

  it('starts the ready task of highest priority, ties by ready time, instance, application and layer', () => {
    forEverySchedule({ zeroTimes: false }, ({ problem, assignment, executions }) => {
      for (const started of executions) {
        for (const waiting of executions) {
          if (!sameElement(started, waiting) || waiting.readyMs > started.startMs || waiting.startMs <= started.startMs)
            continue;
          expect(goesBefore(problem, assignment, waiting, started)).toBe(false);
        }
      }
    });
  });

  it('takes the lowest-numbered idle unit', () => {
    forEverySchedule({ zeroTimes: false }, ({ problem, executions }) => {
      const tick = problem.scenario.simulation.dispatchTickMs;
      for (const execution of executions) {
        for (let unit = 0; unit < execution.unit; unit++) {
          const taken = executions.some(
            (other) =>
              sameElement(other, execution) &&
              other.unit === unit &&
              other.startMs <= execution.startMs &&
              roundUpToTick(other.endMs, tick) > execution.startMs,
          );
          expect(taken).toBe(true);
        }
      }
    });
  });

  it('serialises the transfers of a contended link in the order in which they are asked for', () => {
    forEverySchedule({ interconnect: 'contended', zeroTimes: false }, ({ problem, executions, transfers }) => {
      const tick = problem.scenario.simulation.dispatchTickMs;
      // Ends that count as the same tick are the same instant.
      const askedAt = ({ endMs }: Execution): number => Math.min(endMs, roundUpToTick(endMs, tick));
      const inOrder = transfers.toSorted(
        (a, b) =>
          askedAt(a.producer) - askedAt(b.producer) ||
          a.producer.job - b.producer.job ||
          a.consumer.job - b.consumer.job,
      );
      const linkFreeMs = new Map<string, number>();
      const arrivalMs = new Map<Execution, number>();
      for (const { producer, consumer, link, durationMs } of inOrder) {
        let arrival = producer.endMs;
        if (link !== undefined) {
          arrival = Math.max(arrival, linkFreeMs.get(link) ?? 0) + durationMs;
          linkFreeMs.set(link, arrival);
        }
        arrivalMs.set(consumer, Math.max(arrivalMs.get(consumer) ?? 0, arrival));
      }
      for (const execution of executions) {
        expect(execution.readyMs).toBeCloseTo(
          roundUpToTick(Math.max(execution.releaseMs, arrivalMs.get(execution) ?? 0), tick),
          9,
        );
      }
    });
  });

  it('comes out the same to the last bit when it is simulated again', () => {
    forEverySchedule({}, ({ problem, assignment, timeline }) => {
      expect(simulate(problem, assignment)).toEqual(timeline);
    });
  });
});
