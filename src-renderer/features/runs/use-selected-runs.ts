/** What is done with all selected runs at once: compared, tagged, starred, exported, deleted. */
import { shallowRef, type Ref } from 'vue';
import { useRouter } from 'vue-router';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { client } from '../../api/index.ts';
import { comparisonLocation } from '../../comparison/address.ts';
import { csvFile, toCsv, type Column } from '../../components/table/data-table.ts';
import { download } from '../../download.ts';
import { exportRuns } from '../../recorded/archive-transfer.ts';
import { useNotificationsStore } from '../../stores/notifications.ts';
import { useRunsStore } from '../../stores/runs.ts';
import { useSchedulersStore } from '../../stores/schedulers.ts';
import { sidesOf } from './compare-runs.ts';

/** Beyond this even grouped runs cannot be compared. */
const MOST_COMPARED = 400;
/** As many as one request of the host lists, and one file holds. */
const MOST_EXPORTED = 1000;

/** @param columns of a CSV file */
export function useSelectedRuns(selected: Ref<ReadonlySet<number>>, columns: () => readonly Column<RunSummary>[]) {
  const router = useRouter();
  const runs = useRunsStore();
  const schedulers = useSchedulersStore();
  const notifications = useNotificationsStore();
  const isBusy = shallowRef(false);

  /** @param title of what is said where `work` fails */
  async function withSelected(title: string, work: (runIds: number[]) => Promise<unknown>): Promise<void> {
    isBusy.value = true;
    try {
      await work([...selected.value]);
    } catch (problem) {
      notifications.showError(problem, title);
    } finally {
      isBusy.value = false;
    }
  }

  function compare(): Promise<void> {
    return withSelected('The runs cannot be compared', async (ids) => {
      const chosen = await runs.find({
        ids: ids.slice(0, MOST_COMPARED + 1),
        limit: MOST_COMPARED + 1,
        sort: { by: 'id', direction: 'ascending' },
      });
      const compared = await sidesOf(chosen, schedulers.nameOf, (runId) => client.invoke('runs.get', { runId }));
      if ('sides' in compared) {
        if (compared.remark !== undefined)
          notifications.show({
            kind: 'info',
            title: 'Repeated runs are left out',
            hint: compared.remark,
            durationMs: 12_000,
          });
        await router.push(comparisonLocation({ sides: compared.sides, baseline: 0, colors: [] }));
        return;
      }
      const { reason, instead } = compared;
      notifications.show({
        kind: 'info',
        title: 'These runs cannot be compared',
        hint: reason,
        durationMs: instead === undefined ? 8000 : 20_000,
        ...(instead === undefined
          ? {}
          : { action: { label: instead.label, run: () => void compareInstead(instead.runs) } }),
      });
    });
  }
  function compareInstead(runIds: readonly number[]): Promise<void> {
    selected.value = new Set(runIds);
    return compare();
  }

  return {
    /** Whether something is being done. */
    isBusy,
    compare,
    change: (changes: { addTags?: string[]; removeTags?: string[]; starred?: boolean }): Promise<void> =>
      withSelected('The runs were not changed', (runIds) =>
        client.invoke('runs.updateTogether', { runIds, ...changes }),
      ),
    export: (what: 'archive' | 'csv'): Promise<void> =>
      withSelected('The runs were not exported', async (ids) => {
        if (ids.length > MOST_EXPORTED)
          throw new WorkbenchError(
            'runs.tooMany',
            `${ids.length} runs are selected; ${MOST_EXPORTED} can be exported at once`,
            { hint: 'select fewer, or save the whole list as CSV' },
          );
        if (what === 'archive') {
          const archive = await exportRuns(ids, new AbortController().signal, () => {});
          download(archive, `tessera-${ids.length}-runs.tessera`);
        } else {
          const rows = await runs.find({ ids, limit: MOST_EXPORTED, sort: { by: 'id', direction: 'ascending' } });
          download(csvFile(toCsv(rows, columns())), `tessera-${ids.length}-runs.csv`);
        }
      }),
    remove(): void {
      const [first] = selected.value;
      runs.remove([...selected.value], first === undefined ? undefined : runs.byId.get(first)?.name);
    },
  };
}
