/** What a compiled problem is made of: processors, processing elements and tasks, by index (DESIGN §6, "Compile"). */
import type { ProcessorKind } from '../domain/platform.ts';
import type { MemberLayer } from './coarsen.ts';

/** A frequency a processor can run at, with what it means for time and power. */
export interface OperatingPointModel {
  readonly frequencyMHz: number;
  readonly activePowerMW: number;
  readonly clusterPowerMW: number;
  /** (1 − s) + s × nominal / frequency. */
  readonly timeFactor: number;
}

/** How the cores of a pinned processor are grouped: group sizes, largest index last; cores outside are off. */
export interface CoreArrangement {
  readonly groups: readonly number[];
  readonly activeCores: number;
}

export interface ProcessorModel {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly kind: ProcessorKind;
  readonly dispatch: 'pinned' | 'pooled';
  readonly coreCount: number;
  readonly basePerformance: number;
  readonly idlePowerMW: number;
  readonly offPowerMW: number;
  readonly maxUtilization: number;
  /** Ascending by frequency, at least one. */
  readonly operatingPoints: readonly OperatingPointModel[];
  /** Index of the operating point closest to the nominal frequency (the higher one of two equally close). */
  readonly nominalPoint: number;
  /** What an `activeCores` or `coreConfiguration` gene chooses among; one entry where there is nothing to choose. */
  readonly arrangements: readonly CoreArrangement[];
  /** Arrangement without a gene: all cores active, or the first core configuration. */
  readonly defaultArrangement: number;
  /** Per arrangement, the highest operating point allowed by the frequency caps. */
  readonly highestPoint: readonly number[];
  /** By group size: speed-up of a group of that many cores. */
  readonly groupSpeedup: readonly number[];
  /** Index of its first processing element. */
  readonly firstPe: number;
  /** Number of its processing elements (as many as it can ever have). */
  readonly peCount: number;
}

export interface ProcessingElement {
  readonly index: number;
  /** "gpu" when it is its processor's only one, else "cpu:0", "cpu:1", … */
  readonly id: string;
  readonly processor: number;
  readonly indexInProcessor: number;
  /** Interchangeable units: 1, or the core count of a pooled processor. */
  readonly units: number;
}

export interface TaskModel {
  readonly index: number;
  readonly application: number;
  readonly layer: number;
  /** "application/layer". */
  readonly id: string;
  /** Layers that it executes as one, where these are several; else it is the layer. */
  readonly members?: readonly MemberLayer[];
}
