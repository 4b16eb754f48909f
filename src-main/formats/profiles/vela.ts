/** The per-layer CSV of Arm's Vela compiler (`--verbose-performance`): cycles of an Ethos-U NPU, which the compiler estimates. */
import { readRecords } from '#shared/formats/csv-records.ts';
import { noRows, numberOf, UnreadLines } from './row-numbers.ts';
import type { ProfileReader, ProfileRow } from './profile-row.ts';

const heading = /^\uFEFF?"?(?:TFLite_operator|Original Operator)"?\s*[,;]\s*"?NNG Operator"?/i;

export const vela: ProfileReader = {
  id: 'vela',
  name: 'Vela',
  recognises: (head) => heading.test(head),
  read(text, name) {
    const unread = new UnreadLines();
    const [header, ...records] = readRecords(text).records;
    const headings = (header?.fields ?? []).map((each) => each.toLowerCase());
    const [cycles, layer] = [headings.indexOf('op cycles'), headings.lastIndexOf('name')];
    const rows = records.flatMap(({ fields, line }): ProfileRow[] => {
      const value = numberOf(fields?.[cycles] ?? '');
      if (fields === undefined || value === undefined) {
        unread.add(line);
        return [];
      }
      return [{ name: fields[layer] ?? '', op: fields[0], value, unit: 'cycles' }];
    });
    if (rows.length === 0) throw noRows(name, 'row with "Op Cycles"', 'run vela with --verbose-performance');
    return { rows, tool: 'Vela', kind: 'estimated', notes: unread.notes() };
  },
};
