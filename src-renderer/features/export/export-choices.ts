/** What a run can be exported as, in the order in which a person is asked. */
import type { IconName } from '../../components/marks/icons.ts';

export type ExportChoice =
  | { readonly id: 'film'; readonly kind: 'film' }
  | { readonly id: 'report'; readonly kind: 'report' }
  | { readonly id: 'archive'; readonly kind: 'archive' }
  /** A format of the route `runs.export`; tables can be written for spreadsheets, and some hold figures against a baseline. */
  | { readonly id: string; readonly kind: 'file'; readonly isTable?: boolean; readonly hasBaseline?: boolean };

export interface ChoiceLook {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
}

export const choices: readonly (ExportChoice & ChoiceLook)[] = [
  {
    id: 'film',
    kind: 'film',
    icon: 'play',
    title: 'Animation',
    text: 'The replay as GIF, WebM or MP4, for slides and documents',
  },
  {
    id: 'html',
    kind: 'file',
    hasBaseline: true,
    icon: 'compare',
    title: 'Interactive page',
    text: 'One HTML file that plays the replay in any browser, without a network',
  },
  {
    id: 'report',
    kind: 'report',
    icon: 'file',
    title: 'Report',
    text: 'Figures, charts, schedule and configuration, to print or save as PDF',
  },
  {
    id: 'archive',
    kind: 'archive',
    icon: 'runs',
    title: 'Whole run',
    text: 'Everything recorded, as a .tessera file to be imported on another machine',
  },
  {
    id: 'run-json',
    kind: 'file',
    icon: 'file',
    title: 'Run as JSON',
    text: 'Scenario, configuration, metrics, mapping, schedule and every generation, for programs',
  },
  {
    id: 'generations-csv',
    kind: 'file',
    isTable: true,
    icon: 'file',
    title: 'Generations as CSV',
    text: 'Fitness, diversity and the best’s metrics, a row per generation',
  },
  {
    id: 'schedule-csv',
    kind: 'file',
    isTable: true,
    icon: 'scenario',
    title: 'Schedule as CSV',
    text: 'When and where each layer runs, a row each',
  },
  {
    id: 'chrome-trace',
    kind: 'file',
    icon: 'scenario',
    title: 'Chrome trace',
    text: 'The best schedule for ui.perfetto.dev',
  },
  {
    id: 'prism-schedule',
    kind: 'file',
    icon: 'scenario',
    title: 'PRISM schedule',
    text: 'Start and end times, cores and mapping, as PRISM writes them',
  },
  {
    id: 'assignment-csv',
    kind: 'file',
    isTable: true,
    icon: 'scenario',
    title: 'Assignment as CSV',
    text: 'Where each layer runs and what is executed as one, a row per layer, for runtimes that take affinities',
  },
  {
    id: 'nest-plan',
    kind: 'file',
    icon: 'scenario',
    title: 'NEST-C plan',
    text: 'The best schedule as a partition plan of the NEST compiler',
  },
  {
    id: 'nest-profile',
    kind: 'file',
    icon: 'scenario',
    title: 'NEST-C profile',
    text: 'The times of operators and groups on each processor, as the NEST compiler plans with them',
  },
  {
    id: 'run-scenario',
    kind: 'file',
    icon: 'repeat',
    title: 'Scenario',
    text: 'What the run was started with, everything inline, to run it again elsewhere',
  },
];
