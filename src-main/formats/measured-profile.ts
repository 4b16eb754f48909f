/** What every profile of a runtime says, whatever its file is like; a reader for each runtime makes it. */
import type { FileHead } from './format.ts';

/** A node of the model as the runtime executed it. */
export interface MeasuredNode {
  readonly name: string;
  /** What the runtime calls the processor: "CPUExecutionProvider". */
  readonly on: string;
  /** Mean over the runs that count, ms. */
  readonly timeMs: number;
  /** Runs that count. */
  readonly runs: number;
}

/** What a runtime's file says. */
export interface MeasuredProfile {
  readonly nodes: readonly MeasuredNode[];
  /** Whether the first of several runs was left out, as warm-up. */
  readonly isWarm: boolean;
  /** Mean time of a whole run, ms; undefined where the file has none. */
  readonly wholeMs: number | undefined;
}

/** Reads the profiles of one runtime. */
export interface ProfileReader {
  /** As people call it: "ONNX Runtime". */
  readonly name: string;
  recognises(file: FileHead): boolean;
  /** @param name the file, for messages. @throws WorkbenchError `json.invalid` or `profile.invalid` */
  read(text: string, name: string): MeasuredProfile;
}
