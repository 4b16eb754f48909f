/**
 * What OpenVINO's benchmark_app prints with `-pc`, in C++ and in Python, and the CSV of `-report_type average_counters` or
 * `detailed_counters`. Layers that were OPTIMIZED_OUT or NOT_RUN became part of others: their 0 is not a time.
 */
import { noRows, NUMBER, numberOf, UnreadLines } from './row-numbers.ts';
import type { ProfileReader, ProfileRow, ReadProfile } from './profile-row.ts';

const STATES = '(?:Status\\.)?(EXECUTED|OPTIMIZED_OUT|NOT_RUN)';
/** A time in µs, or as Python prints one: 0:00:00.001134. */
const TIME = `(\\d+:\\d\\d:\\d\\d(?:[.,]\\d+)?|${NUMBER})`;
const printed = new RegExp(
  `^\\s*(?:\\[[^\\]]*\\]\\s*)?(?:(subgraph\\d+):\\s*)?(\\S.*?)\\s+${STATES}\\s*layerType:\\s*(\\S+)\\s+realTime(?: \\(ms\\))?:\\s*${TIME}\\s*cpu(?:Time)?(?: \\(ms\\))?:\\s*${TIME}\\s*execType:\\s*(\\S*)`,
);
const moving = /^(?:Reorder|Convert|Output|Result|Memory|Copy)$/i;

export const openvino: ProfileReader = {
  id: 'openvino',
  name: 'OpenVINO',
  recognises: (head) =>
    /^layerName;execStatus;layerType;/m.test(head) ||
    /\b(?:EXECUTED|OPTIMIZED_OUT|NOT_RUN)\s*layerType:\s*\S+\s+realTime/.test(head),
  read: (text, name) => (/^layerName;/m.test(text) ? readCounters(text, name) : readPrinted(text, name)),
};

function readPrinted(text: string, name: string): ReadProfile {
  const unread = new UnreadLines();
  const rows: ProfileRow[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const match = printed.exec(line);
    if (match === null) {
      if (/\blayerType:|realTime:/.test(line)) unread.add(index + 1);
      return;
    }
    const [, subgraph, layer, state, type, real, , exec] = match;
    const value = timeUs(real);
    if (value === undefined) unread.add(index + 1);
    else
      rows.push({
        name: layer,
        op: type,
        ...(subgraph === undefined || state !== 'EXECUTED' ? {} : { on: exec }),
        value,
        unit: 'us',
        statistic: 'mean',
        ...moves(state, type),
      });
  });
  if (rows.length === 0) throw noRows(name, 'row "… layerType: … realTime: …"', 'run benchmark_app with -pc');
  return { rows, tool: 'OpenVINO', kind: 'measured', notes: unread.notes() };
}

function moves(state: string, type: string): Pick<ProfileRow, 'isFused' | 'isTransfer'> {
  if (state !== 'EXECUTED') return { isFused: true };
  return moving.test(type) ? { isTransfer: true } : {};
}

function timeUs(text: string): number | undefined {
  const clock = /^(\d+):(\d\d):(\d\d(?:[.,]\d+)?)$/.exec(text);
  if (clock === null) return numberOf(text);
  const seconds = numberOf(clock[3]);
  return seconds === undefined
    ? undefined
    : Math.round(((Number(clock[1]) * 60 + Number(clock[2])) * 60 + seconds) * 1e6);
}

/** Columns separated by ";": the times of the last pair of realTime and cpuTime, of which detailed counters have one for each request. */
function readCounters(text: string, name: string): ReadProfile {
  const unread = new UnreadLines();
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith('layerName;'));
  const headings = (lines[start] ?? '').split(';').map((heading) => heading.trim());
  const real = headings.flatMap((heading, place) => (/^realTime/i.test(heading) ? [place] : []));
  const unit = /\(us\)|\(µs\)/i.test(headings[real[0] ?? 0] ?? '') ? 'us' : 'ms';
  let whole: number | undefined;
  const rows: ProfileRow[] = [];
  lines.slice(start + 1).forEach((line, index) => {
    if (line.trim() === '') return;
    const cells = line.split(';').map((cell) => cell.trim());
    const times = real.flatMap((place) => numberOf(cells[place] ?? '') ?? []);
    const [layer = '', state = '', type = ''] = cells;
    if (times.length === 0) unread.add(start + index + 2);
    else if (layer === 'Total') whole = mean(times);
    else rows.push({ name: layer, op: type, value: mean(times), unit, statistic: 'mean', ...moves(state, type) });
  });
  if (rows.length === 0) throw noRows(name, 'layer', 'run benchmark_app with -report_type average_counters');
  return {
    rows,
    tool: 'OpenVINO',
    kind: 'measured',
    ...(whole === undefined ? {} : { whole: { value: whole, unit } }),
    notes: unread.notes(),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
