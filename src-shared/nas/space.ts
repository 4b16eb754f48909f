/**
 * A search space laid out as genes: one byte for every choice. What genes mean, which of them mean the same network, and in which groups
 * they decide about blocks, so that costs of blocks can be added up.
 */
import type { GeneLayout, GeneLocus } from '../scheduling/genome-layout.ts';
import { WorkbenchError } from '../domain/errors.ts';
import type { Network } from '../domain/network.ts';
import { blockOfOption, isPossible, type BlockOption, type BlockPlace } from './block-option.ts';
import { networkOfBlocks, type BlockNetwork } from './block-network.ts';
import { blockText, type Block } from './blocks.ts';
import type { StagedNetwork } from './scaling.ts';
import { optionsOf, type SearchSpaceDocument, type Stage } from './search-space.ts';

/** A choice: how many blocks a stage has, whether they have squeeze and excitation, or what one block (or all of them) is. */
export interface Choice extends GeneLocus {
  readonly stage: number;
  readonly decides: 'repeats' | 'se' | 'option';
  /** Of the stage, from 0; undefined where it is about all of them. */
  readonly block?: number | undefined;
  /** What each value means, e.g. `3:6`. */
  readonly values: readonly string[];
}

export interface SpaceLayout extends GeneLayout {
  readonly loci: readonly Choice[];
}

/** A block with the height and width of its input. */
export interface PlacedBlock {
  readonly block: Block;
  readonly inputSize: number;
}

/** Choices that decide together about blocks next to each other, and no other choice does. */
export interface ChoiceGroup {
  readonly loci: readonly number[];
  /** What the choices can come to: values by locus, and blocks. */
  readonly items: readonly { readonly values: readonly number[]; readonly blocks: readonly PlacedBlock[] }[];
}

/** Combinations of choices that a group may have: so many are enumerated in a moment. */
const MOST_ITEMS = 20_000;

interface StageLayout {
  readonly stage: Stage;
  readonly options: readonly BlockOption[];
  readonly inputSize: number;
  readonly inputChannels: number;
  readonly repeatsLocus: number | undefined;
  readonly seLocus: number | undefined;
  /** One for each block, or one for all. */
  readonly optionLoci: readonly number[];
  /** Blocks made so far, by place, option and squeeze: one object each, so that costs can be kept by it. */
  readonly made: Map<number, PlacedBlock | undefined>;
}

export class NetworkSpace {
  readonly document: SearchSpaceDocument;
  readonly layout: SpaceLayout;
  readonly #stages: readonly StageLayout[];
  /** Height and width behind the blocks. */
  readonly outputSize: number;

  constructor(document: SearchSpaceDocument) {
    this.document = document;
    const loci: Choice[] = [];
    let size = Math.ceil(document.input.size / document.stem.stride);
    let channels = document.stem.channels;
    this.#stages = document.stages.map((stage, index) => {
      const segment = `stage ${index + 1}`;
      const add = (choice: Omit<Choice, 'segment' | 'stage' | 'cardinality'>): number =>
        loci.push({ ...choice, segment, stage: index, cardinality: choice.values.length }) - 1;
      const all = (values: readonly unknown[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values, (_, place) => place);
      const { repeats, se, shared } = stage;
      const options = optionsOf(stage);
      const values = options.map(({ text }) => text);
      const places = Array.from({ length: Math.max(...repeats) }, (_, block) => placeOf(stage, channels, block));
      const layout = {
        stage,
        options,
        inputSize: size,
        inputChannels: channels,
        made: new Map<number, PlacedBlock | undefined>(),
        repeatsLocus:
          repeats.length > 1
            ? add({ decides: 'repeats', values: repeats.map(String), alleles: all(repeats) })
            : undefined,
        seLocus:
          se.length > 1 ? add({ decides: 'se', values: se.map((ratio) => `se${ratio}`), alleles: all(se) }) : undefined,
        optionLoci: shared
          ? [add({ decides: 'option', values, alleles: all(options) })]
          : places.map((place, block) =>
              add({
                decides: 'option',
                block,
                values,
                alleles: Uint8Array.from(
                  options.flatMap((option, value) => (isPossible(option, place) ? [value] : [])),
                ),
              }),
            ),
      };
      size = Math.ceil(size / stage.stride);
      channels = stage.channels;
      return layout;
    });
    this.outputSize = size;
    const segments: { name: string; offset: number; length: number }[] = [];
    loci.forEach(({ segment }, offset) => {
      const last = segments.at(-1);
      if (last?.name === segment) last.length++;
      else segments.push({ name: segment, offset, length: 1 });
    });
    this.layout = { length: loci.length, segments, loci };
  }

  /** Number of different rows of genes; where skipped blocks make networks the same there are fewer networks. */
  get choices(): number {
    return this.#stages.reduce((product, { stage, seLocus, repeatsLocus, optionLoci }) => {
      const alleles = (locus: number | undefined): number =>
        locus === undefined ? 1 : this.#locus(locus).alleles.length;
      const depths = repeatsLocus === undefined ? [Math.max(...stage.repeats)] : stage.repeats;
      const combinations = depths.reduce(
        (sum, depth) =>
          sum + optionLoci.slice(0, stage.shared ? 1 : depth).reduce((each, locus) => each * alleles(locus), 1),
        0,
      );
      return product * combinations * alleles(seLocus);
    }, 1);
  }

  /** Blocks by stage, each with the size of its input. @throws RangeError for genes that are none of this space */
  placedBlocks(genes: ArrayLike<number>): PlacedBlock[][] {
    if (genes.length !== this.layout.length)
      throw new RangeError(`${genes.length} genes, where the space has ${this.layout.length}`);
    return this.#stages.map((layout) => this.#placed(layout, genes, undefined));
  }

  blocks(genes: ArrayLike<number>): Block[] {
    return this.placedBlocks(genes).flatMap((stage) => stage.map(({ block }) => block));
  }

  /** The candidate between stem and head. */
  description(genes: ArrayLike<number>, id = `${this.document.id}-candidate`): BlockNetwork {
    const { input, stem, head, name, provenance } = this.document;
    return {
      id,
      provenance: [`Candidate ${this.text(genes)} of the search space ${name}`, ...provenance],
      inputSize: input.size,
      inputChannels: input.channels,
      stem,
      blocks: this.blocks(genes),
      headChannels: head.channels,
      classes: head.classes,
    };
  }

  /** The candidate with its blocks in stages. */
  staged(genes: ArrayLike<number>, id?: string): StagedNetwork {
    const { blocks: _, ...frame } = this.description(genes, id);
    return { ...frame, stages: this.placedBlocks(genes).map((stage) => stage.map(({ block }) => block)) };
  }

  /** The network document of a candidate, layer for layer. */
  network(genes: ArrayLike<number>, id?: string): Network {
    return networkOfBlocks(this.description(genes, id));
  }

  /** The same network with every gene that makes no difference at its first value. */
  canonical(genes: Uint8Array): Uint8Array {
    const result = genes.slice();
    for (const layout of this.#stages) {
      if (layout.stage.shared) continue;
      for (const locus of layout.optionLoci.slice(this.#depth(layout, genes)))
        result[locus] = at(this.#locus(locus).alleles, 0);
    }
    return result;
  }

  /** Choices for people: values by stage, e.g. `3:2+5:2 3:6 skip | …`. */
  text(genes: ArrayLike<number>): string {
    return this.#stages
      .map((layout) => {
        const { repeatsLocus, seLocus, optionLoci, stage } = layout;
        const value = (locus: number): string => at(this.#locus(locus).values, at(genes, locus));
        const options = optionLoci.slice(0, stage.shared ? 1 : this.#depth(layout, genes)).map(value);
        return [
          ...(stage.shared && repeatsLocus !== undefined ? [`${value(repeatsLocus)}×`] : []),
          ...options,
          ...(seLocus === undefined ? [] : [value(seLocus)]),
        ].join(' ');
      })
      .join(' | ');
  }

  /** Genes as they are written: values in base 36 where one digit suffices for all, else with commas. */
  code(genes: ArrayLike<number>): string {
    const values = Array.from(genes);
    return this.layout.loci.every(({ cardinality }) => cardinality <= 36)
      ? values.map((value) => value.toString(36)).join('')
      : values.join(',');
  }

  /** The genes that `code` stands for. @throws WorkbenchError `nas.code` where it is none of this space */
  genes(code: string): Uint8Array {
    const isList = code.includes(',');
    const values = (isList ? code.split(',') : [...code]).map((digit) => Number.parseInt(digit, isList ? 10 : 36));
    const isValid =
      values.length === this.layout.length &&
      this.layout.loci.every(({ alleles }, locus) => alleles.includes(values[locus] ?? -1));
    if (isValid) return Uint8Array.from(values);
    throw new WorkbenchError('nas.code', `"${code}" is no candidate of ${this.document.name}`, {
      hint: `it has ${this.layout.length} choices, as results print them`,
    });
  }

  /** What is the same of two candidates that are the same network. */
  identity(genes: ArrayLike<number>): string {
    const { input, stem, head } = this.document;
    return JSON.stringify({ input, stem, blocks: this.blocks(genes).map(blockText), head });
  }

  /** Groups of choices whose costs add up; undefined where a stage has too many combinations to list. */
  groups(): ChoiceGroup[] | undefined {
    const groups: ChoiceGroup[] = [];
    for (const layout of this.#stages) {
      const { stage, repeatsLocus, seLocus, optionLoci } = layout;
      const together = [repeatsLocus, seLocus].flatMap((locus) => locus ?? []);
      const sets =
        together.length === 0 && !stage.shared ? optionLoci.map((locus) => [locus]) : [[...together, ...optionLoci]];
      for (const loci of sets) {
        const items = loci.reduce((product, locus) => product * this.#locus(locus).alleles.length, 1);
        if (items > MOST_ITEMS) return undefined;
        const block = sets.length > 1 ? this.#locus(at(loci, 0)).block : undefined;
        groups.push({ loci, items: this.#items(layout, loci, block) });
      }
    }
    return groups;
  }

  #items(layout: StageLayout, loci: readonly number[], only: number | undefined): ChoiceGroup['items'] {
    let rows: number[][] = [[]];
    for (const locus of loci)
      rows = rows.flatMap((row) => Array.from(this.#locus(locus).alleles, (value) => [...row, value]));
    const genes = Uint8Array.from(this.layout.loci, ({ alleles }) => at(alleles, 0));
    const seen = new Set<string>();
    return rows.flatMap((values) => {
      loci.forEach((locus, place) => (genes[locus] = at(values, place)));
      const canonical = this.canonical(genes);
      const key = loci.map((locus) => canonical[locus]).join();
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ values, blocks: this.#placed(layout, genes, only) }];
    });
  }

  /** Blocks of a stage with their sizes; `only`: that one. */
  #placed(layout: StageLayout, genes: ArrayLike<number>, only: number | undefined): PlacedBlock[] {
    const { stage, optionLoci, seLocus } = layout;
    const se = seLocus === undefined ? 0 : at(genes, seLocus);
    const placed: PlacedBlock[] = [];
    for (let block = 0; block < this.#depth(layout, genes); block++) {
      if (only !== undefined && only !== block) continue;
      const made = madeBlock(layout, block, at(genes, at(optionLoci, stage.shared ? 0 : block)), se);
      if (made !== undefined) placed.push(made);
    }
    return placed;
  }

  #depth({ stage, repeatsLocus }: StageLayout, genes: ArrayLike<number>): number {
    return at(stage.repeats, repeatsLocus === undefined ? 0 : at(genes, repeatsLocus));
  }

  #locus(locus: number): Choice {
    return at(this.layout.loci, locus);
  }
}

function madeBlock(
  { stage, options, inputChannels, inputSize, made }: StageLayout,
  block: number,
  value: number,
  se: number,
): PlacedBlock | undefined {
  const key = (block * stage.se.length + se) * options.length + value;
  if (made.has(key)) return made.get(key);
  const place = placeOf(stage, inputChannels, block);
  const { residual: hasResidual, activation } = stage;
  const each = blockOfOption(at(options, value), place, { seRatio: at(stage.se, se), hasResidual, activation });
  const size = block === 0 ? inputSize : Math.ceil(inputSize / stage.stride);
  const placed = each === undefined ? undefined : { block: each, inputSize: size };
  made.set(key, placed);
  return placed;
}

function placeOf(stage: Stage, inputChannels: number, block: number): BlockPlace {
  return {
    stride: block === 0 ? stage.stride : 1,
    inputChannels: block === 0 ? inputChannels : stage.channels,
    outputChannels: stage.channels,
  };
}

function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`there is no value ${index} of ${list.length}`);
  return value;
}
