/** Preparing and exporting a run in a thread of its own: the same as in this one, errors included. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadPresets } from '#main/formats/presets.ts';
import { Documents } from '#main/services/documents/document-library.ts';
import { Preparation } from '#main/services/runs/preparation.ts';
import { resourcesDirectory } from '#main/services/resources-directory.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aRecord } from '../../fixtures/record.ts';
import { aWorkbench } from '../../fixtures/workbench.ts';

const configuration = { scheduler: 'ga', seed: 1, options: { generations: 7 } };

function bothWays() {
  const record = aRecord();
  const documents = new Documents(loadPresets(resourcesDirectory()), record.documents, Date.now);
  const thread = Preparation.inThread({ databasePath: record.path, resourcesDirectory: resourcesDirectory() });
  onTestFinished(() => thread.close());
  return { documents, here: Preparation.here(documents, record), thread };
}

describe('a run prepared in a thread', () => {
  it('is the one prepared here: of a preset, a document of the user, or a scenario given inline; and so is a schedule described', async () => {
    const { documents, here, thread } = bothWays();
    documents.save('scenario', { ...aSmallScenario().input, id: 'mine', name: 'Mine' });
    for (const reference of ['simple', 'mine', aSmallScenario().input]) {
      const prepared = await thread.prepare(reference, configuration);
      expect(prepared).toEqual(await here.prepare(reference, configuration));
      expect(prepared.configuration.options).toMatchObject({ generations: 7, populationSize: expect.any(Number) });
      const request = {
        scenarioText: prepared.scenario.json,
        configuration: prepared.configuration,
        genes: new Uint8Array(prepared.layout.genomeLength),
        fitness: 0.5,
      };
      expect(await thread.describe(request)).toEqual(await here.describe(request));
    }
  });

  it.each([
    ['simpel', configuration, { code: 'scenario.unknown', hint: 'did you mean "simple"?' }],
    [
      { ...aSmallScenario().input, applications: [] },
      configuration,
      { code: 'scenario.invalid', details: [expect.objectContaining({ path: ['applications'] })] },
    ],
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
    const thread = Preparation.inThread({
      databasePath: join(resourcesDirectory(), 'nowhere', 'tessera.db'),
      resourcesDirectory: resourcesDirectory(),
    });
    onTestFinished(() => thread.close());
    await expect(thread.prepare('simple', configuration)).rejects.toMatchObject({ name: 'WorkbenchError' });
  });
});

describe('files read in a thread', () => {
  const file = (name: string, content: unknown) => ({
    name,
    bytes: new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content)),
  });

  it('give the documents and the faults that they give here', async () => {
    const { here, thread } = bothWays();
    const request = {
      format: 'auto',
      options: {},
      files: [
        file('good.json', aSmallScenario().input),
        file('empty.json', { schemaVersion: 1, id: 'x', layers: Array.from({ length: 500_000 }, () => ({})) }),
        file('cut.json', '{"layers": ['),
        file('what.bin', '\u0000?'),
      ],
    };
    const outcomes = await thread.readFiles(request);
    expect(outcomes).toEqual(await here.readFiles(request));
    expect(
      outcomes
        .map((outcome) => (outcome.status === 'read' ? outcome.documents[0]?.kind : outcome.error.code))
        .toSorted(),
    ).toEqual(['format.unrecognised', 'json.invalid', 'network.invalid', 'scenario']);
  });

  it('are refused as here where the format is none', async () => {
    const { here, thread } = bothWays();
    for (const way of [here, thread])
      await expect(way.readFiles({ format: 'jsn', options: {}, files: [file('a.json', {})] })).rejects.toMatchObject({
        name: 'WorkbenchError',
        code: 'format.unknown',
      });
  });
});

describe('a run exported in a thread', () => {
  it('is the file written here, in every format that reads the record, and what cannot be written is refused', async () => {
    const { client, databasePath, untilStatus } = aWorkbench();
    await client.invoke('runs.start', { scenario: 'simple', configuration });
    await untilStatus(1, 'finished');
    const record = aRecord(databasePath);
    const layout = record.runs.layout(1)!;
    const thread = Preparation.inThread({ databasePath, resourcesDirectory: resourcesDirectory() });
    onTestFinished(() => thread.close());
    const detail = await client.invoke('runs.get', { runId: 1 });
    const schedule = { ...record.generations.chromosome(1, layout, 3)!, chromosomeId: 3 };
    const request = { detail, layout, schedule, options: {}, product: 'Tessera 0.1.0', exportedAt: 0 };
    const here = Preparation.here(new Documents(loadPresets(resourcesDirectory()), record.documents, Date.now), record);
    for (const format of ['run-json', 'generations-csv', 'chrome-trace', 'prism-schedule']) {
      const written = await thread.exportRun({ ...request, format });
      expect(written.files[0]!.bytes.length).toBeGreaterThan(100);
      expect(written).toEqual(await here.exportRun({ ...request, format }));
    }
    await expect(thread.exportRun({ ...request, format: 'onnx' })).rejects.toMatchObject({ code: 'format.wrongKind' });
  });
});
