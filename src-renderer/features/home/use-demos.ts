/** Starting demos: each opens where its runs can be watched, and offers the page that shows what it is about once they have ended. */
import { effectScope, shallowRef, watch } from 'vue';
import { useRouter, type RouteLocationRaw } from 'vue-router';
import { runsOfDemo, type Demo, type RunSummary } from '#shared/contract/shapes.ts';
import { activeStatuses } from '#shared/domain/run.ts';
import { client } from '../../api/index.ts';
import { useNotificationsStore } from '../../stores/notifications.ts';
import { useRunsStore } from '../../stores/runs.ts';
import { comparisonLocation } from '../../comparison/address.ts';

export function useDemos() {
  const router = useRouter();
  const runs = useRunsStore();
  const notifications = useNotificationsStore();
  /** Id of the demo that is being started, "all" for all of them. */
  const starting = shallowRef<string>();

  async function start(demo: Demo): Promise<void> {
    starting.value = demo.id;
    try {
      const started = await startRuns(demo);
      const end = endOf(demo, started);
      // A front can be watched while it moves; runs can be compared once they have ended.
      if (demo.opens === 'pareto' && end !== undefined) await router.push(end);
      else
        await router.push(
          started.length === 1
            ? { name: 'run', params: { id: started[0]?.id } }
            : await groupLocation(demo.id, started),
        );
      if (end !== undefined) follow(demo.name, started, end);
    } catch (error) {
      notifications.showError(error, 'The demo was not started');
    } finally {
      starting.value = undefined;
    }
  }

  async function startAll(demos: readonly Demo[]): Promise<void> {
    starting.value = 'all';
    try {
      const started: RunSummary[] = [];
      for (const demo of demos) started.push(...(await startRuns(demo)));
      await router.push(await groupLocation('demos', started));
    } catch (error) {
      notifications.showError(error, 'Not all demos were started');
    } finally {
      starting.value = undefined;
    }
  }

  async function startRuns(demo: Demo): Promise<RunSummary[]> {
    const started: RunSummary[] = [];
    for (const { name, configuration } of runsOfDemo(demo)) {
      const { run } = await client.invoke('runs.start', {
        scenario: demo.scenario,
        configuration,
        name,
        ...(demo.paceGenerationsPerS === undefined ? {} : { paceGenerationsPerS: demo.paceGenerationsPerS }),
      });
      runs.byId.set(run.id, run);
      started.push(run);
    }
    return started;
  }

  /** The list of just these runs: they share a tag of their own, which is part of no other's. */
  async function groupLocation(name: string, started: readonly RunSummary[]): Promise<RouteLocationRaw> {
    const tag = `${name}-${started[0]?.id}-${started.at(-1)?.id}`;
    for (const { id } of started) await runs.update(id, { tags: [tag] });
    return { name: 'runs', query: { q: tag } };
  }

  /** Offers `end` once all runs have ended, wherever the person is then; who looks at it already only hears of it. */
  function follow(name: string, started: readonly RunSummary[], end: RouteLocationRaw): void {
    const scope = effectScope(true);
    scope.run(() => {
      watch(
        () => started.map(({ id }) => runs.byId.get(id)?.status),
        (statuses) => {
          if (statuses.some((status) => status !== undefined && activeStatuses.includes(status))) return;
          scope.stop();
          if (statuses.some((status) => status !== 'finished')) return;
          const isThere = router.currentRoute.value.path === router.resolve(end).path;
          notifications.show({
            kind: 'success',
            title: `${name} has finished`,
            ...(isThere ? {} : { action: { label: 'Show the result', run: () => void router.push(end) } }),
            durationMs: isThere ? 6000 : 30_000,
          });
        },
      );
    });
  }

  return { starting, start, startAll };
}

/** The page that shows what a demo is about; undefined for that of its run. */
function endOf(demo: Demo, started: readonly RunSummary[]): RouteLocationRaw | undefined {
  const ids = started.map(({ id }) => id);
  switch (demo.opens) {
    case 'run':
      return undefined;
    case 'compare':
      return comparisonLocation({ sides: ids.map((id) => [id]), baseline: 0, colors: [] });
    case 'pareto':
      return { name: 'pareto', params: { runs: ids.join(',') } };
  }
}
