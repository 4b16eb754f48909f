/**
 * Profiles of the NEST compiler (20.11 and later): lines "Kind-1-56-56-64-float-64-3-1 : 72" under "backendName", groups joined by "+",
 * INFINITY for what a backend does not run. The unit is not in the file: ms in 20.11, µs later. Keys are operators, not names.
 */
import { noRows, numberOf, UnreadLines } from './row-numbers.ts';
import type { ProfileReader, ProfileRow } from './profile-row.ts';

const entry = /^\s*([A-Za-z]\w*(?:-\d+)*(?:-\w+)*(?:\+[A-Za-z][\w-]*)*)\s*:\s*(\S+)\s*$/;

export const nest: ProfileReader = {
  id: 'nest',
  name: 'NEST-C',
  recognises: (head) =>
    /^\s*backendName\s*:\s*\S+\s*$/m.test(head) && /^\s*[A-Z]\w*(?:-\d+)+-\w+[\w+-]*\s*:/m.test(head),
  read(text, name) {
    const unread = new UnreadLines();
    let on = '';
    let type = 'ExeTime';
    let copyCost: number | undefined;
    const rows: ProfileRow[] = [];
    text.split(/\r?\n/).forEach((line, index) => {
      if (/^\s*(?:---|\.\.\.|#.*|)\s*$/.test(line)) return;
      if (/^\s*(?:Type\s*:\s*)?CommTime\s*$/.test(line)) {
        type = 'CommTime';
        return;
      }
      const match = entry.exec(line);
      if (match === null) {
        unread.add(index + 1);
        return;
      }
      const [, key, text_] = match;
      if (key === 'Type') type = text_;
      else if (key === 'backendName') on = text_;
      else if (key === 'commCost') copyCost = numberOf(text_);
      else {
        const isInfinite = /^INFINITY$/i.test(text_);
        const value = isInfinite ? Number.POSITIVE_INFINITY : numberOf(text_);
        if (value === undefined) unread.add(index + 1);
        else
          rows.push({
            name: key,
            on,
            value,
            unit: undefined,
            statistic: 'single',
            runs: 1,
            ...(type === 'ExeTime' ? {} : { isTransfer: true }),
          });
      }
    });
    if (rows.length === 0) throw noRows(name, 'line "Kind-dimensions-type : time"', 'choose a profile of the compiler');
    return {
      rows,
      tool: 'NEST-C',
      kind: 'measured',
      ...(copyCost === undefined ? {} : { copyCost }),
      namesAre: 'operators',
      notes: unread.notes(),
    };
  },
};
