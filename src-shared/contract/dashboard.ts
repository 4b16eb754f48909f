/** What an exported dashboard carries of a run: all of its bests and figures, and of its populations as many as fit. */
import type { Baseline } from '../domain/run.ts';
import type { ChromosomeColumns } from './replay-shapes.ts';
import type { GenerationSeries, RunDetail } from './shapes.ts';

/** Populations of n of the generations, first and last included. */
export interface SampledPopulations {
  /** [n] ascending. */
  readonly generations: Uint32Array;
  /** [n + 1] the members of sample i are `offsets[i] … offsets[i + 1] − 1`. */
  readonly offsets: Uint32Array;
  /** [members × metrics] headline metrics. */
  readonly metrics: Float32Array;
  /** [n] the generation's best among its members: index counted from the sample's first; −1: it is none of them. */
  readonly bestAt: Int32Array;
  /** Gene values per locus in `shares`. */
  readonly width: number;
  /** [n × loci × width] share of the members with each gene value, of mapping genes with the processing element they lead to; 255 for all of them. */
  readonly shares: Uint8Array;
  /** [n × loci] mutations over the generations up to it. */
  readonly mutations: Uint16Array;
}

export interface DashboardData {
  readonly version: 1;
  /** What wrote it, and when (Unix time, ms). */
  readonly product: string;
  readonly exportedAt: number;
  readonly detail: RunDetail;
  /** What its figures are compared with. */
  readonly baseline: Baseline;
  readonly generations: GenerationSeries;
  readonly bests: ChromosomeColumns;
  readonly populations: SampledPopulations;
}

/** Where in the page the data are: base64 of gzip of the message (codec.ts). */
export const DASHBOARD_DATA_ID = 'tessera-data';
