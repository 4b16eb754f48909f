/**
 * The CSV of QNN's events, as ONNX Runtime's QNN provider and qnn-profile-viewer write it: "Msg Timestamp,Message,Time,Unit of Measurement,
 * Timing Source,Event Level,Event Identifier". Layers are events NODE or SUB-EVENT "conv1:OpId_7 (cycles)"; each row has its own unit, and
 * repeats for each run.
 */
import { readRecords } from '#shared/formats/csv-records.ts';
import { noRows, numberOf, UnreadLines } from './row-numbers.ts';
import type { ProfileReader, ProfileRow, TimeUnit } from './profile-row.ts';
import { spreadOf } from './spread.ts';

const units: Readonly<Record<string, TimeUnit>> = { US: 'us', MS: 'ms', NS: 'ns', CYCLES: 'cycles' };

export const qnn: ProfileReader = {
  id: 'qnn',
  name: 'QNN',
  recognises: (head) => /^\uFEFF?"?Msg Timestamp"?\s*[,;]\s*"?Message"?\s*[,;]/i.test(head),
  read(text, name) {
    const unread = new UnreadLines();
    const [header, ...records] = readRecords(text).records;
    const headings = (header?.fields ?? []).map((heading) => heading.toLowerCase());
    const at = (heading: string): number => headings.indexOf(heading);
    const [time, unitAt, level, id, message] = [
      at('time'),
      at('unit of measurement'),
      at('event level'),
      at('event identifier'),
      at('message'),
    ];
    const perLayer = new Map<string, { readonly unit: TimeUnit; readonly values: number[] }>();
    const wholes = new Map<TimeUnit, number[]>();
    for (const { fields, line } of records) {
      const unit = units[(fields?.[unitAt] ?? '').toUpperCase()];
      const identifier = fields?.[id] ?? '';
      if (fields !== undefined && unit === undefined && /COUNT|^$/i.test(fields[unitAt] ?? '')) continue;
      const value = numberOf(fields?.[time] ?? '');
      if (fields === undefined || unit === undefined || value === undefined) {
        unread.add(line);
        continue;
      }
      const isLayer = /NODE/i.test(fields[message] ?? '') || /SUB-EVENT/i.test(fields[level] ?? '');
      if (isLayer) {
        const own = perLayer.get(`${unit}/${identifier}`) ?? { unit, values: [] };
        own.values.push(value);
        perLayer.set(`${unit}/${identifier}`, own);
      } else if (/execute\)?|inference|graph/i.test(identifier)) wholes.set(unit, [...(wholes.get(unit) ?? []), value]);
    }
    const rows = [...perLayer].map(([key, { unit, values }]): ProfileRow => {
      const figures = spreadOf(values);
      return {
        name: key.slice(key.indexOf('/') + 1).replace(/\s*\((?:cycles|us)\)\s*$/i, ''),
        value: figures?.median ?? 0,
        unit,
        statistic: values.length === 1 ? 'single' : 'median',
        runs: values.length,
        ...(figures?.spread === undefined ? {} : { spread: figures.spread }),
      };
    });
    if (rows.length === 0) throw noRows(name, 'event of a node', 'profile with level "detailed"');
    const [unit] = rows.map((each) => each.unit);
    const whole = unit === undefined ? undefined : (wholes.get(unit) ?? wholes.get('us'));
    const wholeUnit = unit !== undefined && wholes.has(unit) ? unit : 'us';
    const value = whole === undefined ? undefined : spreadOf(whole)?.median;
    return {
      rows,
      tool: 'QNN',
      kind: 'measured',
      ...(value === undefined || whole === undefined ? {} : { whole: { value, unit: wholeUnit, runs: whole.length } }),
      notes: unread.notes(),
    };
  },
};
