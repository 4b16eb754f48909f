/** What lists show of a document's content: the processors of a platform, the size of a network, what a scenario runs. */
import type { DocumentFacts } from '#shared/contract/document-shapes.ts';
import type { DocumentKind } from '#shared/contract/shapes.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { executionTimeKey, parsePlatform, type Platform } from '#shared/domain/platform.ts';
import { parseScenario, type Scenario } from '#shared/domain/scenario.ts';

/** A document with its kind, parsed. */
export type KnownDocument =
  | { readonly kind: 'platform'; readonly document: Platform }
  | { readonly kind: 'network'; readonly document: Network }
  | { readonly kind: 'scenario'; readonly document: Scenario };

/** @throws WorkbenchError `<kind>.invalid` */
export function parseKnown(kind: DocumentKind, input: unknown): KnownDocument {
  switch (kind) {
    case 'platform':
      return { kind, document: parsePlatform(input) };
    case 'network':
      return { kind, document: parseNetwork(input) };
    case 'scenario':
      return { kind, document: parseScenario(input) };
  }
}

export function factsOf(known: KnownDocument): DocumentFacts {
  switch (known.kind) {
    case 'platform':
      return { kind: 'platform', processors: known.document.processors.map((processor) => ({ id: processor.id, name: processor.name, kind: processor.kind, coreCount: processor.coreCount, timeKey: executionTimeKey(processor) })) };
    case 'network':
      return networkFacts(known.document);
    case 'scenario':
      return {
        kind: 'scenario',
        platform: idOf(known.document.platform),
        applications: known.document.applications.map(({ id, name, network }) => ({ id, name, network: idOf(network) })),
      };
  }
}

function networkFacts({ layers }: Network): DocumentFacts {
  const total = (values: readonly (number | undefined)[]): number | undefined => (values.every((value) => value === undefined) ? undefined : values.reduce<number>((sum, value) => sum + (value ?? 0), 0));
  const macs = total(layers.map((layer) => layer.macs));
  const parameters = total(layers.map((layer) => layer.parameters));
  const uses = new Map<string, number>();
  for (const layer of layers) for (const key of Object.keys(layer.executionTimeMs)) uses.set(key, (uses.get(key) ?? 0) + 1);
  const timeKeys = [...uses].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  return { kind: 'network', layers: layers.length, ...(macs === undefined ? {} : { macs }), ...(parameters === undefined ? {} : { parameters }), timeKeys };
}

/** Whether a scenario names a document by its id. */
export function names(scenario: Scenario, kind: DocumentKind, id: string): boolean {
  if (kind === 'platform') return scenario.platform === id;
  return kind === 'network' && scenario.applications.some((application) => application.network === id);
}

function idOf(reference: string | { readonly id: string }): string {
  return typeof reference === 'string' ? reference : reference.id;
}
