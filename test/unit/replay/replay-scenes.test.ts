/** What a replay shows of a generation beside its schedule. */
import { describe, expect, it } from 'vitest';
import { mutationsUpTo } from '#renderer/plots/replay-scenes.ts';

describe('the loci where mutation strikes', () => {
  const once = (): number[] => [1, 0];

  it('are counted over the last ten generations, that one included', () => {
    expect([...mutationsUpTo(2, 25, (generation) => (generation < 16 ? [100, 100] : [1, generation]))]).toEqual([
      10,
      16 + 17 + 18 + 19 + 20 + 21 + 22 + 23 + 24 + 25,
    ]);
  });

  it('are counted from the first generation on where there are fewer, and over those that are known', () => {
    expect([...mutationsUpTo(2, 3, once)]).toEqual([4, 0]);
    expect([...mutationsUpTo(2, 3, (generation) => (generation === 2 ? undefined : [1, 0]))]).toEqual([3, 0]);
  });
});
