import { mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import RunExecutions from '#renderer/features/run/RunExecutions.vue';
import { anExecution } from '#test/fixtures/execution.ts';

const recorded = (id: number, changes: Partial<typeof anExecution> = {}) => ({
  id,
  chromosomeId: id,
  createdAt: 0,
  execution: { ...anExecution, ...changes },
});

it('says of each execution how far the prediction was off, and what is not readable', () => {
  const page = mount(RunExecutions, {
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
