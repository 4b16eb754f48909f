/** Colours for several scenarios on one page: the same application has the same colour in each of them. */
import type { ResolvedScenario } from '#shared/domain/scenario.ts';

/**
 * For each scenario, the number of each of its applications' colour. Applications are the same where name and network are; those that
 * a scenario has several times keep apart. Colours are given in order of first appearance.
 */
export function sharedColors(scenarios: readonly ResolvedScenario[]): number[][] {
  const numbers = new Map<string, number>();
  return scenarios.map(({ applications }) => {
    const seen = new Map<string, number>();
    return applications.map(({ name, network }) => {
      const base = JSON.stringify([name, network.id]);
      const occurrence = seen.get(base) ?? 0;
      seen.set(base, occurrence + 1);
      const key = `${base} ${occurrence}`;
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
  });
}
