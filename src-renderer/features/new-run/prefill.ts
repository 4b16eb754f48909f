/** Fills the new-run form from its address: another run (`from`, with `improve` also its best schedule to begin with), a demo (`demo`), or single values (`scenario`, `scheduler`, `seed`). */
import type { LocationQuery } from 'vue-router';
import type { Demo } from '#shared/contract/shapes.ts';
import { client } from '../../api/index.ts';
import type { Start } from '#shared/domain/scheduler.ts';
import type { Solution } from '#shared/domain/run.ts';
import type { useDraftStore } from './draft.ts';

export async function prefill(
  query: LocationQuery,
  form: ReturnType<typeof useDraftStore>,
  demos: readonly Demo[],
): Promise<void> {
  const { from, improve, demo, scenario, scheduler, seed } = query;
  if (typeof from === 'string' && /^[1-9]\d*$/.test(from)) {
    const { run, best, configuration, scenario: document } = await client.invoke('runs.get', { runId: Number(from) });
    // The snapshot, not the library's document of that name: that may have changed since.
    form.takeOver({
      scenario: { fileName: `${run.scenarioName} of run ${run.id}`, isOfRun: true, document },
      scheduler: configuration.scheduler,
      options: configuration.options,
      stop: configuration.stop,
      start: improve === undefined || best === undefined ? configuration.start : startOf(run.id, best),
      seed: configuration.seed,
      name: improve === undefined ? run.name : '',
    });
  } else if (typeof demo === 'string') {
    const found = demos.find((candidate) => candidate.id === demo);
    if (found !== undefined) form.takeOver({ scenario: found.scenario, ...found.configuration, name: found.name });
  }
  if (typeof scenario === 'string') form.choose({ scenarioId: scenario, loaded: null });
  if (typeof scheduler === 'string') form.choose({ scheduler });
  if (typeof seed === 'string' && /^\d{1,15}$/.test(seed)) form.setSeed(Number(seed));
}

/** The best schedule of a run, to begin with. */
function startOf(runId: number, best: Solution): Start {
  const { mapping, frequencies, activeCores, coreConfigurations, priorities, subgraphs } = best;
  return {
    from: `run ${runId}`,
    mapping,
    frequencies,
    activeCores,
    ...(coreConfigurations === undefined ? {} : { coreConfigurations }),
    ...(priorities === undefined ? {} : { priorities }),
    ...(subgraphs === undefined ? {} : { subgraphs }),
  };
}
