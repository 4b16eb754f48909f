/** What a broken document is told: the path to the offending field, its value, what was expected, and what to do (DESIGN §5). */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { formatPath, WorkbenchError, type Issue } from '#shared/domain/errors.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { emptyLibrary, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';
import { parseSchedulerConfiguration } from '#shared/domain/scheduler.ts';

/** Path as text, message, value, expected, hint; each part may be a pattern. */
type Row = readonly [
  name: string,
  input: unknown,
  path: string,
  message: string | RegExp,
  value: string,
  expected: string | RegExp,
  hint: string | RegExp,
];

function errorOf(parse: (input: unknown) => unknown, input: unknown): WorkbenchError {
  try {
    parse(input);
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
  throw new Error('the document was accepted');
}

/** What parsing says of the one thing wrong with `input`, with its path as text. */
function issueOf(parse: (input: unknown) => unknown, code: string, input: unknown): unknown {
  const error = errorOf(parse, input);
  const [issue] = error.details as [Issue];
  const where = formatPath(issue.path);
  // The error itself says the same in one line, with its place.
  expect(error).toMatchObject({
    code,
    hint: issue.hint,
    message: `${code.replace('.invalid', '')}: ${where === '' ? '' : `${where}: `}${issue.message}`,
  });
  return { ...issue, path: where };
}

function asWritten([, , path, message, value, expected, hint]: Row): unknown {
  return {
    path,
    message: expect.stringMatching(literally(message)),
    value,
    expected: expect.stringMatching(literally(expected)),
    hint: expect.stringMatching(literally(hint)),
  };
}

/** A pattern for text that may stand anywhere. */
function literally(text: string | RegExp): RegExp {
  return typeof text === 'string' ? new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), 'u') : text;
}

const platform = aPlatform().withCores(2).input;
const processor = (fields: object) => ({
  ...platform,
  processors: [{ id: 'cpu', kind: 'cpu', coreCount: 2, ...fields }],
});
const point = { frequencyMHz: 1000, activePowerMW: 1 };

describe('platform', () => {
  it.each<Row>([
    ['no object', 'simple', '', '"simple" is not an object', '"simple"', 'an object', 'use an object'],
    [
      'a missing field with one possible value',
      { ...platform, schemaVersion: undefined },
      'schemaVersion',
      'is missing',
      'undefined',
      '1',
      'add "schemaVersion": 1',
    ],
    ['a missing field', { ...platform, id: undefined }, 'id', 'is missing', 'undefined', 'a string', 'add a string'],
    ['another schema version', { ...platform, schemaVersion: 2 }, 'schemaVersion', '2 is not 1', '2', '1', 'use 1'],
    [
      'an unknown field',
      { ...platform, procesors: [] },
      'procesors',
      'unknown field "procesors"',
      'an array of 0',
      '"processors"',
      'did you mean "processors"?',
    ],
    [
      'an unknown field far from any',
      { ...platform, colour: 'red' },
      'colour',
      'unknown field "colour"',
      '"red"',
      '"schemaVersion", "id"',
      'remove it',
    ],
    [
      'an unknown field of a processor',
      processor({ coresCount: 4 }),
      'processors[0].coresCount',
      'unknown field "coresCount"',
      '4',
      '"coreCount"',
      'did you mean "coreCount"?',
    ],
    [
      'an id with a slash',
      { ...platform, id: 'a/b' },
      'id',
      '"a/b" is not accepted: expected letters, digits',
      '"a/b"',
      'letters, digits',
      'use letters, digits',
    ],
    ['an empty id', { ...platform, id: '' }, 'id', '"" is not accepted', '""', 'letters, digits', 'use letters'],
    [
      'an id that JavaScript reserves',
      processor({ id: '__proto__' }),
      'processors[0].id',
      '"__proto__" is not accepted',
      '"__proto__"',
      'letters',
      'use letters',
    ],
    [
      'a wrong kind',
      processor({ kind: 'npux' }),
      'processors[0].kind',
      '"npux" is not one of "cpu", "gpu", "npu", "dsp"',
      '"npux"',
      'one of "cpu", "gpu", "npu", "dsp"',
      'did you mean "npu"?',
    ],
    [
      'NaN',
      processor({ idlePowerMW: Number.NaN }),
      'processors[0].idlePowerMW',
      'NaN is not a finite number',
      'NaN',
      'a finite number',
      'use a finite number',
    ],
    [
      'Infinity',
      processor({ idlePowerMW: Number.POSITIVE_INFINITY }),
      'processors[0].idlePowerMW',
      'Infinity is not a finite number',
      'Infinity',
      'a finite number',
      'use a finite number',
    ],
    [
      'what JSON makes of 1e999',
      processor({ basePerformance: JSON.parse('1e999') }),
      'processors[0].basePerformance',
      'Infinity is not a finite number',
      'Infinity',
      'a finite number',
      'use a finite number',
    ],
    [
      'a negative number',
      processor({ idlePowerMW: -5 }),
      'processors[0].idlePowerMW',
      '-5 is too small',
      '-5',
      'a number of at least 0',
      'use a number of at least 0',
    ],
    [
      'zero where only positive numbers make sense',
      processor({ operatingPoints: [{ ...point, frequencyMHz: 0 }] }),
      'processors[0].operatingPoints[0].frequencyMHz',
      '0 is too small',
      '0',
      'a positive number',
      'use a positive number',
    ],
    [
      'a fraction of a core',
      processor({ coreCount: 1.5 }),
      'processors[0].coreCount',
      '1.5 is not a whole number',
      '1.5',
      'a whole number',
      'use a whole number',
    ],
    [
      'too many cores',
      processor({ coreCount: 65 }),
      'processors[0].coreCount',
      '65 is too large',
      '65',
      'a number of at most 64',
      'use a number of at most 64',
    ],
    [
      'a text that may have thousands',
      processor({ coreCount: '4.000' }),
      'processors[0].coreCount',
      '"4.000" may be 4000 or 4',
      '"4.000"',
      'a finite number',
      'write it without a separator of thousands',
    ],
    [
      'a text that may have thousands, with a comma',
      processor({ coreCount: '1,525' }),
      'processors[0].coreCount',
      '"1,525" may be 1525 or 1.525',
      '"1,525"',
      'a finite number',
      'write it without a separator of thousands, as 1525, or with one more decimal, as 1.5250',
    ],
    [
      'a number in quotes',
      processor({ coreCount: '4' }),
      'processors[0].coreCount',
      '"4" is not a finite number',
      '"4"',
      'a finite number',
      'write 4 without quotes',
    ],
    [
      'null for a number',
      processor({ idlePowerMW: null }),
      'processors[0].idlePowerMW',
      'null is not a finite number',
      'null',
      'a finite number',
      'use a finite number',
    ],
    [
      'a share above 1',
      processor({ frequencyScaling: 1.1 }),
      'processors[0].frequencyScaling',
      '1.1 is too large',
      '1.1',
      'a number of at most 1',
      'use a number of at most 1',
    ],
    [
      'an object for a list',
      { ...platform, processors: {} },
      'processors',
      'an object is not an array',
      'an object',
      'an array',
      'use an array',
    ],
    [
      'no processors',
      { ...platform, processors: [] },
      'processors',
      'has too few entries',
      'an array of 0',
      'at least 1 entry',
      'use at least 1 entry',
    ],
    [
      'a list or "all", but neither',
      processor({ supportedOps: 'some' }),
      'processors[0].supportedOps',
      '"some" is not "all" or an array',
      '"some"',
      '"all" or an array',
      'use "all" or an array',
    ],
    [
      'a wrong entry in that list',
      processor({ supportedOps: ['Conv', 3] }),
      'processors[0].supportedOps[1]',
      '3 is not a string',
      '3',
      'a string',
      'use a string',
    ],
    [
      'a wrong key',
      processor({ groupSpeedup: { two: 1.5 } }),
      'processors[0].groupSpeedup.two',
      '"two" is not accepted as a key',
      '"two"',
      'a number of cores',
      'rename the key to a number of cores',
    ],
    [
      'duplicate processor ids',
      aPlatform().with({
        processors: [
          { id: 'cpu', kind: 'cpu' },
          { id: 'cpu', kind: 'gpu' },
        ],
      }).input,
      'processors[1].id',
      '"cpu" is already the id of processor 0',
      '"cpu"',
      'an id of its own',
      'rename one of the two',
    ],
    [
      'duplicate operating points',
      processor({ operatingPoints: [point, point] }),
      'processors[0].operatingPoints[1].frequencyMHz',
      'already has an operating point at 1000 MHz',
      '1000',
      'one operating point per frequency',
      'remove one',
    ],
    [
      'groups of more cores than there are',
      processor({
        coreConfigurations: [
          [1, 1],
          [2, 1],
        ],
        groupSpeedup: { 2: 1.5 },
      }),
      'processors[0].coreConfigurations[1]',
      'the groups (2, 1) use 3 cores, processor "cpu" has 2',
      'an array of 2',
      'at most 2 cores in all',
      'make the groups smaller',
    ],
    [
      'a group without speed-up',
      processor({ coreConfigurations: [[2]] }),
      'processors[0].coreConfigurations[0]',
      'groups of 2 cores have no speed-up',
      'an array of 1',
      '"2" in groupSpeedup',
      'add groupSpeedup',
    ],
    [
      'groups of a pooled processor',
      processor({ dispatch: 'pooled', coreConfigurations: [[1]] }),
      'processors[0].coreConfigurations',
      'is pooled, so its cores cannot be grouped',
      'an array of 1',
      'dispatch "pinned"',
      'set dispatch to "pinned"',
    ],
    [
      'an empty list of core configurations',
      processor({ coreConfigurations: [] }),
      'processors[0].coreConfigurations',
      'has too few entries',
      'an array of 0',
      'at least 1 entry',
      'use at least 1 entry',
    ],
    [
      'a dangling link',
      aPlatform().withLink('cpu', 'npv', {}).withNpu().input,
      'interconnect.links[0].to',
      'link refers to processor "npv", which does not exist',
      '"npv"',
      'the id of a processor',
      'did you mean "npu"?',
    ],
    [
      'two links between the same processors',
      aPlatform().withNpu().withLink('cpu', 'npu', {}).withLink('cpu', 'npu', {}).input,
      'interconnect.links[1]',
      'there is already a link from "cpu" to "npu"',
      'an object',
      'one link per ordered pair',
      'remove one',
    ],
    [
      'a dangling frequency cap',
      aPlatform().withCap('big', 2, 1000).input,
      'frequencyCaps[0].processor',
      'frequency cap refers to processor "big", which does not exist',
      '"big"',
      'the id of a processor',
      'known: "cpu"',
    ],
    [
      'a cap below every operating point',
      aPlatform()
        .withCores(2, { operatingPoints: [point] })
        .withCap('cpu', 2, 900).input,
      'frequencyCaps[0].maxFrequencyMHz',
      'no operating point of "cpu" is at or below 900 MHz',
      '900',
      'at least 1000 MHz',
      'raise the cap',
    ],
  ])('%s', (...row) => {
    expect(issueOf(parsePlatform, 'platform.invalid', row[1])).toEqual(asWritten(row));
  });
});

const network = aNetwork()
  .withLayer('x', { cpu: 1 })
  .withLayer('y', { cpu: 1 }, { dependencies: ['x'] }).input;
const layer = (fields: object) => ({ ...network, layers: [network.layers[0], { ...network.layers[1], ...fields }] });

describe('network', () => {
  it.each<Row>([
    [
      'a negative time',
      layer({ executionTimeMs: { cpu: -1 } }),
      'layers[1].executionTimeMs.cpu',
      '-1 is too small',
      '-1',
      'a number of at least 0',
      'use a number of at least 0',
    ],
    [
      'a time that is NaN',
      layer({ executionTimeMs: { cpu: Number.NaN } }),
      'layers[1].executionTimeMs.cpu',
      'NaN is not a finite number',
      'NaN',
      'a finite number',
      'use a finite number',
    ],
    [
      'a time that is text',
      layer({ executionTimeMs: { cpu: 'fast' } }),
      'layers[1].executionTimeMs.cpu',
      '"fast" is not a finite number',
      '"fast"',
      'a finite number',
      'use a finite number',
    ],
    [
      'a list of times',
      layer({ executionTimeMs: [1] }),
      'layers[1].executionTimeMs',
      'an array of 1 is not an object',
      'an array of 1',
      'an object',
      'use an object',
    ],
    [
      'a time for no processor',
      layer({ executionTimeMs: { '': 1 } }),
      'layers[1].executionTimeMs[""]',
      '"" is not accepted as a key',
      '""',
      'a string that is not empty',
      'rename the key',
    ],
    [
      'a dangling dependency',
      layer({ dependencies: ['z'] }),
      'layers[1].dependencies[0]',
      'layer "y" depends on "z", which does not exist',
      '"z"',
      'the id of a layer of this network',
      'did you mean "x"?',
    ],
    [
      'a dangling dependency in its long form',
      layer({ dependencies: [{ layer: 'conv9' }] }),
      'layers[1].dependencies[0].layer',
      'layer "y" depends on "conv9", which does not exist',
      '"conv9"',
      'the id of a layer',
      'known: "x", "y"',
    ],
    [
      'the same dependency twice',
      layer({ dependencies: ['x', { layer: 'x' }] }),
      'layers[1].dependencies[1].layer',
      'layer "y" already depends on "x"',
      '"x"',
      'each dependency once',
      'remove one',
    ],
    [
      'a layer that depends on itself',
      layer({ dependencies: ['y'] }),
      'layers[1].dependencies',
      'dependencies form a cycle: "y" ← "y"',
      'y',
      'a directed acyclic graph',
      'remove one of these dependencies',
    ],
    [
      'a dependency of no known form',
      layer({ dependencies: [4] }),
      'layers[1].dependencies[0]',
      '4 is not a string or an object',
      '4',
      'a string or an object',
      'use a string or an object',
    ],
    [
      'an unknown field of a dependency',
      layer({ dependencies: [{ layer: 'x', byte: 3 }] }),
      'layers[1].dependencies[0].byte',
      'unknown field "byte"',
      '3',
      '"bytes"',
      'did you mean "bytes"?',
    ],
    [
      'a time that is nearly 0',
      layer({ executionTimeMs: { cpu: 1e-200 } }),
      'layers[1].executionTimeMs.cpu',
      '1e-200 is closer to 0 than any quantity that is computed with',
      '1e-200',
      '0, or at least 1e-15',
      'write 0, or check the unit',
    ],
    [
      'negative bytes',
      layer({ dependencies: [{ layer: 'x', bytes: -3 }] }),
      'layers[1].dependencies[0].bytes',
      '-3 is too small',
      '-3',
      'a number of at least 0',
      'use a number',
    ],
    [
      'a transfer from nowhere',
      layer({ dependencies: [{ layer: 'x', transferMs: { gpu: 1 } }] }),
      'layers[1].dependencies[0].transferMs.gpu',
      '"gpu" is not accepted as a key',
      '"gpu"',
      '"from>to" with two processor ids',
      'e.g. "cpu>gpu"',
    ],
    [
      'duplicate layer ids',
      layer({ id: 'x', dependencies: [] }),
      'layers[1].id',
      '"x" is already the id of layer 0',
      '"x"',
      'an id of its own',
      'rename one of the two',
    ],
    [
      'an infinite priority',
      layer({ priority: Number.NEGATIVE_INFINITY }),
      'layers[1].priority',
      '-Infinity is not a finite number',
      '-Infinity',
      'a finite number',
      'use a finite number',
    ],
    [
      'an empty op',
      layer({ op: '' }),
      'layers[1].op',
      '"" is too short',
      '""',
      'a string that is not empty',
      'use a string',
    ],
    [
      'no layers',
      { ...network, layers: [] },
      'layers',
      'has too few entries',
      'an array of 0',
      'at least 1 entry',
      'use at least 1 entry',
    ],
  ])('%s', (...row) => {
    expect(issueOf(parseNetwork, 'network.invalid', row[1])).toEqual(asWritten(row));
  });

  it('names the layers of a cycle in order', () => {
    const cyclic = aNetwork()
      .withLayer('start', { cpu: 1 })
      .withLayer('a', { cpu: 1 }, { dependencies: ['start', 'c'] })
      .withLayer('b', { cpu: 1 }, { dependencies: ['a'] })
      .withLayer('c', { cpu: 1 }, { dependencies: ['b'] }).input;
    expect(issueOf(parseNetwork, 'network.invalid', cyclic)).toMatchObject({
      path: 'layers[1].dependencies',
      message: 'dependencies form a cycle: "a" ← "c" ← "b" ← "a"',
      value: 'a, c, b',
    });
  });

  it('finds a cycle behind thousands of layers without running out of stack', () => {
    const layers = Array.from({ length: 20_000 }, (_, index) => ({
      id: `l${index}`,
      op: 'Conv',
      executionTimeMs: { cpu: 1 },
      dependencies: [`l${(index + 1) % 20_000}`],
    }));
    expect(errorOf(parseNetwork, { ...network, layers }).message).toMatch(/dependencies form a cycle/);
  });

  it('accepts a diamond: reaching a layer twice is no cycle', () => {
    const diamond = aNetwork()
      .withLayer('a', { cpu: 1 })
      .withLayer('b', { cpu: 1 }, { dependencies: ['a'] })
      .withLayer('c', { cpu: 1 }, { dependencies: ['a'] })
      .withLayer('d', { cpu: 1 }, { dependencies: ['b', 'c'] });
    expect(diamond.build().layers).toHaveLength(4);
  });
});

const scenario = aScenario().on('simple').running('cnn').input;
const application = (fields: object, ...others: object[]) => ({
  ...scenario,
  applications: [fields, ...others].map((own) => ({ id: 'a', network: 'cnn', ...own })),
});

describe('scenario', () => {
  it.each<Row>([
    [
      'a network that is neither id nor document',
      application({ network: 5 }),
      'applications[0].network',
      '5 is not a string or an object',
      '5',
      'a string or an object',
      'use a string or an object',
    ],
    [
      'a missing network',
      application({ network: undefined }),
      'applications[0].network',
      'is missing',
      'undefined',
      'a string or an object',
      'add a string or an object',
    ],
    [
      'a network id with a slash',
      application({ network: 'a/b' }),
      'applications[0].network',
      '"a/b" is not accepted',
      '"a/b"',
      'letters',
      'use letters',
    ],
    [
      'an inline network with a negative time',
      application({ network: layer({ executionTimeMs: { cpu: -1 } }) }),
      'applications[0].network.layers[1].executionTimeMs.cpu',
      '-1 is too small',
      '-1',
      'a number of at least 0',
      'use a number',
    ],
    [
      'an inline network with a cycle',
      application({ network: layer({ dependencies: ['y'] }) }),
      'applications[0].network.layers[1].dependencies',
      'dependencies form a cycle: "y" ← "y"',
      'y',
      'a directed acyclic graph',
      'remove one',
    ],
    [
      'an inline network with an unknown field',
      application({ network: layer({ opp: 'Conv' }) }),
      'applications[0].network.layers[1].opp',
      'unknown field "opp"',
      '"Conv"',
      '"op"',
      'did you mean "op"?',
    ],
    [
      'an inline platform with a wrong kind',
      { ...scenario, platform: processor({ kind: 'cup' }) },
      'platform.processors[0].kind',
      '"cup" is not one of',
      '"cup"',
      'one of "cpu", "gpu", "npu", "dsp"',
      'did you mean "cpu"?',
    ],
    [
      'an inline platform with duplicate ids',
      { ...scenario, platform: { ...platform, processors: [...platform.processors, ...platform.processors] } },
      'platform.processors[1].id',
      '"cpu" is already the id of processor 0',
      '"cpu"',
      'an id of its own',
      'rename',
    ],
    [
      'no platform',
      { ...scenario, platform: null },
      'platform',
      'null is not a string or an object',
      'null',
      'a string or an object',
      'use a string or an object',
    ],
    [
      'duplicate application ids',
      aScenario().on('simple').running('cnn', { id: 'a' }).running('cnn', { id: 'a' }).input,
      'applications[1].id',
      '"a" is already the id of application 0',
      '"a"',
      'an id of its own',
      'rename',
    ],
    [
      'no applications',
      { ...scenario, applications: [] },
      'applications',
      'has too few entries',
      'an array of 0',
      'at least 1 entry',
      'use at least 1 entry',
    ],
    [
      'a period of zero',
      application({ periodMs: 0 }),
      'applications[0].periodMs',
      '0 is too small',
      '0',
      'a positive number',
      'use a positive number',
    ],
    [
      'a negative start',
      application({ startTimeMs: -1 }),
      'applications[0].startTimeMs',
      '-1 is too small',
      '-1',
      'a number of at least 0',
      'use a number',
    ],
    [
      'no instance',
      application({ instances: 0 }),
      'applications[0].instances',
      '0 is too small',
      '0',
      'a number of at least 1',
      'use a number',
    ],
    [
      'endless instances',
      application({ instances: null }),
      'applications[0].instances',
      'application "a" has no number of instances, which asks for as many as are released before the horizon, but there is no period',
      'null',
      'a number of instances, or periodMs and simulation.horizonMs',
      'set its period, or a number of instances',
    ],
    [
      'endless instances without horizon',
      application({ instances: null, periodMs: 5 }),
      'applications[0].instances',
      'application "a" has no number of instances, which asks for as many as are released before the horizon, but there is no horizon',
      'null',
      'a number of instances',
      'set a horizon, or a number of instances',
    ],
    [
      'an application after one that does not exist',
      application({ after: { application: 'detecter' } }),
      'applications[0].after.application',
      'application "a" comes after "detecter", which does not exist',
      '"detecter"',
      'the id of another application of this scenario',
      '',
    ],
    [
      'an application after itself',
      application({ after: { application: 'a' } }),
      'applications[0].after',
      'applications wait for each other: "a" after "a"',
      'an object',
      'released by a period or at its start',
      'remove "after" from one of them',
    ],
    [
      'a period of an application after another',
      application({ after: { application: 'a' }, id: 'b', periodMs: 5 }, { id: 'a' }),
      'applications[0].periodMs',
      'is released by the ends of "a", so it cannot have a period of its own',
      '5',
      'null, or no "after"',
      'remove periodMs',
    ],
    [
      'a start of an application after another',
      application({ after: { application: 'a' }, id: 'b', startTimeMs: 5 }, { id: 'a' }),
      'applications[0].startTimeMs',
      'cannot have a start of its own',
      '5',
      '0, or no "after"',
      'remove startTimeMs',
    ],
    [
      'late instances without a next release',
      application({ late: 'drop', instances: 3 }),
      'applications[0].late',
      'all of its instances are released at once',
      '"drop"',
      'a period, or "after"',
      'set periodMs, or remove late',
    ],
    [
      'an application after another in a group',
      {
        ...application({ after: { application: 'a' }, id: 'b' }, { id: 'a' }),
        groups: [{ id: 'g', applications: ['b'], periodMs: 5 }],
      },
      'applications[0].after',
      'application "b" is released by the ends of "a", so it cannot be released with group "g"',
      'an object',
      'an application in a group, or "after"',
      'take it out of the group',
    ],
    [
      'bursts without a period',
      application({ instancesPerRelease: 2 }),
      'applications[0].instancesPerRelease',
      'has no period, so all of its instances are released at once',
      '2',
      'a period, or "after"',
      'set instances to how many there are',
    ],
    [
      'an application that starts at the horizon',
      { ...application({ startTimeMs: 9 }), simulation: { horizonMs: 9 } },
      'applications[0].startTimeMs',
      'starts at 9 ms, at or after the horizon of 9 ms, so it would never run',
      '9',
      'less than 9',
      'start earlier',
    ],
    [
      'a tick below a nanosecond',
      { ...scenario, simulation: { dispatchTickMs: 1e-7 } },
      'simulation.dispatchTickMs',
      '1e-7 is too small',
      '1e-7',
      '0, or at least 0.000001',
      'use 0',
    ],
    [
      'a number beyond all measure',
      application({ startTimeMs: 1e300 }),
      'applications[0].startTimeMs',
      '1e+300 is too large',
      '1e+300',
      'a number of at most 1000000000000000',
      'use a number',
    ],
    [
      'a positive number beyond all measure',
      application({ periodMs: 1e-300 }),
      'applications[0].periodMs',
      '1e-300 is too small',
      '1e-300',
      'a positive number of at least 1e-15',
      'use a positive number',
    ],
    [
      'an unknown simulation rule',
      { ...scenario, simulation: { tickMs: 1 } },
      'simulation.tickMs',
      'unknown field "tickMs"',
      '1',
      '"dispatchTickMs"',
      /remove it|did you mean/,
    ],
    [
      'a group of an unknown application',
      aScenario().on('simple').running('cnn', { id: 'face' }).grouping('camera', ['fase'], 33).input,
      'groups[0].applications[0]',
      'group "camera" names application "fase", which the scenario does not have',
      '"fase"',
      'the id of an application',
      'did you mean "face"?',
    ],
    [
      'an application in two groups',
      aScenario().on('simple').running('cnn').grouping('x', ['a'], 33).grouping('y', ['a'], 50).input,
      'groups[1].applications[0]',
      'application "a" is in the groups "x" and "y"',
      '"a"',
      'each application in one group at most',
      'take it out',
    ],
    [
      'an application with another period than its group',
      aScenario().on('simple').running('cnn', { periodMs: 20 }).grouping('x', ['a'], 33).input,
      'applications[0].periodMs',
      'application "a" has a period of 20 ms, its group "x" one of 33 ms',
      '20',
      'null, or 33',
      'remove periodMs of the application',
    ],
    [
      'an application with another start than its group',
      aScenario().on('simple').running('cnn', { startTimeMs: 2 }).grouping('x', ['a'], 33).input,
      'applications[0].startTimeMs',
      'application "a" has a start of 2 ms, its group "x" one of 0 ms',
      '2',
      '0, or 0',
      'remove startTimeMs of the application',
    ],
    [
      'an application with more time than its group',
      aScenario().on('simple').running('cnn', { deadlineMs: 40 }).grouping('x', ['a'], 33).input,
      'applications[0].deadlineMs',
      'application "a" has a deadline of 40 ms, its group "x" one of 33 ms',
      '40',
      'null, or at most 33',
      'remove deadlineMs of the application',
    ],
    [
      'two groups of one id',
      aScenario().on('simple').running('cnn').running('cnn').grouping('x', ['a'], 33).grouping('x', ['b'], 33).input,
      'groups[1].id',
      '"x" is already the id of group 0',
      '"x"',
      'an id of its own',
      'rename',
    ],
  ])('%s', (...row) => {
    expect(issueOf(parseScenario, 'scenario.invalid', row[1])).toEqual(asWritten(row));
  });

  it('names the platform and the network that do not exist, and the closest that does', () => {
    const library = {
      platforms: new Map([['simple', aPlatform('simple').build()]]),
      networks: new Map([['resnet50', aNetwork('resnet50').withLayer('x', { cpu: 1 }).build()]]),
    };
    const resolve = (input: unknown) => errorOf(() => resolveScenario(parseScenario(input), library), input);
    expect(resolve({ ...scenario, platform: 'simpel' })).toMatchObject({
      code: 'scenario.unknownPlatform',
      message: 'scenario "scenario" uses platform "simpel", which does not exist',
      hint: 'did you mean "simple"?',
      path: ['platform'],
    });
    expect(resolve(application({ network: 'resnet5' }))).toMatchObject({
      code: 'scenario.unknownNetwork',
      message: 'application "a" uses network "resnet5", which does not exist',
      hint: 'did you mean "resnet50"?',
      path: ['applications', 0, 'network'],
    });
    expect(errorOf(() => resolveScenario(parseScenario(scenario), emptyLibrary), undefined)).toMatchObject({
      code: 'scenario.unknownPlatform',
      hint: 'there is none yet',
    });
  });

  it('names layers without any times, which a network may have until a scenario runs it', () => {
    const unmeasured = aNetwork().withLayer('stem', {});
    expect(unmeasured.build().layers[0]?.executionTimeMs).toEqual({});
    expect(errorOf(() => aScenario().running(unmeasured).build(), undefined).message).toContain(
      'net has no times for cpu of board; its 1 layer can run nowhere: "stem" (Conv)',
    );
  });

  it('names the layers that can run on no processor of the platform, and what would help, in words', () => {
    const foreign = aNetwork()
      .withLayer('ok', { cpu: 1 })
      .withLayer('softmax', { npu: 1 }, { op: 'Softmax' })
      .withLayer('dspOnly', { dsp: 1 });
    const input = aScenario()
      .on(
        aPlatform('board')
          .withCores(1)
          .withNpu({ supportedOps: ['Conv'] }),
      )
      .running(foreign);
    const error = errorOf(() => input.build(), undefined);
    expect(error.code).toBe('scenario.invalid');
    expect(error.details).toEqual([
      {
        path: ['applications', 0, 'network'],
        message:
          'net has no times for npu of board; 1 layer has a time elsewhere, 2 can run nowhere: "softmax" (Softmax) and "dspOnly" (Conv)',
        value: 'net',
        expected: 'a network whose layers can each run on a processor of board',
        hint: 'add a cost model to cpu or npu; or enter or import times of net for cpu or npu; it has times under "dsp", which no processor has as its time key',
      },
    ]);
  });

  it('does not take a processor id for something every object has', () => {
    const input = aScenario()
      .on(aPlatform().withProcessor({ id: 'toString', kind: 'npu' }))
      .running(aNetwork().withLayer('x', { gpu: 1 }));
    expect(errorOf(() => input.build(), undefined).message).toContain('can run nowhere');
  });
});

describe('scheduler configuration', () => {
  it.each<Row>([
    [
      'a seed below zero',
      { scheduler: 'ga', seed: -1 },
      'seed',
      '-1 is too small',
      '-1',
      'a number of at least 0',
      'use a number',
    ],
    [
      'a seed of more than 32 bits',
      { scheduler: 'ga', seed: 2 ** 32 },
      'seed',
      '4294967296 is too large',
      '4294967296',
      'a number of at most 4294967295',
      'use a number',
    ],
    [
      'a fractional seed',
      { scheduler: 'ga', seed: 1.5 },
      'seed',
      '1.5 is not a whole number',
      '1.5',
      'a whole number',
      'use a whole number',
    ],
    [
      'a mistyped field',
      { scheduler: 'ga', sede: 1 },
      'sede',
      'unknown field "sede"',
      '1',
      '"seed"',
      'did you mean "seed"?',
    ],
    [
      'options that are no object',
      { scheduler: 'ga', options: 3 },
      'options',
      '3 is not an object',
      '3',
      'an object',
      'use an object',
    ],
    ['no scheduler', {}, 'scheduler', 'is missing', 'undefined', 'a string', 'add a string'],
  ])('%s', (...row) => {
    expect(issueOf(parseSchedulerConfiguration, 'scheduler.invalid', row[1])).toEqual(asWritten(row));
  });
});

describe('several issues', () => {
  it('are all reported, and counted in the message', () => {
    const error = errorOf(parsePlatform, { schemaVersion: 1, processors: [{ id: 'cpu', kind: 'cpx', coreCount: 0 }] });
    expect(error.details.map((issue) => formatPath(issue.path))).toEqual([
      'id',
      'processors[0].kind',
      'processors[0].coreCount',
    ]);
    expect(error.message).toBe('platform: id: is missing (and 2 more)');
  });
});

it('of a document with a fault in each of its thousands of layers: the first hundred are told', () => {
  let error: unknown;
  try {
    parseNetwork({ schemaVersion: 1, id: 'n', layers: Array.from({ length: 5000 }, () => 1) });
  } catch (cause) {
    error = cause;
  }
  expect(error).toMatchObject({
    code: 'network.invalid',
    message: 'network: layers[0]: 1 is not an object (and at least 99 more)',
  });
  expect((error as WorkbenchError).details).toHaveLength(100);
});
