/** The table of metrics: its order is the record's, and nothing else knows which direction is better. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import {
  bestOf,
  figureOf,
  HEADLINE_METRIC_COUNT,
  headlineMetricNames,
  headlineRecord,
  headlineVector,
  isBetter,
  metricIndex,
  metricOf,
  metrics,
  minimised,
  plainTitle,
  titleWithUnit,
} from '#shared/domain/metrics.ts';

/** The units in which the quantity of a name of ours may be, by the end of the name. */
const unitBySuffix = { Ms: 'ms', PerS: 'instances/s', MJ: 'mJ', MW: 'mW' };
function unitOfName(name: string): string {
  return Object.entries(unitBySuffix).find(([suffix]) => name.endsWith(suffix))?.[1] ?? '';
}

describe('the table of metrics', () => {
  it('keeps the order that is recorded in every database', () => {
    expect(headlineMetricNames).toEqual([
      'makespanMs',
      'throughputPerS',
      'energyMJ',
      'latencyMs',
      'constraintViolation',
    ]);
    expect(headlineMetricNames.map((name) => metricIndex[name])).toEqual([0, 1, 2, 3, 4]);
    expect(HEADLINE_METRIC_COUNT).toBe(5);
  });

  it('has throughput alone as a metric of which more is better', () => {
    expect(metrics.filter(({ goal }) => goal === 'higher').map(({ name }) => name)).toEqual(['throughputPerS']);
  });

  it.each(metrics)('gives $name the unit that its name ends in', ({ name, unit }) => {
    expect(unit).toBe(unitOfName(name));
  });

  it('turns vectors into records and back', () => {
    const vector = Float64Array.of(9, 1, 2, 3, 4, 5);
    expect(headlineRecord(vector, 1)).toEqual({
      makespanMs: 1,
      throughputPerS: 2,
      energyMJ: 3,
      latencyMs: 4,
      constraintViolation: 5,
    });
    expect(headlineVector(headlineRecord(vector, 1))).toEqual(vector.subarray(1));
  });

  it('compares by direction, and equal values are not better', () => {
    expect([minimised('lower', 3), minimised('higher', 3), minimised('higher', minimised('higher', 3))]).toEqual([
      3, -3, 3,
    ]);
    expect([
      isBetter('lower', 1, 2),
      isBetter('higher', 1, 2),
      isBetter('higher', 2, 2),
      isBetter('lower', 2, 2),
    ]).toEqual([true, false, false, false]);
    expect([bestOf('lower', [3, 1, 2]), bestOf('higher', [3, 1, 2])]).toEqual([1, 3]);
  });

  it('has no figure for an energy of 0, which only says that there are no power figures', () => {
    const values = { makespanMs: 0, energyMJ: 0, peakPowerMW: 0, deadlineMisses: 0 };
    expect(figureOf(values, 'energyMJ')).toBeUndefined();
    expect(figureOf(values, 'peakPowerMW')).toBeUndefined();
    expect(figureOf(values, 'makespanMs')).toBe(0);
    expect(figureOf(values, 'deadlineMisses')).toBe(0);
    expect(figureOf({ energyMJ: 2 }, 'energyMJ')).toBe(2);
  });

  it('writes titles with their unit, and without one where there is none', () => {
    expect(titleWithUnit(metricOf('energyMJ'))).toBe('Energy (mJ)');
    expect(titleWithUnit(metricOf('deadlineMisses'))).toBe('Deadline misses');
    expect(plainTitle(metricOf('energyMJ'))).toBe('energy mJ');
  });
});

/** Ways in which a line knows by itself which direction of a metric is better. */
const knowsDirection = [
  /'throughputPerS'\)? \? -/, // turned by name
  /goal: '(?:lower|higher)'/,
  /goal="(?:lower|higher)"/,
  /best\('\w+', '(?:min|max)'\)/, // in SQL, by name
  /bestMetrics\?\.\w+, '(?:ascending|descending)'/,
  /\['(?:throughput|energy|latency)', -?1\]/, // signs of a sum
  /verdictOf\([^)]*'(?:lower|higher)'\)/,
  /=== 'fitness' \? sorted\[/,
  /knownEnergy, '(?:ascending|descending)'/,
];

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:ts|vue)$/.test(path))
    .map((path) => join(folder, path));
}

test('the table alone knows which direction of a metric is better', () => {
  const places = ['src-main', 'src-renderer', 'src-shared'].flatMap(sourceFiles).filter((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .some((line) => knowsDirection.some((pattern) => pattern.test(line))),
  );
  expect(places.map((file) => file.replaceAll('\\', '/'))).toEqual([
    'src-renderer/comparison/comparison-metrics.ts', // the time spent searching is no metric of a schedule
    'src-shared/domain/metrics.ts',
  ]);
});
