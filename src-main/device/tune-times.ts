/**
 * The times that tuning works with: the profiles there are, and those that it measures. Every measurement is saved as a profile document as
 * soon as it is made, so that nothing is lost when the process is killed, and nothing is measured twice.
 */
import type { Client } from '#shared/contract/client.ts';
import { nominalPlace, timesByProfiles } from '#shared/domain/applied-profiles.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parsePlatform, type Platform } from '#shared/domain/platform.ts';
import { parseProfile, type Profile } from '#shared/domain/profile.ts';
import { parseScenario, type Scenario, type ScenarioInput } from '#shared/domain/scenario.ts';
import { fitBorder } from './border.ts';
import type { AgentClient, OnProgress } from './agent-client.ts';
import { elementOf, platformIdOf, type PlacedElement } from './elements.ts';
import { DeviceNetwork } from './pieces.ts';
import { profileNetworks } from './profiling.ts';
import type { Machine, Measuring } from './protocol.ts';
import { documentOf, saveProfile } from './saved-profiles.ts';

/** Sets of layers to be measured as one, by network. */
export type LayerSets = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Sets that are measured in one rotation, and lost if the process is killed meanwhile. */
const SETS_AT_ONCE = 8;

export interface MeasuringOptions {
  readonly measuring: Measuring;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
}

export class TuneTimes {
  readonly scenario: Scenario;
  readonly platform: Platform;
  readonly networks: readonly Network[];
  readonly #record: Pick<Client, 'invoke'>;
  readonly #machine: Machine;
  readonly #given: readonly Profile[];
  /** By network: how it divides among layers and parts, where no profile of the scenario says so. */
  readonly #bases = new Map<string, Profile>();
  /** By network: the sets measured by tuning. */
  readonly #sets = new Map<string, Profile>();
  readonly #digests = new Map<string, string>();

  private constructor(
    record: Pick<Client, 'invoke'>,
    machine: Machine,
    scenario: Scenario,
    platform: Platform,
    networks: readonly Network[],
    given: readonly Profile[],
  ) {
    this.#record = record;
    this.#machine = machine;
    this.scenario = scenario;
    this.platform = platform;
    this.networks = networks;
    this.#given = given;
  }

  /**
   * @param reference id of a scenario, or its document
   * @throws WorkbenchError `document.unknown`, `scenario.invalid`, `device.otherPlatform`
   */
  static async open(
    record: Pick<Client, 'invoke'>,
    machine: Machine,
    reference: string | Record<string, unknown>,
  ): Promise<TuneTimes> {
    const get = async (kind: 'scenario' | 'platform' | 'network' | 'profile', id: string): Promise<unknown> =>
      (await record.invoke('documents.get', { kind, id })).document;
    const scenario = parseScenario(typeof reference === 'string' ? await get('scenario', reference) : reference);
    const platform =
      typeof scenario.platform === 'string'
        ? parsePlatform(await get('platform', scenario.platform))
        : scenario.platform;
    checkPlatform(platform, machine);
    const networks = new Map<string, Network>();
    for (const { network } of scenario.applications) {
      const document = typeof network === 'string' ? parseNetwork(await get('network', network)) : network;
      networks.set(document.id, document);
    }
    const given: Profile[] = [];
    for (const profile of scenario.profiles ?? [])
      given.push(typeof profile === 'string' ? parseProfile(await get('profile', profile)) : profile);
    const times = new TuneTimes(record, machine, scenario, platform, [...networks.values()], given);
    for (const network of times.networks) {
      times.#digests.set(network.id, (await DeviceNetwork.ofTwin(network)).whole.file.digest);
      const base = await times.#kept(network, times.#baseId(network));
      if (base !== undefined) times.#bases.set(network.id, base);
      const sets = await times.#kept(network, times.#setsId(network));
      if (sets !== undefined) times.#sets.set(network.id, sets);
    }
    return times;
  }

  /** Those of the scenario, then those measured, of which the later win. */
  get profiles(): Profile[] {
    return [...this.#given, ...this.#bases.values(), ...this.#sets.values()];
  }

  /** The scenario with everything inline: what a round computes with, whatever is measured later. */
  frozen(): ScenarioInput {
    const profiles = this.profiles;
    const processors = this.platform.processors.map((processor) => {
      const borderMsPerMB = processor.borderMsPerMB ?? fitBorder(this.networks, profiles, processor);
      return borderMsPerMB === undefined ? processor : { ...processor, borderMsPerMB };
    });
    const networks = new Map(this.networks.map((network) => [network.id, network]));
    return {
      ...this.scenario,
      platform: { ...this.platform, processors },
      applications: this.scenario.applications.map(({ network, ...application }) => ({
        ...application,
        network: networks.get(typeof network === 'string' ? network : network.id) ?? network,
      })),
      profiles,
    };
  }

  /** Networks of which a layer has no measured time on a processor of the device. */
  networksWithoutTimes(): Network[] {
    const profiles = this.profiles;
    return this.networks.filter((network) =>
      this.platform.processors.some((processor) => {
        const times = timesByProfiles(profiles, network);
        return network.layers.some(({ id }) => times.layer(id, nominalPlace(processor)) === undefined);
      }),
    );
  }

  /** Measures a network with its layers and parts, on one core of each processor, and saves the profile. */
  async measureBase(client: AgentClient, network: Network, options: MeasuringOptions): Promise<void> {
    const [{ profile }] = await profileNetworks(
      client,
      this.#machine,
      [network],
      this.#coreOfEach(),
      'subgraphs',
      inOptions(options),
    );
    this.#bases.set(network.id, profile);
    await this.#save(network, profile);
  }

  /** Measures sets of layers, a few at a time, and saves them after each time. @returns how many were measured */
  async measureSets(
    client: AgentClient,
    wanted: LayerSets,
    options: MeasuringOptions,
    goesOn: () => boolean,
  ): Promise<number> {
    const queue = [...wanted].flatMap(([network, sets]) => sets.map((layers) => ({ network, layers })));
    let measured = 0;
    while (measured < queue.length && goesOn()) {
      const now = queue.slice(measured, measured + SETS_AT_ONCE);
      const byNetwork = Map.groupBy(now, ({ network }) => network);
      const networks = this.networks.filter(({ id }) => byNetwork.has(id));
      const done = await profileNetworks(client, this.#machine, networks, this.#coreOfEach(), 'whole', {
        ...inOptions(options),
        sets: new Map([...byNetwork].map(([id, sets]) => [id, sets.map(({ layers }) => layers)])),
        onlySets: true,
      });
      for (const [index, { profile }] of done.entries()) {
        const network = networks[index];
        const joined = joinedProfile(this.#sets.get(network.id), profile, this.#setsId(network), network);
        this.#sets.set(network.id, joined);
        await this.#save(network, joined);
      }
      measured += now.length;
    }
    return measured;
  }

  /** Cores of one kind take the same time: one of each is measured. */
  #coreOfEach(): PlacedElement[] {
    return this.platform.processors.flatMap(({ id }) =>
      this.#machine.clusters
        .filter((cluster) => cluster.id === id)
        .map(({ cores }) => elementOf(this.#machine, id, cores.slice(0, 1))),
    );
  }

  #baseId({ id }: Network): string {
    return `${id}-${platformIdOf(this.#machine)}`;
  }

  #setsId(network: Network): string {
    return `${this.#baseId(network)}-tuned`;
  }

  /** A profile of the library that was measured with the same model; none where the network is another one by now. */
  async #kept(network: Network, id: string): Promise<Profile | undefined> {
    if (this.#given.some((profile) => profile.id === id)) return undefined;
    const document = await documentOf(this.#record, 'profile', id);
    if (document === undefined) return undefined;
    const profile = parseProfile(document);
    const digest = this.#digests.get(network.id);
    return profile.network === network.id && profile.method.files?.some(({ sha256 }) => sha256 === digest) === true
      ? profile
      : undefined;
  }

  #save(network: Network, profile: Profile): Promise<void> {
    return saveProfile(this.#record, this.#machine, network, profile);
  }
}

function inOptions({ measuring, onProgress, signal }: MeasuringOptions): {
  measuring: Measuring;
  onProgress: OnProgress;
  signal?: AbortSignal;
} {
  return { measuring, onProgress, ...(signal === undefined ? {} : { signal }) };
}

/** `fresh` with what `before` has of other sets. */
function joinedProfile(before: Profile | undefined, fresh: Profile, id: string, network: Network): Profile {
  const keyOf = ({ layers, on }: Profile['measurements'][number]): string =>
    JSON.stringify([layers?.toSorted(), on.key, on.cores]);
  const news = new Set(fresh.measurements.map(keyOf));
  return parseProfile({
    ...fresh,
    id,
    name: `${network.name}: sets of layers measured by tuning`,
    description: 'Sets of layers of the best schedules, measured as one by "tessera device tune".',
    measurements: [
      ...(before?.measurements.filter((measurement) => !news.has(keyOf(measurement))) ?? []),
      ...fresh.measurements,
    ],
    wholes: [],
  });
}

/** @throws WorkbenchError `device.otherPlatform` */
function checkPlatform(platform: Platform, machine: Machine): void {
  const strange = platform.processors.find(
    ({ id, coreCount }) => !machine.clusters.some((cluster) => cluster.id === id && coreCount <= cluster.cores.length),
  );
  if (strange === undefined) return;
  throw new WorkbenchError(
    'device.otherPlatform',
    `processor "${strange.id}" of platform "${platform.id}" is not on this machine, ${machine.host}`,
    { hint: `use the platform that "tessera device describe --out FILE" writes (${platformIdOf(machine)})` },
  );
}
