/** Remarks next to figures of a scenario on where its times come from: measured by profiles, or modelled. */
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { modelledTimesInWords, scenarioTimeOrigins } from '#shared/domain/time-origins.ts';
import type { ShownRemark } from './TimeRemarks.vue';

/** A note for each network with modelled times: which share of its layers, on which processors. */
export function modelledRemarks(scenario: ResolvedScenario): readonly ShownRemark[] {
  return modelledTimesInWords(scenario).map((message) => ({
    severity: 'note',
    message,
    remedies: [],
    network: undefined,
    platform: undefined,
  }));
}

/** A note for each network and processor whose times are those of a profile: how many layers, by which. */
export function measuredRemarks(scenario: ResolvedScenario): readonly ShownRemark[] {
  if (scenario.profiles === undefined) return [];
  return scenarioTimeOrigins(scenario)
    .filter(({ text }) => text.includes('(profile '))
    .map(({ of, text }) => ({
      severity: 'note',
      message: `${of}: ${text}`,
      remedies: [],
      network: undefined,
      platform: undefined,
    }));
}
