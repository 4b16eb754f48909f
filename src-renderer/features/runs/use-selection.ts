/** Which runs are selected: by single ones, by stretches from the last one chosen, by groups, or all. */
import { shallowRef, type ShallowRef } from 'vue';
import type { PickKind } from '../../components/data-table.ts';
import type { RunList } from './use-run-list.ts';

export interface Selection {
  readonly ids: ShallowRef<ReadonlySet<number>>;
  pick(line: number, how: PickKind): Promise<void>;
  pickGroup(line: number): Promise<void>;
  pickAll(): Promise<void>;
  clear(): void;
}

/** @param onError where the host could not say which runs lie between */
export function useSelection(list: Pick<RunList, 'source' | 'idsBetween' | 'idsOfGroup' | 'allIds'>, onError: (error: unknown) => void): Selection {
  const ids = shallowRef<ReadonlySet<number>>(new Set());
  /** Where a stretch begins, and what was selected before it was drawn. */
  let anchor = 0;
  let beforeStretch: ReadonlySet<number> = ids.value;

  async function add(found: Promise<Uint32Array>, to: ReadonlySet<number>): Promise<void> {
    try {
      ids.value = new Set([...to, ...(await found)]);
    } catch (error) {
      onError(error);
    }
  }

  return {
    ids,
    async pick(line, how) {
      if (how === 'range') {
        await add(list.idsBetween(anchor, line), beforeStretch);
        return;
      }
      const chosen = list.source.value.at(line);
      if (chosen.kind !== 'row') return;
      const next = new Set(ids.value);
      if (!next.delete(chosen.row.id)) next.add(chosen.row.id);
      ids.value = next;
      anchor = line;
      beforeStretch = next;
    },
    pickGroup: (line) => add(list.idsOfGroup(line), ids.value),
    pickAll: () => add(list.allIds(), new Set()),
    clear() {
      ids.value = new Set();
      beforeStretch = ids.value;
    },
  };
}
