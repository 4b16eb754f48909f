/** Which runs are selected: by single ones, by stretches from the last one chosen, by groups, or all. */
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { PickKind } from '../../components/table/data-table.ts';
import type { RunList } from './use-run-list.ts';

export interface Selection {
  readonly ids: ShallowRef<ReadonlySet<number>>;
  pick(line: number, how: PickKind): Promise<void>;
  pickGroup(line: number): Promise<void>;
  pickAll(): Promise<void>;
  clear(): void;
}

/**
 * A group with runs of several scenarios, of which one was taken: runs of different scenarios are not a group to
 * compare.
 */
export interface PartOfGroup {
  /** Runs that were selected, of this scenario. */
  readonly taken: number;
  readonly scenario: string;
  /** Runs of other scenarios. */
  readonly left: number;
  /** Selects these too. */
  readonly takeAll: () => void;
}

/** What was selected when a list was left: who comes back to it finds it again. */
let left: { readonly list: string; readonly ids: ReadonlySet<number> } = { list: '', ids: new Set() };

/**
 * @param listName which list is shown
 * @param onError where the host could not say which runs lie between
 * @param onPart a group has runs of several scenarios, and only those of one were selected
 */
export function useSelection(
  list: Pick<RunList, 'source' | 'idsBetween' | 'idsOfGroup' | 'scenariosOf' | 'allIds'>,
  listName: () => string,
  onError: (error: unknown) => void,
  onPart: (part: PartOfGroup) => void,
): Selection {
  const ids = shallowRef<ReadonlySet<number>>(left.list === listName() ? left.ids : new Set());
  onScopeDispose(() => (left = { list: listName(), ids: ids.value }));
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

  /** All of a group where it has one scenario; else those of the scenario that is selected already, or of the most frequent one. */
  async function addGroup(line: number): Promise<void> {
    try {
      const group = await list.idsOfGroup(line);
      const before = ids.value;
      const [own, selected] = await Promise.all([list.scenariosOf([...group]), list.scenariosOf([...before])]);
      const same =
        selected.length === 1
          ? own.find(({ id }) => id === selected[0].id)
          : own.toSorted((a, b) => b.runIds.length - a.runIds.length)[0];
      const takesAll = own.length < 2 || selected.length > 1 || same === undefined;
      ids.value = new Set([...before, ...(takesAll ? group : same.runIds)]);
      if (!takesAll)
        onPart({
          taken: same.runIds.length,
          scenario: same.title,
          left: group.length - same.runIds.length,
          takeAll: () => (ids.value = new Set([...ids.value, ...group])),
        });
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
    pickGroup: addGroup,
    pickAll: () => add(list.allIds(), new Set()),
    clear() {
      ids.value = new Set();
      beforeStretch = ids.value;
    },
  };
}
