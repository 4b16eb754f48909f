/** Undo and redo: any sequence of edits can be walked back and forth; typing is one step. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { closed, GROUP_MS, recorded, redone, startHistory, undone } from '#renderer/editing/history.ts';

describe('a history', () => {
  it('comes back to every state it had, and forward again, whatever was done', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 60 }), (edits) => {
        const states = [0, ...edits].filter((state, index, all) => index === 0 || state !== all[index - 1]);
        let history = startHistory(states[0]!);
        states.slice(1).forEach((state, at) => (history = recorded(history, state, { label: 'edit', at })));
        const back = states.map(() => {
          const { state } = history.present;
          history = undone(history);
          return state;
        });
        expect(back).toEqual(states.toReversed());
        for (let step = 0; step < states.length; step++) history = redone(history);
        expect(history.present.state).toBe(states.at(-1));
      }),
    );
  });

  it('makes one step of what is typed into one field without a long pause', () => {
    let history = startHistory('');
    for (const [at, text] of ['a', 'ab', 'abc'].entries())
      history = recorded(history, text, { label: 'typing', group: 'name', at });
    expect(undone(history).present.state).toBe('');
    const later = recorded(history, 'abcd', { label: 'typing', group: 'name', at: 2 + GROUP_MS + 1 });
    expect(undone(later).present.state).toBe('abc');
    expect(undone(recorded(closed(history), 'abcd', { label: 'typing', group: 'name', at: 3 })).present.state).toBe(
      'abc',
    );
    expect(undone(recorded(history, 'x', { label: 'typing', group: 'other', at: 3 })).present.state).toBe('abc');
  });

  it('forgets what was undone once something else is done', () => {
    const history = recorded(undone(recorded(startHistory(1), 2, { label: '', at: 0 })), 3, { label: '', at: 1 });
    expect(redone(history)).toBe(history);
    expect(undone(history).present.state).toBe(1);
  });
});
