/** The form of a new run: what it starts, what it takes over from another run, and how it refuses what cannot be run. */
import { mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { unconfirmed } from '#shared/domain/external-command.ts';
import ConfirmProgram from '#renderer/frame/ConfirmProgram.vue';
import { useAppStore } from '#renderer/stores/app.ts';
import type { HostDouble } from './support/host-double.ts';
import { aHostWithRuns, scenarioJson } from './support/host-with-runs.ts';
import { button, openPage, settle } from './support/mount-page.ts';

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

const seedField = (page: VueWrapper): HTMLInputElement => page.find<HTMLInputElement>('#seed').element;
const nameField = (page: VueWrapper): HTMLInputElement => page.find<HTMLInputElement>('#name').element;

describe('a new run', () => {
  it('is started with what the form says, and its page opens', async () => {
    const { wrapper: page, router } = await show('/runs/new');
    expect(page.text()).toContain('Small scenario');
    const generations = page.findAll('.option-row').find((row) => row.text().startsWith('Generations'));
    await generations?.find('input').setValue('50');
    await generations?.find('input').trigger('blur');
    await settle();
    button(page, 'Start').click();
    await settle();
    expect(host.asked('runs.start')).toEqual([
      { scenario: 'small', configuration: { scheduler: 'ga', seed: 1, options: { generations: 50 } } },
    ]);
    expect(router.currentRoute.value.fullPath).toBe('/runs/9');
  });

  describe('that would start a program', () => {
    const command = { command: ['python3', 'mine.py', '--depth 3'], folder: '/home/me' };

    let frame: VueWrapper | undefined;
    afterEach(() => frame?.unmount());
    const press = (label: string): void =>
      [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.trim() === label)?.click();

    async function begin(): Promise<void> {
      let isConfirmed = false;
      const started = host.handlers['runs.start']!;
      host.handlers['runs.start'] = (input) => {
        if (!isConfirmed) throw unconfirmed(command);
        return started(input);
      };
      host.handlers['commands.confirm'] = () => {
        isConfirmed = true;
        return {};
      };
      const { wrapper: page, pinia } = await show('/runs/new');
      frame = mount(ConfirmProgram, { attachTo: document.body, global: { plugins: [pinia] } });
      button(page, 'Start').click();
      await settle();
      expect(document.body.textContent).toContain('Start this program?');
      expect([...document.querySelectorAll('.arguments code')].map(({ textContent }) => textContent)).toEqual(
        command.command,
      );
      expect(document.body.textContent).toContain('/home/me');
      expect(host.asked('commands.confirm')).toEqual([]);
    }

    it('shows exactly which, and is started when the person confirms it', async () => {
      await begin();
      press('Confirm and start');
      await settle();
      expect(host.asked('commands.confirm')).toEqual([command]);
      expect(host.asked('runs.start')).toHaveLength(2);
    });

    it('is not started when the person does not', async () => {
      await begin();
      press('Do not start it');
      await settle();
      expect(host.asked('commands.confirm')).toEqual([]);
      expect(host.asked('runs.start')).toHaveLength(1);
      expect(document.body.textContent).not.toContain('Start this program?');
    });
  });

  it('ends by limits of its own, for which as many generations are planned as they take', async () => {
    const { wrapper: page } = await show('/runs/new');
    const limit = async (name: string, text: string): Promise<void> => {
      const field = page.find(`[aria-label="Limit: ${name}"]`);
      await field.setValue(text);
      await field.trigger('blur');
      await settle();
    };
    await limit('gap', '1');
    expect(page.text()).toContain('or with its last generation');
    await limit('time', '30');
    expect(page.text()).toContain('however many generations that takes');
    button(page, 'Start').click();
    await settle();
    expect(host.asked('runs.start')).toEqual([
      {
        scenario: 'small',
        configuration: {
          scheduler: 'ga',
          seed: 1,
          options: { generations: expect.any(Number) },
          stop: { gap: 0.01, timeMs: 30_000 },
        },
      },
    ]);
  });

  it('is not started while the database is lost, and says why, here and on Home', async () => {
    const fault = { code: 'store.missing', message: 'the file is gone', hint: 'start Tessera again' } as const;
    const { wrapper: page } = await show('/runs/new');
    useAppStore().databaseFault = fault;
    await settle();
    expect(button(page, 'Start').disabled).toBe(true);
    expect(page.text()).toContain('Nothing can be started: its record would be lost with the database.');
    page.unmount();
    await show('/');
    expect(button(wrapper!, 'Start').disabled).toBe(false);
    useAppStore().databaseFault = fault;
    await settle();
    expect(button(wrapper!, 'Start').title).toContain('lost with the database');
    expect(button(wrapper!, 'Start').disabled).toBe(true);
  });

  it('says beside the scenario which of its times are modelled', async () => {
    const modelled = structuredClone(scenarioJson) as { applications: { network: { timeSources?: unknown } }[] };
    for (const { network } of modelled.applications) network.timeSources = { npu: 'modelled' };
    host.handlers['scenarios.resolve'] = () => ({ scenario: { ...modelled }, remarks: [] });
    const { wrapper: page } = await show('/runs/new');
    expect(page.find('.time-remarks').text()).toBe('5 of 6 layers of small have modelled times on npu');
  });

  it('is not started with a wrong option', async () => {
    const { wrapper: page } = await show('/runs/new');
    const population = page.findAll('.option-row')[0];
    await population?.find('input').setValue('1');
    await population?.find('input').trigger('blur');
    await settle();
    expect(population?.text()).toContain('Must be at least 2');
    expect(button(page, 'Start').disabled).toBe(true);
  });

  it('shows what the host complains about beside the option', async () => {
    host.handlers['runs.start'] = () =>
      Promise.reject(
        new WorkbenchError('scheduler.invalid', 'scheduler: options.eliteSize: too large', {
          details: [
            {
              path: ['options', 'eliteSize'],
              message: 'the elite fills the whole population',
              expected: 'less than populationSize',
            },
          ],
        }),
      );
    const { wrapper: page } = await show('/runs/new');
    button(page, 'Start').click();
    await settle();
    const elite = page.findAll('.option-row').find((row) => row.text().startsWith('Elite size'));
    expect(elite?.find('[role="alert"]').text()).toContain(
      'The elite fills the whole population; expected less than populationSize',
    );
  });

  it('tells where a scenario is wrong', async () => {
    host.handlers['scenarios.resolve'] = () =>
      Promise.reject(
        new WorkbenchError('scenario.invalid', 'scenario: applications: is missing', { hint: 'add an array' }),
      );
    const { wrapper: page } = await show('/runs/new');
    expect(page.text()).toContain('This scenario cannot be run');
    expect(page.text()).toContain('Add an array');
    expect(button(page, 'Start').disabled).toBe(true);
  });

  it('repeats another run with its own snapshot, options and seed', async () => {
    const { wrapper: page, router } = await show('/runs/new?from=2');
    expect(router.currentRoute.value.fullPath).toBe('/runs/new');
    expect(seedField(page).value).toBe('42');
    button(page, 'Start').click();
    await settle();
    expect(host.asked('runs.start')[0]).toMatchObject({
      scenario: scenarioJson,
      name: 'Second',
      configuration: { seed: 42 },
    });
  });

  it('improves a run: begins with its best, until that is dropped or another scenario is chosen', async () => {
    const { wrapper: page } = await show('/runs/new?from=2&improve');
    expect(page.text()).toContain('Begins with the best schedule of run 2');
    expect(nameField(page).value).toBe('');
    button(page, 'Start').click();
    await settle();
    expect(host.asked('runs.start')[0]).toMatchObject({
      configuration: { start: { from: 'run 2', mapping: expect.any(Object) } },
    });
    const { wrapper: again } = await show('/runs/new?from=2&improve');
    button(again, 'Begin without it').click();
    await settle();
    expect(again.text()).not.toContain('Begins with');
  });

  it('drops the name of the run it was copied from when another scenario or scheduler is chosen, but not one that was typed', async () => {
    const { wrapper: page } = await show('/runs/new?from=2');
    expect(nameField(page).value).toBe('Second');
    page.findComponent({ name: 'SchedulerChoice' }).vm.$emit('choose', 'ga');
    await settle();
    expect(nameField(page).value).toBe('Second');
    page.findComponent({ name: 'SchedulerChoice' }).vm.$emit('choose', 'random');
    await settle();
    expect(nameField(page).value).toBe('');
    await page.find('#name').setValue('Mine');
    page.findComponent({ name: 'SchedulerChoice' }).vm.$emit('choose', 'ga');
    await settle();
    expect(nameField(page).value).toBe('Mine');
  });

  it('starts clean as to name and seed after a run that was copied has been started', async () => {
    const { wrapper: page, router } = await show('/runs/new?demo=small');
    expect(seedField(page).value).toBe('42');
    button(page, 'Start').click();
    await settle();
    await router.push('/runs/new');
    await settle();
    expect([seedField(page).value, nameField(page).value]).toEqual(['1', '']);
  });

  it('keeps a seed of its own for the next run', async () => {
    const { wrapper: page, router } = await show('/runs/new');
    await page.find('#seed').setValue('7');
    button(page, 'Start').click();
    await settle();
    await router.push('/runs/new');
    await settle();
    expect(seedField(page).value).toBe('7');
  });

  it.each([
    ['4294967296', 'Must be 0 … 4\u202F294\u202F967\u202F295'],
    ['-1', 'Must be 0 …'],
    ['1.5', 'Must be a whole number'],
    ['', 'Is needed'],
  ])('is not started with the seed "%s", and says why beside it', async (seed, problem) => {
    const { wrapper: page } = await show('/runs/new');
    await page.find('#seed').setValue(seed);
    await page.find('#seed').trigger('blur');
    await settle();
    expect(page.find('#seed-text').text()).toContain(problem);
    expect(button(page, 'Start').disabled).toBe(true);
    await page.find('#seed').setValue('4294967295');
    await settle();
    expect(button(page, 'Start').disabled).toBe(false);
  });

  it.each([
    ['{ "schemaVersion": 1,', 'mine.json is not JSON'],
    ['[]', 'mine.json is JSON, but no document'],
    [JSON.stringify(scenarioJson['platform']), 'mine.json is a platform document, not a scenario'],
    [JSON.stringify({ schemaVersion: 1, id: 'net', layers: [] }), 'mine.json is a network document, not a scenario'],
    [JSON.stringify({ ...scenarioJson, id: 'broken' }), 'Application "a" uses network "x"'],
  ])('refuses a file that cannot be run, says why, and keeps the chosen scenario: %#', async (text, reason) => {
    host.handlers['scenarios.resolve'] = ({ scenario: given }) =>
      typeof given === 'object' && given['id'] === 'broken'
        ? Promise.reject(
            new WorkbenchError('scenario.unknownNetwork', 'application "a" uses network "x", which does not exist'),
          )
        : { scenario: scenarioJson, remarks: [] };
    const { wrapper: page } = await show('/runs/new');
    page.findComponent({ name: 'ScenarioChoice' }).vm.$emit('load', new File([text], 'mine.json'));
    await settle();
    expect(page.find('[role="alert"]').text()).toContain('mine.json was not loaded');
    expect(page.find('[role="alert"]').text()).toContain(reason);
    expect(page.find('aside').text()).toContain('Small scenario');
    expect(button(page, 'Start').disabled).toBe(false);
    button(page, 'Close').click();
    await settle();
    expect(page.find('[role="alert"]').exists()).toBe(false);
  });

  it('tries a scenario again when it is chosen again', async () => {
    host.handlers['scenarios.resolve'] = () =>
      Promise.reject(new WorkbenchError('database.locked', 'the database is locked'));
    const { wrapper: page } = await show('/runs/new');
    expect(page.text()).toContain('The database is locked');
    host.handlers['scenarios.resolve'] = () => ({ scenario: scenarioJson, remarks: [] });
    page.findComponent({ name: 'ScenarioChoice' }).vm.$emit('choose', 'small');
    await settle();
    expect(page.text()).not.toContain('The database is locked');
    expect(button(page, 'Start').disabled).toBe(false);
  });
});
