/** The problem of a recorded run: its own copy of the scenario, and the genes that its configuration chose. */
import { expect, it } from 'vitest';
import { completeConfiguration } from '#main/engine/schedulers/index.ts';
import { problemOfSnapshot } from '#shared/scheduling/problem-of-snapshot.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';

const scenario = JSON.parse(JSON.stringify(aSmallScenario().build()));
const problemOf = (scheduler: string, options = {}) =>
  problemOfSnapshot({ scenario, configuration: completeConfiguration({ scheduler, seed: 1, options }) });

it('has the genes of the configuration, those that its scheduler has by default among them', () => {
  expect(problemOf('ga').layout.offsetOf.priority).toBeUndefined();
  expect(problemOf('annealing').layout.offsetOf.priority).toBeDefined();
  expect(problemOf('ga', { genes: { priorities: true } }).layout.loci).toEqual(problemOf('annealing').layout.loci);
});

it('refuses a scenario that is not whole, and a configuration without options', () => {
  expect(() =>
    problemOfSnapshot({ scenario: { ...scenario, platform: 'hikey970' }, configuration: { options: {} } }),
  ).toThrow(expect.objectContaining({ code: 'scenario.unknownPlatform' }));
  expect(() => problemOfSnapshot({ scenario, configuration: { options: { genes: 3 } } })).toThrow(
    expect.objectContaining({ code: 'scheduler.invalid' }),
  );
});
