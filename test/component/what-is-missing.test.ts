/** What an editor lacks is said where one looks for it, and the way there is short: layers without times, instances without a horizon, new rows. */
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentKind } from '#shared/domain/document-kinds.ts';
import type { DocumentEntry } from '#shared/contract/document-shapes.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { HostDouble } from './support/host-double.ts';
import { button, openPage, settle } from './support/mount-page.ts';

const platform = aPlatform('board')
  .withCores(2, { nominalFrequencyMHz: 2400 })
  .withNpu({ supportedOps: ['Conv'] });
const network = aNetwork('net')
  .withLayer('a', { cpu: 4, npu: 1 })
  .withLayer('b', {}, { op: 'Softmax', dependencies: ['a'] })
  .withLayer('c', { cpu: 3 }, { dependencies: ['b'] });
const complete = aNetwork('net').withLayer('a', { cpu: 4, npu: 1 });
const documents: Record<string, unknown> = {};

const entry = (kind: DocumentKind, id: string): DocumentEntry => ({
  summary: { kind, id, name: id, description: '', origin: 'user', revision: 1 },
  tags: [],
  scenarios: [],
  runs: 0,
  facts: {
    kind: 'platform',
    processors: [
      { id: 'cpu', name: 'cpu', kind: 'cpu', coreCount: 2, timeKey: 'cpu', sharesTimesWith: [] },
      { id: 'npu', name: 'npu', kind: 'npu', coreCount: 1, timeKey: 'npu', sharesTimesWith: [] },
    ],
  },
});

let wrapper: VueWrapper | undefined;
beforeEach(() => {
  Object.assign(documents, {
    'platform/board': platform.build(),
    'network/net': network.build(),
    'scenario/plan': {
      ...aScenario('plan').running(complete).input,
      platform: 'board',
      applications: [{ id: 'camera', network: 'net', periodMs: 25, instances: 1 }],
    },
  });
  const entries = [entry('platform', 'board'), entry('network', 'net'), entry('scenario', 'plan')];
  new HostDouble({
    'documents.overview': ({ kind }) => ({ entries: entries.filter(({ summary }) => summary.kind === kind) }),
    'documents.get': ({ kind, id }) => ({
      summary: entry(kind, id).summary,
      document: JSON.parse(JSON.stringify(documents[`${kind}/${id}`])) as Record<string, unknown>,
    }),
  }).install();
});
afterEach(() => wrapper?.unmount());

async function show(address: string) {
  const page = await openPage(address);
  wrapper = page.wrapper;
  await settle();
  return page;
}
const text = (page: VueWrapper): string => page.text().replaceAll(/\s+/g, ' ');

describe('a network with a layer that has no time on the platform', () => {
  it('says so beside its sums, which leave it out, and leads to it', async () => {
    const { wrapper: page } = await show('/networks/net?on=board');
    expect(text(page)).toMatch(/3, ≥ 4 ms at best leaving out ?1 layer without a time/);
    expect(text(page)).toMatch(/Critical path ?≥ 4 ms/);
    button(page, '1 layer without a time').click();
    await settle();
    const grid = page.find('[role="grid"][aria-label="Layers"]');
    expect(document.activeElement).toBe(grid.element);
    expect(grid.attributes('aria-activedescendant')).toMatch(/-1-2$/);
  });

  it('opens there for somebody who comes to enter times', async () => {
    const { wrapper: page } = await show('/networks/net?on=board&at=untimed');
    expect(page.find('[role="grid"][aria-label="Layers"]').attributes('aria-activedescendant')).toMatch(/-1-2$/);
  });

  it('is reached like that from the scenario that lacks them', async () => {
    const { wrapper: page } = await show('/scenarios/plan');
    const link = page.findAll('.remedies a').find((each) => each.text().startsWith('Enter or import times'))!;
    expect(link.attributes('href')).toContain('/networks/net?on=board&at=untimed');
  });
});

describe('an application whose instances nothing limits', () => {
  beforeEach(() => {
    documents['network/net'] = complete.build();
  });
  const clear = async (page: VueWrapper): Promise<void> => {
    const grid = page.find('[role="grid"][aria-label="Applications"]');
    for (let column = 0; column < 5; column++) await grid.trigger('keydown', { key: 'ArrowRight' });
    await grid.trigger('keydown', { key: 'Delete' });
    await settle();
  };

  it('with a period and one instance is said to be released once', async () => {
    const { wrapper: page } = await show('/scenarios/plan');
    expect(text(page)).toContain('camera has a period but 1 instance, so it is released once');
  });

  it('keeps the load and feasibility in view, and says what is missing', async () => {
    const { wrapper: page } = await show('/scenarios/plan');
    await clear(page);
    expect(page.find('[aria-label="Feasibility"]').exists()).toBe(true);
    expect(page.find('.obstacle').text()).toMatch(
      /has no number of instances.*there is no horizon; set a horizon, or a number of instances/,
    );
  });
});

describe('the first operating point', () => {
  it('is at the nominal frequency, and the keyboard is in it', async () => {
    const { wrapper: page } = await show('/platforms/board');
    page
      .findAll('section.points button')
      .find((each) => each.text() === 'Add')!
      .element.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    await settle();
    const grid = page.find('[role="grid"][aria-label="Operating points"]');
    expect(document.activeElement).toBe(grid.element);
    expect(grid.find('[role="gridcell"]').text().replaceAll(/\D/g, '')).toBe('2400');
  });
});
