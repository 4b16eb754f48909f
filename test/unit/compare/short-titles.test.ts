/** Names of compared runs tell them apart, and are cut to what does. */
import { describe, expect, it } from 'vitest';
import { shortTitles, sideTitles } from '#renderer/comparison/short-titles.ts';

describe('short titles', () => {
  it('leave out the parts that all begin with', () => {
    expect(shortTitles(['Simple, GA, seed 1', 'Simple, GA, seed 2', 'Simple, HEFT'])).toEqual([
      'GA, seed 1',
      'GA, seed 2',
      'HEFT',
    ]);
    expect(shortTitles(['Simple, GA, seed 1', 'Multi, GA, seed 1'])).toEqual([
      'Simple, GA, seed 1',
      'Multi, GA, seed 1',
    ]);
  });

  it('stay whole where one would have nothing left, and alone', () => {
    expect(shortTitles(['Simple', 'Simple, HEFT'])).toEqual(['Simple', 'Simple, HEFT']);
    expect(shortTitles(['Same, same', 'Same, same'])).toEqual(['Same, same', 'Same, same']);
    expect(shortTitles(['Simple, GA'])).toEqual(['Simple, GA']);
  });
});

describe('titles of sides', () => {
  const side = (name: string, count: number, options: object, runId = 1) => ({ name, count, options, runId });

  it('are the names of runs, of groups with their size', () => {
    expect(sideTitles([side('Simple, GA, seed 1', 1, {}), side('Simple, GA', 10, {})])).toEqual([
      'Simple, GA, seed 1',
      'Simple, GA × 10',
    ]);
  });

  it('of namesakes say in which options they differ, so that no two are the same', () => {
    const titles = sideTitles([
      side('Simple, GA', 10, { mutation: 'bit_flip', size: 50 }),
      side('Simple, GA', 10, { mutation: 'swap', size: 50 }),
      side('Simple, HEFT', 1, {}),
    ]);
    expect(titles).toEqual(['Simple, GA, mutation bit flip × 10', 'Simple, GA, mutation swap × 10', 'Simple, HEFT']);
    expect(shortTitles(titles)).toEqual(['GA, mutation bit flip × 10', 'GA, mutation swap × 10', 'HEFT']);
  });

  it('of namesakes with the same options have the number of their first run', () => {
    expect(sideTitles([side('Mine', 1, { size: 1 }, 4), side('Mine', 1, { size: 1 }, 9)])).toEqual([
      'Mine, run 4',
      'Mine, run 9',
    ]);
  });
});
