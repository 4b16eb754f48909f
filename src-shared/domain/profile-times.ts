/**
 * What the profiles that a scenario names say about the times of a network: of a layer, of exactly a set of layers that was executed
 * as one, of the whole. Only what was measured is answered: what is missing is missing. Of several answers that are measured
 * (or simulated cycle by cycle) win over those that are estimated, then those of the exact layers over those of an operator's
 * signature, then those of the profile that is named later.
 */
import type { Layer, Network } from './network.ts';
import {
  coresOf,
  timeOfMeasurement,
  type MeasuredPlace,
  type Measurement,
  type MeasurementKind,
  type OperatorSignature,
  type Profile,
  type Spread,
} from './profile.ts';

/** Where something is executed, as a question. */
export interface ExecutionPlace {
  /** executionTimeKey of the processor. */
  readonly key: string;
  /** Cores that work together; default 1. */
  readonly cores?: number;
  /** MHz; undefined: the nominal frequency. */
  readonly frequencyMHz?: number;
  /** The frequency that measurements without one were made at; undefined: not known, and then any counts as nominal. */
  readonly nominalFrequencyMHz?: number | undefined;
}

/** A time that a profile has. */
export interface ProfiledTime {
  /** Undefined: it was found that it cannot run there. */
  readonly timeMs: number | undefined;
  readonly kind: MeasurementKind;
  readonly by: 'layers' | 'operator' | 'whole';
  readonly profile: { readonly id: string; readonly name: string };
  /** Place in the profile's `measurements`, or `wholes`. */
  readonly index: number;
  readonly statistic?: Measurement['statistic'];
  readonly runs?: number | undefined;
  readonly spread?: Spread | undefined;
  readonly includes?: Measurement['includes'];
  readonly dataType?: string | undefined;
}

/** The times of one network. */
export interface NetworkTimes {
  /** Time of the layer with this id executed by itself. */
  layer(layer: string, place: ExecutionPlace): ProfiledTime | undefined;
  /** Time of exactly these layers, in any order, executed as one; one layer is `layer`. */
  group(layers: readonly string[], place: ExecutionPlace): ProfiledTime | undefined;
  /** Every set of two layers or more that has a time there, in the order of the profiles; layers in the network's order. */
  groups(place: ExecutionPlace): readonly { readonly layers: readonly string[]; readonly time: ProfiledTime }[];
  /** Time of the whole network, only of a profile that names it. */
  whole(place: ExecutionPlace): ProfiledTime | undefined;
}

/** The times of `network` by `profiles`, of which a later one wins over those before it. */
export function profileTimes(profiles: readonly Profile[], network: Network): NetworkTimes {
  return new Times(
    profiles.filter(({ network: of }) => of === undefined || of === network.id),
    profiles,
    network,
  );
}

interface Candidate {
  readonly profile: Profile;
  /** Place of the profile among those named. */
  readonly rank: number;
  readonly measurement: Measurement;
  readonly index: number;
}

class Times implements NetworkTimes {
  readonly #network: Network;
  readonly #layers: ReadonlyMap<string, { readonly layer: Layer; readonly index: number }>;
  /** By key and set of layers. */
  readonly #exact = new Map<string, Candidate[]>();
  /** By key. */
  readonly #groups = new Map<string, Map<string, readonly string[]>>();
  /** By key and operation. */
  readonly #signatures = new Map<string, Candidate[]>();
  readonly #own: readonly Profile[];

  constructor(own: readonly Profile[], all: readonly Profile[], network: Network) {
    this.#own = own;
    this.#network = network;
    this.#layers = new Map(network.layers.map((layer, index) => [layer.id, { layer, index }]));
    const isOwn = new Set(own);
    all.forEach((profile, rank) =>
      profile.measurements.forEach((measurement, index) => {
        const candidate = { profile, rank, measurement, index };
        const { layers, operator, on } = measurement;
        if (operator !== undefined) addTo(this.#signatures, join(on.key, operator.op), candidate);
        else if (layers !== undefined && isOwn.has(profile) && layers.every((id) => this.#layers.has(id))) {
          const set = this.#setKey(layers);
          addTo(this.#exact, join(on.key, set), candidate);
          if (layers.length > 1) {
            const sets = this.#groups.get(on.key) ?? new Map<string, readonly string[]>();
            this.#groups.set(on.key, sets);
            sets.set(set, this.#inOrder(layers));
          }
        }
      }),
    );
  }

  layer(id: string, place: ExecutionPlace): ProfiledTime | undefined {
    const found = this.#layers.get(id);
    if (found === undefined) return undefined;
    const exact = this.#exact.get(join(place.key, this.#setKey([id]))) ?? [];
    const signatures = (this.#signatures.get(join(place.key, found.layer.op)) ?? []).filter(
      ({ measurement: { operator } }) => operator !== undefined && hasSignature(found.layer, this.#network, operator),
    );
    return best([...exact, ...signatures], place);
  }

  group(layers: readonly string[], place: ExecutionPlace): ProfiledTime | undefined {
    const [first] = layers;
    if (layers.length === 1 && first !== undefined) return this.layer(first, place);
    if (layers.some((id) => !this.#layers.has(id))) return undefined;
    return best(this.#exact.get(join(place.key, this.#setKey(layers))) ?? [], place);
  }

  groups(place: ExecutionPlace): { readonly layers: readonly string[]; readonly time: ProfiledTime }[] {
    return [...(this.#groups.get(place.key)?.values() ?? [])].flatMap((layers) => {
      const time = this.group(layers, place);
      return time === undefined ? [] : [{ layers, time }];
    });
  }

  whole(place: ExecutionPlace): ProfiledTime | undefined {
    let found: ProfiledTime | undefined;
    for (const profile of this.#own) {
      if (profile.network !== this.#network.id) continue;
      profile.wholes.forEach((whole, index) => {
        if (whole.on.key !== place.key || !isAt(whole.on, place)) return;
        found = {
          timeMs: whole.timeMs,
          kind: 'measured',
          by: 'whole',
          profile: { id: profile.id, name: profile.name },
          index,
          ...(whole.statistic === undefined ? {} : { statistic: whole.statistic }),
          runs: whole.runs,
          spread: whole.spread,
          dataType: whole.dataType,
        };
      });
    }
    return found;
  }

  #setKey(layers: readonly string[]): string {
    return layers
      .map((id) => this.#layers.get(id)?.index ?? -1)
      .sort((a, b) => a - b)
      .join(',');
  }

  #inOrder(layers: readonly string[]): readonly string[] {
    return layers.toSorted((a, b) => (this.#layers.get(a)?.index ?? 0) - (this.#layers.get(b)?.index ?? 0));
  }
}

function addTo(lists: Map<string, Candidate[]>, key: string, candidate: Candidate): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [candidate]);
  else list.push(candidate);
}

/** A separator that no key has within it unless both parts agree anyway: keys are compared whole. */
function join(key: string, rest: string): string {
  return JSON.stringify([key, rest]);
}

/** Whether a measurement was made where the question is about. */
function isAt(on: MeasuredPlace, place: ExecutionPlace): boolean {
  if (coresOf(on) !== (place.cores ?? 1)) return false;
  const { nominalFrequencyMHz: nominal } = place;
  const [measured, wanted] = [on.frequencyMHz ?? nominal, place.frequencyMHz ?? nominal];
  // Where the nominal frequency is not known, nothing speaks against what was measured at some.
  return measured === undefined || wanted === undefined || measured === wanted;
}

/** The answer that wins; a signature that states more wins over one that states less. */
function best(candidates: readonly Candidate[], place: ExecutionPlace): ProfiledTime | undefined {
  let winner: Candidate | undefined;
  for (const candidate of candidates) {
    if (!isAt(candidate.measurement.on, place)) continue;
    if (winner === undefined || compare(candidate, winner) >= 0) winner = candidate;
  }
  return winner === undefined ? undefined : profiledTime(winner);
}

function compare(a: Candidate, b: Candidate): number {
  return (
    certainty(a.measurement) - certainty(b.measurement) ||
    Number(a.measurement.layers !== undefined) - Number(b.measurement.layers !== undefined) ||
    a.rank - b.rank ||
    Object.keys(a.measurement.operator ?? {}).length - Object.keys(b.measurement.operator ?? {}).length ||
    a.index - b.index
  );
}

function certainty({ kind }: Measurement): number {
  return kind === 'estimated' ? 0 : 1;
}

function profiledTime({ profile: { id, name }, measurement, index }: Candidate): ProfiledTime {
  const { kind, layers, statistic, runs, spread, includes, dataType } = measurement;
  return {
    timeMs: timeOfMeasurement(measurement),
    kind,
    by: layers === undefined ? 'operator' : 'layers',
    profile: { id, name },
    index,
    ...(statistic === undefined ? {} : { statistic }),
    runs,
    spread,
    ...(includes === undefined ? {} : { includes }),
    dataType,
  };
}

/**
 * Whether `layer` of `network` has all that `signature` states. What the layer does not state itself it does not have, except the
 * stride, which the sizes of input and output give, and the groups, which its parameters give.
 */
export function hasSignature(layer: Layer, network: Network, signature: OperatorSignature): boolean {
  const input = inputShapeOf(layer, network);
  return (
    layer.op === signature.op &&
    matches(signature.inputShape, input) &&
    matches(signature.outputShape, layer.outputShape) &&
    matches(signature.kernelShape, layer.kernelShape) &&
    matches(signature.stride, strideOf(input, layer.outputShape)) &&
    (signature.channels === undefined || signature.channels === layer.outputShape?.[0]) &&
    (signature.groups === undefined || signature.groups === groupsOf(layer, input))
  );
}

function matches(wanted: readonly number[] | undefined, has: readonly number[] | undefined): boolean {
  return (
    wanted === undefined ||
    (has !== undefined && wanted.length === has.length && wanted.every((size, index) => size === has[index]))
  );
}

function inputShapeOf(layer: Layer, network: Network): readonly number[] | undefined {
  const [first] = layer.dependencies;
  return first === undefined ? undefined : layersById(network).get(first.layer)?.outputShape;
}

/** By network, since parsed documents do not change. */
const knownLayers = new WeakMap<Network, ReadonlyMap<string, Layer>>();

function layersById(network: Network): ReadonlyMap<string, Layer> {
  const layers = knownLayers.get(network) ?? new Map(network.layers.map((layer) => [layer.id, layer]));
  knownLayers.set(network, layers);
  return layers;
}

/** Input size by output size in each direction, rounded: what "same" padding gives exactly and "valid" padding nearly. */
function strideOf(
  input: readonly number[] | undefined,
  output: readonly number[] | undefined,
): readonly number[] | undefined {
  if (input === undefined || output?.length !== input.length || input.length < 2) return undefined;
  return input.slice(1).map((size, index) => Math.max(1, Math.round(size / (output[index + 1] ?? 1))));
}

/** Groups g with parameters = output channels × input channels / g × window, with or without a bias. */
function groupsOf(
  { op, parameters, outputShape, kernelShape }: Layer,
  input: readonly number[] | undefined,
): number | undefined {
  const [channels] = outputShape ?? [];
  const [from] = input ?? [];
  if (/^Depthwise/i.test(op)) return from;
  if (channels === undefined || from === undefined || kernelShape === undefined || parameters === undefined)
    return undefined;
  const dense = kernelShape.reduce((product, size) => product * size, channels * from);
  return [parameters, parameters - channels]
    .map((weights) => dense / weights)
    .find((groups) => Number.isInteger(groups) && groups >= 1 && from % groups === 0);
}
