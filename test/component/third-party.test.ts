/** Settings: the licences of others, as a person opens them. */
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterEach, describe, expect, it, vi } from 'vitest';
import ThirdPartySection from '#renderer/features/settings/ThirdPartySection.vue';

const echarts = {
  name: 'echarts',
  version: '6.1.0',
  license: 'Apache-2.0',
  source: 'https://example.org',
  text: 'Apache License <b>',
};

afterEach(() => vi.unstubAllGlobals());

async function open(answer: () => Promise<Response>) {
  vi.stubGlobal('fetch', vi.fn<typeof fetch>(answer));
  const section = mount(ThirdPartySection, { global: { plugins: [createPinia()] } });
  expect(section.text()).not.toContain('echarts');
  await section.get('button').trigger('click');
  await flushPromises();
  return section;
}
const file = (body: string, type: string): Promise<Response> =>
  Promise.resolve(new Response(body, { headers: { 'content-type': type } }));

describe('the licences of others', () => {
  it('are listed with their texts, as text', async () => {
    const section = await open(() => file(JSON.stringify([echarts]), 'application/json; charset=utf-8'));
    expect(section.get('summary').text()).toMatch(/echarts\s*6\.1\.0\s*Apache-2\.0/);
    expect(section.get('pre').text()).toBe('Apache License <b>');
  });

  it('are not there in development, where no build has written them', async () => {
    const section = await open(() => file('<!doctype html>', 'text/html'));
    expect(section.text()).toContain('The build writes them');
  });

  it('can be asked for again when they could not be read', async () => {
    const section = await open(() => Promise.reject(new TypeError('the host is gone')));
    expect(section.text()).toContain('could not be read');
    vi.stubGlobal('fetch', () => file(JSON.stringify([echarts]), 'application/json'));
    await section.get('button').trigger('click');
    await flushPromises();
    expect(section.text()).toContain('echarts');
  });
});
