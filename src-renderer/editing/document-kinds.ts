/** The three kinds of documents: what they are called, where their pages are, how they are checked, and what a new one starts with. */
import type { z } from 'zod';
import type { DocumentKind } from '#shared/contract/shapes.ts';
import { networkSchema, parseNetwork, type Network } from '#shared/domain/network.ts';
import { parsePlatform, platformSchema, type Platform } from '#shared/domain/platform.ts';
import { parseScenario, scenarioSchema, type Scenario } from '#shared/domain/scenario.ts';
import type { Content } from './json-path.ts';

export type KnownDocument = Platform | Network | Scenario;

export interface KindDescription {
  readonly kind: DocumentKind;
  /** As it stands within a sentence. */
  readonly noun: string;
  readonly title: string;
  readonly plural: string;
  readonly path: string;
  readonly icon: 'platform' | 'network' | 'scenario';
  readonly schema: z.ZodType<KnownDocument>;
  /** What belongs on its page, where there is nothing yet. */
  readonly about: string;
  blank(id: string, name: string): Content;
}

export const kinds: Readonly<Record<DocumentKind, KindDescription>> = {
  platform: {
    kind: 'platform', noun: 'platform', title: 'Platform', plural: 'Platforms', path: '/platforms', icon: 'platform', schema: platformSchema,
    about: 'A platform is a device: its processors with their speeds and power, and how data moves between them.',
    blank: (id, name) => ({ ...parsePlatform({ schemaVersion: 1, id, name, processors: [{ id: 'cpu', name: 'CPU', kind: 'cpu', coreCount: 4 }] }) }),
  },
  network: {
    kind: 'network', noun: 'network', title: 'Network', plural: 'Networks', path: '/networks', icon: 'network', schema: networkSchema,
    about: 'A network is a graph of layers with the time that each takes on each processor.',
    blank: (id, name) => ({ ...parseNetwork({ schemaVersion: 1, id, name, layers: [{ id: 'layer1', op: 'Conv' }] }) }),
  },
  scenario: {
    kind: 'scenario', noun: 'scenario', title: 'Scenario', plural: 'Scenarios', path: '/scenarios', icon: 'scenario', schema: scenarioSchema,
    about: 'A scenario says which networks run on which platform, when they start, how often, and by when they have to be done.',
    // Without an application yet: which networks run is the first thing to choose.
    blank: (id, name) => ({ ...parseScenario({ schemaVersion: 1, id, name, platform: 'simple', applications: [{ id: 'app', network: 'cnn' }] }), applications: [] }),
  },
};

/** An id made of a name: "My board (v2)" → "my-board-v2"; `fallback` where nothing of it can stay. */
export function idFromName(name: string, fallback: string): string {
  const id = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^\p{L}\p{N}_.]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '').slice(0, 90);
  return id === '' ? fallback : id;
}

/** `wanted`, or with the first number that nobody has. */
export function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number++) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
}
