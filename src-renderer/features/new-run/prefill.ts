/** Fills the new-run form from its address: another run (`from`), a demo (`demo`), or single values (`scenario`, `scheduler`, `seed`). */
import type { LocationQuery } from 'vue-router';
import type { Demo } from '#shared/contract/shapes.ts';
import { client } from '../../api/index.ts';
import type { useDraftStore } from './draft.ts';

export async function prefill(
  query: LocationQuery,
  form: ReturnType<typeof useDraftStore>,
  demos: readonly Demo[],
): Promise<void> {
  const { from, demo, scenario, scheduler, seed } = query;
  if (typeof from === 'string' && /^[1-9]\d*$/.test(from)) {
    const { run, configuration, scenario: document } = await client.invoke('runs.get', { runId: Number(from) });
    // The snapshot, not the library's document of that name: that may have changed since.
    form.takeOver({
      scenario: { fileName: `${run.scenarioName} of run ${run.id}`, isOfRun: true, document },
      scheduler: configuration.scheduler,
      options: configuration.options,
      stop: configuration.stop,
      seed: configuration.seed,
      name: run.name,
    });
  } else if (typeof demo === 'string') {
    const found = demos.find((candidate) => candidate.id === demo);
    if (found !== undefined) form.takeOver({ scenario: found.scenario, ...found.configuration, name: found.name });
  }
  if (typeof scenario === 'string') form.choose({ scenarioId: scenario, loaded: null });
  if (typeof scheduler === 'string') form.choose({ scheduler });
  if (typeof seed === 'string' && /^\d{1,15}$/.test(seed)) form.setSeed(Number(seed));
}
