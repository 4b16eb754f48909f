import { mount, RouterLinkStub } from '@vue/test-utils';
import { expect, it } from 'vitest';
import RunExecutions from '#renderer/features/run/RunExecutions.vue';
import { anExecution } from '#test/fixtures/execution.ts';

const global = { stubs: { RouterLink: RouterLinkStub } };
const recorded = (id: number, changes: Partial<typeof anExecution> = {}) => ({
  id,
  chromosomeId: id,
  createdAt: 0,
  execution: { ...anExecution, ...changes },
});

it('says of each execution how far the prediction was off, and what is not readable', () => {
  const page = mount(RunExecutions, {
    global,
    props: {
      executions: [
        recorded(2),
        recorded(1, {
          netMs: null,
          errorPercent: { wall: 12.34, net: null },
          waitingPercent: null,
          outputsEqual: false,
        }),
      ],
      bestChromosomeId: 2,
      applications: ['app'],
      theme: 'light',
      obstacle: undefined,
    },
  });
  const [first, second] = page.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()));
  expect([first[0], ...first.slice(2)]).toEqual([
    'board: Cortex-A76',
    '7.2',
    '8',
    '−10.0 %',
    '7.5',
    '−4.0 %',
    '6.3 %',
    'equal',
  ]);
  expect([second[0], ...second.slice(4)]).toEqual([
    'board: Cortex-A76 (schedule 1)',
    '+12.3 %',
    'not readable',
    'not readable',
    'not readable',
    'differ',
  ]);
});

it('draws the newest above its axis, another one when it is chosen, and says where the time went', async () => {
  const page = mount(RunExecutions, {
    global,
    props: {
      executions: [recorded(2), recorded(1, { tasks: [{ ...anExecution.tasks[0], pe: 'cpu:7', waitMs: null }] })],
      bestChromosomeId: 2,
      applications: ['app'],
      theme: 'light',
      obstacle: undefined,
    },
  });
  expect(page.find('.executed-overlay .element').text()).toBe('cpu:0');
  expect(page.find('.tile.executed').attributes('aria-label')).toMatch(/of that waiting 0\.5\s?ms/);
  expect(page.text()).toMatch(/they waited [\d.]+\s?(?:ms|µs) for a core/);
  await page.findAll('tbody button')[1].trigger('click');
  expect(page.find('.executed-overlay .element').text()).toBe('cpu:7');
  expect(page.text()).toContain('how long they waited for a core is not readable');
});

it('offers to execute what was not executed yet, unless the device is at work', async () => {
  const props = { executions: [], bestChromosomeId: 2, applications: [], theme: 'light' as const };
  const page = mount(RunExecutions, { global, props: { ...props, obstacle: undefined } });
  const [execute, tune] = page.findAll('header button');
  await execute.trigger('click');
  await tune.trigger('click');
  expect([page.emitted('execute'), page.emitted('tune')]).toEqual([[[]], [[]]]);
  await page.setProps({ obstacle: 'The device is at work' });
  expect(page.find('header button').attributes()).toMatchObject({ disabled: '', title: 'The device is at work' });
});
