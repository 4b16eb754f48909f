/**
 * What SNPE's snpe-diagview prints: "3: conv1 : 23 us : GPU" (2.x) or "3: 23 us : GPU" (before). Rows of the DSP are cycles, of a clock
 * that the file does not have; those of a GPU leave out the time of launching, which its subnet has.
 */
import { noRows, NUMBER, numberOf, UnreadLines } from './row-numbers.ts';
import type { ProfileReader, ProfileRow, TimeUnit } from './profile-row.ts';

const row = new RegExp(
  String.raw`^\s*(\d+):\s+(?:(.*?)\s+:\s+)?(${NUMBER})\s*(us|ms|cycles)\s*(?::\s*(\S+))?\s*$`,
  'i',
);
const total = new RegExp(
  String.raw`^\s*(?:Total Inference Time|Forward Propagate(?: Time)?):\s*(${NUMBER})\s*(us|ms)`,
  'im',
);
const version = /Software library version:\s*(\d+\.\d+)/;

export const snpe: ProfileReader = {
  id: 'snpe',
  name: 'SNPE',
  recognises: (head) =>
    /(?:SNPE|Dnn Runtime).*Statistics|Per-Layer Execution Times|^\s*Layer Times:/m.test(head) &&
    /Software library version|Total Inference Time|Layer Times|SNPE/.test(head),
  read(text, name) {
    const unread = new UnreadLines();
    const rows: ProfileRow[] = [];
    let isLayers = false;
    text.split(/\r?\n/).forEach((line, index) => {
      if (/Layer(?:\s+Execution)? Times/i.test(line)) isLayers = true;
      else if (/^##|Statistics|Per-Subnet/.test(line)) isLayers = false;
      if (!isLayers) return;
      const match = row.exec(line);
      const value = match === null ? undefined : numberOf(match[3]);
      if (match === null || value === undefined) {
        if (/^\s*\d+:/.test(line)) unread.add(index + 1);
        return;
      }
      const [, place, layer, , unit, on] = match;
      rows.push({
        name: layer ?? place,
        ...(on === undefined ? {} : { on }),
        value,
        unit: unit.toLowerCase() as TimeUnit, // as the pattern has it
        statistic: 'mean',
      });
    });
    if (rows.length === 0)
      throw noRows(
        name,
        'row below "Layer Times"',
        'run snpe-net-run with --perf_profile and --profiling_level detailed',
      );
    const whole = total.exec(text);
    const value = whole === null ? undefined : numberOf(whole[1]);
    return {
      rows,
      tool: `SNPE ${version.exec(text)?.[1] ?? ''}`.trim(),
      kind: 'measured',
      ...(value === undefined || whole === null ? {} : { whole: { value, unit: whole[2].toLowerCase() as TimeUnit } }),
      notes: unread.notes(),
    };
  },
};
