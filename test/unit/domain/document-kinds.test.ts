/** The table of document kinds: each is told from the others by its mark, names what it references, and comes after what it names. */
import { describe, expect, it } from 'vitest';
import {
  documentKinds,
  documentKindTable,
  factsOf,
  kindEntry,
  kindsMarkedIn,
  names,
  parseKnown,
  presetOf,
  referencesOf,
} from '#shared/domain/document-kinds.ts';
import { documentFactsSchema } from '#shared/contract/document-shapes.ts';
import { documentKindSchema } from '#shared/contract/shapes.ts';
import { loadPresets } from '#main/formats/presets.ts';

const presets = loadPresets('resources');
const idsOf = (kind: (typeof documentKinds)[number]): string[] => [...presets[documentKindTable[kind].folder].keys()];

it('is the list that the contract knows', () => {
  expect(documentKindSchema.options).toEqual([...documentKinds]);
});

const withPresets = documentKinds.filter((kind) => idsOf(kind).length > 0);

it('has presets of every kind', () => {
  expect(documentKinds.filter((kind) => !withPresets.includes(kind))).toEqual([]);
});

describe.each(withPresets)('the kind %s', (kind) => {
  it('has presets, each of which has the mark of this kind alone', () => {
    for (const id of idsOf(kind)) expect(kindsMarkedIn(presetOf(presets, kind, id)!.document)).toEqual([kind]);
  });

  it('reads what it wrote, and refuses other kinds', () => {
    const known = presetOf(presets, kind, idsOf(kind)[0]!)!;
    expect(parseKnown(kind, JSON.parse(JSON.stringify(known.document)))).toEqual(known);
    for (const other of documentKinds.filter((each) => each !== kind))
      expect(() => parseKnown(other, known.document)).toThrow(expect.objectContaining({ code: `${other}.invalid` }));
  });

  it('names only what there is, of kinds that come before it', () => {
    for (const id of idsOf(kind))
      for (const reference of referencesOf(presetOf(presets, kind, id)!)) {
        const place = documentKinds.findIndex((each) => each === reference.kind);
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThan(documentKinds.indexOf(kind));
        expect(idsOf(documentKinds[place]!)).toContain(reference.id);
      }
  });

  it('has facts that cross the boundary unchanged', () => {
    for (const id of idsOf(kind)) {
      const facts = factsOf(presetOf(presets, kind, id)!);
      expect(facts.kind).toBe(kind);
      expect(documentFactsSchema.parse(facts)).toEqual(facts);
    }
  });
});

it('marks and folders are of one kind each', () => {
  for (const value of ['mark', 'folder'] as const)
    expect(new Set(documentKinds.map((kind) => kindEntry(kind)[value])).size).toBe(documentKinds.length);
});

it('a scenario names its platform and networks by id, but none that it has inside', () => {
  const [network] = presets.networks.values();
  const scenario = parseKnown('scenario', {
    schemaVersion: 1,
    id: 's',
    name: 'S',
    platform: 'simple',
    applications: [
      { id: 'a', network: 'cnn' },
      { id: 'b', network },
    ],
  });
  expect(referencesOf(scenario)).toEqual([
    { kind: 'platform', id: 'simple' },
    { kind: 'network', id: 'cnn' },
  ]);
  expect(names(scenario, 'network', 'cnn')).toBe(true);
  expect(names(scenario, 'platform', 'cnn')).toBe(false);
  expect(names(scenario, 'network', network!.id)).toBe(network!.id === 'cnn');
});

it('a profile names its platform and network, and a scenario its profiles', () => {
  const profile = parseKnown('profile', {
    schemaVersion: 1,
    id: 'p',
    platform: 'simple',
    network: 'cnn',
    measurements: [],
  });
  expect(kindsMarkedIn(profile.document)).toEqual(['profile']);
  expect(referencesOf(profile)).toEqual([
    { kind: 'platform', id: 'simple' },
    { kind: 'network', id: 'cnn' },
  ]);
  expect(documentFactsSchema.parse(factsOf(profile))).toEqual(factsOf(profile));
  const scenario = parseKnown('scenario', {
    schemaVersion: 1,
    id: 's',
    platform: 'simple',
    applications: [{ id: 'a', network: 'cnn' }],
    profiles: ['p', { ...profile.document, id: 'inside' }],
  });
  expect(names(scenario, 'profile', 'p')).toBe(true);
  expect(names(scenario, 'profile', 'inside')).toBe(false);
});
