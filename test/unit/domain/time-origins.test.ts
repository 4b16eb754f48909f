/** Where the numbers of a scenario come from, told from the documents themselves: measured, assumed, given, modelled, and the platform's sources. */
import { describe, expect, it } from 'vitest';
import { modelledTasksInWords } from '#renderer/recorded/modelled-tasks.ts';
import { scheduleOf } from '#renderer/recorded/schedule-of.ts';
import { buildScene } from '#renderer/timeline/scene/scene.ts';
import { tileFactLines, tileFacts } from '#renderer/timeline/scene/tile-facts.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { emptyLibrary, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';
import { sourceSummary } from '#shared/domain/source-summary.ts';
import { timeKeyHolder } from '#shared/domain/time-keys.ts';
import { modelledTimesInWords, scenarioTimeOrigins, statedTimeOrigins } from '#shared/domain/time-origins.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';

const costModel = {
  overheadMs: 0.01,
  bandwidthMBps: 1000,
  rates: [{ dataType: 'fp32', peakGMACPerS: 10, efficiency: { conv: 0.5, pointwiseConv: 0.5 } }],
};
const platform = parsePlatform({
  schemaVersion: 1,
  id: 'tablet',
  name: 'Tablet',
  sources: [
    { path: 'processors/*/idlePowerMW', kind: 'assumed', source: 'a guess' },
    { path: 'processors/big/operatingPoints', kind: 'published', source: 'data sheet' },
    { path: 'interconnect', kind: 'derived', source: 'a copy took that long' },
  ],
  processors: [
    {
      id: 'big',
      kind: 'cpu',
      name: 'Big cores',
      idlePowerMW: 3,
      operatingPoints: [{ frequencyMHz: 2000, activePowerMW: 900 }],
      costModel,
    },
    { id: 'tpu', kind: 'npu', name: 'TPU', idlePowerMW: 1, supportedOps: ['Conv'] },
  ],
  interconnect: { default: { latencyMs: 0.1 } },
});
const conv = { op: 'Conv', macs: 1_000_000, outputBytes: 4000 };
const network = parseNetwork({
  schemaVersion: 1,
  id: 'ears',
  name: 'Ears',
  dataType: 'fp32',
  provenance: ['published: times of another board'],
  timeSources: { tpu: 'assumed' },
  layers: [
    { id: 'a', ...conv, executionTimeMs: { big: 2, tpu: 1 }, timeSources: { big: 'measured' } },
    { id: 'b', ...conv, executionTimeMs: { big: 3, tpu: 1 }, timeSources: { tpu: 'measured' }, dependencies: ['a'] },
    { id: 'c', ...conv, dependencies: ['b'] },
    { id: 'd', op: 'Relu', outputBytes: 4000, executionTimeMs: { big: 0.2 }, dependencies: ['c'] },
  ],
});
const scenario = resolveScenario(
  parseScenario({
    schemaVersion: 1,
    id: 's',
    platform,
    applications: [
      { id: 'left', network },
      { id: 'right', network },
    ],
  }),
  emptyLibrary,
);

describe('where the times of a scenario come from', () => {
  it('is counted per network and processor, once for a network that two applications run', () => {
    expect(scenarioTimeOrigins(scenario).map(({ of, text }) => `${of}: ${text}`)).toEqual([
      'Ears on Big cores: 1 layer measured, 2 given, where from is not stated, 1 modelled by the cost model of Tablet',
      'Ears on TPU: 1 layer measured, 1 assumed, 1 without a time, 1 not supported',
    ]);
  });

  it('is the same before the cost models have filled what is missing', () => {
    const unfilled = { platform, applications: scenario.applications.map((each) => ({ ...each, network })) };
    expect(scenarioTimeOrigins(unfilled)).toEqual(scenarioTimeOrigins(scenario));
  });

  it('does not put times on the cost model that it would not give', () => {
    const [first, ...others] = network.layers;
    const other = {
      ...network,
      layers: [{ ...first, executionTimeMs: { big: 77 }, timeSources: { big: 'modelled' as const } }, ...others],
    };
    const [line] = scenarioTimeOrigins({
      platform,
      applications: [{ ...scenario.applications[0], network: other }],
    });
    expect(line?.text).toContain('1 modelled, 1 modelled by the cost model of Tablet');
  });

  it('is told of a network alone by the processors that its keys belong to', () => {
    expect(statedTimeOrigins(network, [timeKeyHolder(platform, false)])).toEqual([
      { of: 'Big cores of Tablet', text: '1 layer measured, 2 given, where from is not stated' },
      { of: 'TPU of Tablet', text: '1 layer measured, 1 assumed' },
    ]);
    expect(statedTimeOrigins(network, []).map(({ of }) => of)).toEqual(['Key "big"', 'Key "tpu"']);
  });
});

describe('modelled times', () => {
  const problem = compileProblem({ ...scenario, applications: scenario.applications.slice(0, 1) });
  const schedule = scheduleOf(problem, new Uint8Array(problem.layout.length));

  it('are said per network, with the share of its layers', () => {
    expect(modelledTimesInWords(scenario)).toEqual(['1 of 4 layers of Ears has a modelled time on Big cores']);
    expect(
      modelledTimesInWords({
        platform,
        applications: [
          { ...scenario.applications[0], network: { ...network, layers: [network.layers[2]!, network.layers[2]!] } },
        ],
      }),
    ).toEqual(['all 2 layers of Ears have modelled times on Big cores']);
  });

  it('are marked at the task that rests on them, and counted for the schedule', () => {
    const scene = buildScene(problem, schedule.timeline);
    const durations = problem.tasks.map(
      ({ index }) => tileFactLines(tileFacts(scene, scene.tileOfJob[index]))[0]?.value,
    );
    expect(durations.map((text) => text?.split(', ')[1])).toEqual([undefined, undefined, 'modelled', undefined]);
    expect(modelledTasksInWords(schedule)).toBe(
      '1 of 4 layers of Ears has a modelled time on Big cores; 1 of the 4 tasks of this schedule rests on them',
    );
  });
});

describe('the sources of a platform', () => {
  it('are gathered by what they are the sources of', () => {
    expect(sourceSummary(platform)).toEqual([
      { of: 'Big cores: frequency, active power, cluster power', kind: 'published', source: 'data sheet' },
      { of: 'Big cores and TPU: idle power', kind: 'assumed', source: 'a guess' },
      { of: 'Links: latency, energy', kind: 'derived', source: 'a copy took that long' },
    ]);
  });

  it('are not made up where it states none', () => {
    expect(sourceSummary({ ...platform, sources: undefined })).toEqual([]);
  });
});
