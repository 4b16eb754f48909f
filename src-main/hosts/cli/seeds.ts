/** The same search with several seeds, one run after the other, and what they came to together. */
import { figureOf, plainTitle, quantityOf, type ComparedFigure, type MetricName } from '#shared/domain/metrics.ts';
import { countOf } from '#shared/domain/words.ts';
import { quantile } from '#shared/scheduling/metrics.ts';
import { gapText } from './answers.ts';
import { printJson, printText, remark } from './output.ts';
import type { RunResult } from './run-result.ts';
import { search, searchRecorded, searchSpawner, type SearchReport, type SearchRequest } from './search.ts';
import { withWorkbench } from './session.ts';
import { number, table } from './table.ts';

/** Figures that are summarised. */
const figures = {
  fitness: ({ best }: RunResult) => best?.fitness,
  makespanMs: ofBest('makespanMs'),
  throughputPerS: ofBest('throughputPerS'),
  energyMJ: ofBest('energyMJ'),
  latencyMs: ofBest('latencyMs'),
  deadlineMisses: ofBest('deadlineMisses'),
  gap: ({ gap }: RunResult) => gap ?? undefined,
};
function ofBest(name: MetricName): (result: RunResult) => number | undefined {
  return ({ best }) => (best === null ? undefined : figureOf(best.metrics, name));
}
type Figure = keyof typeof figures;
type Figures = Readonly<Record<Figure, number | null>>;
const figureNames = Object.keys(figures) as Figure[];

/** As `--json` prints it under `summary`. */
export interface SeedSummary {
  /** The fittest run, the first among equals; null where none found a schedule. */
  readonly best: ({ readonly runId: number | null; readonly seed: number } & Figures) | null;
  /** Of each figure by itself; null where no run has it. */
  readonly median: Figures;
}

/** Searches with one seed after another; ends early where a run is cancelled. @throws WorkbenchError */
export function searchSeeds(request: SearchRequest, seeds: readonly number[]): Promise<SearchReport[]> {
  const each = async (searchOne: (one: SearchRequest) => Promise<SearchReport>): Promise<SearchReport[]> => {
    const reports: SearchReport[] = [];
    for (const [index, seed] of seeds.entries()) {
      if (!request.quiet) remark(`seed ${seed}, run ${index + 1} of ${seeds.length}`);
      const report = await searchOne({
        ...request,
        configuration: { ...request.configuration, seed },
        name: request.name === undefined ? undefined : `${request.name}, seed ${seed}`,
      });
      reports.push(report);
      if (report.result.status === 'cancelled') break;
    }
    return reports;
  };
  return request.record
    ? withWorkbench(request.db, (client, close) => each((one) => searchRecorded(client, close, one)), searchSpawner)
    : each(search);
}

export function summaryOf(results: readonly RunResult[]): SeedSummary {
  const fittest = results.reduce<RunResult | undefined>(
    (best, result) =>
      result.best !== null &&
      (best?.best === undefined || best.best === null || result.best.fitness > best.best.fitness)
        ? result
        : best,
    undefined,
  );
  const read = (valueOf: (name: Figure) => number | undefined): Figures =>
    Object.fromEntries(figureNames.map((name) => [name, valueOf(name) ?? null])) as Figures;
  return {
    best:
      fittest === undefined
        ? null
        : { runId: fittest.runId, seed: fittest.seed, ...read((name) => figures[name](fittest)) },
    median: read((name) => median(results.map(figures[name]).filter((value) => value !== undefined))),
  };
}

function median(values: readonly number[]): number | undefined {
  return values.length === 0
    ? undefined
    : quantile(
        values.toSorted((a, b) => a - b),
        0.5,
      );
}

/** Prints what came out; exit code 1 where a run was cancelled. */
export function printSeeds(reports: readonly SearchReport[], json: boolean): void {
  const results = reports.map(({ result }) => result);
  const summary = summaryOf(results);
  if (json) printJson({ runs: results, summary });
  else printText(renderSeeds(reports[0]?.scenarioName ?? '', results, summary));
  if (results.some(({ status }) => status === 'cancelled')) process.exitCode = 1;
}

interface Row {
  readonly name: string;
  readonly run: string;
  readonly figures: Figures;
}

function renderSeeds(
  scenarioName: string,
  results: readonly RunResult[],
  { best, median: middle }: SeedSummary,
): string {
  const figuresOf = (result: RunResult): Figures =>
    Object.fromEntries(figureNames.map((name) => [name, figures[name](result) ?? null])) as Figures;
  const rows: Row[] = [
    ...results.map((result): Row => ({
      name: `seed ${result.seed}`,
      run: result.runId === null ? '–' : String(result.runId),
      figures: figuresOf(result),
    })),
    { name: 'median', run: '', figures: middle },
    ...(best === null
      ? []
      : [{ name: `best: seed ${best.seed}`, run: best.runId === null ? '–' : String(best.runId), figures: best }]),
  ];
  const figure = (name: ComparedFigure & Figure) => ({
    title: plainTitle(quantityOf(name)),
    value: (row: Row) => number(row.figures[name] ?? undefined),
    align: 'right' as const,
  });
  const lines = table(rows, [
    { title: '', value: (row) => row.name },
    { title: 'run', value: (row) => row.run, align: 'right' },
    figure('deadlineMisses'),
    { title: 'gap %', value: (row: Row) => gapText(row.figures.gap), align: 'right' as const },
    figure('fitness'),
    figure('makespanMs'),
    figure('energyMJ'),
    figure('latencyMs'),
  ]);
  const [first] = results;
  return `${scenarioName} · ${first?.scheduler ?? ''} · ${countOf(results.length, 'seed')}\n\n${lines}`;
}
