/** The shared components (src-renderer/components) in all their states. */
import { h, type Component, type VNode } from 'vue';
import { runStatuses } from '#shared/domain/run.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import CopyButton from '#renderer/components/controls/CopyButton.vue';
import EditableText from '#renderer/components/controls/EditableText.vue';
import IconButton from '#renderer/components/controls/IconButton.vue';
import ShortcutKeys from '#renderer/components/controls/ShortcutKeys.vue';
import TabView from '#renderer/components/controls/TabView.vue';
import CutName from '#renderer/components/facts/CutName.vue';
import DeltaText from '#renderer/components/facts/DeltaText.vue';
import FactLine from '#renderer/components/facts/FactLine.vue';
import JsonView from '#renderer/components/facts/JsonView.vue';
import ProgramFacts from '#renderer/components/facts/ProgramFacts.vue';
import MomentText from '#renderer/components/facts/MomentText.vue';
import NumberOrigins from '#renderer/components/facts/NumberOrigins.vue';
import AppIcon from '#renderer/components/marks/AppIcon.vue';
import ApplicationLegend from '#renderer/components/marks/ApplicationLegend.vue';
import ApplicationMark from '#renderer/components/marks/ApplicationMark.vue';
import ProcessorMark from '#renderer/components/marks/ProcessorMark.vue';
import StatusBadge from '#renderer/components/marks/StatusBadge.vue';
import { icons, type IconName } from '#renderer/components/marks/icons.ts';
import EmptyState from '#renderer/components/notices/EmptyState.vue';
import ErrorPanel from '#renderer/components/notices/ErrorPanel.vue';
import ProgressBar from '#renderer/components/notices/ProgressBar.vue';
import SkeletonBlock from '#renderer/components/notices/SkeletonBlock.vue';
import TimeRemarks from '#renderer/components/notices/TimeRemarks.vue';
import ScenarioPicture from '#renderer/components/scenario/ScenarioPicture.vue';
import ScenarioSummary from '#renderer/components/scenario/ScenarioSummary.vue';
import ScheduleSketch from '#renderer/components/scenario/ScheduleSketch.vue';
import DataTable from '#renderer/components/table/DataTable.vue';
import type { Column } from '#renderer/components/table/data-table.ts';
import { scenario } from '#test/component/support/run-fixtures.ts';
import { states, type Exhibit, type Hall } from './exhibit.ts';
import { largeProblem, largeResolved, largeSchedule, LONG_NAME, noise, problem, schedule } from './fixtures.ts';

const row = (...nodes: readonly VNode[]): VNode => h('div', { class: 'exhibit-row' }, [...nodes]);
/** Components with a type parameter of their own take any props here. */
const loose = (component: unknown): Component => component as Component;

interface Person {
  readonly id: number;
  readonly name: string;
  readonly makespanMs: number;
  readonly status: string;
}
const next = noise(4);
const people: readonly Person[] = Array.from({ length: 5000 }, (_, index) => ({
  id: index + 1,
  name: index === 2 ? LONG_NAME : `Run ${index + 1}`,
  makespanMs: 20 + 80 * next(),
  status: runStatuses[index % runStatuses.length] ?? 'finished',
}));
const columns: readonly Column<Person>[] = [
  { id: 'id', title: 'Id', width: 60, align: 'right', value: ({ id }) => id },
  { id: 'name', title: 'Name', width: 160, grow: 1, value: ({ name }) => name },
  {
    id: 'makespan',
    title: 'Makespan',
    unit: 'ms',
    width: 100,
    align: 'right',
    value: ({ makespanMs }) => makespanMs,
    text: ({ makespanMs }) => makespanMs.toFixed(1),
  },
  { id: 'status', title: 'Status', width: 110, importance: 1, value: ({ status }) => status },
];
const table = (rows: readonly Person[], more: Record<string, unknown> = {}): VNode =>
  h(
    loose(DataTable),
    {
      rows,
      columns,
      rowKey: ({ id }: Person) => id,
      fileName: 'runs',
      stateKey: `gallery-${rows.length}`,
      title: 'Runs',
      isOpenable: true,
      ...more,
    },
    {
      empty: () =>
        h(EmptyState, { icon: 'runs' as IconName, title: 'No runs yet', text: 'What you start appears here.' }),
    },
  );

const error = new WorkbenchError(
  'scenario.unknownNetwork',
  'application "camera" uses network "resnet5", which does not exist',
  {
    hint: 'did you mean "resnet50"?',
  },
);
const longError = new WorkbenchError('network.invalid', `network "${LONG_NAME}": 12 fields are wrong`, {
  hint: 'correct them in the editor',
  details: Array.from({ length: 12 }, (_, index) => ({
    path: ['layers', index, 'executionTimeMs', 'npu'],
    message: `executionTimeMs.npu of layer ${index} is negative`,
    value: '-3',
    expected: 'a time of at least 0 ms',
  })),
});

const controls: readonly Exhibit[] = [
  {
    file: 'components/controls/CopyButton.vue',
    states: states((props: { text: string; label?: string }) => h(CopyButton, props), {
      usual: { text: 'x' },
      labelled: { text: 'x', label: 'Copy report' },
    }),
  },
  {
    file: 'components/controls/EditableText.vue',
    states: states(
      (props: { value: string; label: string }) => h(EditableText, props),
      { usual: { value: 'Evening run', label: 'Name' }, 'long name': { value: LONG_NAME, label: 'Name' } },
      { widthPx: 280 },
    ),
  },
  {
    file: 'components/controls/IconButton.vue',
    states: [
      {
        name: 'usual, pressed, disabled, filled',
        render: () =>
          row(
            h(IconButton, { icon: 'star', label: 'Star' }),
            h(IconButton, { icon: 'star', label: 'Starred', isPressed: true, isFilled: true }),
            h(IconButton, { icon: 'star', label: 'Star', isDisabled: true }),
          ),
      },
    ],
  },
  {
    file: 'components/controls/ShortcutKeys.vue',
    states: [
      {
        name: 'one, several',
        render: () =>
          row(
            h(ShortcutKeys, { shortcut: '?' }),
            h(ShortcutKeys, { shortcut: 'mod+k' }),
            h(ShortcutKeys, { shortcut: 'shift+ArrowRight' }),
          ),
      },
    ],
  },
  {
    file: 'components/controls/TabView.vue',
    states: states(
      (names: readonly string[]) =>
        h(
          loose(TabView),
          { label: 'Parts', tabs: names.map((name) => ({ name, title: name })), modelValue: names[0] },
          { [names[0] ?? '']: () => h('p', 'What the tab shows.') },
        ),
      {
        few: ['Overview', 'Convergence'],
        many: [
          'Overview',
          'Convergence',
          'Schedule',
          'Population',
          'Lineage',
          'Mutations',
          'Replay',
          'Configuration',
          'Notes',
        ],
        'long names': [LONG_NAME, 'Short'],
      },
      { widthPx: 420 },
    ),
  },
];

const facts: readonly Exhibit[] = [
  {
    file: 'components/facts/CutName.vue',
    states: states(
      (props: { name: string }) => h(CutName, props),
      {
        short: { name: 'HEFT' },
        parts: { name: 'Simple scenario, mutation gaussian, population size 100, seed 12' },
        'a single long one': { name: LONG_NAME.replaceAll(',', '') },
      },
      { widthPx: 220 },
    ),
  },
  {
    file: 'components/facts/DeltaText.vue',
    states: states(
      (props: { value: number; base: number; goal: 'lower' | 'higher'; baseName?: string; isCertain?: boolean }) =>
        h(DeltaText, props),
      {
        better: { value: 80, base: 100, goal: 'lower', baseName: 'NPU first' },
        worse: { value: 120, base: 100, goal: 'lower', baseName: 'NPU first' },
        'the same': { value: 100, base: 100, goal: 'lower' },
        uncertain: { value: 98, base: 100, goal: 'lower', isCertain: false },
        'base of zero': { value: 3, base: 0, goal: 'higher' },
      },
    ),
  },
  {
    file: 'components/facts/FactLine.vue',
    states: states(
      (props: { facts: readonly { name: string; value: string }[] }) => h(FactLine, props),
      {
        usual: {
          facts: [
            { name: 'Seed', value: '42' },
            { name: 'Generations', value: '200' },
          ],
        },
        long: {
          facts: [
            { name: 'Scenario', value: LONG_NAME },
            { name: 'Platform', value: LONG_NAME },
          ],
        },
      },
      { widthPx: 420 },
    ),
  },
  {
    file: 'components/facts/JsonView.vue',
    states: states(
      (props: { value: unknown; label: string; isOpen?: boolean }) => h(JsonView, props),
      {
        closed: { value: { seed: 42 }, label: 'Configuration' },
        open: { value: { seed: 42, name: LONG_NAME }, label: 'Configuration', isOpen: true },
      },
      { widthPx: 420 },
    ),
  },
  {
    file: 'components/facts/ProgramFacts.vue',
    states: states(
      (props: { program: { command: string[]; folder: string } }) => h(ProgramFacts, props),
      {
        usual: { program: { command: ['python3', 'mine.py'], folder: '/home/me/ideas' } },
        'without a folder': { program: { command: ['node', 'mine.js', '--depth', '3'], folder: '' } },
        'many arguments, long names': {
          program: {
            command: ['python3', '-c', `print("${LONG_NAME}")`, ...LONG_NAME.split(' ')],
            folder: `/${LONG_NAME}`,
          },
        },
      },
      { widthPx: 420 },
    ),
  },
  {
    file: 'components/facts/MomentText.vue',
    states: states((props: { at: number }) => h(MomentText, props), { 'long ago': { at: 1_700_000_000_000 } }),
  },
  {
    file: 'components/facts/NumberOrigins.vue',
    states: states(
      (props: InstanceType<typeof NumberOrigins>['$props']) => h(NumberOrigins, props),
      {
        times: { times: [{ of: 'ResNet-18 on NPU', text: '30 layers measured, 2 modelled' }] },
        'with a platform': {
          times: [{ of: LONG_NAME, text: '1 layer assumed' }],
          sources: [{ of: 'Cortex-A76: active power', kind: 'published', source: LONG_NAME }],
        },
      },
      { widthPx: 420 },
    ),
  },
];

const marks: readonly Exhibit[] = [
  {
    file: 'components/marks/AppIcon.vue',
    states: [
      {
        name: 'all',
        widthPx: 560,
        render: () =>
          row(
            ...(Object.keys(icons) as IconName[]).map((name) => h(AppIcon, { name, title: name, 'aria-hidden': true })),
          ),
      },
    ],
  },
  {
    file: 'components/marks/ApplicationLegend.vue',
    states: states(
      (given: typeof problem) => h(ApplicationLegend, { problems: [given] }),
      { few: problem, 'many, long names': largeProblem },
      { widthPx: 560 },
    ),
  },
  {
    file: 'components/marks/ApplicationMark.vue',
    states: [
      { name: 'ten', render: () => row(...Array.from({ length: 10 }, (_, index) => h(ApplicationMark, { index }))) },
    ],
  },
  {
    file: 'components/marks/ProcessorMark.vue',
    states: [
      {
        name: 'each kind',
        render: () =>
          row(
            ...(['cpu', 'gpu', 'npu', 'dsp'] as const).flatMap((kind) => [h(ProcessorMark, { kind }), h('span', kind)]),
            h(ProcessorMark, { kind: 'cpu', cluster: 1 }),
            h('span', 'second cluster'),
          ),
      },
    ],
  },
  {
    file: 'components/marks/StatusBadge.vue',
    states: [{ name: 'each status', render: () => row(...runStatuses.map((status) => h(StatusBadge, { status }))) }],
  },
];

const notices: readonly Exhibit[] = [
  {
    file: 'components/notices/EmptyState.vue',
    states: states(
      (props: { icon: IconName; title: string; text?: string }) => h(EmptyState, props),
      {
        usual: { icon: 'runs', title: 'No runs yet', text: 'What you start appears here.' },
        'without text': { icon: 'search', title: 'Nothing found' },
        'long text': { icon: 'network', title: LONG_NAME, text: `${LONG_NAME}. ${LONG_NAME}.` },
      },
      { widthPx: 420 },
    ),
  },
  {
    file: 'components/notices/ErrorPanel.vue',
    states: states(
      (props: { error: WorkbenchError; title?: string; retryLabel?: string; isClosable?: boolean }) =>
        h(ErrorPanel, props),
      {
        usual: { error, title: 'The run could not be started' },
        'with what to do': { error, title: 'The run could not be started', retryLabel: 'Try again', isClosable: true },
        'many issues, long names': { error: longError, title: 'The network was not saved' },
      },
      { widthPx: 560 },
    ),
  },
  {
    file: 'components/notices/ProgressBar.vue',
    states: states(
      (props: { share: number; label: string; isQuiet?: boolean }) => h(ProgressBar, props),
      {
        'at its beginning': { share: 0, label: 'Progress' },
        half: { share: 0.5, label: 'Progress' },
        paused: { share: 0.5, label: 'Progress', isQuiet: true },
        done: { share: 1, label: 'Progress' },
      },
      { widthPx: 200 },
    ),
  },
  {
    file: 'components/notices/SkeletonBlock.vue',
    states: states(
      (props: { height: string; width?: string }) => h(SkeletonBlock, props),
      { line: { height: '16px', width: '180px' }, block: { height: '64px' } },
      { widthPx: 280 },
    ),
  },
  {
    file: 'components/notices/TimeRemarks.vue',
    states: states(
      (props: InstanceType<typeof TimeRemarks>['$props']) => h(TimeRemarks, props),
      {
        warning: {
          remarks: [
            {
              severity: 'warning',
              message: 'computed with the times of another device',
              remedies: [{ kind: 'enterTimes', text: 'Enter times of this device' }],
              network: 'resnet50',
              platform: 'simple',
            },
          ],
        },
        'problems, long names': {
          remarks: ['problem', 'warning'].map((severity) => ({
            severity: severity as 'problem' | 'warning',
            message: `${LONG_NAME} has no times for the NPU`,
            remedies: [{ kind: 'costModel' as const, text: 'Fit a cost model', processor: 'npu' }],
            network: undefined,
            platform: 'simple',
          })),
        },
      },
      { widthPx: 560 },
    ),
  },
];

const scenarios: readonly Exhibit[] = [
  {
    file: 'components/scenario/ScenarioPicture.vue',
    states: states(
      (given: typeof scenario) => h(ScenarioPicture, { scenario: given }),
      { usual: scenario, 'many, long names': largeResolved },
      { widthPx: 560 },
    ),
  },
  {
    file: 'components/scenario/ScenarioSummary.vue',
    states: states(
      (given: typeof scenario) => h(ScenarioSummary, { scenario: given }),
      { usual: scenario, 'many, long names': largeResolved },
      { widthPx: 420 },
    ),
  },
  {
    file: 'components/scenario/ScheduleSketch.vue',
    states: [
      {
        name: 'usual',
        widthPx: 420,
        heightPx: 84,
        render: () => h(ScheduleSketch, { problem, timeline: schedule.timeline, label: 'A schedule' }),
      },
      {
        name: 'many',
        widthPx: 420,
        heightPx: 120,
        render: () =>
          h(ScheduleSketch, { problem: largeProblem, timeline: largeSchedule.timeline, label: 'A schedule' }),
      },
      {
        name: 'NPU first',
        widthPx: 420,
        heightPx: 120,
        render: () =>
          h(ScheduleSketch, {
            problem: largeProblem,
            timeline: simulate(largeProblem, npuFirstAssignment(largeProblem)),
            label: 'A schedule',
          }),
      },
    ],
  },
];

const tables: readonly Exhibit[] = [
  {
    file: 'components/table/DataTable.vue',
    states: [
      { name: 'few, one with a long name', widthPx: 560, heightPx: 240, render: () => table(people.slice(0, 5)) },
      {
        name: 'many, some selected',
        widthPx: 560,
        heightPx: 240,
        render: () => table(people, { selected: new Set([2, 4]) }),
      },
      { name: 'narrow', widthPx: 300, heightPx: 240, render: () => table(people.slice(0, 40)) },
      { name: 'empty', widthPx: 560, heightPx: 240, render: () => table([]) },
    ],
  },
];

export const componentHalls: readonly Hall[] = [
  { title: 'Controls', exhibits: controls },
  { title: 'Facts', exhibits: facts },
  { title: 'Marks', exhibits: marks },
  { title: 'Notices', exhibits: notices },
  { title: 'Scenarios', exhibits: scenarios },
  { title: 'Tables', exhibits: tables },
];
