/**
 * Lists and tables of documents and requests, with a bound. zod looks at every entry of a list before it complains, and makes an issue
 * for each that is wrong: a small file with a million empty entries would take seconds and gigabytes. Here the size is looked at first,
 * and a list is given up once there are more faults than anybody is shown.
 */
import { z } from 'zod';
import { MOST_ISSUES } from './zod-issues.ts';

const List: z.core.$constructor<z.ZodArray> = z.core.$constructor<z.ZodArray>('BoundedList', (list, def) => {
  z.ZodArray.init(list, def);
  const parseWhole = list._zod.parse;
  list._zod.parse = (payload, context) => {
    const entries = payload.value;
    if (!Array.isArray(entries) || entries.length <= MOST_ISSUES || entries.length > longest(list))
      return parseWhole(payload, context);
    const parsed: unknown[] = [];
    payload.value = parsed;
    for (let index = 0; index < entries.length && payload.issues.length < MOST_ISSUES; index++) {
      const result = def.element._zod.run({ value: entries[index], issues: [] }, context);
      if (result instanceof Promise)
        throw new TypeError('documents are parsed at once: their schemas must not be asynchronous');
      payload.issues.push(...z.core.util.prefixIssues(index, result.issues));
      parsed.push(result.value);
    }
    return payload;
  };
});

/** The least of the upper bounds of a list, which zod itself looks at before the entries. */
function longest(list: z.ZodArray): number {
  const checks = list._zod.def.checks ?? [];
  return Math.min(
    ...checks.map((check) => (check instanceof z.core.$ZodCheckMaxLength ? check._zod.def.maximum : Infinity)),
  );
}

/** A list of at most `most` entries. Its size is looked at before the entries, and after `MOST_ISSUES` faults the rest is not looked at. */
export function listOf<Entry extends z.ZodType>(entry: Entry, most: number): z.ZodArray<Entry> {
  const list: z.ZodArray = new List({ type: 'array', element: entry }).max(most);
  return list as z.ZodArray<Entry>; // its element is `entry`
}

interface TableDef extends z.core.$ZodRecordDef {
  readonly most: number;
}

const Table: z.core.$constructor<z.ZodRecord, TableDef> = z.core.$constructor<z.ZodRecord, TableDef>(
  'BoundedTable',
  (table, def) => {
    z.ZodRecord.init(table, def);
    const parseWhole = table._zod.parse;
    table._zod.parse = (payload, context) => {
      const { value } = payload;
      if (typeof value !== 'object' || value === null || Object.keys(value).length <= def.most)
        return parseWhole(payload, context);
      payload.issues.push({
        code: 'too_big',
        origin: 'object',
        maximum: def.most,
        inclusive: true,
        input: value,
        inst: table,
      });
      return payload;
    };
  },
);

/** An object with at most `most` fields of any name that `key` accepts, looked at before the fields are. */
export function tableOf<Key extends z.core.$ZodRecordKey, Value extends z.ZodType>(
  key: Key,
  value: Value,
  most: number,
): z.ZodRecord<Key, Value> {
  const table: z.ZodRecord = new Table({ type: 'record', keyType: key, valueType: value, most });
  return table.meta({ maxProperties: most }) as z.ZodRecord<Key, Value>; // its fields are of `key` and `value`
}
