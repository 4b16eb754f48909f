/** What is read of a profile while it is edited, and the changes that its page makes. */
import { deviationOf } from '#shared/domain/deviation.ts';
import { END, isContent, listAt, numberOf, textOf, type Change, type Content } from '../../editing/json-path.ts';

/** Between the layers of a cell. */
const JOINER = ' + ';

/** What was measured, as a cell shows it: "conv1 + relu1", or "Conv 64 × 56 × 56" of a signature. */
export function subjectText(row: Content): string {
  const { layers, operator } = row;
  if (Array.isArray(layers)) return layers.map(String).join(JOINER);
  if (!isContent(operator)) return '';
  const shape = operator['outputShape'] ?? operator['inputShape'];
  return [textOf(operator['op']), Array.isArray(shape) ? shape.map(String).join(' × ') : ''].join(' ').trim();
}

/** The layers in a typed text. */
export function layersIn(text: string): string[] {
  return text
    .split(/\s+\+\s+|\s*;\s*/)
    .map((layer) => layer.trim())
    .filter((layer) => layer !== '');
}

/** Time of a row, ms; undefined where it has none. */
export function timeOf(row: Content): number | undefined {
  const timeMs = numberOf(row['timeMs']);
  if (timeMs !== undefined) return timeMs;
  const [cycles, clockMHz] = [numberOf(row['cycles']), numberOf(row['clockMHz'])];
  return cycles === undefined || clockMHz === undefined || clockMHz <= 0 ? undefined : cycles / (clockMHz * 1000);
}

/** Low and high end of what the runs took, ms: the middle 80 %, else all, else one standard deviation around the time. */
export function rangeOf(
  row: Content,
): { readonly low: number; readonly high: number; readonly what: string } | undefined {
  const spread = isContent(row['spread']) ? row['spread'] : {};
  const at = (field: string): number | undefined => numberOf(spread[field]);
  const between = (low: number | undefined, high: number | undefined, what: string) =>
    low === undefined || high === undefined ? undefined : { low, high, what };
  const [time, std] = [timeOf(row), deviationOf({ stdMs: at('stdMs') })];
  return (
    between(at('p10Ms'), at('p90Ms'), '10 – 90 % of the runs') ??
    between(at('minMs'), at('maxMs'), 'all runs') ??
    (time === undefined || std === undefined
      ? undefined
      : between(Math.max(0, time - std), time + std, '± one standard deviation'))
  );
}

/** Whether a row is a share of a time, worked out and not measured. */
export function isShare(row: Content): boolean {
  return row['kind'] === 'estimated';
}

/** On one processor in one state: what the rows take together, and what the whole takes. */
export interface PlaceTotal {
  readonly key: string;
  /** "cpu, 4 cores, 1500 MHz". */
  readonly title: string;
  /** Rows that count: not the estimated shares of what was measured together. */
  readonly rows: number;
  readonly sumMs: number;
  readonly transfersMs: number;
  readonly leftMs: number;
  readonly wholeMs: number | undefined;
}

export function placeTotals(content: Content): PlaceTotal[] {
  const totals = new Map<string, PlaceTotal>();
  const at = (on: unknown): PlaceTotal => {
    const place = isContent(on) ? on : {};
    const cores = numberOf(place['cores']) ?? numberOf(place['threads']);
    const frequency = numberOf(place['frequencyMHz']);
    const title = [
      textOf(place['key']),
      ...(cores === undefined || cores === 1 ? [] : [`${cores} cores`]),
      ...(frequency === undefined ? [] : [`${frequency} MHz`]),
    ].join(', ');
    return (
      totals.get(title) ?? {
        key: textOf(place['key']),
        title,
        rows: 0,
        sumMs: 0,
        transfersMs: 0,
        leftMs: 0,
        wholeMs: undefined,
      }
    );
  };
  const set = (total: PlaceTotal): unknown => totals.set(total.title, total);
  const measurements = listAt(content, ['measurements']);
  const hasMeasured = new Set(measurements.filter((row) => !isShare(row)).map(({ on }) => at(on).title));
  for (const row of measurements) {
    const total = at(row['on']);
    if (isShare(row) && hasMeasured.has(total.title)) continue;
    set({ ...total, rows: total.rows + 1, sumMs: total.sumMs + (timeOf(row) ?? 0) });
  }
  for (const row of listAt(content, ['leftovers'])) {
    const total = at(row['on']);
    set({ ...total, leftMs: total.leftMs + (timeOf(row) ?? 0) });
  }
  for (const row of listAt(content, ['wholes'])) set({ ...at(row['on']), wholeMs: timeOf(row) });
  const [only] = totals.size === 1 ? totals.values() : [];
  const moved = listAt(content, ['transfers']);
  for (const total of totals.values()) {
    const own = moved.filter((row) => row['from'] === total.key && row['to'] === total.key);
    const transfersMs = (only === undefined ? own : moved).reduce((sum, row) => sum + (timeOf(row) ?? 0), 0);
    set({ ...total, transfersMs });
  }
  return [...totals.values()];
}

/**
 * The changes by which a left-over row becomes the time of `layers`.
 * @param index place among the leftovers
 */
export function assignLeftover(content: Content, index: number, layers: readonly string[]): Change[] {
  const row = listAt(content, ['leftovers'])[index];
  const timeMs = row === undefined ? undefined : timeOf(row);
  if (row === undefined || layers.length === 0) return [];
  const { on, runs, spread, name } = row;
  const left = listAt(content, ['leftovers']).length;
  return [
    {
      path: ['measurements', END],
      value: {
        layers: [...layers],
        on,
        ...(timeMs === undefined ? { unsupported: true } : { timeMs }),
        ...(runs === undefined ? {} : { runs }),
        ...(spread === undefined ? {} : { spread }),
        kind: 'measured',
        name,
      },
    },
    left === 1 ? { path: ['leftovers'], value: undefined } : { path: ['leftovers', index], value: undefined },
  ];
}

/** A new measurement, for the person to fill in. */
export function newMeasurement(content: Content): Content {
  const last = listAt(content, ['measurements']).at(-1);
  return { layers: [''], on: isContent(last?.['on']) ? last['on'] : { key: 'cpu' }, timeMs: 0, kind: 'measured' };
}
