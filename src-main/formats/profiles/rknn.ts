/**
 * What RKNN's eval_perf prints. Toolkit 2: "ID OpType DataType Target InputShape OutputShape … Time(us) … FullName", columns under their headings.
 * Toolkit 1: "Layer ID Name Operator Uid Time(us)", where long names go on in the next line.
 */
import { noRows, numberOf, shapeIn, UnreadLines } from './row-numbers.ts';
import type { ProfileReader, ProfileRow, ReadProfile } from './profile-row.ts';

const total = /Total (?:Time|Operator Elapsed(?: Per Frame)? Time)\s*\((us|ms)\)\s*:\s*([\d.,]+)/i;
const newHeading = /^\s*ID\s+OpType\s.*Time\(us\)/m;
const oldHeading = /^\s*Layer ID\s+Name\s.*Time\(us\)/m;

export const rknn: ProfileReader = {
  id: 'rknn',
  name: 'RKNN',
  recognises: (head) => newHeading.test(head) || oldHeading.test(head),
  read(text, name) {
    const lines = text.split(/\r?\n/);
    const isOld = oldHeading.test(text);
    const start = lines.findIndex((line) => (isOld ? oldHeading : newHeading).test(line));
    const unread = new UnreadLines();
    const rows = start < 0 ? [] : (isOld ? readOld : readNew)(lines, start, unread);
    if (rows.length === 0) throw noRows(name, 'row below "Time(us)"', 'call eval_perf with perf_debug=True');
    const whole = total.exec(text);
    const value = whole === null ? undefined : numberOf(whole[2]);
    return {
      rows,
      tool: 'RKNN eval_perf',
      kind: 'measured',
      ...(value === undefined || whole === null
        ? {}
        : { whole: { value, unit: whole[1].toLowerCase() === 'ms' ? 'ms' : 'us' } }),
      notes: unread.notes(),
    } satisfies ReadProfile;
  },
};

/** Headings begin where their columns do, except that a wide value pushes the rest of its line aside: then runs of two blanks separate. */
function readNew(lines: readonly string[], start: number, unread: UnreadLines): ProfileRow[] {
  const headings = (lines[start] ?? '')
    .trim()
    .split(/\s{2,}|\s(?=[A-Z])/)
    .map((heading) => heading.trim());
  const at = (heading: string): number => headings.findIndex((each) => each.startsWith(heading));
  const [op, type, target, output, time, full] = [
    at('OpType'),
    at('DataType'),
    at('Target'),
    at('OutputShape'),
    at('Time(us)'),
    at('FullName'),
  ];
  return lines.slice(start + 1).flatMap((line, index): ProfileRow[] => {
    if (!/^\s*\d+\s/.test(line)) return [];
    const cells = line.trim().split(/\s+/);
    const value = numberOf(cells[time] ?? '');
    if (cells.length < headings.length - 1 || value === undefined) {
      unread.add(start + index + 2);
      return [];
    }
    // "Conv:/model.0/conv/Conv"
    const name = (cells[full] ?? '').replace(/^\w+:/, '');
    const outputShape = shapeIn(cells[output] ?? '');
    return [
      {
        name,
        op: cells[op],
        on: cells[target],
        value,
        unit: 'us',
        ...(outputShape === undefined ? {} : { outputShape }),
        ...(cells[type] === undefined ? {} : { dataType: cells[type].toLowerCase() }),
        ...(/^(?:InputOperator|OutputOperator|exDataConvert|Reformat)/i.test(cells[op] ?? '')
          ? { isTransfer: true }
          : {}),
      },
    ];
  });
}

function readOld(lines: readonly string[], start: number, unread: UnreadLines): ProfileRow[] {
  const rows: ProfileRow[] = [];
  lines.slice(start + 1).forEach((line, index) => {
    const match = /^\s*\d+\s+(\S+)\s+(\S+)\s+\d+\s+([\d.,]+)\s*$/.exec(line);
    const value = match === null ? undefined : numberOf(match[3]);
    if (match !== null && value !== undefined) {
      rows.push({
        name: match[1],
        op: match[2],
        value,
        unit: 'us',
        ...(/^TENSOR_TRANS|^DATA_/i.test(match[2]) ? { isTransfer: true } : {}),
      });
      return;
    }
    const rest = /^\s+(\S+)\s*$/.exec(line)?.[1];
    const last = rows.at(-1);
    if (rest !== undefined && last !== undefined) rows[rows.length - 1] = { ...last, name: `${last.name}${rest}` };
    else if (/^\s*\d+\s+\S/.test(line)) unread.add(start + index + 2);
  });
  return rows;
}
