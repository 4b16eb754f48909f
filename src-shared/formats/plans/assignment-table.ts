/** Reads tables of where each layer runs: `assignment-csv` (application, layer, processor, element, subgraph, priority) and `schedule-csv` (app, layer, pe). */
import { WorkbenchError } from '../../domain/errors.ts';
import type { WrittenPlan } from '../../domain/written-plan.ts';
import { takeRecords } from '../csv-records.ts';

/** Rows that are read. */
const MOST_ROWS = 1_000_000;

/** Whether the first line of a table has the columns of an assignment. @param head its beginning */
export const isAssignmentTable = (head: string): boolean => columnsOf(head) !== undefined;

interface Columns {
  readonly application: number;
  readonly layer: number;
  /** Element, or else processor. */
  readonly element: number;
  readonly subgraph: number;
  readonly priority: number;
  readonly instance: number;
  /** Of a schedule: the layers of a subgraph. */
  readonly layers: number;
}

function columnsOf(head: string): Columns | undefined {
  let first: readonly string[] | undefined;
  takeRecords(head, ({ fields }) => {
    first = fields;
    return false;
  });
  const names = (first ?? []).map((field) => field.trim().toLowerCase());
  const find = (...wanted: string[]): number => wanted.map((name) => names.indexOf(name)).find((at) => at >= 0) ?? -1;
  const columns: Columns = {
    application: find('application', 'app'),
    layer: find('layer'),
    element: find('element', 'pe', 'processor'),
    subgraph: find('subgraph'),
    priority: find('priority'),
    instance: find('instance'),
    layers: find('layers'),
  };
  return columns.layer >= 0 && columns.element >= 0 && columns.application >= 0 ? columns : undefined;
}

/** @throws WorkbenchError `assignment-csv.invalid` with the line */
export function readAssignmentTable(text: string, name: string): WrittenPlan {
  const columns = columnsOf(text.slice(0, 10_000));
  if (columns === undefined)
    throw invalid(name, 1, 'the table has no columns "application", "layer" and "element"', 'add what is missing');
  const parts = new Map<string, { layers: string[]; processor: string; line: number }>();
  const elementOf = new Map<string, string>();
  const priorities: Record<string, number> = {};
  let isHead = true;
  let count = 0;
  const { excess } = takeRecords(text, ({ fields, line }) => {
    if (fields === undefined)
      throw invalid(name, line, 'the quotes of this row do not fit', 'double quotes inside quotes');
    if (isHead) {
      isHead = false;
      return true;
    }
    const at = (column: number): string => (column < 0 ? '' : (fields[column] ?? '').trim());
    const layer = `${at(columns.application)}/${at(columns.layer)}`;
    const element = at(columns.element);
    if (at(columns.application) === '' || at(columns.layer) === '' || element === '')
      throw invalid(name, line, 'the row lacks its application, layer or element', 'fill the cell');
    if (++count > MOST_ROWS)
      throw invalid(name, line, `there are more than ${MOST_ROWS} rows`, 'check that it is the right file');
    const known = elementOf.get(layer);
    if (known !== undefined) {
      // A schedule has a row for each instance of an application; a mapping is the same for all.
      if (columns.instance < 0) throw invalid(name, line, `layer "${layer}" has a second row`, 'remove one of the two');
      if (known !== element)
        throw invalid(
          name,
          line,
          `layer "${layer}" is on "${known}" and on "${element}"`,
          'map a layer to one element',
        );
      return true;
    }
    elementOf.set(layer, element);
    const members = at(columns.layers);
    if (members !== '') {
      const own = members.split('; ').map((member) => `${at(columns.application)}/${member}`);
      parts.set(`layer ${layer}`, { layers: own, processor: element, line });
      return true;
    }
    const subgraph = at(columns.subgraph);
    const key = subgraph === '' ? `layer ${layer}` : `subgraph ${subgraph}`;
    const part = parts.get(key);
    if (part === undefined) parts.set(key, { layers: [layer], processor: element, line });
    else if (part.processor === element) part.layers.push(layer);
    else
      throw invalid(
        name,
        line,
        `subgraph ${subgraph} is on "${part.processor}" (line ${part.line}) and on "${element}"`,
        'map all layers of a subgraph to one element',
      );
    const priority = at(columns.priority);
    if (priority === '') return true;
    if (!/^\d{1,3}$/.test(priority) || Number(priority) > 255)
      throw invalid(name, line, `"${priority.slice(0, 50)}" is not a priority`, 'a whole number from 0 to 255');
    priorities[layer] = Number(priority);
    return true;
  });
  if (excess !== undefined) throw invalid(name, excess.line, excess.message, excess.expected);
  if (parts.size === 0) throw invalid(name, 2, 'the table has no rows', 'one row for each layer');
  return {
    parts: [...parts.values()].map(({ layers, processor }) => ({ layers, processor })),
    hasApplications: true,
    isInOrder: false,
    areCalls: true,
    ...(Object.keys(priorities).length === 0 ? {} : { priorities }),
  };
}

function invalid(file: string, line: number, message: string, hint: string): WorkbenchError {
  return new WorkbenchError('assignment-csv.invalid', `${file}, line ${line}: ${message}`, {
    hint,
    path: [file, line],
  });
}
