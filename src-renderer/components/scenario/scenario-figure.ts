/** What the small picture of a scenario shows: how long each application would take on each processor alone, and which layers cannot run there. */
import { baseTimeMs, type ResolvedScenario } from '#shared/domain/scenario.ts';
import type { ProcessorKind } from '#shared/domain/platform.ts';
import { instanceCounts } from '#shared/scheduling/compile-jobs.ts';

export interface FigureCell {
  /** Sum over the layers that can run there, at nominal frequency on one core, ms. */
  readonly totalMs: number;
  /** Share of the layers that can run there, 0…1. */
  readonly supported: number;
}

export interface ScenarioFigure {
  readonly columns: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: ProcessorKind;
    readonly coreCount: number;
  }[];
  readonly rows: readonly {
    readonly id: string;
    readonly name: string;
    readonly layers: number;
    readonly instances: number;
    readonly cells: readonly FigureCell[];
  }[];
  /** Longest total of all cells, ms. */
  readonly longestMs: number;
}

export function describeScenarioFigure(scenario: ResolvedScenario): ScenarioFigure {
  const { platform, applications } = scenario;
  const counts = instanceCounts(scenario);
  const rows = applications.map((application, index) => {
    const { layers } = application.network;
    const cells = platform.processors.map((processor): FigureCell => {
      const times = layers.map((layer) => baseTimeMs(processor, layer)).filter((time) => time !== undefined);
      return {
        totalMs: times.reduce((sum, time) => sum + time, 0) / processor.basePerformance,
        supported: times.length / layers.length,
      };
    });
    return {
      id: application.id,
      name: application.name,
      layers: layers.length,
      instances: counts[index],
      cells,
    };
  });
  return {
    columns: platform.processors.map(({ id, name, kind, coreCount }) => ({ id, name, kind, coreCount })),
    rows,
    longestMs: Math.max(0, ...rows.flatMap((row) => row.cells.map((cell) => cell.totalMs))),
  };
}
