/** Networks that were trained, as tables: NAS-Bench-Macro, Accel-NASBench, and tables of a person's own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Score } from '#shared/nas/accuracy.ts';
import type { NetworkSpace } from '#shared/nas/space.ts';
import { cell, quantity, readCsv, type CsvRow } from '../csv.ts';
import type { ImportFault } from '../import-fault.ts';

/** A network of a table with what it was found to be. */
export interface TrainedNetwork {
  readonly genes: Uint8Array;
  readonly score: Score;
}

/** The networks of NAS-Bench-Macro in their space: top-1 on CIFAR-10, mean and standard deviation of three seeds, %. @throws WorkbenchError `nas.table` */
export function readMacro(resourcesDirectory: string, space: NetworkSpace): TrainedNetwork[] {
  const seeds = ['acc1', 'acc2', 'acc3'];
  return shipped(resourcesDirectory, 'nas_bench_macro.csv', ['arch', ...seeds], (row, number) => {
    const values = seeds.map(number);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return {
      genes: checked(space, Uint8Array.from(cell(row, 'arch'), Number), cell(row, 'arch')),
      score: { value: mean, std: Math.sqrt(variance) },
    };
  });
}

/** The networks of Accel-NASBench in the MnasNet space: top-1 on ImageNet after a short training, one seed, %. @throws WorkbenchError `nas.table` */
export function readAccel(resourcesDirectory: string, space: NetworkSpace): TrainedNetwork[] {
  const columns = ['expansions', 'kernels', 'repeats', 'squeeze', 'top1'];
  return shipped(resourcesDirectory, 'accel_nasbench.csv', columns, (row, number) => {
    const of = (column: string, stage: number): string => cell(row, column)[stage] ?? '';
    const genes = Uint8Array.from(space.layout.loci, ({ decides, stage, values }) => {
      if (decides === 'repeats') return values.indexOf(of('repeats', stage));
      if (decides === 'se') return Number(of('squeeze', stage));
      return values.indexOf(`${of('kernels', stage)}:${of('expansions', stage)}`);
    });
    return { genes: checked(space, genes, row.fields.join()), score: { value: number('top1') } };
  });
}

/** Scores by what a table names a network with. */
export interface ScoreTable {
  /** What the number is: the heading of its column. */
  readonly title: string;
  /** "choice" or "hash". */
  readonly key: 'choice' | 'hash';
  readonly scores: ReadonlyMap<string, Score>;
}

/**
 * A table of a person's own: a column `choice` (a candidate's code) or `hash`, a column with numbers, and perhaps `std`.
 * @throws WorkbenchError `nas.table`
 */
export function readScoreTable(path: string): ScoreTable {
  const text = readFile(path, 'check its path');
  const [heading = ''] = text.split(/\r?\n/, 1);
  const columns = heading.split(/[,;\t]/).map((each) => each.trim().replace(/^"|"$/g, ''));
  const key = (['choice', 'hash'] as const).find((each) => columns.includes(each));
  if (key === undefined)
    throw invalid(
      `${path} has neither a column "choice" nor a column "hash"`,
      'name the first column "choice" or "hash"',
    );
  const title = columns.find((each) => each !== 'choice' && each !== 'hash' && each !== 'std' && each !== '');
  if (title === undefined) throw invalid(`${path} has no column with scores`, 'add one, e.g. "top1"');
  const faults: ImportFault[] = [];
  const required = [key, title, ...(columns.includes('std') ? ['std'] : [])];
  const { rows } = readCsv(text, path, { required, stated: { decimal: 'point' } }, faults);
  const scores = new Map(
    rows.map((row) => [
      cell(row, key).trim(),
      {
        value: quantity(path, row, title, faults),
        ...(columns.includes('std') ? { std: quantity(path, row, 'std', faults) } : {}),
      },
    ]),
  );
  const [fault] = faults;
  if (fault !== undefined) throw invalid(`${path}, line ${fault.line}: ${fault.message}`, 'correct that line');
  return { title, key, scores };
}

function shipped<Entry>(
  resourcesDirectory: string,
  name: string,
  required: readonly string[],
  read: (row: CsvRow, number: (column: string) => number) => Entry,
): Entry[] {
  const file = join(resourcesDirectory, 'data/nas-benchmarks', name);
  const again = 'the installation is incomplete: install again';
  const faults: ImportFault[] = [];
  const { rows } = readCsv(
    readFile(file, again),
    file,
    { required: [...required], stated: { decimal: 'point' } },
    faults,
  );
  const entries = rows.map((row) => read(row, (column) => quantity(file, row, column, faults)));
  const [fault] = faults;
  if (fault !== undefined) throw invalid(`${file}, line ${fault.line}: ${fault.message}`, again);
  return entries;
}

function checked(space: NetworkSpace, genes: Uint8Array, text: string): Uint8Array {
  const isValid =
    genes.length === space.layout.length &&
    space.layout.loci.every(({ alleles }, locus) => alleles.includes(genes[locus] ?? 255));
  if (isValid) return genes;
  throw invalid(`"${text}" is no network of ${space.document.name}`, 'the installation is damaged: install again');
}

function readFile(path: string, hint: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new WorkbenchError('nas.table', `cannot read ${path}`, { hint, cause });
  }
}

function invalid(message: string, hint: string): WorkbenchError {
  return new WorkbenchError('nas.table', message, { hint });
}
