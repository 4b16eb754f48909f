/** What a run without a record puts aside: found again to the last bit, and never left behind. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { ScratchArchive } from '#main/processes/scratch-archive.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aFolder } from '../../fixtures/record.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

const scenario = aSmallScenario().build();
const configuration = { scheduler: 'nsga2', seed: 4, options: { populationSize: 40, generations: 60 } };

describe('a run that puts its chromosomes aside', () => {
  it('gives the generations and the front of one that keeps them, though it keeps next to none in memory', () => {
    const folder = aFolder();
    const archive = new ScratchArchive(folder);
    let reads = 0;
    const frugal = createRun(scenario, configuration, { archive: (id) => (reads++, archive.read(id)), keptBytes: 1 });
    const other = createRun(scenario, configuration);
    const chromosomes = [];
    for (let generation = other.step(); generation !== undefined; generation = other.step()) {
      const own = frugal.step()!;
      expect(own).toEqual(generation);
      archive.append(own.newChromosomes);
      frugal.confirmRecorded(frugal.saveState().chromosomes);
      chromosomes.push(...recordsOf(generation.newChromosomes));
    }
    expect(reads).toBeGreaterThan(0);
    expect(frugal.front).toEqual(other.front);
    for (const { id, genes, fitness, metrics } of chromosomes)
      expect(archive.read(id)).toEqual({ id, genes, fitness, metrics });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says where there is no room for them', () => {
    const { newChromosomes } = createRun(scenario, configuration).step()!;
    const nowhere = join(aFolder(), 'nowhere');
    expect(() => new ScratchArchive(nowhere).append(newChromosomes)).toThrow(
      expect.objectContaining({
        code: 'host.scratchFile',
        message: expect.stringContaining(nowhere),
        hint: expect.stringContaining('TMPDIR'),
      }),
    );
  });

  it('has none that was not stored', () => {
    expect(() => new ScratchArchive().read(0)).toThrow('chromosome 0 was not stored');
  });
});
