/** The page of an exported dashboard: schedule, population, genes and what happened, played together. */
import { layerCountOf } from '#shared/scheduling/member-shares.ts';
import { titleWithUnit, type HeadlineMetricName } from '#shared/domain/metrics.ts';
import {
  formatCount,
  formatExactMoment,
  formatNumber,
  formatPercent,
  verdictOf,
  verdictSymbol,
  formatDelta,
} from '../../../format.ts';
import { applicationColor, type ThemeName } from '../../../theme/palette.ts';
import { improvementsOf } from '../../../playback/playback.ts';
import { applyTheme } from '../../../theme/tokens.ts';
import { forgetTextWidths } from '../../../canvas/draw-context.ts';
import { canvasThemes, type CanvasTheme } from '../../../canvas/canvas-theme.ts';
import { drawGeneMap } from '../../../plots/draw-gene-map.ts';
import { drawScatter, type ScatterScene } from '../../../plots/draw-scatter.ts';
import { FollowingFrame, interestingFrame } from '../../../plots/following-frame.ts';
import { scatterWithin } from '../../../plots/replay-scenes.ts';
import { fittestGeneration } from '../../../recorded/generation-columns.ts';
import { drawProgress, rangeOf } from '../../../plots/draw-progress.ts';
import { deadlinesText, boundText } from '../report/answer-texts.ts';
import type { DashboardRun } from './dashboard-run.ts';
import { element } from './dom.ts';
import { Plot } from './plot.ts';
import { SchedulePlot } from './schedule-plot.ts';
import { iconButton, Transport } from './transport.ts';

/** A hidden page counts as this, ms. */
const LONGEST_FRAME_MS = 100;
const MOST_MOVES = 6;
/** So much of the worst mean fitness is left out: the first generations are far below the rest. */
const SPARED = 0.05;

export function showRun(run: DashboardRun): void {
  const { detail, generations } = run.data;
  const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
  const prefersLessMotion = window.matchMedia('(prefers-reduced-motion: reduce)');
  let themeName: ThemeName = prefersDark.matches ? 'dark' : 'light';
  const theme = (): CanvasTheme => canvasThemes[themeName];

  const pointed = element('span', { class: 'muted', 'aria-live': 'polite' });
  const schedule = new SchedulePlot({
    theme,
    longestMs: generations.makespanMs.reduce((longest, makespan) => Math.max(longest, makespan), 0),
    onPointed: (text) =>
      (pointed.textContent = text === '' ? 'Wheel to zoom, drag to pan, double click for all' : text),
  });
  pointed.textContent = 'Wheel to zoom, drag to pan, double click for all';

  const [xAxis, yAxis] = [
    axisChoice(run, 'Horizontal axis', 'makespanMs'),
    axisChoice(run, 'Vertical axis', run.metrics.some(({ name }) => name === 'energyMJ') ? 'energyMJ' : 'latencyMs'),
  ];
  const scatter = new Plot(
    'Every member of the population, its front, and that of the first generation',
    ({ context, widthPx, heightPx }) => {
      const scene = scatterScene();
      if (scene !== undefined)
        drawScatter(
          context,
          following.shown === undefined ? scene : scatterWithin(scene, following.shown, ...shownAxes()),
          widthPx,
          heightPx,
          theme(),
        );
    },
  );
  const following = new FollowingFrame();
  const shownAxes = (): [HeadlineMetricName, HeadlineMetricName] => [
    xAxis.value as HeadlineMetricName,
    yAxis.value as HeadlineMetricName,
  ]; // the options are metrics
  const scatterScene = (): ScatterScene | undefined => run.scatterAt(transport.frame, ...shownAxes());
  function follow(): void {
    const scene = scatterScene();
    const part = scene === undefined ? undefined : interestingFrame(scene);
    if (part !== undefined) following.follow(part);
    scatter.requestDraw();
  }
  for (const axis of [xAxis, yAxis]) {
    axis.addEventListener('change', () => {
      following.reset();
      follow();
    });
  }
  const genes = new Plot('Share of the members with each gene value, and mutations', ({ context, widthPx, heightPx }) =>
    drawGeneMap(context, run.geneMapAt(transport.frame), widthPx, heightPx, theme()),
  );
  const fitnessRange = {
    low: Math.min(rangeOf(generations.bestFitness, 0).low, rangeOf(generations.meanFitness, SPARED).low),
    high: rangeOf(generations.bestFitness).high,
  };
  const progress = new Plot('Best and mean fitness over the generations', ({ context, widthPx, heightPx }) =>
    drawProgress(
      context,
      {
        curves: [
          { values: generations.bestFitness, color: theme().accent },
          { values: generations.meanFitness, color: theme().mutedText },
        ],
        generation: transport.frame,
        range: fitnessRange,
        title: 'Fitness: best and mean (no unit)',
      },
      widthPx,
      heightPx,
      theme(),
    ),
  );
  const story = element('div', { class: 'story' });
  const figures = element('dl', { class: 'metrics number', 'aria-label': 'Metrics of the shown generation’s best' });

  const transport = new Transport({
    frameCount: run.generationCount,
    openAt: openingGeneration(run),
    improvements: improvementsOf([generations.bestFitness]),
    theme,
    onChange: wake,
    curves: () => [
      { values: generations.meanEntropy, color: theme().mutedText },
      { values: generations.bestFitness, color: theme().accent },
    ],
  });

  let shownFrame = -1;
  let request: number | undefined;
  let lastMs: number | undefined;
  function wake(): void {
    request ??= requestAnimationFrame(tick);
  }
  function tick(nowMs: number): void {
    request = undefined;
    const elapsedMs = lastMs === undefined ? 0 : Math.min(LONGEST_FRAME_MS, nowMs - lastMs);
    lastMs = nowMs;
    transport.advance(elapsedMs);
    const { frame } = transport;
    if (frame !== shownFrame) {
      shownFrame = frame;
      for (const plot of [genes, progress]) plot.requestDraw();
      follow();
      tell(run, frame, story);
      showFigures(run, frame, figures);
    }
    const isMoving = schedule.advance(
      run.scenes.get(generations.bestChromosomeId[frame])?.scene,
      elapsedMs,
      prefersLessMotion.matches,
    );
    const isFollowing = following.advance(elapsedMs, prefersLessMotion.matches);
    if (isFollowing) scatter.requestDraw();
    if (isMoving || isFollowing || transport.isPlaying) wake();
    else lastMs = undefined;
  }

  const applications = element('ul', { class: 'key', 'aria-label': 'Applications' });
  const marks = element('ul', { class: 'key', 'aria-label': 'Population' });
  function setTheme(name: ThemeName): void {
    themeName = name;
    applyTheme(document.documentElement, name);
    applications.replaceChildren(
      ...run.problem.scenario.applications.map((application, index) =>
        element('li', {}, swatch(applicationColor(index, name)), application.name),
      ),
    );
    marks.replaceChildren(
      ...(
        [
          ['front', theme().accent],
          ['first generation’s front', theme().mutedText],
          ['best by fitness', theme().outline],
        ] as const
      ).map(([text, color]) => element('li', {}, swatch(color), text)),
    );
    redraw();
  }
  function redraw(): void {
    for (const plot of [schedule.plot, scatter, genes, progress]) plot.requestDraw();
    transport.redraw();
  }
  document.fonts.addEventListener('loadingdone', () => {
    forgetTextWidths();
    redraw();
  });
  prefersDark.addEventListener('change', () => setTheme(prefersDark.matches ? 'dark' : 'light'));

  document.title = `${detail.run.name} · Tessera`;
  document.body.append(
    element(
      'header',
      { class: 'page' },
      element('h1', {}, detail.run.name),
      element('span', { class: 'muted facts' }, factsOf(run)),
      iconButton('sun', 'Light or dark', () => setTheme(themeName === 'dark' ? 'light' : 'dark')),
    ),
    ...answersOf(run),
    figures,
    element(
      'main',
      {},
      element(
        'section',
        { class: 'schedule', 'aria-label': 'Best schedule' },
        element(
          'header',
          {},
          element('h2', {}, 'Best schedule'),
          pointed,
          iconButton('zoomIn', 'Zoom in', () => schedule.zoom(1.5)),
          iconButton('zoomOut', 'Zoom out', () => schedule.zoom(1 / 1.5)),
          iconButton('fit', 'Show all', () => schedule.showAll()),
        ),
        schedule.plot.element,
        applications,
      ),
      element(
        'section',
        { 'aria-label': 'Population' },
        element(
          'header',
          {},
          element('h2', {}, 'Population'),
          element('span', { class: 'muted' }, sampledText(run)),
          yAxis,
          'over',
          xAxis,
        ),
        scatter.element,
        marks,
      ),
      element(
        'section',
        { 'aria-label': 'Genes' },
        element(
          'header',
          {},
          element('h2', {}, 'Genes'),
          element(
            'span',
            { class: 'muted' },
            'where each layer runs in the population: the stronger, the more members agree',
          ),
        ),
        genes.element,
      ),
      element(
        'section',
        { 'aria-label': 'What happened' },
        story,
        element('div', { class: 'progress' }, progress.element),
      ),
    ),
    element(
      'footer',
      { class: 'page' },
      transport.element,
      element(
        'p',
        { class: 'about' },
        element(
          'span',
          {},
          'Space plays, ← → step, Shift for ten, N P go from improvement to improvement, < > change the speed',
        ),
        element('span', {}, `Exported ${formatExactMoment(run.data.exportedAt)} by ${run.data.product}`),
      ),
    ),
  );
  setTheme(themeName);
  wake();
}

/** The page opens with what the run came to: its last generation, or, where that has lost the best, the one that had it. */
function openingGeneration({ data: { generations } }: DashboardRun): number {
  const last = Math.max(0, generations.length - 1);
  const fittest = fittestGeneration(generations);
  return generations.bestFitness[last] >= generations.bestFitness[fittest] ? last : fittest;
}

function axisChoice(run: DashboardRun, label: string, chosen: HeadlineMetricName): HTMLSelectElement {
  return element(
    'select',
    { 'aria-label': label },
    ...run.metrics.map(({ name, title }) => element('option', { value: name, selected: name === chosen }, title)),
  );
}

function factsOf({ data: { detail }, problem }: DashboardRun): string {
  const { run } = detail;
  return [
    `${run.scenarioName} on ${run.platformName}`,
    `${run.scheduler}, seed ${run.seed}`,
    `${formatCount(layerCountOf(problem.tasks))} layers`,
    `${formatCount(run.generations)} generations`,
    `${formatCount(run.evaluations)} evaluations`,
  ].join(' · ');
}

/** What a person asks of the best schedule first. */
function answersOf({ data: { detail }, problem }: DashboardRun): HTMLElement[] {
  if (detail.best === undefined) return [];
  const { text, verdict } = deadlinesText(problem, detail.best.metrics);
  return [
    element(
      'p',
      { class: 'answers number' },
      element('b', {}, 'Best of all: '),
      element('span', { class: verdict }, `${verdict === 'equal' ? '' : `${verdictSymbol[verdict]} `}${text}`),
      `. ${boundText(detail.best.metrics.makespanMs, detail.bound)}.`,
    ),
  ];
}

/** Said where not every population is in the page. */
function sampledText({ data: { populations }, generationCount }: DashboardRun): string {
  const { length } = populations.generations;
  return length === generationCount ? '' : `of ${formatCount(length)} of ${formatCount(generationCount)} generations`;
}

function swatch(color: string): HTMLElement {
  const mark = element('i');
  mark.style.background = color;
  return mark;
}

function showFigures(run: DashboardRun, generation: number, list: HTMLElement): void {
  const {
    data: { generations },
    baseline,
  } = run;
  const metrics = run.metrics.map((metric) => {
    const { name, goal } = metric;
    const value = generations[name][generation];
    const base = baseline.metrics[name];
    const verdict = verdictOf(value, base, goal);
    return element(
      'div',
      {},
      element('dt', {}, titleWithUnit(metric)),
      element(
        'dd',
        {},
        element('b', {}, formatNumber(value)),
        element('span', { class: verdict }, `${verdictSymbol[verdict]} ${formatDelta(value, base, baseline.name)}`),
      ),
    );
  });
  const fitness = element(
    'div',
    {},
    element('dt', {}, 'Fitness'),
    element('dd', {}, element('b', {}, formatNumber(generations.bestFitness[generation], 4))),
  );
  const diversity = element(
    'div',
    {},
    element('dt', {}, 'Entropy of the genes'),
    element('dd', {}, element('b', {}, formatPercent(generations.meanEntropy[generation]))),
  );
  list.replaceChildren(...metrics, fitness, diversity);
}

function tell(run: DashboardRun, generation: number, story: HTMLElement): void {
  const caption = run.captionAt(generation);
  const moves = (caption?.moves ?? [])
    .slice(0, MOST_MOVES)
    .map(({ application, layers, fromPe, toPe }) =>
      element(
        'li',
        {},
        `${run.problem.scenario.applications[application].name}: `,
        element('span', { class: 'mono' }, `${fromPe} → ${toPe}`),
        ` ${layers.join(', ')}`,
      ),
    );
  story.replaceChildren(
    element('h2', {}, `Generation ${formatCount(generation)}`),
    element('p', { class: 'headline', 'aria-live': 'polite' }, caption?.headline ?? ''),
    element('p', { class: 'muted' }, caption?.origin ?? ''),
    element(
      'ul',
      {},
      ...moves,
      ...(caption?.settings ?? []).map((setting) => element('li', { class: 'mono' }, setting)),
    ),
  );
}
