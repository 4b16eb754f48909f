/**
 * What TensorFlow Lite's benchmark_model prints or writes with `--enable_op_profiling`: the table "Run Order", as columns or, with
 * `--profiling_output_csv_file`, as CSV. A delegate is one row for many operations, whose name lists the outputs of its partition.
 */
import { noRows, NUMBER, numberOf, runsOf, UnreadLines } from './row-numbers.ts';
import type { ProfileReader, ProfileRow } from './profile-row.ts';

const columns = new RegExp(
  String.raw`^\s*(\S+)\s+(?:${NUMBER}\s+)?(${NUMBER})\s+(${NUMBER})\s+(${NUMBER})%\s+(${NUMBER})%\s+(${NUMBER})\s+(\d+)\s+\[(.*)\](?::(\d+))?\s*$`,
);
/** "Timings (microseconds): count=50 first=… curr=… min=… max=… avg=…", of whole runs. */
const wholeRun = new RegExp(String.raw`Timings \(microseconds\): count=(\d+).*?\bavg=(${NUMBER})`);
const inference = new RegExp(String.raw`Inference \(avg\): (${NUMBER})`);

export const tflite: ProfileReader = {
  id: 'tflite',
  name: 'TensorFlow Lite',
  recognises: (head) =>
    /\[node type\]|^node type, ?(?:start, ?)?first, ?avg_ms/im.test(head) || /=+ Run Order =+/.test(head),
  read(text, name) {
    const unread = new UnreadLines();
    const rows: ProfileRow[] = [];
    let isTable = false;
    let isRead = false;
    let csv: readonly string[] | undefined;
    const lines = text.split(/\r?\n/);
    for (const [index, line] of lines.entries()) {
      if (/^\s*=+ .* =+\s*$/.test(line)) {
        // The table is printed for preparing and for running: the last one of running counts.
        isTable = /Run Order/i.test(line);
        if (isTable && rows.length > 0 && isRead) rows.length = 0;
        csv = undefined;
        continue;
      }
      if (!isTable) continue;
      if (/^node type\b/i.test(line)) csv = line.split(',').map((heading) => heading.trim().toLowerCase());
      else if (/\[node type\]/i.test(line)) csv = undefined;
      else if (line.trim() === '') isTable = rows.length === 0;
      else {
        const row = csv === undefined ? ofColumns(line) : ofCsv(line, csv);
        if (row === undefined) unread.add(index + 1);
        else {
          rows.push(row);
          isRead = true;
        }
      }
    }
    if (rows.length === 0)
      throw noRows(
        name,
        'table "Run Order"',
        'run benchmark_model with --enable_op_profiling=true and keep all it prints',
      );
    const timings = wholeRun.exec(text);
    const inferenceUs = inference.exec(text)?.[1] ?? timings?.[2];
    const whole = inferenceUs === undefined ? undefined : numberOf(inferenceUs);
    const runs = timings === null ? undefined : runsOf(timings[1]);
    return {
      rows,
      tool: 'TensorFlow Lite benchmark_model',
      kind: 'measured',
      ...(whole === undefined ? {} : { whole: { value: whole, unit: 'us', ...(runs === undefined ? {} : { runs }) } }),
      notes: unread.notes(),
    };
  },
};

function ofColumns(line: string): ProfileRow | undefined {
  const match = columns.exec(line);
  if (match === null) return undefined;
  return rowOf(match[1], match[3], match[8], match[7]);
}

/** Names may have commas within, so what is left of the line belongs to the name. */
function ofCsv(line: string, headings: readonly string[]): ProfileRow | undefined {
  const parts = line.split(',');
  const at = (heading: string): number => headings.indexOf(heading);
  const named = at('name');
  if (named < 0 || at('avg_ms') < 0 || parts.length <= named) return undefined;
  const name = parts.slice(named).join(',').trim();
  return rowOf(
    parts[0]?.trim() ?? '',
    parts[at('avg_ms')] ?? '',
    name.replace(/^\[(.*)\](?::\d+)?$/, '$1'),
    parts[at('times called')] ?? '',
  );
}

function rowOf(op: string, mean: string, name: string, calls: string): ProfileRow | undefined {
  const value = numberOf(mean);
  const runs = runsOf(calls);
  return value === undefined
    ? undefined
    : { name, op, value, unit: 'ms', statistic: 'mean', ...(runs === undefined ? {} : { runs }) };
}
