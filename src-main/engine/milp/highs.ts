/**
 * HiGHS, the solver (Huangfu & Hall, "Parallelizing the dual revised simplex method", Math. Prog. Comp. 10, 2018), as WebAssembly:
 * one thread, one seed and limits that count nodes instead of time, so the same program always has the same result.
 */
import type { Highs, ModelData } from 'highs';
import type { LinearProgram } from './linear-program.ts';

export interface MilpSolution {
  /** No feasible point is below it. */
  readonly bound: number;
  /** Whether `values` is proven to be optimal. */
  readonly isOptimal: boolean;
  /** [columns] the best point found; undefined when the limit came first. */
  readonly values: Float64Array | undefined;
}

let highs: Highs | undefined;

/** Loads the solver, once; to be awaited before `solveMilp`. */
export async function loadSolver(): Promise<void> {
  if (highs !== undefined) return;
  const { default: load } = await import('highs');
  highs ??= await load();
}

/**
 * Solves `program`, giving up after `maxNodes` nodes of the search tree. Blocks its thread meanwhile.
 * @param wanted `bound`: no time is spent on finding points early
 */
export function solveMilp(program: LinearProgram, maxNodes: number, wanted: 'point' | 'bound' = 'point'): MilpSolution {
  if (highs === undefined) throw new Error("the MILP solver is not loaded: await the scheduler's prepare() first");
  const { constants } = highs;
  const source: ModelData = {
    numCols: program.cost.length,
    numRows: program.rowLower.length,
    colCost: program.cost,
    colLower: program.lower,
    colUpper: program.upper,
    rowLower: program.rowLower,
    rowUpper: program.rowUpper,
    matrix: {
      format: 'csr',
      numRows: program.rowLower.length,
      numCols: program.cost.length,
      starts: program.rowStart,
      indices: program.columns,
      values: program.coefficients,
    },
    integrality: program.isInteger.map((isInteger) =>
      isInteger ? constants.variableType.integer : constants.variableType.continuous,
    ),
  };
  return highs.withModel(source, (model): MilpSolution => {
    model.options.set({
      output_flag: false,
      random_seed: 0,
      mip_max_nodes: maxNodes,
      mip_rel_gap: 0,
      mip_abs_gap: 1e-7,
      mip_feasibility_tolerance: 1e-9,
      primal_feasibility_tolerance: 1e-9,
      ...(wanted === 'bound' ? { mip_heuristic_effort: 0 } : {}),
    });
    model.run();
    const status = model.getModelStatus();
    const isOptimal = status === constants.modelStatus.optimal;
    const isFeasible = model.info.get('primal_solution_status') === constants.solutionStatus.feasible;
    return {
      bound: Number(model.info.get('mip_dual_bound')),
      isOptimal,
      values: isFeasible ? model.getSolution().colValue : undefined,
    };
  });
}
