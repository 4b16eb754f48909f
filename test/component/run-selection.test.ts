/** Selecting the runs of a group: those of one scenario, and the others when asked. */
import { effectScope } from 'vue';
import { describe, expect, it } from 'vitest';
import { useSelection, type PartOfGroup } from '#renderer/features/runs/use-selection.ts';

describe('choosing a group', () => {
  const scenarioOf = (id: number): string => (id < 10 ? 'door' : 'hall');
  function aSelection(groups: readonly (readonly number[])[], listName = '') {
    const parts: PartOfGroup[] = [];
    const selection = useSelection(
      {
        source: { value: undefined } as never,
        idsBetween: () => Promise.resolve(new Uint32Array(0)),
        allIds: () => Promise.resolve(new Uint32Array(0)),
        idsOfGroup: (line) => Promise.resolve(Uint32Array.from(groups[line] ?? [])),
        scenariosOf: (ids) =>
          Promise.resolve(
            ['door', 'hall']
              .map((id) => ({ id, title: id, runIds: Uint32Array.from(ids.filter((run) => scenarioOf(run) === id)) }))
              .filter(({ runIds }) => runIds.length > 0),
          ),
      },
      () => listName,
      (error) => {
        throw error;
      },
      (part) => parts.push(part),
    );
    return { selection, parts };
  }

  it('brings no runs of another scenario along, says how many there are, and takes them when asked', async () => {
    const { selection, parts } = aSelection([
      [11, 1, 2],
      [3, 12, 13],
    ]);
    await selection.pickGroup(0);
    expect([...selection.ids.value]).toEqual([1, 2]);
    expect(parts[0]).toMatchObject({ taken: 2, scenario: 'door', left: 1 });
    await selection.pickGroup(1);
    expect([...selection.ids.value]).toEqual([1, 2, 3]);
    parts[1]?.takeAll();
    expect([...selection.ids.value].sort((a, b) => a - b)).toEqual([1, 2, 3, 12, 13]);
  });

  it('takes a group of one scenario whole, whatever is selected', async () => {
    const { selection, parts } = aSelection([
      [1, 2],
      [11, 12],
    ]);
    await selection.pickGroup(0);
    await selection.pickGroup(1);
    expect([...selection.ids.value]).toEqual([1, 2, 11, 12]);
    expect(parts).toEqual([]);
  });

  it('is found again by who comes back to the same list, and by nobody else', async () => {
    const scope = effectScope();
    const { selection } = scope.run(() => aSelection([[1, 2]], 'finished ones'))!;
    await selection.pickGroup(0);
    scope.stop();
    expect([...aSelection([], 'all of them').selection.ids.value]).toEqual([]);
    expect([...aSelection([], 'finished ones').selection.ids.value]).toEqual([1, 2]);
  });
});
