/** The charts, the timeline and the playback bar in all their states. */
import { h } from 'vue';
import { loadProfile } from '#shared/analysis/load-profile.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import AppChart from '#renderer/charts/AppChart.vue';
import ChartLegend from '#renderer/charts/ChartLegend.vue';
import ChartPanel from '#renderer/charts/ChartPanel.vue';
import PictureButtons from '#renderer/charts/PictureButtons.vue';
import SparkLine from '#renderer/charts/SparkLine.vue';
import { convergenceOption, type ConvergenceScale } from '#renderer/charts/convergence.ts';
import { frequencyLegend, frequencyOption, type FrequencyCurve } from '#renderer/charts/frequency.ts';
import { loadLegend, loadOption } from '#renderer/charts/load.ts';
import { utilizationLegend, utilizationOption } from '#renderer/charts/utilization.ts';
import PlaybackBar from '#renderer/playback/PlaybackBar.vue';
import { atRest } from '#renderer/playback/playback.ts';
import { applicationColor, type ThemeName } from '#renderer/theme/palette.ts';
import TimelineView from '#renderer/timeline/TimelineView.vue';
import type { Schedule } from '#renderer/recorded/schedule-of.ts';
import type { Exhibit, ExhibitState, Hall } from './exhibit.ts';
import { convergence, joinedSchedule, largeSchedule, LONG_NAME, schedule } from './fixtures.ts';

const size = { widthPx: 560, heightPx: 260 };

const progress = (
  name: string,
  length: number,
  scale: ConvergenceScale = 'linear',
  plannedGenerations?: number,
): ExhibitState => ({
  name,
  ...size,
  render: (theme) =>
    h(AppChart, {
      theme,
      label: 'Convergence',
      emptyText: length === 0 ? 'No generation was recorded.' : '',
      option: convergenceOption({
        columns: convergence(length),
        axis: 'generation',
        quantity: 'fitness',
        reference: { name: 'NPU first', value: 1.2 },
        plannedGenerations,
        theme,
        scale,
      }),
    }),
});

const panels = (name: string, { problem: given, timeline, assignment }: Schedule): ExhibitState[] => [
  {
    name: `busy cores, ${name}`,
    ...size,
    render: (theme) =>
      h(ChartPanel, {
        theme,
        title: 'Busy cores',
        label: 'Busy cores over time',
        fileName: 'busy-cores',
        legend: loadLegend(given, theme),
        option: loadOption(given, loadProfile(given, assignment, timeline), 'busyCores', theme),
      }),
  },
  {
    name: `utilisation, ${name}`,
    ...size,
    render: (theme) =>
      h(ChartPanel, {
        theme,
        title: 'Utilisation',
        label: 'Utilisation',
        fileName: 'utilisation',
        legend: utilizationLegend(given, undefined, theme),
        option: utilizationOption({
          problem: given,
          assignment,
          metrics: computeMetrics(given, assignment, timeline),
          baseline: undefined,
          theme,
        }),
      }),
  },
];

/** A curve that falls beyond what its schedule supports; none of its points is enough where that is 0. */
const satisfaction = (theme: ThemeName, index: number, supported: number): FrequencyCurve => ({
  name: String.fromCodePoint(65 + index),
  color: applicationColor(index, theme),
  alpha: supported > 0 ? 1 / supported : undefined,
  points: Array.from({ length: 160 }, (_, point) => {
    const frequency = 9 / 1.02 ** point;
    const satisfied = frequency <= supported ? 1 : Math.max(0.1, 1 - (frequency - supported) / 5);
    return { alpha: 1 / frequency, satisfied, realTimeScore: satisfied ** 2 };
  }).toReversed(),
});
const frequencies = (name: string, supported: readonly number[], hasBound = true): ExhibitState => ({
  name: `satisfaction over frequency, ${name}`,
  ...size,
  render: (theme) => {
    const curves = supported.map((each, index) => satisfaction(theme, index, each));
    return h(ChartPanel, {
      theme,
      title: 'Satisfaction over request frequency',
      label: 'Satisfaction',
      fileName: 'frequency',
      legend: frequencyLegend(curves),
      option: frequencyOption(
        curves,
        hasBound ? { alpha: 1 / 6, frequency: 6, method: 'fluid_load' } : undefined,
        'satisfied',
        theme,
      ),
    });
  },
});

const entries = (theme: ThemeName, count: number, isHidden = false) =>
  Array.from({ length: count }, (_, index) => ({
    name: index === 1 && count > 2 ? LONG_NAME : `Series ${index + 1}`,
    color: applicationColor(index, theme),
    dash: (['solid', 'dashed', 'dotted', 'square'] as const)[index % 4] ?? 'solid',
    isHidden: isHidden && index === 0,
  }));

const charts: readonly Exhibit[] = [
  {
    file: 'charts/AppChart.vue',
    states: [
      progress('empty', 0),
      progress('one generation', 1),
      progress('usual', 200),
      progress('at work', 40, 'linear', 200),
      progress('logarithmic', 200, 'log'),
      progress('ten thousand generations', 10_000),
    ],
  },
  {
    file: 'charts/ChartPanel.vue',
    states: [
      ...panels('usual', schedule),
      ...panels('many', largeSchedule),
      frequencies('usual', [2.2, 3.1]),
      frequencies('four sides, one never in time', [2.2, 3.1, 0, 4.4]),
      frequencies('no bound', [1.4], false),
      {
        name: 'empty',
        ...size,
        render: (theme) =>
          h(ChartPanel, {
            theme,
            title: LONG_NAME,
            label: 'Nothing',
            fileName: 'nothing',
            option: {},
            emptyText: 'No power figures: the platform states none.',
          }),
      },
    ],
  },
  {
    file: 'charts/ChartLegend.vue',
    states: [
      { name: 'few', widthPx: 420, render: (theme) => h(ChartLegend, { entries: entries(theme, 2) }) },
      {
        name: 'many, one long, one off',
        widthPx: 420,
        render: (theme) => h(ChartLegend, { entries: entries(theme, 8, true), isSwitch: true }),
      },
    ],
  },
  {
    file: 'charts/PictureButtons.vue',
    states: [
      {
        name: 'usual',
        render: () =>
          h('div', { class: 'exhibit-row' }, [h(PictureButtons, { picture: () => undefined, fileName: 'x' })]),
      },
      {
        name: 'disabled',
        render: () =>
          h('div', { class: 'exhibit-row' }, [
            h(PictureButtons, { picture: () => undefined, fileName: 'x', isDisabled: true }),
          ]),
      },
    ],
  },
  {
    file: 'charts/SparkLine.vue',
    states: [0, 1, 30, 5000].map((length) => ({
      name: `${length} values`,
      render: () => h(SparkLine, { values: convergence(length).bestFitness, base: 1.5 }),
    })),
  },
];

const timeline = (name: string, given: Schedule, heightPx: number, hasPanel = false): ExhibitState => ({
  name,
  widthPx: 900,
  heightPx,
  render: (theme) =>
    h(TimelineView, {
      problem: given.problem,
      timeline: given.timeline,
      assignment: given.assignment,
      theme,
      hasPanel,
    }),
});

const playback: readonly Exhibit[] = [
  {
    file: 'playback/PlaybackBar.vue',
    states: [
      ['at rest', atRest, 200],
      ['playing in a loop', { ...atRest, position: 80, loop: { from: 50, to: 120 } }, 200],
      ['one frame', atRest, 1],
      ['ten thousand frames', { ...atRest, position: 4000, speed: 16 }, 10_000],
    ].map(([name, modelValue, frameCount]) => ({
      name: name as string,
      widthPx: 900,
      render: (theme) =>
        h(PlaybackBar, {
          modelValue: modelValue as typeof atRest,
          frameCount: frameCount as number,
          theme,
          curves: [{ values: convergence(frameCount as number).bestFitness, color: applicationColor(0, theme) }],
          improvements: [0, 12, 40, 77],
        }),
    })),
  },
];

export const chartHalls: readonly Hall[] = [
  { title: 'Charts', exhibits: charts },
  {
    title: 'Timeline',
    exhibits: [
      {
        file: 'timeline/TimelineView.vue',
        states: [
          timeline('usual', schedule, 280),
          timeline('with its panel', schedule, 360, true),
          timeline('with subgraphs', joinedSchedule, 240),
          timeline('many, long names, deadlines', largeSchedule, 420),
        ],
      },
    ],
  },
  { title: 'Playback', exhibits: playback },
];
