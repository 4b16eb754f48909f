/** What MNN's timeProfile.out prints: "Node Name, Op Type, Avg(ms), %, Flops Rate", on the CPU only, whatever else it was asked for. */
import { noRows, NUMBER, numberOf, runsOf, UnreadLines } from './row-numbers.ts';
import type { ProfileReader, ProfileRow } from './profile-row.ts';

const row = new RegExp(String.raw`^(\S.*?)\s*\t?\s+(\S+)\s+(${NUMBER})\s+(${NUMBER})\s+(${NUMBER}|nan|inf)\s*$`);
const total = new RegExp(String.raw`total time\s*:\s*(${NUMBER})\s*ms`);
const command = /timeProfile\.out\s+\S+\s+(\d+)/;

export const mnn: ProfileReader = {
  id: 'mnn',
  name: 'MNN',
  recognises: (head) => /Node Name\s+Op Type\s+Avg\(ms\)/.test(head),
  read(text, name) {
    const unread = new UnreadLines();
    const rows: ProfileRow[] = [];
    let isTable = false;
    text.split(/\r?\n/).forEach((line, index) => {
      if (/Node Name\s+Op Type\s+Avg\(ms\)/.test(line)) isTable = true;
      else if (/^(?:Print|Sort by|Node Type|total time)/.test(line.trim()) || line.trim() === '')
        isTable = isTable && rows.length === 0;
      else if (isTable && !/^[.…\s]*$/.test(line)) {
        const match = row.exec(line);
        const value = match === null ? undefined : numberOf(match[3]);
        if (match === null || value === undefined) unread.add(index + 1);
        else
          rows.push({
            name: match[1].trim(),
            op: match[2],
            value,
            unit: 'ms',
            statistic: 'mean',
            ...(match[2] === 'Raster' ? { isTransfer: true } : {}),
          });
      }
    });
    if (rows.length === 0) throw noRows(name, 'row below "Node Name"', 'run timeProfile.out and keep all it prints');
    const value = numberOf(total.exec(text)?.[1] ?? '');
    const runs = runsOf(command.exec(text)?.[1] ?? '');
    return {
      rows: runs === undefined ? rows : rows.map((each) => ({ ...each, runs })),
      tool: 'MNN timeProfile',
      kind: 'measured',
      ...(value === undefined ? {} : { whole: { value, unit: 'ms' } }),
      notes: unread.notes(),
    };
  },
};
