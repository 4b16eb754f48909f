/** A plan as a file has it: who executes which layers, by the names of the file. What it is in a scenario, `scheduling/given-schedule.ts` says. */

/** Layers that the file puts together on one processor. */
export interface PlannedPart {
  /** As the file names them. */
  readonly layers: readonly string[];
  /** As the file names it. */
  readonly processor: string;
  /** Number of the device, or the name of the processing element, where the file says it. */
  readonly element?: string | undefined;
}

export interface WrittenPlan {
  readonly parts: readonly PlannedPart[];
  /** Whether layers are named with their application, "camera/conv1". */
  readonly hasApplications: boolean;
  /** Whether parts are in the order in which they are executed. */
  readonly isInOrder: boolean;
  /** Whether the file says exactly what is one call. Else a part is one as far as dependencies join its layers. */
  readonly areCalls: boolean;
  /** Where layers go that it does not name. */
  readonly rest?: Omit<PlannedPart, 'layers'> | undefined;
  /** Priority by layer, where the file has them. */
  readonly priorities?: Readonly<Record<string, number>> | undefined;
}
