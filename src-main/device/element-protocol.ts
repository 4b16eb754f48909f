/** What the process of a job asks the thread of an element to do. Both ends are built together. */
import type { DeviceElement, DeviceModel, DeviceTensor, Measuring, Series } from './protocol.ts';
import type { FoundRuntime } from './runtime.ts';

export interface ElementData {
  readonly runtime: FoundRuntime;
  readonly element: DeviceElement;
}

/** A model with its file. */
export type LoadedModel = DeviceModel & { readonly path: string };

export interface ElementTask {
  readonly task: number;
  readonly model: string;
  readonly releaseMs: number;
  readonly after: readonly number[];
  readonly inputs: readonly DeviceTensor[];
  readonly outputs: readonly DeviceTensor[];
}

/** Shared by all threads of an execution. */
export interface Clockwork {
  /** [0] round that may run, [1] 1: stop; then for each task the last round in which it ended. */
  readonly flags: Int32Array;
  /** [0] when the round began, ns of the monotonic clock. */
  readonly began: BigInt64Array;
}
export const ROUND = 0;
export const STOP = 1;
export const FIRST_TASK = 2;

export type ElementCommand =
  | {
      readonly do: 'load';
      readonly models: readonly LoadedModel[];
      readonly sessions: number;
      readonly buffers: ReadonlyMap<string, SharedArrayBuffer>;
    }
  | {
      readonly do: 'measure';
      readonly models: readonly string[];
      readonly sentinel: string;
      readonly measuring: Measuring;
      readonly stop: Int32Array;
    }
  | { readonly do: 'kernels'; readonly model: LoadedModel; readonly runs: number; readonly folder: string }
  | { readonly do: 'once'; readonly model: string }
  | {
      readonly do: 'execute';
      readonly tasks: readonly ElementTask[];
      readonly rounds: number;
      readonly clockwork: Clockwork;
    };

/** Of a task in a round, ms since the round began. */
export interface TaskTime {
  readonly task: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly waitMs: number | null;
}

export type ElementEvent =
  | { readonly event: 'ready'; readonly pinned: boolean }
  | { readonly event: 'progress'; readonly done: number }
  | { readonly event: 'series'; readonly series: readonly Series[] }
  | { readonly event: 'kernels'; readonly runs: number; readonly kernelsMs: Readonly<Record<string, number>> }
  | { readonly event: 'done' }
  | { readonly event: 'round'; readonly round: number; readonly times: readonly TaskTime[] }
  | { readonly event: 'failed'; readonly code: string; readonly message: string; readonly hint?: string };
