/** What a subgraph takes at another frequency and on several cores: the rule of a layer, whatever a profile measured there. */
import { describe, expect, it } from 'vitest';
import { emptyLibrary, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { readMapping } from '#shared/scheduling/solution.ts';
import { aNetwork, aScenario } from '#test/fixtures/builders.ts';

const measurement = (layers: string[], timeMs: number, on: object = {}) => ({
  layers,
  on: { key: 'cpu', ...on },
  timeMs,
});

/** Two layers of 4 ms each, measured together as 6 ms on one core at the nominal 2000 MHz, and otherwise elsewhere. */
function scenarioWith(measurements: readonly object[]) {
  return resolveScenario(
    parseScenario({
      ...aScenario('s').running(aNetwork('n').withChain(2, { cpu: 4 })).input,
      platform: {
        schemaVersion: 1,
        id: 'board',
        processors: [
          {
            id: 'cpu',
            kind: 'cpu',
            coreCount: 2,
            coreConfigurations: [[1, 1], [2]],
            groupSpeedup: { 2: 1.5 },
            operatingPoints: [{ frequencyMHz: 1000 }, { frequencyMHz: 2000 }],
            nominalFrequencyMHz: 2000,
            frequencyScaling: 0.5,
            launchMs: 1,
          },
        ],
      },
      profiles: [{ schemaVersion: 1, id: 'p', network: 'n', measurements }],
    }),
    emptyLibrary,
  );
}

function makespanOf(measurements: readonly object[], decisions: object = {}): number {
  const { problem, assignment } = readMapping(scenarioWith(measurements), {
    mapping: { 'a/l0': 'cpu:0', 'a/l1': 'cpu:0' },
    subgraphs: [['a/l0', 'a/l1']],
    ...decisions,
  });
  return Math.max(...simulate(problem, assignment).endMs);
}
const together = measurement(['l0', 'l1'], 6);

describe('a subgraph', () => {
  it('takes its measured time on one core at the nominal frequency, whether that is stated or not', () => {
    expect(makespanOf([together])).toBe(6);
    expect(makespanOf([measurement(['l0', 'l1'], 6, { cores: 1, frequencyMHz: 2000 })])).toBe(6);
  });

  it('is scaled by frequency and cores as a layer is, its launch with it', () => {
    // (1 − 0.5) + 0.5 · 2000 / 1000 = 1.5
    expect(makespanOf([together], { frequencies: { cpu: 1000 } })).toBe(9);
    expect(makespanOf([together], { coreConfigurations: { cpu: [2] } })).toBe(4);
    // without a measurement: launch 1 + 4 + 4, all of it scaled
    expect(makespanOf([], { frequencies: { cpu: 1000 } })).toBe(13.5);
  });

  it('has no time by what was measured at another frequency or on several cores, neither there nor at the nominal one', () => {
    const elsewhere = [
      measurement(['l0', 'l1'], 20, { frequencyMHz: 1000 }),
      measurement(['l0', 'l1'], 2, { cores: 2 }),
    ];
    expect(makespanOf(elsewhere)).toBe(9);
    expect(makespanOf([together, ...elsewhere])).toBe(6);
    expect(makespanOf([together, ...elsewhere], { frequencies: { cpu: 1000 } })).toBe(9);
    expect(makespanOf([together, ...elsewhere], { coreConfigurations: { cpu: [2] } })).toBe(4);
  });
});
