/** Preparing a run in a thread of its own: the same as in this one, errors included. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadPresets } from '#main/formats/presets.ts';
import { Documents } from '#main/services/document-library.ts';
import { Preparation } from '#main/services/preparation.ts';
import { resourcesDirectory } from '#main/services/resources-directory.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aRecord } from '../../fixtures/record.ts';

const configuration = { scheduler: 'ga', seed: 1, options: { generations: 7 } };

function bothWays() {
  const record = aRecord();
  const documents = new Documents(loadPresets(resourcesDirectory()), record.documents, Date.now);
  const thread = Preparation.inThread({ databasePath: record.path, resourcesDirectory: resourcesDirectory() });
  onTestFinished(() => thread.close());
  return { documents, here: Preparation.here(documents), thread };
}

describe('a run prepared in a thread', () => {
  it('is the one prepared here: of a preset, a document of the user, or a scenario given inline; and so is a schedule described', async () => {
    const { documents, here, thread } = bothWays();
    documents.save('scenario', { ...aSmallScenario().input, id: 'mine', name: 'Mine' });
    for (const reference of ['simple', 'mine', aSmallScenario().input]) {
      const prepared = await thread.prepare(reference, configuration);
      expect(prepared).toEqual(await here.prepare(reference, configuration));
      expect(prepared.configuration.options).toMatchObject({ generations: 7, populationSize: expect.any(Number) });
      const request = { scenarioText: prepared.scenario.json, configuration: prepared.configuration, genes: new Uint8Array(prepared.layout.genomeLength), fitness: 0.5 };
      expect(await thread.describe(request)).toEqual(await here.describe(request));
    }
  });

  it.each([
    ['simpel', configuration, { code: 'scenario.unknown', hint: 'did you mean "simple"?' }],
    [{ ...aSmallScenario().input, applications: [] }, configuration, { code: 'scenario.invalid', details: [expect.objectContaining({ path: ['applications'] })] }],
    ['simple', { ...configuration, options: { populationSize: 0 } }, { code: 'scheduler.invalid' }],
  ])('is refused as here (%#)', async (reference, wanted, error) => {
    const { here, thread } = bothWays();
    await expect(thread.prepare(reference, wanted)).rejects.toMatchObject({ name: 'WorkbenchError', ...error });
    await expect(here.prepare(reference, wanted)).rejects.toMatchObject({ name: 'WorkbenchError', ...error });
  });

  it('fails when the thread ends before it is done; the next one gets a thread of its own', async () => {
    const { thread } = bothWays();
    const preparing = thread.prepare('simple', configuration);
    await Promise.all([expect(preparing).rejects.toThrow('the thread that prepares runs has ended'), thread.close()]);
    await expect(thread.prepare('simple', configuration)).resolves.toMatchObject({ scenario: { id: 'simple' } });
  });

  it('of a database that is gone says so', async () => {
    const thread = Preparation.inThread({ databasePath: join(resourcesDirectory(), 'nowhere', 'tessera.db'), resourcesDirectory: resourcesDirectory() });
    onTestFinished(() => thread.close());
    await expect(thread.prepare('simple', configuration)).rejects.toMatchObject({ name: 'WorkbenchError' });
  });
});
