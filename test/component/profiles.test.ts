/** The page of a profile: its rows, what they add up to, and a left-over row that is joined by hand and saved; a scenario that names it. */
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DocumentEntry } from '#shared/contract/document-shapes.ts';
import type { DocumentKind } from '#shared/domain/document-kinds.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { consequencesOf } from '#renderer/stores/documents.ts';
import { HostDouble } from './support/host-double.ts';
import { openPage, settle } from './support/mount-page.ts';

const network = aNetwork('net')
  .withLayer('a', {})
  .withLayer('b', { cpu: 1 }, { dependencies: ['a'] });
const profile = {
  schemaVersion: 1,
  id: 'mine',
  name: 'Mine',
  network: 'net',
  measurements: [{ layers: ['a'], on: { key: 'cpu' }, timeMs: 2, spread: { p10Ms: 1.9, p90Ms: 2.2 } }],
  wholes: [{ on: { key: 'cpu' }, timeMs: 5 }],
  leftovers: [{ name: 'odd_7', on: { key: 'cpu' }, timeMs: 1 }],
};
const documents: Record<string, unknown> = {
  'network/net': network.build(),
  'profile/mine': profile,
  'platform/board': aPlatform('board').withCores(1).build(),
  'scenario/plan': {
    ...aScenario('plan').running(network).input,
    platform: 'board',
    applications: [{ id: 'camera', network: 'net' }],
    profiles: ['mine'],
  },
};
const entry = (kind: DocumentKind, id: string): DocumentEntry => ({
  summary: { kind, id, name: id, description: '', origin: 'user', revision: 1 },
  tags: [],
  scenarios: [],
  runs: 0,
  facts: {
    kind: 'profile',
    network: 'net',
    tool: 'a clock',
    layers: 1,
    groups: 0,
    wholes: 1,
    keys: ['cpu'],
    isEstimated: false,
  },
});
const saved: unknown[] = [];
let wrapper: VueWrapper | undefined;
beforeEach(() => {
  saved.length = 0;
  new HostDouble({
    'documents.overview': ({ kind }) => ({
      entries: Object.keys(documents)
        .filter((key) => key.startsWith(`${kind}/`))
        .map((key) => entry(kind, key.slice(kind.length + 1))),
    }),
    'documents.list': () => ({ documents: [] }),
    'documents.usedBy': () => ({
      scenarios: [],
      profiles: [{ id: 'mine', name: 'Mine', origin: 'user' as const }],
      runCount: 0,
      latestRuns: [],
    }),
    'formats.list': () => ({ formats: [] }),
    'documents.get': ({ kind, id }) => ({
      summary: entry(kind, id).summary,
      document: JSON.parse(JSON.stringify(documents[`${kind}/${id}`])) as Record<string, unknown>,
    }),
    'documents.save': ({ kind, document }) => {
      saved.push(document);
      return { summary: entry(kind, String(document['id'])).summary };
    },
  }).install();
});
afterEach(() => wrapper?.unmount());

async function show(address: string) {
  const page = await openPage(address);
  wrapper = page.wrapper;
  await settle();
  return page.wrapper;
}

/** Numbers and units have narrow spaces between. */
const plain = (text: string): string => text.replaceAll(/[\u00A0\u2009\u202F]/g, ' ');

it('the list says of which network, on what and with what a profile was measured', async () => {
  const page = await show('/profiles');
  expect(page.text()).toContain('mine');
  expect(page.text()).toContain('net');
  expect(page.text()).toContain('a clock');
});

it('shows the rows with their spread, and their sum next to the whole', async () => {
  const page = await show('/profiles/mine');
  const totals = plain(page.get('[aria-label="Sum of the rows and time of the whole"]').text());
  expect(totals).toContain('3 ms');
  expect(totals).toContain('5 ms');
  expect(totals).toContain('60');
  expect(page.get('[aria-label="Longest measurements"] button').attributes('title')).toContain('10 – 90 % of the runs');
  expect(page.get('[aria-label="Left over"]').text()).toContain('odd_7');
});

it('a left-over row is discarded as one step, which can be undone', async () => {
  const page = await show('/profiles/mine');
  await page.get('[aria-label="Discard odd_7"]').trigger('click');
  await settle();
  expect(page.find('[aria-label="Left over"]').exists()).toBe(false);
  const undo = [...document.querySelectorAll('button')].find((each) =>
    each.getAttribute('aria-label')?.startsWith('Undo'),
  );
  undo!.click();
  await settle();
  expect(page.find('[aria-label="Left over"]').exists()).toBe(true);
});

it('a scenario says which times come from its profiles', async () => {
  const page = await show('/scenarios/plan');
  expect(page.text()).toContain('1 layer measured (profile Mine)');
});

it('a network says which profiles measure it, and what becomes of them when it is deleted', async () => {
  const page = await show('/networks/net');
  [...document.querySelectorAll('button')]
    .find((each) => /Description, revisions, used by/.test(each.getAttribute('aria-label') ?? ''))!
    .click();
  await settle();
  [...document.querySelectorAll<HTMLElement>('[role="tab"]')]
    .find((each) => each.textContent?.trim() === 'Used by')!
    .click();
  await settle();
  const list = page.get('[aria-label="Measured by"]');
  expect(list.text()).toContain('Measured by 1 profile');
  expect(list.get('a').attributes('href')).toContain('/profiles/mine');
  expect(page.text()).toContain('1 profile measures it and is kept');
  expect(consequencesOf(1, 0, 2)).toContain('2 profiles measure it and are kept');
});

it('the time of a whole network is written, and its field emptied takes it away', async () => {
  const page = await show('/networks/net');
  const write = async (text: string): Promise<void> => {
    const field = page.get('[aria-label="Whole network"] input');
    await field.setValue(text);
    await field.trigger('change');
    await field.trigger('blur');
    await settle();
  };
  const save = async (): Promise<Record<string, unknown>> => {
    [...document.querySelectorAll('button')]
      .find((each) => each.textContent?.trim().startsWith('Save') === true)!
      .click();
    await settle();
    return saved.at(-1) as Record<string, unknown>;
  };
  expect(page.get('[aria-label="Whole network"]').text()).toContain('Executed as one');
  await write('2.5');
  expect(await save()).toMatchObject({ wholeTimeMs: { cpu: 2.5 } });
  await write('');
  expect(await save()).not.toHaveProperty('wholeTimeMs');
});
