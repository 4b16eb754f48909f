/** Candidates beside the other applications of a scenario: their response, and the deadlines of all. */
import { describe, expect, test } from 'vitest';
import { parseResolvedScenario, resolveScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { proxyScore } from '#shared/nas/accuracy.ts';
import { NetworkSpace } from '#shared/nas/space.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { loadSearchSpaces } from '#main/formats/nas/spaces.ts';
import { metricsOf, searchNetworks } from '#main/services/nas/network-search.ts';
import { applicationFor, reschedule, scenarioWith, scheduledCosts } from '#main/services/nas/scheduled-costs.ts';

const library = loadPresets('resources');
const space = new NetworkSpace(loadSearchSpaces('resources').get('nas-bench-macro')!);
const small = space.genes('00000000');
const large = space.genes('22222222');

/** MobileNetV2 with a deadline that it just keeps alone on the NPU, and an application to be searched for, released first. */
function scenarioOf(deadlineMs: number | null): ResolvedScenario {
  const network = space.network(small, 'candidate');
  return resolveScenario(
    {
      ...library.scenarios.get('midap')!,
      applications: [
        {
          id: 'searched',
          name: 'searched',
          network,
          startTimeMs: 0,
          periodMs: null,
          instances: 1,
          deadlineMs: null,
          priority: 1,
        },
        {
          id: 'camera',
          name: 'camera',
          network: 'mobilenet-v2',
          startTimeMs: 0,
          periodMs: null,
          instances: 1,
          deadlineMs,
          priority: 0,
        },
      ],
    },
    library,
  );
}
const place = (deadlineMs: number | null) => ({ scenario: scenarioOf(deadlineMs), application: 'searched' });

describe('a candidate in a scenario', () => {
  test('costs the response of its application, with makespan, energy and missed deadlines of all', () => {
    const costs = scheduledCosts(space, place(null));
    expect(costs.of(large).latencyMs).toBeGreaterThan(costs.of(small).latencyMs);
    expect(costs.of(small)).toMatchObject({ deadlineMisses: 0 });
    expect(costs.of(small).makespanMs).toBeGreaterThan(costs.of(small).latencyMs);
  });

  test('is not scored where it makes another application late', async () => {
    const free = scheduledCosts(space, place(null));
    const deadlineMs = (free.of(small).makespanMs! + free.of(large).makespanMs!) / 2;
    const { candidates } = await searchNetworks({
      space,
      method: 'random',
      limitsMs: [],
      accuracy: proxyScore(space, 'macs'),
      costs: scheduledCosts(space, place(deadlineMs)),
      seed: 1,
      budget: 60,
      objectives: ['score', 'latencyMs'],
    });
    const late = candidates.map(metricsOf).filter(({ deadlineMisses = 0 }) => deadlineMisses > 0);
    const kept = candidates.map(metricsOf).filter(({ deadlineMisses }) => deadlineMisses === 0);
    expect([late.length > 0, kept.length > 0]).toEqual([true, true]);
    expect(late.every(({ score }) => score === undefined)).toBe(true);
    expect(kept.every(({ score }) => score !== undefined)).toBe(true);
  });

  test('is a scenario document with everything inline', () => {
    const scenario = scenarioWith(place(null), space.network(large, 'winner'));
    expect(parseResolvedScenario(JSON.parse(JSON.stringify(scenario))).applications[0]!.network.id).toBe('winner');
  });

  test('is scheduled no worse by a search than by rule', () => {
    const { fixed, searched, evaluations } = reschedule(space, small, place(null), 1);
    expect(evaluations).toBeGreaterThan(1000);
    expect(searched.makespanMs).toBeLessThanOrEqual(fixed.makespanMs! * 1.0001);
  });
});

test('the application is named, or the only one', () => {
  const { scenario } = place(null);
  expect(applicationFor(scenario, 'camera')).toBe('camera');
  expect(applicationFor({ ...scenario, applications: scenario.applications.slice(0, 1) }, undefined)).toBe('searched');
  expect(() => applicationFor(scenario, undefined)).toThrow('has 2 applications: whose network is searched for?');
  expect(() => applicationFor(scenario, 'camra')).toThrow(expect.objectContaining({ hint: 'did you mean "camera"?' }));
});
