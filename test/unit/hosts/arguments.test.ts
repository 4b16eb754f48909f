/** The words of the command line, turned into seeds and tags. */
import { describe, expect, it } from 'vitest';
import { collectTag, seedList } from '#main/hosts/cli/arguments.ts';

describe('seeds', () => {
  it.each([
    ['1..4', [1, 2, 3, 4]],
    ['1,3,5', [1, 3, 5]],
    ['9, 2..3,2', [9, 2, 3]],
    ['4294967295', [4294967295]],
  ])('%s are read in their order, each once', (text, seeds) => expect(seedList(text)).toEqual(seeds));

  it.each(['', '5..2', '1..', '..3', 'x', '1.5', '-1', '4294967296', '1,,2'])('"%s" is refused', (text) =>
    expect(() => seedList(text)).toThrow(/neither a seed/),
  );

  it('more than a thousand are refused before they are counted out', () => {
    expect(() => seedList('1..4000000000')).toThrow(/1000 are the most/);
    expect(() => seedList('1..900,2001..2900')).toThrow(/1800 seeds/);
  });
});

it('tags are trimmed, kept once, and neither empty nor long', () => {
  expect(collectTag(' a ', ['b', 'a'])).toEqual(['b', 'a']);
  expect(() => collectTag(' ')).toThrow('1 to 50 characters');
  expect(() => collectTag('x'.repeat(51))).toThrow('1 to 50 characters');
});
