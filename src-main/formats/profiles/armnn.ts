/**
 * What Arm NN's ExecuteNetwork writes with `-e` (`--event-based-profiling`): JSON of nested events "…Workload_Execute_#12" with the list
 * "raw" of times and their "unit". Keys repeat, one for each workload; a kernel within a workload is part of it.
 */
import { noRows, quantityOf } from './row-numbers.ts';
import type { ProfileReader, ProfileRow, TimeUnit } from './profile-row.ts';
import { parseRepeated, type PairedValue, type Pairs } from './repeated-json.ts';
import { spreadOf } from './spread.ts';

const workload = /Workload.*_Execute|_Execute(?:_#\d+)?$/;

export const armnn: ProfileReader = {
  id: 'armnn',
  name: 'Arm NN',
  recognises: (head) => /"ArmNN"\s*:/.test(head) || /"inference_measurements/.test(head),
  read(text, name) {
    const rows: ProfileRow[] = [];
    let whole: ReturnType<typeof timesOf>;
    const visit = (pairs: Pairs): void => {
      for (const [key, value] of pairs) {
        const inner = pairsOf(value);
        if (key.startsWith('inference_measurements')) whole ??= timesOf(inner);
        const times = workload.test(key) ? timesOf(inner) : undefined;
        if (times === undefined) {
          visit(inner);
          continue;
        }
        const guid = valueOf(inner, 'GUID') ?? valueOf(inner, 'guid');
        const layer = valueOf(inner, 'layer_name') ?? valueOf(inner, 'Layer Name');
        rows.push({
          name:
            typeof layer === 'string'
              ? layer
              : typeof guid === 'string' || typeof guid === 'number'
                ? `${key}_${guid}`
                : key,
          op: key.replace(/^(?:Neon|Cl|Ref)/, '').replace(/(?:Float\d*|Quantized|Uint8)?Workload.*|_Execute.*$/, ''),
          on: key.startsWith('Neon')
            ? 'CpuAcc'
            : key.startsWith('Cl')
              ? 'GpuAcc'
              : key.startsWith('Ref')
                ? 'CpuRef'
                : '',
          value: times.median,
          unit: times.unit,
          statistic: times.runs === 1 ? 'single' : 'median',
          runs: times.runs,
          ...(times.spread === undefined ? {} : { spread: times.spread }),
          ...(/^Copy|^Import|^Sync|MemCopy/.test(key) ? { isTransfer: true } : {}),
        });
      }
    };
    visit(pairsOf(parseRepeated(text, name)));
    if (rows.length === 0) throw noRows(name, 'event "…Workload_Execute"', 'run ExecuteNetwork with -e');
    return {
      rows,
      tool: 'Arm NN',
      kind: 'measured',
      ...(whole === undefined ? {} : { whole: { value: whole.median, unit: whole.unit, runs: whole.runs } }),
      notes: [],
    };
  },
};

function pairsOf(value: PairedValue): Pairs {
  return typeof value === 'object' && value !== null && 'pairs' in value ? value.pairs : [];
}

function valueOf(pairs: Pairs, key: string): PairedValue | undefined {
  return pairs.find(([name]) => name === key)?.[1];
}

function timesOf(pairs: Pairs): (ReturnType<typeof spreadOf> & { unit: TimeUnit; runs: number }) | undefined {
  const raw = valueOf(pairs, 'raw');
  const unit = valueOf(pairs, 'unit');
  const values = Array.isArray(raw) ? raw.flatMap((each) => quantityOf(each) ?? []) : [];
  const figures = spreadOf(values);
  if (figures === undefined || (unit !== 'us' && unit !== 'ms' && unit !== 'ns' && unit !== 's')) return undefined;
  return { ...figures, unit, runs: values.length };
}
