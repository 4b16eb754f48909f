/** The processors of a platform compiled: operating points, the cores that may be active together, and what caps allow them. */
import type { Platform, Processor } from '../domain/platform.ts';
import type { CoreArrangement, OperatingPointModel, ProcessorModel } from './problem-model.ts';

/** One model per processor, in platform order. */
export function compileProcessors(platform: Platform): ProcessorModel[] {
  const models: ProcessorModel[] = [];
  let firstPe = 0;
  platform.processors.forEach((processor, index) => {
    const operatingPoints = operatingPointModels(processor);
    const nominal = nominalFrequency(processor);
    const arrangements = coreArrangements(processor);
    const peCount =
      processor.dispatch === 'pooled' ? 1 : Math.max(...arrangements.map((arrangement) => arrangement.groups.length));
    models.push({
      index,
      id: processor.id,
      name: processor.name,
      kind: processor.kind,
      dispatch: processor.dispatch,
      coreCount: processor.coreCount,
      basePerformance: processor.basePerformance,
      idlePowerMW: processor.idlePowerMW,
      offPowerMW: processor.offPowerMW,
      maxUtilization: processor.maxUtilization,
      operatingPoints,
      nominalPoint: closestPoint(operatingPoints, nominal),
      arrangements,
      defaultArrangement: processor.coreConfigurations === undefined ? arrangements.length - 1 : 0,
      highestPoint: arrangements.map((arrangement) =>
        highestAllowedPoint(platform, processor, operatingPoints, arrangement.activeCores),
      ),
      groupSpeedup: Array.from(
        { length: processor.coreCount + 1 },
        (_, size) => processor.groupSpeedup?.[String(size)] ?? 1,
      ),
      firstPe,
      peCount,
    });
    firstPe += peCount;
  });
  return models;
}

function nominalFrequency(processor: Processor): number {
  return processor.nominalFrequencyMHz ?? Math.max(1, ...processor.operatingPoints.map((point) => point.frequencyMHz));
}

function operatingPointModels(processor: Processor): OperatingPointModel[] {
  const nominal = nominalFrequency(processor);
  const points =
    processor.operatingPoints.length > 0
      ? processor.operatingPoints
      : [{ frequencyMHz: nominal, activePowerMW: 0, clusterPowerMW: 0 }];
  const s = processor.frequencyScaling;
  return [...points]
    .sort((a, b) => a.frequencyMHz - b.frequencyMHz)
    .map((point) => ({ ...point, timeFactor: 1 - s + (s * nominal) / point.frequencyMHz }));
}

function closestPoint(points: readonly OperatingPointModel[], frequencyMHz: number): number {
  let best = 0;
  for (let i = 1; i < points.length; i++) {
    if (Math.abs(points[i].frequencyMHz - frequencyMHz) <= Math.abs(points[best].frequencyMHz - frequencyMHz)) best = i;
  }
  return best;
}

/** Pinned CPU clusters can switch cores off; core configurations group the cores of any pinned processor. */
function coreArrangements(processor: Processor): CoreArrangement[] {
  if (processor.coreConfigurations !== undefined) {
    return processor.coreConfigurations.map((groups) => ({
      groups,
      activeCores: groups.reduce((sum, size) => sum + size, 0),
    }));
  }
  const allActive: CoreArrangement = {
    groups: Array.from({ length: processor.coreCount }, () => 1),
    activeCores: processor.coreCount,
  };
  if (processor.kind !== 'cpu' || processor.dispatch !== 'pinned') return [allActive];
  return Array.from({ length: processor.coreCount }, (_, index) => ({
    groups: allActive.groups.slice(0, index + 1),
    activeCores: index + 1,
  }));
}

/** Every cap stated for at most `activeCores` cores holds: more active cores never allow a higher frequency. */
function highestAllowedPoint(
  platform: Platform,
  processor: Processor,
  points: readonly OperatingPointModel[],
  activeCores: number,
): number {
  let cap = Number.POSITIVE_INFINITY;
  for (const rule of platform.frequencyCaps) {
    if (rule.processor === processor.id && rule.activeCores <= activeCores) cap = Math.min(cap, rule.maxFrequencyMHz);
  }
  let highest = 0;
  points.forEach((point, index) => {
    if (point.frequencyMHz <= cap) highest = index;
  });
  return highest;
}
