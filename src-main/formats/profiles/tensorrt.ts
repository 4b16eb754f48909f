/**
 * What TensorRT's trtexec writes with `--exportProfile`: a JSON list of a count of runs and a row for each layer of the engine. Layers of the
 * engine are fused ("Conv_0 + Relu_1"), merged ("a || b") or copies ("Reformatting CopyNode for Input Tensor 0 to Conv_0").
 */
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseJson } from '../json.ts';
import { noRows, quantityOf, runsOf } from './row-numbers.ts';
import type { ProfileReader, ProfileRow } from './profile-row.ts';

const transfers =
  /^Reformatting CopyNode|^reformat|(?:input|output) reformatter \d+|\bcopy$|^data (?:to|copy)|to nvm|\bfinish$/i;

export const tensorrt: ProfileReader = {
  id: 'tensorrt',
  name: 'TensorRT',
  recognises: (head) =>
    /^\s*\[/.test(head) && /"averageMs"\s*:/.test(head) && /"(?:percentage|timeMs|medianMs)"\s*:/.test(head),
  read(text, name) {
    const entries = parseJson(text, name);
    if (!Array.isArray(entries)) throw noRows(name, 'list of layers', 'choose what --exportProfile wrote');
    let runs: number | undefined;
    const rows = entries.flatMap((entry: unknown, index): ProfileRow[] => {
      const { count, name: layer, averageMs, medianMs, timeMs } = (entry ?? {}) as Readonly<Record<string, unknown>>;
      if (count !== undefined && layer === undefined) {
        runs = runsOf(count);
        return [];
      }
      const median = quantityOf(medianMs);
      const value = median ?? quantityOf(averageMs) ?? quantityOf(timeMs);
      if (typeof layer !== 'string' || value === undefined)
        throw new WorkbenchError('profile.invalid', `${name}, entry ${index}: has no name with averageMs or medianMs`, {
          hint: 'choose the file that trtexec --exportProfile wrote, as it is',
          path: [name, index],
        });
      return [
        {
          name: layer,
          value,
          unit: 'ms',
          statistic: runs === 1 ? 'single' : median === undefined ? 'mean' : 'median',
          ...(runs === undefined ? {} : { runs }),
          ...(transfers.test(layer) ? { isTransfer: true } : {}),
        },
      ];
    });
    if (rows.length === 0) throw noRows(name, 'layer', 'run trtexec with --exportProfile and --separateProfileRun');
    return { rows, tool: 'TensorRT', kind: 'measured', notes: [] };
  },
};
