/** The parts of ECharts that Tessera uses, registered once. */
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

use([LineChart, BarChart, ScatterChart, GridComponent, TooltipComponent, MarkLineComponent, CanvasRenderer, SVGRenderer]);

export { init, type EChartsType };
export type { EChartsOption } from 'echarts';
