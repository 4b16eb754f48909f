/** A run as one HTML file that plays its replay in any browser: the data, compressed, and the script that shows them; it asks no network for anything. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { escapeHtml } from '#shared/formats/html-text.ts';
import { encodeMessage } from '#shared/contract/codec.ts';
import { DASHBOARD_DATA_ID, type DashboardData, type SampledPopulations } from '#shared/contract/dashboard.ts';
import type { ReplayWindow } from '#shared/contract/replay-shapes.ts';
import { placeShares } from '#shared/analysis/population.ts';
import { headlineMetricNames } from '#shared/domain/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { builtCode } from './built-code.ts';
import { runFileName, type Format, type RunExport } from './format.ts';

const pack = promisify(gzip);
/** Populations that are carried: enough that the eye misses none. */
const MOST_SAMPLES = 250;
/** Members in all of them, and numbers of their gene maps: what keeps the file to a few megabytes. */
const MOST_MEMBERS = 40_000;
const MOST_SHARES = 3_000_000;

export const htmlDashboardFormat: Format = {
  id: 'html',
  name: 'Interactive page',
  description: 'the replay of a run as one HTML file, to be played in any browser without a network',
  extensions: ['.html'],
  mediaType: 'text/html',
  runWriter: {
    hasBaseline: true,
    async write(run) {
      const script = readFileSync(
        builtCode('out/dashboard/dashboard.js', 'html.notBuilt', 'the script of interactive pages'),
        'utf8',
      );
      const data: DashboardData = {
        version: 1,
        product: run.product,
        exportedAt: run.exportedAt,
        detail: run.detail,
        baseline: run.baseline,
        generations: await run.generations(),
        bests: await run.bests(),
        populations: await samplePopulations(run),
      };
      const content = dashboardPage(run.detail.run.name, await pack(encodeMessage(data)), script);
      const left = run.detail.run.generations - data.populations.generations.length;
      const notes =
        left > 0
          ? [
              {
                message:
                  `of ${run.detail.run.generations} populations ${data.populations.generations.length} are in the page, ` +
                  'evenly spaced; the best schedule and all figures are there for every generation',
              },
            ]
          : [];
      return { files: [{ name: runFileName(run.detail, 'replay', '.html'), content, mediaType: 'text/html' }], notes };
    },
  },
};

/** The page. @param packed gzip of the data */
export function dashboardPage(title: string, packed: Uint8Array, script: string): string {
  // A script ends at "</script", wherever that appears.
  const inline = script.replaceAll(/<\/(script)/gi, '<\\/$1');
  const hash = createHash('sha256').update(inline).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Tessera">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; font-src data:">
<title>${escapeHtml(title)} · Tessera</title>
</head>
<body>
<noscript>This page plays a recorded search; it needs JavaScript, and no network.</noscript>
<script type="application/octet-stream" id="${DASHBOARD_DATA_ID}">${Buffer.from(packed).toString('base64')}</script>
<script>${inline}</script>
</body>
</html>
`;
}

/** The populations of as many generations as fit, evenly spaced, read one by one. */
export async function samplePopulations(
  run: Pick<RunExport, 'genomeProblem' | 'window' | 'detail'>,
): Promise<SampledPopulations> {
  const { layout } = run.genomeProblem;
  const count = run.detail.run.generations;
  const width = layout.loci.reduce((widest, locus) => Math.max(widest, locus.cardinality), 0);
  const first = await run.window(0, 1);
  const wanted = Math.min(
    count,
    MOST_SAMPLES,
    Math.floor(MOST_MEMBERS / Math.max(1, first.members.length)),
    Math.floor(MOST_SHARES / Math.max(1, layout.length * width)),
  );
  const generations = spaced(count, Math.max(2, wanted));
  const offsets = new Uint32Array(generations.length + 1);
  const bestAt = new Int32Array(generations.length);
  const shares = new Uint8Array(generations.length * layout.length * width);
  const mutations = new Uint16Array(generations.length * layout.length);
  const metrics: Float32Array[] = [];
  for (const [i, generation] of generations.entries()) {
    const window = generation === 0 ? first : await run.window(generation, 1);
    const sample = sampleOf(window, run.genomeProblem);
    offsets[i + 1] = offsets[i] + window.members.length;
    bestAt[i] = sample.bestAt;
    shares.set(sample.shares, i * layout.length * width);
    mutations.set(window.mutationCounts, i * layout.length);
    metrics.push(sample.metrics);
  }
  const all = new Float32Array(offsets[generations.length] * headlineMetricNames.length);
  metrics.forEach((part, i) => all.set(part, offsets[i] * headlineMetricNames.length));
  return { generations: Uint32Array.from(generations), offsets, metrics: all, bestAt, width, shares, mutations };
}

function sampleOf(
  { members, chromosomes }: ReplayWindow,
  problem: Problem,
): { readonly bestAt: number; readonly shares: Uint8Array; readonly metrics: Float32Array } {
  const metricCount = headlineMetricNames.length;
  const rowOf = new Map(Array.from(chromosomes.ids, (id, row) => [id, row]));
  const rows = Array.from(members, (id) => rowOf.get(id) ?? 0); // a window has all its members
  const metrics = new Float32Array(rows.length * metricCount);
  let bestAt = -1;
  rows.forEach((row, i) => {
    metrics.set(chromosomes.metrics.subarray(row * metricCount, (row + 1) * metricCount), i * metricCount);
    if (bestAt < 0 || chromosomes.fitness[row] > chromosomes.fitness[rows[bestAt]]) bestAt = i;
  });
  return {
    bestAt,
    shares: Uint8Array.from(placeShares(problem, chromosomes.genes, rows).shares, (share) => Math.round(share * 255)),
    metrics,
  };
}

/** `wanted` of 0 … count − 1, evenly spaced, the last included. */
function spaced(count: number, wanted: number): number[] {
  if (count <= wanted) return Array.from({ length: count }, (_, index) => index);
  return [...new Set(Array.from({ length: wanted }, (_, i) => Math.round((i / (wanted - 1)) * (count - 1))))];
}
