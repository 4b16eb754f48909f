/** What people write about runs: its bounds, and that long notes do not travel in every list. */
import { expect, it } from 'vitest';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aWorkbench } from '../../fixtures/workbench.ts';

const scenario = aSmallScenario().input;
const configuration = { scheduler: 'npu_first' };

it('lists have the beginning of long notes and say so; a run has them whole, and they can be searched', async () => {
  const { client } = aWorkbench();
  const [short, long] = [
    await client.invoke('runs.start', { scenario, configuration }),
    await client.invoke('runs.start', { scenario, configuration }),
  ].map(({ run }) => run.id);
  const notes = `${'a long story, '.repeat(5000)}with a needle`;
  await client.invoke('runs.update', { runId: short!, notes: 'short' });
  await client.invoke('runs.update', { runId: long!, notes });
  const { runs } = await client.invoke('runs.list', {});
  expect(runs.map((run) => [run.id, run.notes, run.areNotesCut])).toEqual([
    [long, notes.slice(0, 300), true],
    [short, 'short', undefined],
  ]);
  expect((await client.invoke('runs.get', { runId: long! })).run).toMatchObject({ notes });
  expect((await client.invoke('runs.list', { text: 'needle' })).runs.map(({ id }) => id)).toEqual([long]);
});

it('a run has at most fifty tags, also where they are added to several at once', async () => {
  const { client } = aWorkbench();
  const { run } = await client.invoke('runs.start', { scenario, configuration });
  await client.invoke('runs.update', { runId: run.id, tags: Array.from({ length: 49 }, (_, index) => `tag ${index}`) });
  await expect(
    client.invoke('runs.updateTogether', { runIds: [run.id], addTags: ['one', 'two'] }),
  ).rejects.toMatchObject({ code: 'run.tooManyTags', hint: expect.stringContaining('remove') });
  expect(await client.invoke('runs.updateTogether', { runIds: [run.id], addTags: ['one', 'tag 3'] })).toEqual({
    changed: 1,
  });
  expect((await client.invoke('runs.get', { runId: run.id })).run.tags).toHaveLength(50);
});

it('a run that nobody named is called after its scenario, as far as there is room', async () => {
  const { client } = aWorkbench();
  const { run } = await client.invoke('runs.start', {
    scenario: { ...scenario, name: 'N'.repeat(900) },
    configuration,
  });
  expect(run.name).toMatch(/^N+…, .*, seed 1$/);
  expect(run.name).toHaveLength(200);
});
