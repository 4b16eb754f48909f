/** Where single numbers of a document come from. */
import { describe, expect, it } from 'vitest';
import { parsePlatform } from '#shared/domain/platform.ts';
import { sourceOf } from '#shared/domain/sources.ts';

const source = (path: string) => ({ path, kind: 'published' as const, source: path });
const platform = parsePlatform({
  schemaVersion: 1,
  id: 'p',
  sources: [
    'processors/cpu',
    'processors/*/operatingPoints/*/activePowerMW',
    'processors/cpu/operatingPoints/*/activePowerMW',
    'processors/1/coreCount',
  ].map(source),
  processors: [
    { id: 'cpu', kind: 'cpu', operatingPoints: [{ frequencyMHz: 1000, activePowerMW: 5 }] },
    { id: 'gpu', kind: 'gpu', operatingPoints: [{ frequencyMHz: 500 }] },
  ],
});

describe('the source of a number', () => {
  it.each([
    ['everything below a path', ['processors', 0, 'idlePowerMW'], 'processors/cpu'],
    [
      'the most exact path, by id',
      ['processors', 0, 'operatingPoints', 0, 'activePowerMW'],
      'processors/cpu/operatingPoints/*/activePowerMW',
    ],
    [
      'any item',
      ['processors', 1, 'operatingPoints', 0, 'activePowerMW'],
      'processors/*/operatingPoints/*/activePowerMW',
    ],
    ['an item by its number', ['processors', 1, 'coreCount'], 'processors/1/coreCount'],
    ['nothing where none is stated', ['processors', 1, 'idlePowerMW'], undefined],
    ['nothing above a path', ['processors'], undefined],
  ])('is that of %s', (_, path, expected) => {
    expect(sourceOf(platform, path)?.path).toBe(expected);
  });
});
