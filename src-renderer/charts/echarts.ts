/** The parts of ECharts that Tessera uses, registered once. */
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import type { EChartsOption } from 'echarts';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { fontTokens } from '../theme/tokens.ts';

use([
  LineChart,
  BarChart,
  ScatterChart,
  CustomChart,
  GridComponent,
  TooltipComponent,
  MarkLineComponent,
  CanvasRenderer,
  SVGRenderer,
]);

export { init, type EChartsOption, type EChartsType };

/** A chart as an SVG element of that size. */
export function chartSvg(option: EChartsOption, size: { readonly widthPx: number; readonly heightPx: number }): string {
  const printer = init(null, null, { renderer: 'svg', ssr: true, width: size.widthPx, height: size.heightPx });
  printer.setOption({ ...option, animation: false });
  const svg = printer.renderToSVGString();
  printer.dispose();
  // ECharts writes font names into attributes as they are: the quotes around them would end the attribute.
  return Object.values(fontTokens).reduce((text, font) => text.replaceAll(font, font.replaceAll('"', "'")), svg);
}
