/** The other pages: home, library, settings, help, and an address without a page. */
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sharedColors } from '#renderer/features/home/application-colors.ts';
import type { HostDouble } from './support/host-double.ts';
import { aHostWithRuns } from './support/host-with-runs.ts';
import { button, hasButton, openPage, settle } from './support/mount-page.ts';
import { scenario } from './support/run-fixtures.ts';

let wrapper: VueWrapper | undefined;
let host: HostDouble;

beforeEach(() => {
  host = aHostWithRuns();
});
afterEach(() => wrapper?.unmount());

async function show(address: string) {
  const page = await openPage(address);
  wrapper = page.wrapper;
  return page;
}

describe('home', () => {
  it('starts a demo and opens its page', async () => {
    const { wrapper: page, router } = await show('/');
    expect(page.text()).toContain('Small demo');
    expect(page.find('.schedule-sketch').attributes('aria-label')).toContain('NPU-first schedule');
    button(page, 'Start').click();
    await settle();
    expect(host.asked('runs.start')[0]).toMatchObject({ scenario: 'small', name: 'Small demo', configuration: { scheduler: 'ga', seed: 42 } });
    expect(router.currentRoute.value.fullPath).toBe('/runs/9');
  });

  it('gives an application the same colour on every card', () => {
    const [small, other] = [scenario, { ...scenario, applications: scenario.applications.toReversed() }];
    const [first, second] = sharedColors([small, other]);
    expect(second).toEqual(first?.toReversed());
    expect(new Set(first).size).toBe(scenario.applications.length);
    const twice = [scenario.applications[0]!, scenario.applications[0]!];
    expect(sharedColors([{ ...scenario, applications: twice }])).toEqual([[0, 1]]);
  });

  it('lists the last runs', async () => {
    const { wrapper: page } = await show('/');
    expect(page.findAll('.recent li').map((item) => item.find('.name').text())).toEqual(['Third', 'Second', 'First, "quoted"']);
  });
});

it('settings show database, versions and what the doctor found', async () => {
  const { wrapper: page } = await show('/settings');
  expect(page.text()).toContain('/data/tessera.db');
  expect(page.text()).toContain('missing: Electron');
  expect(page.text()).toContain('Npm start fetches it');
});

it('help shows the documentation, linked within itself', async () => {
  const { wrapper: page } = await show('/help/getting-started');
  expect(page.find('.markdown h1').text()).not.toBe('');
  expect(page.findAll('.markdown a').some((link) => link.attributes('href')?.startsWith('/help/'))).toBe(true);
});

it('an address without a page says so', async () => {
  const { wrapper: page } = await show('/nowhere');
  expect(page.text()).toContain('Nothing has the address /nowhere');
  expect(hasButton('Home')).toBe(true);
});
