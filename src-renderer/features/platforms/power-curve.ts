/** The power of a processor over its frequency, as a chart: one core busy, all busy, and what the cluster draws by itself. */
import type { ProcessorKind } from '#shared/domain/platform.ts';
import { plainGrid, tooltipContent, tooltipStyle, xAxis, yAxis } from '../../charts/chart-style.ts';
import type { EChartsOption } from '../../charts/echarts.ts';
import { formatCount } from '../../format.ts';
import { mixColors, processorColor, type ThemeName } from '../../theme/palette.ts';
import { colorTokens } from '../../theme/tokens.ts';

export interface OperatingPoint {
  readonly frequencyMHz: number;
  readonly activePowerMW: number;
  readonly clusterPowerMW: number;
}

export interface PowerCurve {
  readonly kind: ProcessorKind;
  /** Its number among those of its kind. */
  readonly cluster: number;
  readonly coreCount: number;
  /** In any order. */
  readonly points: readonly OperatingPoint[];
  readonly theme: ThemeName;
}

/** The curves that are drawn, most power first. */
export function powerLines({
  kind,
  cluster: number,
  coreCount,
  theme,
}: Pick<PowerCurve, 'kind' | 'cluster' | 'coreCount' | 'theme'>) {
  const color = processorColor(kind, 0, theme, number);
  const one = {
    name: coreCount === 1 ? 'busy' : 'one core busy',
    color,
    dash: coreCount === 1 ? 'solid' : 'dashed',
    power: (point: OperatingPoint) => point.activePowerMW + point.clusterPowerMW,
  } as const;
  const all = {
    name: `all ${coreCount} cores busy`,
    color,
    dash: 'solid',
    power: (point: OperatingPoint) => point.activePowerMW * coreCount + point.clusterPowerMW,
  } as const;
  const cluster = {
    name: 'cluster alone',
    color: mixColors(color, colorTokens[theme].textMuted, 0.6),
    dash: 'dotted',
    power: (point: OperatingPoint) => point.clusterPowerMW,
  } as const;
  return coreCount === 1 ? [one, cluster] : [all, one, cluster];
}

export function powerCurveOption({ kind, cluster, coreCount, points, theme }: PowerCurve): EChartsOption {
  const ordered = points.toSorted((a, b) => a.frequencyMHz - b.frequencyMHz);
  const lines = powerLines({ kind, cluster, coreCount, theme });
  return {
    animation: false,
    grid: plainGrid,
    xAxis: { ...xAxis({ title: 'Frequency (MHz)' }, theme) },
    yAxis: { ...yAxis({ title: 'Power (mW)', startsAtZero: true }, theme) },
    tooltip: {
      ...tooltipStyle(theme),
      trigger: 'axis',
      formatter: (parameters: unknown) => {
        const point = ordered[indexOf(parameters)];
        if (point === undefined) return '';
        return tooltipContent(
          `${formatCount(point.frequencyMHz)} MHz`,
          lines.map((line) => ({ name: line.name, color: line.color, value: line.power(point), unit: 'mW' })),
          theme,
        );
      },
    },
    series: lines.map((line) => ({
      type: 'line',
      name: line.name,
      data: ordered.map((point) => [point.frequencyMHz, line.power(point)]),
      symbol: 'circle',
      symbolSize: 5,
      showSymbol: ordered.length <= 40,
      lineStyle: { color: line.color, width: 1.5, type: line.dash },
      itemStyle: { color: line.color },
      emphasis: { disabled: true },
    })),
  };
}

function indexOf(parameters: unknown): number {
  const first: unknown = Array.isArray(parameters) ? parameters[0] : undefined;
  return typeof first === 'object' && first !== null && 'dataIndex' in first && typeof first.dataIndex === 'number'
    ? first.dataIndex
    : -1;
}
