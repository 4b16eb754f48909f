/** What ECharts hands to the function that writes a tooltip. */

/** The parts of a parameter that charts look at; none of them is sure. */
export interface TooltipParameter {
  readonly value?: unknown;
  readonly axisValue?: unknown;
  readonly dataIndex?: unknown;
}

/** The first of a tooltip's parameters; undefined where there is none. */
export function firstParameter(parameters: unknown): TooltipParameter | undefined {
  const first: unknown = Array.isArray(parameters) ? parameters[0] : undefined;
  return typeof first === 'object' && first !== null ? first : undefined;
}
