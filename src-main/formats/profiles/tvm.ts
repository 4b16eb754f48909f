/**
 * Profiles of TVM: the table of its debug executor ("Node Name, Ops, Time(us), …"), and the JSON report of `Report::AsJSON`, whose calls have
 * "Name" and "Duration (us)". Names are those of fused functions: "tvmgen_default_fused_nn_conv2d_add_nn_relu_3".
 */
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseJson } from '../json.ts';
import { noRows, NUMBER, numberOf, quantityOf, shapeIn, UnreadLines } from './row-numbers.ts';
import type { ProfileReader, ProfileRow, ReadProfile } from './profile-row.ts';

const table = /^\s*Node Name\s+Ops\s+Time\(us\)/m;
const row = new RegExp(String.raw`^\s*(\S+)\s+(\S+)\s+(${NUMBER})\s+(${NUMBER})\s+(.*)$`);
const moving = /^(?:fuse[d_]*_*)?_*(?:layout_transform|copy|cast)_*\d*$|device_copy|__nop|^__copy/;

export const tvm: ProfileReader = {
  id: 'tvm',
  name: 'TVM',
  recognises: (head) => table.test(head) || (/"calls"\s*:\s*\[/.test(head) && /"Duration \(us\)"/.test(head)),
  read: (text, name) => (table.test(text) ? readTable(text, name) : readReport(text, name)),
};

function readTable(text: string, name: string): ReadProfile {
  const unread = new UnreadLines();
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => table.test(line));
  let whole: number | undefined;
  const rows: ProfileRow[] = [];
  for (const [index, line] of lines.entries()) {
    if (index <= start || /^[\s-]*$/.test(line)) continue;
    const total = /^\s*Total_?[Tt]ime\S*\s+(?:-\s+)?([\d.,]+)/.exec(line);
    if (total !== null) {
      whole = numberOf(total[1]);
      break;
    }
    const match = row.exec(line);
    const value = match === null ? undefined : numberOf(match[3]);
    if (match === null || value === undefined) {
      unread.add(index + 1);
      continue;
    }
    const op = match[2];
    const outputShape = shapeIn(match[5]);
    rows.push({
      name: match[1],
      op: operationOf(op),
      value,
      unit: 'us',
      ...(outputShape === undefined ? {} : { outputShape }),
      ...(moving.test(op) ? { isTransfer: true } : {}),
    });
  }
  if (rows.length === 0) throw noRows(name, 'row below "Node Name"', 'run the debug executor and keep its table');
  return {
    rows,
    tool: 'TVM',
    kind: 'measured',
    ...(whole === undefined ? {} : { whole: { value: whole, unit: 'us' } }),
    notes: unread.notes(),
  };
}

function readReport(text: string, name: string): ReadProfile {
  const { calls, device_metrics: devices } = fieldsOf(parseJson(text, name));
  if (!Array.isArray(calls)) throw noRows(name, 'list "calls"', 'choose what Report.json() wrote');
  const rows = calls.map((call: unknown, index): ProfileRow => {
    const fields = fieldsOf(call);
    const layer = fieldsOf(fields['Name'])['string'] ?? fields['Name'];
    const value = quantityOf(fieldsOf(fields['Duration (us)'])['microseconds'] ?? fields['Duration (us)']);
    if (typeof layer !== 'string' || value === undefined)
      throw new WorkbenchError('profile.invalid', `${name}, call ${index}: has no "Name" with "Duration (us)"`, {
        hint: 'choose what Report.json() wrote, as it is',
        path: [name, 'calls', index],
      });
    const device = fieldsOf(fields['Device'])['string'] ?? fields['Device'];
    return {
      name: layer,
      op: operationOf(layer),
      ...(typeof device === 'string' ? { on: device } : {}),
      value,
      unit: 'us',
      ...(moving.test(layer.replace(/^tvmgen_\w+?_fused/, 'fused')) ? { isTransfer: true } : {}),
    };
  });
  if (rows.length === 0) throw noRows(name, 'call', 'profile the module with the profiler of the executor');
  const totals = Object.values(fieldsOf(devices)).flatMap(
    (device) => quantityOf(fieldsOf(fieldsOf(device)['Duration (us)'])['microseconds']) ?? [],
  );
  const [whole] = totals.length === 1 ? totals : [];
  return {
    rows,
    tool: 'TVM',
    kind: 'measured',
    ...(whole === undefined ? {} : { whole: { value: whole, unit: 'us' } }),
    notes: [],
  };
}

/** "fuse__contrib_conv2d_NCHWc_1" → "conv2d": the heaviest operation of a fused function. */
function operationOf(name: string): string {
  const known =
    /depthwise_conv2d|conv2d_transpose|conv[123]d|dense|batch_matmul|matmul|(?:max|avg|adaptive_avg)_pool\d?d|softmax|concatenate|lrn/i;
  return known.exec(name)?.[0] ?? /relu|add|multiply|reshape|transpose/.exec(name)?.[0] ?? name;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
