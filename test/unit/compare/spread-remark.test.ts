/** What the run page and Compare say of a gain that is smaller than the spread of the times it rests on. */
import { describe, expect, it } from 'vitest';
import { emptyLibrary, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';
import { encodeAssignment } from '#shared/scheduling/decode.ts';
import { readMapping } from '#shared/scheduling/solution.ts';
import { scheduleOf } from '#renderer/recorded/schedule-of.ts';
import { spreadRemark } from '#renderer/recorded/spread-remark.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';

function scheduleWith(stdMs: number | undefined) {
  const scenario = resolveScenario(
    parseScenario({
      ...aScenario('s')
        .on(aPlatform().withNpu())
        .running(aNetwork('n').withChain(2, { cpu: 4, npu: 2 })).input,
      profiles: [
        {
          schemaVersion: 1,
          id: 'p',
          network: 'n',
          measurements: [
            { layers: ['l0'], on: { key: 'npu' }, timeMs: 2, ...(stdMs === undefined ? {} : { spread: { stdMs } }) },
          ],
        },
      ],
    }),
    emptyLibrary,
  );
  const { problem, assignment } = readMapping(scenario, { mapping: { 'a/l0': 'npu', 'a/l1': 'npu' } });
  return scheduleOf(problem, encodeAssignment(problem, assignment));
}

describe('spreadRemark', () => {
  it('names the gain, the baseline and the spread where the gain is smaller', () => {
    const schedule = scheduleWith(0.5);
    const text = spreadRemark(schedule, schedule.metrics.makespanMs + 0.25, 'NPU first') ?? '';
    expect(text.replaceAll(/\s/g, ' ')).toMatch(
      /its gain of 0\.25 ms over NPU first is smaller than the spread .* up to [\d.]+ ms/,
    );
  });

  it('says nothing where the gain is larger, there is none, or no time has a spread', () => {
    const schedule = scheduleWith(0.5);
    expect(spreadRemark(schedule, schedule.metrics.makespanMs + 10, 'NPU first')).toBeUndefined();
    expect(spreadRemark(schedule, schedule.metrics.makespanMs - 0.1, 'NPU first')).toBeUndefined();
    expect(spreadRemark(schedule, undefined, 'NPU first')).toBeUndefined();
    const exact = scheduleWith(undefined);
    expect(spreadRemark(exact, exact.metrics.makespanMs + 0.01, 'NPU first')).toBeUndefined();
  });
});
