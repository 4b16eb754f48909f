/** Remarks next to figures of a scenario that rest on modelled times. */
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { modelledTimesInWords } from '#shared/domain/time-origins.ts';
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
