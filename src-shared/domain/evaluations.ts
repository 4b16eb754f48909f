/** How much a search costs: the genomes that its options let it score. */

type Options = Readonly<Record<string, unknown>>;

/**
 * What a generation costs, where the options say: the first one, and each of the others (members of the elite are not
 * scored again).
 */
function costOf({
  populationSize,
  neighbours,
  eliteSize,
}: Options): { readonly first: number; readonly further: number } | undefined {
  const first = populationSize ?? neighbours;
  if (typeof first !== 'number') return undefined;
  return { first, further: first - (typeof eliteSize === 'number' && eliteSize < first ? eliteSize : 0) };
}

/**
 * Genomes scored at most; undefined where the options do not say.
 * @param options with every default filled in
 */
export function estimateEvaluations(options: Options): number | undefined {
  const { generations, maxSchedules } = options;
  if (typeof maxSchedules === 'number') return maxSchedules;
  const cost = costOf(options);
  if (typeof generations !== 'number' || cost === undefined) return undefined;
  return generations < 1 ? 0 : cost.first + (generations - 1) * cost.further;
}

/**
 * The options with which a search scores as many genomes as whole generations within `evaluations` allow, and no more; unchanged where
 * they do not say, as for a heuristic that makes one schedule. Undefined where not even the first generation is within
 * them.
 * @param options with every default filled in
 */
export function optionsWithin(options: Options, evaluations: number): Options | undefined {
  if (typeof options['maxSchedules'] === 'number') return { ...options, maxSchedules: evaluations };
  const cost = costOf(options);
  if (typeof options['generations'] !== 'number' || cost === undefined) return options;
  if (evaluations < cost.first) return undefined;
  return { ...options, generations: 1 + Math.floor((evaluations - cost.first) / cost.further) };
}
