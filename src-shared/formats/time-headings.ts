/** Headings of execution times in tables as people write them: "time:cpu", "time_us:cpu", "time:cpu (µs)". */

export const TIME = 'time:';

/**
 * Units of time with their names, and what multiplies and divides a number of them to give ms; dividing by a power of
 * ten is exact to the last bit where multiplying is not.
 */
const timeUnits = [
  { unit: 'ms', names: ['ms', 'msec', 'milliseconds'], times: 1, over: 1 },
  { unit: 'µs', names: ['us', 'μs', 'usec', 'microseconds'], times: 1, over: 1000 },
  { unit: 'ns', names: ['ns', 'nsec', 'nanoseconds'], times: 1, over: 1_000_000 },
  { unit: 's', names: ['s', 'sec', 'seconds'], times: 1000, over: 1 },
] as const;
export type TimeUnit = (typeof timeUnits)[number];
const UNIT = timeUnits
  .flatMap(({ names }) => names)
  .toSorted((a, b) => b.length - a.length)
  .join('|');

/** "time_us:cpu", "Time (µs): cpu", "timeMs:cpu" */
const unitBeforeKey = new RegExp(`^time\\s*(?:[_ ]?(${UNIT})|[([]\\s*(${UNIT})\\s*[)\\]])\\s*:\\s*(.+)$`, 'isu');
/** "cpu (µs)", "cpu [ms]" */
export const unitAfterKey = new RegExp(`^(.*\\S)\\s*[([]\\s*(${UNIT})\\s*[)\\]]$`, 'isu');
/** "cpu_us", "latency us" */
export const unitAtEnd = new RegExp(`^(.+?)[\\s_:.-]+(${UNIT})$`, 'isu');

/** The unit of a name such as "us" or "µs"; undefined for what is none. */
export function knownUnit(name: string): TimeUnit | undefined {
  const folded = name.normalize('NFKC').toLowerCase();
  return timeUnits.find(({ names }) => (names as readonly string[]).includes(folded));
}

/** The same; ms where nothing else is said. */
export function unitNamed(name = ''): TimeUnit {
  return knownUnit(name) ?? timeUnits[0];
}

/** A heading of execution times: of the processors with `key`, in a unit. */
export interface TimeHeading {
  readonly key: string;
  readonly unit: TimeUnit;
}

/** What a heading says of execution times; undefined where it is about something else. */
export function timeHeadingOf(heading: string): TimeHeading | undefined {
  const text = heading.replaceAll('µ', 'μ');
  const before = unitBeforeKey.exec(text);
  if (before !== null)
    return { key: heading.slice(heading.indexOf(':') + 1).trim(), unit: unitNamed(before[1] ?? before[2] ?? '') };
  const exact = heading.startsWith(TIME);
  const key = exact ? heading.slice(TIME.length) : /^time\s*:\s*(.+)$/is.exec(heading)?.[1];
  if (key === undefined || key === '') return undefined;
  const after = unitAfterKey.exec(key.replaceAll('µ', 'μ'));
  return after === null
    ? { key, unit: timeUnits[0] }
    : { key: key.slice(0, after[1].length), unit: unitNamed(after[2]) };
}

/** A number of a time column in ms. */
export function inMs(value: number, { times, over }: TimeUnit): number {
  return (value * times) / over;
}
