/** Random scenarios: the same for the same seed, valid, and of the family that was asked for. */
import { describe, expect, it } from 'vitest';
import { randomScenario, scenarioFamilies } from '#main/engine/random-scenarios.ts';
import { parseScenario } from '#shared/domain/scenario.ts';

const networks = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id, index) => ({
  id,
  fastestMs: 0.5 + index / 3,
  profiles: [`times-of-${id}`],
}));
const draw = (family: (typeof scenarioFamilies)[number], seed: number) =>
  randomScenario({ platform: 'board', platformId: 'board', networks, family, seed });

describe.each(scenarioFamilies)('family %s', (family) => {
  const scenarios = Array.from({ length: 40 }, (_, seed) => draw(family, seed));

  it('is the same for the same seed, and another for another', () => {
    expect(scenarios.map((_, seed) => draw(family, seed))).toEqual(scenarios);
    expect(new Set(scenarios.map((scenario) => JSON.stringify(scenario.applications))).size).toBeGreaterThan(20);
  });

  it('is a valid scenario whose applications are all in groups, with the profiles of its networks', () => {
    for (const scenario of scenarios) {
      const { applications, groups, profiles } = parseScenario(scenario);
      expect(groups!.flatMap((group) => group.applications)).toEqual(applications.map(({ id }) => id));
      expect(profiles).toEqual([...new Set(applications.map(({ network }) => `times-of-${String(network)}`))]);
    }
  });

  it('draws no network twice into a group, as many groups as the family has, and 20 releases of the fastest', () => {
    for (const { groups = [], applications } of scenarios) {
      expect(groups.length).toBeGreaterThanOrEqual(family === 'single' ? 1 : 2);
      expect(groups.length).toBeLessThanOrEqual(family === 'single' ? 1 : 3);
      for (const group of groups) {
        const drawn = group.applications.map((id) => applications.find((each) => each.id === id)!.network);
        expect(new Set(drawn).size).toBe(drawn.length);
      }
      expect(Math.max(...applications.map(({ instances }) => instances!))).toBe(20);
      expect(Math.min(...applications.map(({ instances }) => instances!))).toBeGreaterThanOrEqual(2);
    }
  });
});

it('refuses to draw from one network', () =>
  expect(() =>
    randomScenario({
      platform: 'board',
      platformId: 'board',
      networks: networks.slice(0, 1),
      family: 'single',
      seed: 1,
    }),
  ).toThrow('1 networks are too few'));
