/** How busy each processing element is, as bars, with the baseline and the accepted limit next to them. */
import type { Baseline, Metrics } from '#shared/domain/run.ts';
import type { Assignment } from '#shared/scheduling/decode.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { referenceColor } from './convergence.ts';
import { formatPercent } from '../format.ts';
import { clusterOf, processorColor, type ThemeName } from '../theme/palette.ts';
import { colorTokens, fontTokens } from '../theme/tokens.ts';
import { idleWordOf, isPowered } from '../timeline/scene/scene.ts';
import { AXIS_FONT_PX, tooltipContent, tooltipStyle, xAxis } from './chart-style.ts';
import type { EChartsOption } from './echarts.ts';
import { firstParameter } from './tooltip-parameters.ts';
import type { LegendEntry } from '../canvas/legend.ts';

export interface UtilizationChart {
  readonly problem: Problem;
  /** Which cores are on. */
  readonly assignment: Assignment;
  readonly metrics: Pick<Metrics, 'utilization'>;
  readonly baseline: Baseline | undefined;
  readonly theme: ThemeName;
}

export function utilizationOption({ problem, assignment, metrics, baseline, theme }: UtilizationChart): EChartsOption {
  const color = colorTokens[theme];
  // A core that works in the group of another one has its share there.
  const rows = problem.pes
    .filter((pe) => isPowered(problem, assignment, pe) || idleWordOf(problem, assignment, pe) !== 'grouped')
    .map((pe) => {
      const processor = problem.processors[pe.processor];
      return {
        id: pe.id,
        isOn: isPowered(problem, assignment, pe),
        idleWord: idleWordOf(problem, assignment, pe),
        share: metrics.utilization[pe.id] ?? 0,
        base: baseline?.metrics.utilization[pe.id],
        limit: processor.maxUtilization,
        fill: processorColor(processor.kind, pe.indexInProcessor, theme, clusterOf(problem.processors, pe.processor)),
      };
    });
  const percent = (share: number): number => share * 100;
  return {
    animation: false,
    grid: { left: 0, right: 0, top: 4, bottom: 40, containLabel: true },
    xAxis: {
      ...xAxis({ title: 'Utilisation (% of the makespan)', min: 0, max: 100, interval: 20 }, theme),
      splitLine: { show: true, lineStyle: { color: color.line, opacity: 0.7 } },
    },
    // The values have a column of their own, where they align and no mark crosses them.
    yAxis: [
      {
        ...rowAxis,
        data: rows.map((row) => row.id),
        axisLabel: { color: color.text, fontFamily: fontTokens.mono, fontSize: AXIS_FONT_PX },
      },
      {
        ...rowAxis,
        position: 'right',
        data: rows.map((row) => (row.isOn ? formatPercent(row.share) : row.idleWord)),
        axisLabel: {
          color: color.text,
          fontFamily: fontTokens.sans,
          fontSize: AXIS_FONT_PX,
          align: 'right',
          margin: 52,
        },
      },
    ],
    tooltip: {
      ...tooltipStyle(theme),
      trigger: 'axis',
      axisPointer: { type: 'none' },
      formatter: (parameters: unknown) => {
        const row = rows[dataIndexOf(parameters)];
        if (row === undefined) return '';
        const entries = [{ name: 'this schedule', color: row.fill, value: percent(row.share), unit: '%' }];
        if (row.base !== undefined && baseline !== undefined)
          entries.push({ name: baseline.name, color: referenceColor(theme), value: percent(row.base), unit: '%' });
        if (row.limit < 1)
          entries.push({ name: 'highest accepted', color: limitColor(theme), value: percent(row.limit), unit: '%' });
        return tooltipContent(row.id, entries, theme);
      },
    },
    series: [
      {
        type: 'bar',
        name: 'utilisation',
        barMaxWidth: 14,
        barCategoryGap: '35%',
        data: rows.map((row) => ({
          value: percent(row.share),
          itemStyle: { color: row.fill, borderRadius: [0, 2, 2, 0] },
        })),
        emphasis: { disabled: true },
      },
      mark(
        'baseline',
        rows.map((row, index) => [row.base === undefined ? Number.NaN : percent(row.base), index]),
        referenceColor(theme),
      ),
      mark(
        'limit',
        rows.flatMap((row, index) => (row.limit < 1 && row.isOn ? [[percent(row.limit), index]] : [])),
        limitColor(theme),
      ),
    ],
  };
}

/** What the marks across the bars say. @param baselineName undefined without a baseline */
export function utilizationLegend(
  { processors }: Problem,
  baselineName: string | undefined,
  theme: ThemeName,
): LegendEntry[] {
  const hasLimits = processors.some(({ maxUtilization }) => maxUtilization < 1);
  return [
    ...(baselineName === undefined
      ? []
      : [{ name: baselineName, color: referenceColor(theme), dash: 'solid' as const }]),
    ...(hasLimits ? [{ name: 'highest accepted', color: limitColor(theme), dash: 'solid' as const }] : []),
  ];
}

const rowAxis = { type: 'category' as const, inverse: true, axisLine: { show: false }, axisTick: { show: false } };

/** Colour of the accepted limit. */
export function limitColor(theme: ThemeName): string {
  return colorTokens[theme].worse;
}

/** Upright strokes across a bar. */
function mark(name: string, data: number[][], fill: string) {
  return {
    type: 'scatter' as const,
    name,
    data,
    symbol: 'rect',
    symbolSize: [2, 16],
    itemStyle: { color: fill },
    z: 5,
    silent: true,
    emphasis: { disabled: true },
  };
}

function dataIndexOf(parameters: unknown): number {
  const index = firstParameter(parameters)?.dataIndex;
  return typeof index === 'number' ? index : -1;
}
