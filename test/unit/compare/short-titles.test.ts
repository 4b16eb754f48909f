/** Names of compared runs are cut to what tells them apart. */
import { describe, expect, it } from 'vitest';
import { shortTitles } from '#renderer/features/compare/short-titles.ts';

describe('short titles', () => {
  it('leave out the parts that all begin with', () => {
    expect(shortTitles(['Simple, GA, seed 1', 'Simple, GA, seed 2', 'Simple, HEFT'])).toEqual(['GA, seed 1', 'GA, seed 2', 'HEFT']);
    expect(shortTitles(['Simple, GA, seed 1', 'Multi, GA, seed 1'])).toEqual(['Simple, GA, seed 1', 'Multi, GA, seed 1']);
  });

  it('stay whole where one would have nothing left, and alone', () => {
    expect(shortTitles(['Simple', 'Simple, HEFT'])).toEqual(['Simple', 'Simple, HEFT']);
    expect(shortTitles(['Same, same', 'Same, same'])).toEqual(['Same, same', 'Same, same']);
    expect(shortTitles(['Simple, GA'])).toEqual(['Simple, GA']);
  });
});
