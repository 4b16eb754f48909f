/** Sizes of the inputs' dimensions that a model leaves open: chosen, taken as a batch of 1, or missing. */
import { suggest, WorkbenchError } from '../../domain/errors.ts';
import type { OnnxDimension, OnnxValue } from './model.ts';
import type { Dimension, Shape } from './tensor.ts';

/** Names that exporters and people give a batch. */
const batchName = /batch|^(n|b|bs|mb)$/i;
/** Names that exporters give a dimension that nobody named: unk__6, None, ?, dim_0, s0, input_dynamic_axes_1. */
const madeUpName =
  /^[?*-]?$|^(none|unk|unknown|undefined|dynamic|dyn|dim|axis|d|s|u|x)[_.:-]*\d*$|^unk_+\d+$|(dynamic_?axes|dynamic_?dimension|dim|axis)[_.:-]*\d+$/i;
/** Names of an axis that is walked along: the longer it is, the more work there is. */
const sequenceName = /time|seq|len|step|frame|token|chunk|word|char|window|^[tls]$/i;

export class OpenDimensions {
  /** Taken as a batch of 1. */
  readonly assumed: string[] = [];
  /** Without a size. */
  readonly open: string[] = [];
  readonly #sizes: Map<string, number>;

  /**
   * @param chosen sizes by name or as "<input>:<axis>"
   * @param notBatches names of leading dimensions that the model is known to use for something else
   * @param batchSize of the batch with that position among `assumed`; 1 unless a reader wants to find it again
   * @throws WorkbenchError `onnx.unknownDimension`
   */
  constructor(
    inputs: readonly OnnxValue[],
    chosen: Readonly<Record<string, number>>,
    notBatches: ReadonlySet<string> = new Set(),
    batchSize: (position: number) => number = () => 1,
  ) {
    const known = inputs.flatMap((input) =>
      (input.shape ?? []).flatMap((dimension, axis) =>
        typeof dimension === 'number' ? [] : [placeOf(input, axis), ...(dimension === undefined ? [] : [dimension])],
      ),
    );
    for (const name of Object.keys(chosen)) {
      if (!known.includes(name))
        throw new WorkbenchError('onnx.unknownDimension', `the model leaves no dimension "${name}" open`, {
          hint: known.length === 0 ? 'every size is fixed in the file' : suggest(name, [...new Set(known)]),
          path: ['dims', name],
        });
    }
    this.#sizes = new Map(Object.entries(chosen));
    const inner = new Set(
      inputs.flatMap((input) => (input.shape ?? []).slice(1)).filter((dimension) => typeof dimension === 'string'),
    );
    for (const input of inputs) {
      for (const [axis, dimension] of (input.shape ?? []).entries()) {
        if (
          typeof dimension === 'number' ||
          this.size(dimension) !== undefined ||
          this.#sizes.has(placeOf(input, axis))
        )
          continue;
        const name = dimension ?? placeOf(input, axis);
        if (axis === 0 && !notBatches.has(name) && looksLikeBatch(dimension, input.shape?.length ?? 0, inner)) {
          this.#sizes.set(name, batchSize(this.assumed.length));
          this.assumed.push(name);
        } else if (!this.open.includes(name)) this.open.push(name);
      }
    }
  }

  size(dimension: OnnxDimension): Dimension {
    return typeof dimension === 'string' ? this.#sizes.get(dimension) : dimension;
  }

  inputShape(input: OnnxValue): Shape | undefined {
    return input.shape?.map((dimension, axis) => this.#sizes.get(placeOf(input, axis)) ?? this.size(dimension));
  }

  /** Names of the dimensions of `input` that have no size. */
  openOf(input: OnnxValue): string[] {
    const shape = this.inputShape(input) ?? [];
    return (input.shape ?? []).flatMap((dimension, axis) =>
      shape[axis] === undefined ? [typeof dimension === 'string' ? dimension : placeOf(input, axis)] : [],
    );
  }
}

/**
 * Whether a leading dimension counts examples that are worked on side by side. A name settles it; without one that says anything it is,
 * with a name of another kind only before at least three more dimensions, as of an image.
 * @param inner names of dimensions that do not lead
 */
function looksLikeBatch(name: OnnxDimension, rank: number, inner: ReadonlySet<OnnxDimension>): boolean {
  if (typeof name !== 'string') return true;
  if (/batch/i.test(name)) return true;
  if (inner.has(name)) return false;
  if (batchName.test(name) || madeUpName.test(name)) return true;
  return rank >= 4 && !sequenceName.test(name);
}

function placeOf(input: OnnxValue, axis: number): string {
  return `${input.name}:${axis}`;
}
