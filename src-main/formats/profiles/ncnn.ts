/** What ncnn prints when it is built with NCNN_BENCHMARK: "Convolution conv1 0.27ms | shapes kernel: 3 x 3 stride: 1 x 1", once for each run. */
import { noRows, NUMBER, numberOf, UnreadLines } from './row-numbers.ts';
import type { ProfileReader, ProfileRow, TimeUnit } from './profile-row.ts';
import { spreadOf } from './spread.ts';

const row = new RegExp(String.raw`^\s*([A-Z]\w*)\s+(\S+)\s+(${NUMBER})\s*(ms|us)\s*\|`);

export const ncnn: ProfileReader = {
  id: 'ncnn',
  name: 'ncnn',
  recognises: (head) => new RegExp(row.source, 'm').test(head),
  read(text, name) {
    const unread = new UnreadLines();
    const perLayer = new Map<
      string,
      { readonly name: string; readonly op: string; readonly unit: TimeUnit; readonly values: number[] }
    >();
    text.split(/\r?\n/).forEach((line, index) => {
      const match = row.exec(line);
      const value = match === null ? undefined : numberOf(match[3]);
      if (match === null || value === undefined) {
        if (/(?:ms|us)\s*\|/.test(line)) unread.add(index + 1);
        return;
      }
      const [, op, layer, , unit] = match;
      const key = `${op} ${layer}`;
      const own = perLayer.get(key) ?? { name: layer, op, unit: unit as TimeUnit, values: [] }; // as the pattern has it
      own.values.push(own.unit === unit ? value : own.unit === 'ms' ? value / 1000 : value * 1000);
      perLayer.set(key, own);
    });
    if (perLayer.size === 0)
      throw noRows(name, 'row "type name 0.00ms |"', 'build ncnn with -DNCNN_BENCHMARK=ON and keep its stderr');
    const rows = [...perLayer.values()].map(({ values, ...rest }): ProfileRow => {
      const counted = values.length > 1 ? values.slice(1) : values;
      const figures = spreadOf(counted);
      return {
        ...rest,
        value: figures?.median ?? 0,
        statistic: counted.length === 1 ? 'single' : 'median',
        runs: counted.length,
        ...(figures?.spread === undefined ? {} : { spread: figures.spread }),
        ...(rest.op === 'Split' || rest.op === 'Packing' || rest.op === 'Cast' ? { isTransfer: true } : {}),
      };
    });
    const isWarm = [...perLayer.values()].some(({ values }) => values.length > 1);
    return { rows, tool: 'ncnn', kind: 'measured', ...(isWarm ? { warmups: 1 } : {}), notes: unread.notes() };
  },
};
