/** A comparison as written in its address: sides of one or several runs, the pinned baseline, chosen colours. */

export const MOST_SIDES = 4;
/** Runs of one side. */
export const LARGEST_GROUP = 100;

/** Parts of a comparison, the first of which is shown where the address names none. */
export const comparisonTabs = ['overview', 'schedules', 'frequency', 'replay', 'configuration'] as const;
export type ComparisonTab = (typeof comparisonTabs)[number];

/** The part that a query asks for. */
export function tabOf(query: Readonly<Record<string, unknown>>): ComparisonTab {
  return comparisonTabs.find((tab) => tab === query['tab']) ?? comparisonTabs[0];
}

/** What is compared. */
export interface ComparisonAddress {
  /** 0 … 4 sides; each a run, or a group of runs that differ by their seed. */
  readonly sides: readonly (readonly number[])[];
  /** Index of the side that deltas are measured against. */
  readonly baseline: number;
  /** By side, "#rrggbb" or undefined for the usual colour. */
  readonly colors: readonly (string | undefined)[];
}

/** "12~13,14,15": sides joined by "~", the runs of one by ",". */
export function formatSides(sides: ComparisonAddress['sides']): string {
  return sides.map((side) => side.join(',')).join('~');
}

/** The address as a location of the router, with the part of it that is shown. */
export function comparisonLocation(
  { sides, baseline, colors }: ComparisonAddress,
  tab: ComparisonTab = comparisonTabs[0],
) {
  const query: Record<string, string> = {};
  if (baseline > 0) query['base'] = String(baseline);
  if (colors.some((color) => color !== undefined))
    query['colors'] = colors.map((color) => color?.slice(1) ?? '').join('~');
  if (tab !== comparisonTabs[0]) query['tab'] = tab;
  return { name: 'compare', params: { sides: formatSides(sides) }, query };
}

/** The sides of a path part; anything that is not a run id is left out. */
function sidesOf(path: string): number[][] {
  return path
    .split('~')
    .map((side) =>
      [
        ...new Set(
          side
            .split(',')
            .map(Number)
            .filter((id) => Number.isInteger(id) && id > 0),
        ),
      ].slice(0, LARGEST_GROUP),
    )
    .filter((side) => side.length > 0);
}

/** How many sides of a path part are more than can be compared. */
export function sidesLeftOut(path: string): number {
  return Math.max(0, sidesOf(path).length - MOST_SIDES);
}

/** The comparison of a path part and query, as far as it can be shown. */
export function parseComparison(sides: string, query: Readonly<Record<string, unknown>>): ComparisonAddress {
  const parsed = sidesOf(sides).slice(0, MOST_SIDES);
  const baseline = Number(query['base'] ?? 0);
  const colors = typeof query['colors'] === 'string' ? query['colors'].split('~') : [];
  return {
    sides: parsed,
    baseline: Number.isInteger(baseline) && baseline >= 0 && baseline < parsed.length ? baseline : 0,
    colors: parsed.map((_, index) => (/^[\da-f]{6}$/i.test(colors[index] ?? '') ? `#${colors[index]}` : undefined)),
  };
}

/** The comparison without the runs `gone`; a side that has no other run is left out with them. */
export function withoutRuns(address: ComparisonAddress, gone: readonly number[]): ComparisonAddress {
  const left: ComparisonAddress = {
    ...address,
    sides: address.sides.map((side) => side.filter((id) => !gone.includes(id))),
  };
  return left.sides.reduceRight<ComparisonAddress>(
    (kept, side, index) => (side.length === 0 ? withoutSide(kept, index) : kept),
    left,
  );
}

/** The comparison without side `index`; the baseline stays the same side where it can. */
export function withoutSide(address: ComparisonAddress, index: number): ComparisonAddress {
  const keep = <Item>(items: readonly Item[]): Item[] => items.filter((_, at) => at !== index);
  return {
    sides: keep(address.sides),
    colors: keep(address.colors),
    baseline: address.baseline > index ? address.baseline - 1 : address.baseline === index ? 0 : address.baseline,
  };
}
