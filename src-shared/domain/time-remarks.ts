/**
 * What a person should know of the times with which a scenario is computed, in words with what can be done: times that belong to
 * another device, or may belong to one, and processors that a network has no times for.
 */
import { arithmeticClasses } from './cost-model.ts';
import type { Layer, Network } from './network.ts';
import { operationClassOf } from './operation-classes.ts';
import { supportsOp, type Platform, type Processor } from './platform.ts';
import { timeCoverage, type ProcessorCoverage, type TimeCoverage, type TimedPlatform } from './time-coverage.ts';
import type { NamedPlatform, TimeKeyHolder } from './time-keys.ts';
import { countOf, listed } from './words.ts';

/** Something that can be done about it, and to which document; `text` begins with a verb. */
export type TimeRemedy = { readonly text: string } & (
  | { readonly kind: 'costModel' | 'ownKey' | 'supportedOps'; readonly processor: string }
  | { readonly kind: 'enterTimes' | 'sayWhose' | 'completeLayers' }
  | { readonly kind: 'takeTimes'; readonly from: string }
);

/** foreign: computed with times of another platform; unclear: perhaps so; none: nothing of the network can run on a processor, because it has no times. */
export type TimeRemarkKind = 'foreign' | 'unclear' | 'none';

export interface TimeRemark {
  readonly kind: TimeRemarkKind;
  /** Ids. */
  readonly network: string;
  readonly platform: string;
  readonly message: string;
  readonly remedies: readonly TimeRemedy[];
}

/** What is to be said of `network` on `platform`; nothing where all times are its own. */
export function timeRemarks(coverage: TimeCoverage): TimeRemark[] {
  const { network, platform, processors } = coverage;
  const remark = (kind: TimeRemarkKind, message: string, remedies: readonly TimeRemedy[]): TimeRemark => ({
    kind,
    network: network.id,
    platform: platform.id,
    message,
    remedies,
  });
  const remarks: TimeRemark[] = [];
  for (const [owners, group] of byOwners(processors, 'foreign')) {
    remarks.push(
      remark(
        'foreign',
        `${network.name} has no times of its own for ${ofPlatform(group, platform)}: those under ${keysOf(group)} are times of ${owners}`,
        [...ownKeyRemedies(group), enterTimes(network, group), ...takeRemedies(ownersOf(group))],
      ),
    );
  }
  for (const [owners, group] of byOwners(processors, 'unclear')) {
    const ofOthers = ownersOf(group);
    remarks.push(
      remark(
        'unclear',
        `${network.name} does not say whose its times under ${keysOf(group)} are: ${owners} ` +
          `${ofOthers.length === 1 ? 'uses' : 'use'} the same ${group.length === 1 ? 'key' : 'keys'} as ` +
          `${ofPlatform(group, platform)}`,
        [
          { kind: 'sayWhose', text: `say in ${network.name} whose times they are` },
          ...ownKeyRemedies(group),
          ...(ofOthers.length === 1 ? takeRemedies(ofOthers) : []),
        ],
      ),
    );
  }
  const idle = processors.filter(({ timed, modelled, untimed }) => timed + modelled === 0 && untimed > 0);
  if (idle.length > 0) {
    const rest = coverage.timed === 0 ? `; ${layersAre(coverage.modelled)} modelled` : '';
    remarks.push(
      remark(
        'none',
        `${network.name} has no times for ${ofPlatform(idle, platform)}, so nothing of it can run there${rest}`,
        [
          ...costModelRemedies(idle.map(({ processor }) => processor)),
          enterTimes(network, idle),
          ...takeRemedies(
            coverage.otherPlatforms.filter(hasKindOf(idle.map(({ processor }) => processor))).slice(0, 1),
          ),
        ],
      ),
    );
  }
  return remarks;
}

/** Why layers of a network can run nowhere, and what can be done. @param coverage with at least one such layer */
export function nowhereMessage(coverage: TimeCoverage): {
  readonly message: string;
  readonly remedies: readonly TimeRemedy[];
} {
  const { network, platform, processors, nowhere, modelled, timed } = coverage;
  const layers = listed(nowhere.map((layer) => `"${layer.id}" (${layer.op})`));
  const without = processors.filter((each) => each.timed === 0);
  const all = countOf(network.layers.length, 'layer');
  const nowhereCount = nowhere.length === network.layers.length ? `its ${all}` : String(nowhere.length);
  const lead =
    without.length === 0
      ? `of the ${all} of ${network.name}, ${nowhere.length} can run nowhere on ${platform.name}`
      : [
          `${network.name} has no times for ${ofPlatform(without, platform)}; `,
          timed === 0 ? '' : `${countOf(timed, 'layer')} ${timed === 1 ? 'has a time' : 'have times'} elsewhere, `,
          modelled === 0 ? '' : `${countOf(modelled, 'layer')} would be modelled, `,
          `${nowhereCount} can run nowhere`,
        ].join('');
  return { message: `${lead}: ${layers}`, remedies: nowhereRemedies(coverage) };
}

/** Remedies as one sentence: "add a cost model to CPU; or enter or import times …". */
export function remedySentence(remedies: readonly TimeRemedy[]): string {
  return remedies.map(({ text }) => text).join('; or ');
}

function nowhereRemedies({ network, platform, nowhere, otherPlatforms, unusedKeys }: TimeCoverage): TimeRemedy[] {
  const able = platform.processors.filter((processor) => nowhere.some(({ op }) => supportsOp(processor, op)));
  const impossible = [
    ...new Set(
      nowhere
        .filter(({ op }) => platform.processors.every((processor) => !supportsOp(processor, op)))
        .map(({ op }) => op),
    ),
  ];
  const first = platform.processors[0];
  return [
    ...costModelRemedies(able.filter(({ costModel }) => costModel === undefined)),
    ...modelGaps(
      able.filter(({ costModel }) => costModel !== undefined),
      nowhere,
    ),
    ...(impossible.length > 0 && first !== undefined
      ? [
          {
            kind: 'supportedOps' as const,
            processor: first.id,
            text: `let ${listed(
              platform.processors.map(({ name }) => name),
              4,
              'or',
            )} run ${listed(impossible.map((op) => `"${op}"`))}, which no processor of ${platform.name} supports`,
          },
        ]
      : []),
    {
      kind: 'enterTimes',
      text: `enter or import times of ${network.name} for ${listed(
        (able.length > 0 ? able : platform.processors).map(({ name }) => name),
        4,
        'or',
      )}${unusedKeys.length > 0 ? `; it has times under ${quoted(unusedKeys)}, which no processor has as its time key` : ''}`,
    },
    ...takeRemedies(otherPlatforms.filter(hasKindOf(platform.processors)).slice(0, 1)),
  ];
}

/** What the cost models of `processors` lack to give a time for `layers`. */
function modelGaps(processors: readonly Processor[], layers: readonly Layer[]): TimeRemedy[] {
  if (processors.length === 0) return [];
  const classes = new Set<string>();
  const unknown = new Set<string>();
  let incomplete = 0;
  for (const layer of layers) {
    const operationClass = operationClassOf(layer);
    if (operationClass === 'view') continue;
    // Of an operation that no cost model knows, these are all there is to go by.
    const needsMacs = operationClass === undefined || (arithmeticClasses as readonly string[]).includes(operationClass);
    const isIncomplete = layer.outputBytes === undefined || (needsMacs && layer.macs === undefined);
    if (operationClass === undefined) {
      if (isIncomplete) unknown.add(layer.op);
    } else if (isIncomplete) incomplete++;
    else if (processors.some((processor) => supportsOp(processor, layer.op))) classes.add(operationClass);
  }
  const [first] = processors;
  return [
    ...(classes.size > 0 && first !== undefined
      ? [
          {
            kind: 'costModel' as const,
            processor: first.id,
            text: `let the cost model of ${listed(
              processors.map(({ name }) => name),
              4,
              'or',
            )} cover ${quoted([...classes])}`,
          },
        ]
      : []),
    ...(incomplete > 0
      ? [
          {
            kind: 'completeLayers' as const,
            text: `give ${countOf(incomplete, 'layer')} the MACs and the size of the output that a cost model needs`,
          },
        ]
      : []),
    ...(unknown.size > 0
      ? [
          {
            kind: 'completeLayers' as const,
            text:
              `state the MACs (0 where it only moves data) and the size of the output of ${quoted([...unknown])}, which ` +
              'no cost model knows, so that CPUs are assumed to run it',
          },
        ]
      : []),
  ];
}

function costModelRemedies(processors: readonly Processor[]): TimeRemedy[] {
  const [first] = processors;
  return first === undefined
    ? []
    : [
        {
          kind: 'costModel',
          processor: first.id,
          text: `add a cost model to ${listed(
            processors.map(({ name }) => name),
            4,
            'or',
          )}`,
        },
      ];
}

function ownKeyRemedies(group: readonly ProcessorCoverage[]): TimeRemedy[] {
  const [first] = group;
  return first === undefined
    ? []
    : [
        {
          kind: 'ownKey',
          processor: first.processor.id,
          text: `give ${listed(group.map(({ processor }) => processor.name))} ${group.length === 1 ? 'a time key of its own' : 'time keys of their own'}`,
        },
      ];
}

function enterTimes(network: Network, group: readonly ProcessorCoverage[]): TimeRemedy {
  return {
    kind: 'enterTimes',
    text: `enter or import times of ${network.name} for ${listed(group.map(({ processor }) => processor.name))}`,
  };
}

function takeRemedies(platforms: readonly NamedPlatform[]): TimeRemedy[] {
  return platforms.map(({ id, name }) => ({
    kind: 'takeTimes',
    from: id,
    text: `take the times of ${name} on purpose`,
  }));
}

/** Whether a platform has times of a processor of a kind that one of `processors` is. */
function hasKindOf(processors: readonly Processor[]): (platform: TimedPlatform) => boolean {
  return ({ kinds }) => kinds.some((kind) => processors.some((processor) => processor.kind === kind));
}

/** Processors whose times have owners of `kind`, by the names of these. */
function byOwners(
  processors: readonly ProcessorCoverage[],
  kind: 'foreign' | 'unclear',
): Map<string, ProcessorCoverage[]> {
  const groups = new Map<string, ProcessorCoverage[]>();
  for (const each of processors) {
    if (each.owner.kind !== kind) continue;
    const names = listed(each.owner.platforms.map(({ name }) => name));
    groups.set(names, [...(groups.get(names) ?? []), each]);
  }
  return groups;
}

function ownersOf([first]: readonly ProcessorCoverage[]): readonly NamedPlatform[] {
  return first === undefined || first.owner.kind === 'own' ? [] : first.owner.platforms;
}

function ofPlatform(group: readonly ProcessorCoverage[], platform: Platform): string {
  return `${listed(group.map(({ processor }) => processor.name))} of ${platform.name}`;
}

function keysOf(group: readonly ProcessorCoverage[]): string {
  return quoted([...new Set(group.map(({ key }) => key))]);
}

function quoted(words: readonly string[]): string {
  return listed(words.map((word) => `"${word}"`));
}

function layersAre(count: number): string {
  return `${countOf(count, 'layer')} ${count === 1 ? 'is' : 'are'}`;
}

/**
 * @param holders the platforms of the library;
 * @param isWrittenTogether network and scenario are one document: its undeclared times are meant for the platform the
 * scenario names
 */
export function remarksOn(
  network: Network,
  platform: Platform,
  holders: readonly TimeKeyHolder[],
  isWrittenTogether: boolean,
): TimeRemark[] {
  return timeRemarks(timeCoverage(network, platform, holders)).filter(
    ({ kind }) => kind !== 'unclear' || !isWrittenTogether,
  );
}
