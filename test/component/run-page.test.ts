/** The page of a run through all its states: at work, paused, finished, interrupted, failed, missing, deleted. */
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import { formatNumber } from '#renderer/format.ts';
import { useAppStore } from '#renderer/stores/app.ts';
import { useRunsStore } from '#renderer/stores/runs.ts';
import { HostDouble } from './support/host-double.ts';
import { button, hasButton, openPage, settle } from './support/mount-page.ts';
import {
  aDetail,
  aProgress,
  aRun,
  aSeries,
  gaSummary,
  gpuGenes,
  npuFirstGenes,
  problem,
  reference,
} from './support/run-fixtures.ts';

let wrapper: VueWrapper | undefined;
let host: HostDouble;
let run: RunSummary;
let genes: Uint8Array | null;
let generations: number;

beforeEach(() => {
  run = aRun();
  genes = gpuGenes;
  generations = 3;
  host = new HostDouble({
    'runs.get': () => aDetail(run, genes),
    'runs.generations': ({ from }) => aSeries(from, Math.max(0, generations - from)),
    'runs.list': () => ({ runs: [run], total: 1 }),
    'schedulers.list': () => ({ schedulers: [gaSummary] }),
    'scenarios.resolve': () => ({ scenario: aDetail(run).scenario, remarks: [] }),
    'app.info': () => ({
      version: '0.1.0',
      engineVersion: '1',
      host: 'served',
      databasePath: '/data/tessera.db',
      nodeVersion: '24.0.0',
      commandLine: 'npm run -s tessera --',
      databaseArguments: [],
    }),
    'runs.start': () => ({ run: aRun({ id: 8, status: 'queued' }) }),
    'runs.pause': () => ({ status: 'paused' }),
    'runs.cancel': () => ({ status: 'cancelled' }),
    'runs.resume': () => ({ status: 'running' }),
    'runs.update': (changes) => ({ run: { ...run, ...changes, id: run.id } as RunSummary }),
  }).install();
});
afterEach(() => wrapper?.unmount());

async function show(address = '/runs/7') {
  const page = await openPage(address);
  wrapper = page.wrapper;
  return page;
}

/** The job whose processing elements the drawn timeline has. */
const drawnElements = (page: VueWrapper): Set<string> => {
  const timeline = page.findComponent({ name: 'TimelineView' }).props('timeline') as { pe: Int32Array };
  return new Set(Array.from(timeline.pe, (pe) => problem.pes[pe]?.id ?? ''));
};

const tab = (page: VueWrapper, title: string) =>
  page.findAll<HTMLElement>('[role="tab"]').find((candidate) => candidate.text() === title)!;

describe('a finished run', () => {
  it('shows its name, its status, its metrics with their deltas, and the schedule simulated here', async () => {
    const { wrapper: page } = await show();
    expect(page.text()).toContain('Evening run');
    expect(page.text()).toContain('Finished');
    expect(page.text()).toMatch(/Makespan.*vs NPU first/);
    expect(page.text()).toMatch(/[+−][\d.]+\s%\s+(better|worse)/);
    expect(drawnElements(page)).toEqual(new Set(['gpu']));
    expect(hasButton('Run again')).toBe(true);
    expect(hasButton('Pause')).toBe(false);
  });

  it.each([
    ['With the same seed', (seed: number) => seed === 42],
    ['With another seed', (seed: number) => seed !== 42],
  ])('is run again at once: %s', async (choice, isRight) => {
    const { wrapper: page, router } = await show();
    button(page, 'Run again').click();
    await settle();
    [...document.querySelectorAll<HTMLElement>('.n-dropdown-option-body')]
      .find((entry) => entry.textContent?.includes(choice))!
      .click();
    await settle();
    const [asked] = host.asked('runs.start') as {
      scenario: unknown;
      configuration: { scheduler: string; seed: number };
    }[];
    expect(asked?.configuration.scheduler).toBe('ga');
    expect(isRight(asked!.configuration.seed)).toBe(true);
    expect(router.currentRoute.value.fullPath).toBe('/runs/8');
  });

  it('says at once what it was: scheduler, seed, generations, evaluations and time', async () => {
    const { wrapper: page } = await show();
    const facts = Object.fromEntries(
      page
        .findAll('.fact-line div')
        .map((fact) => [fact.find('dt').text(), fact.find('dd').text().replaceAll('\u00A0', ' ')]),
    );
    expect(facts).toEqual({
      Scenario: 'Small scenario',
      Scheduler: 'Genetic algorithm',
      Seed: '42',
      Generations: '3',
      Evaluations: '30',
      Searched: '3.9 s',
    });
  });

  it('says that there are no power figures rather than an energy of zero', async () => {
    host.handlers['runs.get'] = () => {
      const detail = aDetail(run, genes);
      return {
        ...detail,
        reference: { ...detail.reference, energyMJ: 0 },
        best: { ...detail.best!, metrics: { ...detail.best!.metrics, energyMJ: 0 } },
      };
    };
    const { wrapper: page } = await show();
    const energy = page.findAll('.metric').find((metric) => metric.text().startsWith('Energy'));
    expect(energy?.text()).toBe('Energy–no power figures');
  });

  it('compares the fitness with that of the NPU-first schedule, which is 1 − 0.5 − 0.5 − 2 · violation with the default weights', async () => {
    const { wrapper: page } = await show();
    expect(page.find('.legend').text()).toContain(`NPU first${formatNumber(-2 * reference.constraintViolation)}`);
  });

  it('is not run again while the database is lost', async () => {
    const { wrapper: page } = await show();
    expect(button(page, 'Run again').disabled).toBe(false);
    useAppStore().databaseFault = { code: 'store.missing', message: 'it is gone', hint: 'start again' };
    await settle();
    expect([button(page, 'Run again').disabled, button(page, 'Run again').title]).toEqual([
      true,
      expect.stringContaining('lost with the database'),
    ]);
  });

  it('holds its front of trade-offs against HEFT, too, whatever its figures are compared with', async () => {
    const isWorse = {
      chromosomeId: 1,
      genome: [...gpuGenes],
      fitness: 0.5,
      metrics: describeSolution(problem, gpuGenes, 0.5).metrics,
    };
    host.handlers['runs.get'] = () => ({
      ...aDetail(run),
      configuration: { scheduler: 'nsga2', seed: 42, options: { objectives: ['makespanMs', 'energyMJ'] } },
      front: [isWorse],
    });
    host.handlers['runs.baseline'] = ({ baseline }) => ({
      baseline: {
        name: baseline === 'heft' ? 'HEFT' : 'PEFT',
        metrics: { ...reference, makespanMs: 0.1, energyMJ: 0.1, constraintViolation: 0 },
      },
    });
    const { wrapper: page } = await show('/runs/7?baseline=peft');
    expect(page.find('.remark').text()).toMatch(/HEFT and PEFT are better than every schedule on the front/);
  });

  it('opens on the tab of its address, and changes the address with the tab', async () => {
    const { wrapper: page, router } = await show('/runs/7/configuration');
    expect(page.text()).toContain('npm run -s tessera -- run small --scheduler ga --seed 42');
    await tab(page, 'Schedule').trigger('click');
    await settle();
    expect(router.currentRoute.value.fullPath).toBe('/runs/7/schedule');
    expect(page.text()).toContain('Response times');
  });

  it('is walked through by keyboard: arrows, Home and End move along the tabs, which are one stop for Tab', async () => {
    const { wrapper: page, router } = await show('/runs/7/notes');
    const keys = async (...pressed: string[]): Promise<string | null> => {
      for (const key of pressed) {
        document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        await settle();
      }
      return document.activeElement?.textContent?.trim() ?? null;
    };
    expect(page.findAll('[role="tab"][tabindex="0"]').map((element) => element.text())).toEqual(['Notes']);
    tab(page, 'Notes').element.focus();
    expect(await keys('ArrowRight')).toBe('Overview');
    expect(await keys('ArrowLeft', 'ArrowLeft')).toBe('Configuration');
    expect(router.currentRoute.value.fullPath).toBe('/runs/7/configuration');
    expect(page.find('[role="tabpanel"]').attributes('aria-labelledby')).toBe(
      tab(page, 'Configuration').attributes('id'),
    );
    expect(await keys('Home')).toBe('Overview');
    expect(await keys('End')).toBe('Notes');
  });

  it('tells the command that does the same, with the options that are not defaults', async () => {
    host.handlers['runs.get'] = () => ({
      ...aDetail(run, genes),
      configuration: {
        scheduler: 'ga',
        seed: 42,
        options: { populationSize: 100, generations: 50, weights: { energy: 0.5, latency: 2 } },
      },
    });
    const { wrapper: page } = await show('/runs/7/configuration');
    expect(page.text()).toContain(
      `npm run -s tessera -- run small --scheduler ga --seed 42 --options '{"generations":50,"weights":{"latency":2}}'`,
    );
  });

  it.each([
    ['came from a file', () => Promise.reject(new WorkbenchError('scenario.unknown', 'there is no scenario "small"'))],
    ['was changed since', () => ({ scenario: { ...aDetail(run).scenario, name: 'Changed' }, remarks: [] })],
  ])('tells how to write its scenario to a file first, where that %s', async (_, answer) => {
    host.handlers['scenarios.resolve'] = answer;
    const { wrapper: page } = await show('/runs/7/configuration');
    expect(page.find('.command code').text()).toBe(
      'npm run -s tessera -- runs export 7 --format run-scenario --out run-7-scenario.json\nnpm run -s tessera -- run run-7-scenario.json --scheduler ga --seed 42',
    );
  });

  describe('with times of several origins', () => {
    beforeEach(() => {
      const detail = aDetail(run, genes);
      const applications = detail.scenario['applications'] as {
        network: { timeSources?: unknown; layers: object[] };
      }[];
      for (const { network } of applications) {
        network.timeSources = { cpu: 'measured' };
        network.layers[0] = { ...network.layers[0], timeSources: { gpu: 'modelled' } };
      }
      host.handlers['runs.get'] = () => detail;
    });

    it('says where each comes from, as the scenario has them and not as its notes do', async () => {
      const { wrapper: page } = await show('/runs/7/configuration');
      expect(page.findAll('[aria-label="Where the times come from"] li').map((line) => line.text())).toEqual([
        'small on cpu: 6 layers measured',
        'small on gpu: 5 layers given, where from is not stated, 1 modelled',
        'small on npu: 5 layers given, where from is not stated, 1 not supported',
      ]);
    });

    it('says with its figures that some are modelled, and how many tasks rest on them', async () => {
      const { wrapper: page } = await show();
      expect(page.findAll('[role="note"]').map((note) => note.text())).toContain(
        'Modelled times: 1 of 6 layers of small has a modelled time on gpu; 2 of the 12 tasks of this schedule rest on them',
      );
    });
  });

  it('of a search for trade-offs says which of them is shown, and leads to all', async () => {
    const detail = aDetail(run, genes);
    const { metrics } = detail.best!;
    const member = (chromosomeId: number) => ({ chromosomeId, genome: [...gpuGenes], fitness: 0, metrics });
    host.handlers['runs.get'] = () => ({
      ...detail,
      configuration: { scheduler: 'nsga2', seed: 42, options: { objectives: ['latencyMs', 'energyMJ'] } },
      front: [member(1), member(2)],
    });
    const { wrapper: page } = await show();
    const note = page.findAll('[role="note"]').find((each) => each.text().includes('best by the fitness weights'))!;
    expect(note.text().replaceAll(/\s+/g, ' ')).toContain('the front has 2 trade-offs');
    expect(note.find('a').attributes('href')).toBe('/pareto/7?of=searched');
  });

  it('keeps a new name', async () => {
    const { wrapper: page } = await show();
    await page.find('h1 button').trigger('click');
    const field = page.find('h1 input');
    await field.setValue('Morning run');
    await field.trigger('keydown', { key: 'Enter' });
    await settle();
    expect(host.asked('runs.update')).toEqual([{ runId: 7, name: 'Morning run' }]);
    expect(page.find('h1').text()).toBe('Morning run');
  });
});

describe('a run at work', () => {
  beforeEach(() => {
    run = aRun({ status: 'running', generations: 0, evaluations: 0, plannedGenerations: 10 });
    genes = null;
    generations = 0;
  });

  it('waits for its first generation in words', async () => {
    const { wrapper: page } = await show();
    expect(page.text()).toContain('No schedule yet');
    expect(page.text()).toContain('The first generation is still to come.');
  });

  it('follows progress: generation, speed, time left, and the best schedule so far', async () => {
    const { wrapper: page } = await show();
    const best = aDetail(run, npuFirstGenes).best!;
    host.send(
      'run.progress',
      aProgress({
        generation: 1,
        evaluations: 20,
        series: aSeries(0, 2),
        best: { chromosomeId: 3, fitness: 0, genes: npuFirstGenes, metrics: best.metrics },
      }),
    );
    await settle();
    expect(page.text()).toContain('2 of 10');
    expect(page.text()).toContain('1 234 evaluations/s'.replace(' ', '\u202F'));
    expect(page.text().replaceAll('\u00A0', ' ')).toContain('4.0 s');
    expect(drawnElements(page)).toContain('npu');
    expect(page.find('[role="progressbar"]').attributes('aria-valuenow')).toBe('20');
  });

  it('loads the generations that an event left out', async () => {
    const { wrapper: page } = await show();
    generations = 6;
    host.send('run.progress', aProgress({ generation: 5, series: aSeries(4, 2) }));
    await settle();
    expect(host.asked('runs.generations').at(-1)).toMatchObject({ from: 0 });
    const columns = page.findAllComponents({ name: 'ConvergencePanel' })[0]?.props('generations') as {
      length: number;
      bestFitness: Float64Array;
    };
    expect(columns.length).toBe(6);
    expect(columns.bestFitness[5]).toBeCloseTo(0.5);
  });

  it('cannot be paused, cancelled or resumed while the host is out of reach', async () => {
    run = aRun({ status: 'running', generations: 2 });
    const { wrapper: page } = await show();
    host.connection({ status: 'waiting', attempt: 1, retryInMs: 250 });
    await settle();
    for (const name of ['Pause', 'Cancel']) expect(button(page, name).disabled).toBe(true);
    host.connection({ status: 'connecting' });
    await settle();
    expect(button(page, 'Pause').disabled).toBe(true);
    host.connection({ status: 'open' });
    await settle();
    expect(button(page, 'Pause').disabled).toBe(false);
  });

  it('can be paused and cancelled', async () => {
    const { wrapper: page } = await show();
    button(page, 'Pause').click();
    await settle();
    expect(host.asked('runs.pause')).toEqual([{ runId: 7 }]);
    host.send('run.changed', { run: { ...run, status: 'paused' } });
    await settle();
    expect(page.text()).toContain('Paused');
    expect(hasButton('Resume')).toBe(true);
    button(page, 'Cancel').click();
    await settle();
    expect(host.asked('runs.cancel')).toEqual([{ runId: 7 }]);
  });

  it('cannot be deleted by the second click of a double click on Cancel', async () => {
    const { wrapper: page } = await show();
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      run = aRun({ status: 'cancelled' });
      host.send('run.changed', { run });
      await settle();
      expect(button(page, 'Delete').disabled).toBe(true);
      vi.advanceTimersByTime(1000);
      await settle();
      expect(button(page, 'Delete').disabled).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  it('becomes the finished page when it ends, with what the record says', async () => {
    const { wrapper: page } = await show();
    run = aRun({ status: 'finished' });
    genes = gpuGenes;
    generations = 3;
    host.send('run.changed', { run });
    await settle();
    expect(page.text()).toContain('Finished');
    expect(drawnElements(page)).toEqual(new Set(['gpu']));
    expect(hasButton('Run again')).toBe(true);
  });
});

describe('a run that stopped early', () => {
  it('says why it was interrupted and can be resumed', async () => {
    run = aRun({ status: 'interrupted', statusReason: 'its process was ended by SIGKILL' });
    const { wrapper: page } = await show();
    expect(page.text()).toContain('Its process was ended by SIGKILL. Its 3 generations are kept.');
    button(page, 'Resume').click();
    await settle();
    expect(host.asked('runs.resume')).toEqual([{ runId: 7 }]);
  });

  it('says why it failed', async () => {
    run = aRun({ status: 'failed', statusReason: 'the disk is full', generations: 0 });
    const { wrapper: page } = await show();
    expect(page.text()).toContain('This run failed. The disk is full. No generation was recorded.');
    expect(hasButton('Resume')).toBe(false);
  });
});

describe('a run that is not there', () => {
  it('that ended before its first generation promises none: no tab waits for one, and its configuration is there', async () => {
    run = aRun({ status: 'cancelled', generations: 0 });
    genes = null;
    generations = 0;
    const { wrapper: page } = await show('/runs/7/population');
    expect(page.text()).toContain('No schedule was found');
    expect(page.text()).not.toMatch(/yet|still to come/);
    expect(page.findAll('[role="tab"]').map((candidate) => candidate.text())).toEqual([
      'Overview',
      'Configuration',
      'Notes',
    ]);
    await tab(page, 'Configuration').trigger('click');
    await settle();
    expect(page.text()).toContain('Population size');
  });

  it('says so when there is none of that number', async () => {
    host.handlers['runs.get'] = () => Promise.reject(new WorkbenchError('run.unknown', 'there is no run 7'));
    const { wrapper: page } = await show();
    expect(page.text()).toContain('There is no run 7');
  });

  it('says so when it is deleted elsewhere while it is shown', async () => {
    const { wrapper: page } = await show();
    host.send('run.deleted', { runId: 7 });
    await settle();
    expect(page.text()).toContain('This run was deleted');
  });

  it('offers to undo while that is possible', async () => {
    const { wrapper: page } = await show();
    useRunsStore().remove([7]);
    await settle();
    button(page, 'Undo').click();
    await settle();
    expect(page.text()).toContain('Finished');
  });

  it('shows any other problem with its hint, and tries again', async () => {
    host.handlers['runs.get'] = () =>
      Promise.reject(
        new WorkbenchError('database.locked', 'the database is locked', { hint: 'close the other program' }),
      );
    const { wrapper: page } = await show();
    expect(page.text()).toContain('The database is locked');
    expect(page.text()).toContain('Close the other program');
    host.handlers['runs.get'] = () => aDetail(run, genes);
    button(page, 'Try again').click();
    await settle();
    expect(page.text()).toContain('Finished');
  });
});
