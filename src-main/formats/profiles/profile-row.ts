/** What every profile of a runtime says, whatever its file is like: rows, not yet joined to the layers of a network. */
import type { MeasurementKind, Spread, statistics } from '#shared/domain/profile.ts';

export const timeUnits = ['ms', 'us', 'ns', 's', 'cycles'] as const;
export type TimeUnit = (typeof timeUnits)[number];

/** One row: something that the runtime executed, with its time. */
export interface ProfileRow {
  /** As the file has it; empty where it has none. */
  readonly name: string;
  /** What the runtime calls the operation: "Conv", "CONV_2D". */
  readonly op?: string;
  /** What the runtime calls the processor: "CPUExecutionProvider". */
  readonly on?: string;
  readonly value: number;
  /** Undefined where the file does not say. */
  readonly unit: TimeUnit | undefined;
  readonly statistic?: (typeof statistics)[number];
  readonly runs?: number;
  /** In the row's unit, as multiples of it; ms once the profile is made. */
  readonly spread?: Spread;
  readonly outputShape?: readonly number[];
  readonly dataType?: string;
  /** It moves or converts data for others, and is no layer. */
  readonly isTransfer?: boolean;
  /** It took no time because it became part of another; not a time of 0. */
  readonly isFused?: boolean;
}

/** What a file says. */
export interface ReadProfile {
  readonly rows: readonly ProfileRow[];
  /** With version where the file has it: "SNPE 2.37". */
  readonly tool: string;
  readonly kind: MeasurementKind;
  /** Time of the whole network, in its unit; undefined where the file has none. */
  readonly whole?: { readonly value: number; readonly unit: TimeUnit | undefined; readonly runs?: number };
  /** Runs that were left out at the beginning. */
  readonly warmups?: number;
  /** Time that its rows do not have but copying data to the processor takes, in the unit of the rows. */
  readonly copyCost?: number;
  /** Keys that say which operators are meant instead of names, as those of NEST-C. */
  readonly namesAre?: 'operators';
  /** What could not be read or is worth knowing, in words. */
  readonly notes: readonly string[];
}

/** Reads the profiles of one tool. */
export interface ProfileReader {
  readonly id: string;
  /** As people call it: "ONNX Runtime". */
  readonly name: string;
  /** Whether this is the beginning of such a file. */
  recognises(head: string, fileName: string): boolean;
  /** @param name the file, for messages. @throws WorkbenchError `json.invalid` or `profile.invalid` */
  read(text: string, name: string): ReadProfile;
}
