/** The pictures of a run's charts, its report and its film, written on the command line and read by readers of their formats. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeMessage } from '#shared/contract/codec.ts';
import { DASHBOARD_DATA_ID, type DashboardData } from '#shared/contract/dashboard.ts';
import { temporaryDirectory } from '#test/doubles/hosts.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { builtCommandLine, commandLineIn } from '#test/fixtures/command-line.ts';
import { decodeGif } from '#test/fixtures/gif-decoder.ts';
import { readPng } from '#test/fixtures/png-reader.ts';
import { allElements, readXml, textOf } from '#test/fixtures/xml-reader.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const env = { ...process.env, TESSERA_DB: join(directory.path, 'tessera.db'), XDG_DATA_HOME: directory.path };

const tessera = commandLineIn(directory.path);

/** What the figures of an interactive page are held against, read from the data within it. */
function baselineOfPage(html: string): string {
  const packed = new RegExp(`id="${DASHBOARD_DATA_ID}"[^>]*>([^<]+)<`).exec(html)?.[1] ?? '';
  return (decodeMessage(gunzipSync(Buffer.from(packed.trim(), 'base64'))) as DashboardData).baseline.name;
}

beforeAll(() => {
  const { status, stderr } = tessera(
    'run',
    'simple',
    '--scheduler',
    'ga',
    '--set',
    'generations=12',
    '--set',
    'populationSize=16',
    '--seed',
    '1',
    '--quiet',
  );
  if (status !== 0) throw new Error(stderr);
});

describe('runs export', () => {
  test('writes every chart of the run as a well-formed SVG document that names what it shows', () => {
    mkdirSync(join(directory.path, 'all'));
    const { status, stderr } = tessera('runs', 'export', '1', '--format', 'svg', '--out', 'all');
    expect([status, stderr]).toEqual([0, '']);
    const files = readdirSync(join(directory.path, 'all')).sort();
    expect(files).toEqual(
      [
        'convergence',
        'energy',
        'genes',
        'latency',
        'lineage',
        'load',
        'makespan',
        'mutations',
        'population',
        'power',
        'schedule',
        'throughput',
        'utilisation',
      ].map((chart) => `run-1-${chart}.svg`),
    );
    for (const file of files) {
      const svg = readXml(readFileSync(join(directory.path, 'all', file), 'utf8'));
      expect([svg.name, Number(svg.attributes.get('width')) > 1000]).toEqual(['svg', true]);
    }
    expect(readFileSync(join(directory.path, 'all/run-1-convergence.svg'), 'utf8')).toContain('Fitness (no unit)');
  });

  test('holds the figures of a report against the baseline that is asked for, and of a format that has none refuses it', () => {
    const report = (...baseline: readonly string[]): string => {
      expect(tessera('runs', 'export', '1', '--format', 'report', '--out', 'against.html', ...baseline).status).toBe(0);
      return readFileSync(join(directory.path, 'against.html'), 'utf8');
    };
    const [suggested, heft, itself] = [report(), report('--baseline', 'heft'), report('--baseline', '1')];
    expect([suggested, heft, itself].map((html) => /Latency vs ([^<]+)</.exec(html)?.[1])).toEqual([
      'NPU first',
      'HEFT',
      'run 1',
    ]);
    expect(heft).not.toContain('NPU first');
    expect(
      tessera(
        'runs',
        'export',
        '1',
        '--format',
        'svg',
        '--set',
        'chart=utilisation',
        '--baseline',
        'heft',
        '--out',
        'against.svg',
      ).status,
    ).toBe(0);
    expect(readFileSync(join(directory.path, 'against.svg'), 'utf8')).toContain('HEFT');
    const refused = tessera('runs', 'export', '1', '--format', 'schedule-csv', '--baseline', 'heft');
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringContaining('schedule-csv has no figures that are compared with a baseline'),
    ]);
    expect(tessera('runs', 'export', '1', '--format', 'report', '--baseline', '99').stderr).toContain(
      'there is no run 99',
    );
  });

  test('holds the figures against HEFT where the page would: there is no NPU, and no processor runs everything', () => {
    const halves = aNetwork()
      .withLayer('a', { cpu: 3 })
      .withLayer('b', { gpu: 2 }, { dependencies: ['a'] });
    const scenario = aScenario('halves').on(aPlatform().withGpu()).running(halves).build();
    writeFileSync(join(directory.path, 'halves.json'), JSON.stringify(scenario));
    const { runId } = JSON.parse(
      tessera('run', 'halves.json', '--scheduler', 'random', '--quiet', '--json').stdout,
    ) as {
      runId: number;
    };
    for (const format of ['report', 'html']) {
      expect(tessera('runs', 'export', String(runId), '--format', format, '--out', 'halves.html').status).toBe(0);
      const page = readFileSync(join(directory.path, 'halves.html'), 'utf8');
      expect(format === 'report' ? /Latency vs ([^<]+)</.exec(page)?.[1] : baselineOfPage(page)).toBe('HEFT');
    }
  });

  test('writes one chart as PNG in the size that is asked for', () => {
    expect(
      tessera(
        'runs',
        'export',
        '1',
        '--format',
        'svg',
        '--set',
        'chart=schedule',
        '--set',
        'theme=dark',
        '--out',
        'one.svg',
      ).status,
    ).toBe(0);
    expect(
      tessera(
        'runs',
        'export',
        '1',
        '--format',
        'png',
        '--set',
        'chart=schedule',
        '--set',
        'scale=1.5',
        '--out',
        'one.png',
      ).status,
    ).toBe(0);
    const svg = readXml(readFileSync(join(directory.path, 'one.svg'), 'utf8'));
    const { width, height, channels, pixels } = readPng(readFileSync(join(directory.path, 'one.png')));
    expect([width, height]).toEqual([
      Number(svg.attributes.get('width')) * 1.5,
      Number(svg.attributes.get('height')) * 1.5,
    ]);
    // Of the light theme, with the tiles of two applications and everything opaque.
    const colors = new Map<string, number>();
    for (let at = 0; at < pixels.length; at += channels) {
      const color = pixels.subarray(at, at + channels).join(' ');
      colors.set(color, (colors.get(color) ?? 0) + 1);
    }
    const [background, ...others] = [...colors].sort((a, b) => b[1] - a[1]).map(([color]) => color);
    expect(background).toMatch(/^2[45]\d 2[45]\d 2[45]\d 255$/);
    expect(others.length).toBeGreaterThan(10);
    expect([...colors.keys()].every((color) => color.endsWith(' 255'))).toBe(true);
  });

  test('writes the report as one HTML file with figures, pictures, configuration and mapping, that runs and loads nothing', () => {
    expect(tessera('runs', 'export', '1', '--format', 'report', '--out', 'report.html').status).toBe(0);
    const html = readFileSync(join(directory.path, 'report.html'), 'utf8');
    const body = readXml(/<article[\s\S]*<\/article>/.exec(html)?.[0] ?? '');
    const elements = allElements(body);
    const texts = (name: string): string[] => elements.filter((element) => element.name === name).map(textOf);
    expect(texts('h2')).toEqual(['Result', 'Best schedule', 'Processors', 'Configuration', 'Mapping']);
    expect(elements.filter(({ name }) => name === 'svg')).toHaveLength(5);
    expect(texts('dt')).toEqual(expect.arrayContaining(['Scenario', 'Seed', 'populationSize', 'weights.energy']));
    expect(texts('td')).toEqual(expect.arrayContaining(['Makespan (ms)', 'ResNet-18']));
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|<link|\bsrc=|url\((?!#)/);
  });

  test('writes the replay as a GIF of the length, size and part of the run that are asked for', () => {
    const { status } = tessera(
      'runs',
      'export',
      '1',
      '--format',
      'gif',
      '--quiet',
      '--set',
      'widthPx=480',
      '--set',
      'heightPx=320',
      '--set',
      'generationsPerS=10',
      '--set',
      'from=4',
      '--set',
      'to=9',
      '--out',
      'film.gif',
    );
    expect(status).toBe(0);
    const { width, height, frames } = decodeGif(readFileSync(join(directory.path, 'film.gif')));
    expect([width, height]).toEqual([480, 320]);
    // Five steps of a tenth of a second, and the last generation held for 1.5 s.
    expect(frames.reduce((sum, { delayCs }) => sum + delayCs, 0)).toBe(200);
    expect(frames.length).toBeGreaterThan(3);
  });

  test('of a GIF tells how far it is, and ended with Ctrl-C leaves no file', async () => {
    const child = spawn(
      process.execPath,
      [
        builtCommandLine,
        'runs',
        'export',
        '1',
        '--format',
        'gif',
        '--set',
        'generationsPerS=0.25',
        '--out',
        'ended.gif',
      ],
      { env, cwd: directory.path, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let told = '';
    child.stderr.on('data', (text: Buffer) => {
      if (!told.includes('\n') && `${told}${text.toString()}`.includes('\n')) child.kill('SIGINT');
      told += text.toString();
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(told).toMatch(/^frame \d+ of \d+[^]*error: the export was cancelled\nhint: /);
    expect([code, readdirSync(directory.path).filter((name) => name.startsWith('ended'))]).toEqual([1, []]);
  });

  test('of a video says that it needs a browser and where it is made', () => {
    const { status, stderr } = tessera('runs', 'export', '1', '--format', 'webm');
    expect([status, stderr]).toEqual([2, expect.stringMatching(/encoders of a browser[^]*Export/)]);
  });

  test('refuses a chart that the run lacks, one that does not exist, and options of formats without any', () => {
    expect(tessera('runs', 'export', '1', '--format', 'svg', '--set', 'chart=hypervolume').stderr).toContain(
      'run 1 has no hypervolume',
    );
    expect(tessera('runs', 'export', '1', '--format', 'svg', '--set', 'chart=pie').stderr).toContain(
      'chart: "pie" is not one of',
    );
    expect(tessera('runs', 'export', '1', '--format', 'run-json', '--set', 'theme=dark').stderr).toContain('theme');
  });
});
