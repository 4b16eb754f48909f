/** Tables that are pasted into a platform as a whole: one of processors, a row each, and one of links, as a list or as a matrix. */
import { processorKinds } from '#shared/domain/platform.ts';
import { decimalsIn, isWholeUnit, parseNumber } from '../../editing/cell-text.ts';
import { freeId, idFromName } from '../../editing/document-kinds.ts';
import { columnsInOwnUnits, headingKey } from '../../editing/headings.ts';
import { END, listAt, textOf, valueAt, withChanges, type Change, type Content } from '../../editing/json-path.ts';
import type { TakenTable } from '../../editing/pasted-table.ts';
import { formatCounted } from '../../format.ts';
import {
  linkMetrics,
  newProcessor,
  ownKeyFor,
  withLinkValue,
  withProcessorId,
  type LinkMetric,
} from './platform-edits.ts';

type Cells = readonly (readonly string[])[];

interface Field {
  readonly id: string;
  readonly title: string;
  readonly type: 'number' | 'text';
  readonly unit?: string;
  /** A number that is nearly always whole; default: what the unit says. */
  readonly isCount?: boolean;
  readonly headings?: readonly string[];
}

const processorFields: readonly Field[] = [
  { id: 'id', title: 'Id', type: 'text', headings: ['processor id'] },
  { id: 'name', title: 'Name', type: 'text', headings: ['processor'] },
  { id: 'kind', title: 'Kind', type: 'text', headings: ['type'] },
  { id: 'coreCount', title: 'Cores', type: 'number', isCount: true, headings: ['core count', 'number of cores'] },
  { id: 'dispatch', title: 'Dispatch', type: 'text' },
  { id: 'executionTimeKey', title: 'Times under', type: 'text', headings: ['time key', 'key'] },
  {
    id: 'nominalFrequencyMHz',
    title: 'Nominal frequency',
    unit: 'MHz',
    type: 'number',
    headings: ['frequency', 'frequency MHz', 'MHz', 'clock'],
  },
  { id: 'frequencyScaling', title: 'Frequency scaling', type: 'number' },
  { id: 'idlePowerMW', title: 'Idle power', unit: 'mW', type: 'number' },
  { id: 'offPowerMW', title: 'Off power', unit: 'mW', type: 'number' },
  {
    id: 'maxUtilization',
    title: 'Highest utilisation',
    type: 'number',
    headings: ['max utilization', 'utilization limit'],
  },
  { id: 'basePerformance', title: 'Base performance', type: 'number', headings: ['performance'] },
  { id: 'launchMs', title: 'Launch', unit: 'ms', type: 'number', headings: ['launch time', 'launch overhead'] },
  { id: 'borderMsPerMB', title: 'Border', unit: 'ms/MB', type: 'number' },
];

/** Whether a line is one of headings for processors. */
export const isProcessorHead = (line: readonly string[]): boolean =>
  columnsInOwnUnits(line, processorFields)?.some((field) => field?.id === 'name' || field?.id === 'id') === true;

/**
 * The processors of a pasted table with headings, a row each: those that are there (by id, else by name) are changed, the others come
 * in addition. Undefined for what is not such a table.
 * @param isUntouched whether the platform still is as a new one starts: its processors then give way
 * @param takenKeys keys of execution times that other platforms use
 */
export function pastedProcessors(
  cells: Cells,
  content: Content,
  isUntouched: boolean,
  takenKeys: ReadonlySet<string>,
): TakenTable | undefined {
  const [head = [], ...lines] = cells;
  const fields = columnsInOwnUnits(head, processorFields);
  if (fields === undefined || !isProcessorHead(head)) return undefined;
  const rows = lines.filter((line) => line.some((text) => text.trim() !== ''));
  if (rows.length === 0) return undefined;
  const changes: Change[] = isUntouched ? [{ path: ['processors'], value: [] }] : [];
  let next = withChanges(content, changes);
  const make = (...own: readonly Change[]): void => {
    changes.push(...own);
    next = withChanges(next, own);
  };
  const around = decimalsIn(rows.flatMap((row) => row.filter((_, place) => fields[place]?.type === 'number')));
  let added = 0;
  const guessed: string[] = [];
  for (const row of rows) {
    const given = new Map(
      fields.flatMap((field, place) =>
        field === undefined || (row[place] ?? '').trim() === ''
          ? []
          : [
              [
                field.id,
                field.type === 'number'
                  ? parseNumber(row[place], { around, isWhole: field.isCount ?? isWholeUnit(field.unit) })
                  : row[place].trim(),
              ] as const,
            ],
      ),
    );
    const processors = listAt(next, ['processors']);
    let index = processors.findIndex((each) =>
      given.has('id')
        ? each['id'] === given.get('id')
        : headingKey(textOf(each['name'])) === headingKey(textOf(given.get('name'))),
    );
    if (index < 0) {
      const named = `${textOf(given.get('name'))} ${textOf(given.get('id'))}`.trim();
      const kind = kindIn(textOf(given.get('kind'))) ?? kindIn(named);
      if (kind === undefined && !given.has('kind')) guessed.push(named);
      const fallback = newProcessor(next, kind ?? 'cpu', takenKeys);
      const id = freeId(
        idFromName(textOf(given.get('id')) || textOf(given.get('name')), textOf(fallback['id'])),
        new Set(processors.map((each) => textOf(each['id']))),
      );
      index = processors.length;
      added++;
      make({
        path: ['processors', END],
        value: { ...fallback, id, name: given.get('name') ?? id, executionTimeKey: ownKeyFor(next, id, takenKeys) },
      });
    }
    for (const [field, value] of given) {
      if (field === 'id' && valueAt(next, ['processors', index, 'id']) !== value)
        make(...withProcessorId(next, index, value));
      else if (field !== 'id')
        make({
          path: ['processors', index, field],
          value: field === 'kind' ? (kindIn(textOf(value)) ?? value) : value,
        });
    }
  }
  const unknown = head.filter((text, place) => text.trim() !== '' && fields[place] === undefined);
  return {
    changes,
    done: [
      `${formatCounted(added, 'processor')} added${rows.length > added ? `, ${formatCounted(rows.length - added, 'processor')} changed` : ''}.`,
    ],
    left: [
      ...(unknown.length === 0 ? [] : [`No field of a processor takes ${quoted(unknown)}.`]),
      ...(guessed.length === 0
        ? []
        : [
            `The table does not say of which kind ${quoted(guessed)} ${guessed.length === 1 ? 'is' : 'are'}: taken for a CPU.`,
          ]),
    ],
  };
}

/** The kind that a cell or a name says; undefined for another word, which is kept and reported next to its field. */
function kindIn(text: string): (typeof processorKinds)[number] | undefined {
  return processorKinds.find((kind) => new RegExp(`(^|[^a-z])${kind}([^a-z]|$)`, 'i').test(text));
}

const linkFields: readonly Field[] = [
  { id: 'from', title: 'From', type: 'text' },
  { id: 'to', title: 'To', type: 'text' },
  ...linkMetrics.map(({ id, title, unit }): Field => ({
    id,
    title,
    unit,
    type: 'number',
    headings: [`${title} ${unit}`, unit],
  })),
];

/**
 * The links of a pasted table with headings: a list with "From", "To" and what is known of each pair, or a matrix of `metric` whose first
 * column and first line name processors. Undefined for what is neither.
 */
export function pastedLinks(cells: Cells, content: Content, metric: LinkMetric): TakenTable | undefined {
  const [head = [], ...lines] = cells;
  const processors = listAt(content, ['processors']);
  const find = (text: string): string | undefined => {
    const key = headingKey(text);
    const found =
      processors.find((each) => headingKey(textOf(each['id'])) === key) ??
      processors.find((each) => headingKey(textOf(each['name'])) === key);
    return found === undefined ? undefined : textOf(found['id']);
  };
  const changes: Change[] = [];
  const unknown = new Set<string>();
  const around = decimalsIn(lines.flat());
  let next = content;
  let written = 0;
  const write = (fromText: string, toText: string, which: LinkMetric, text: string): void => {
    const [from, to] = [find(fromText), find(toText)];
    if (from === undefined) unknown.add(fromText);
    if (to === undefined) unknown.add(toText);
    if (from === undefined || to === undefined || from === to || text.trim() === '') return;
    const own = withLinkValue(
      next,
      from,
      to,
      which,
      parseNumber(text, { around, isWhole: isWholeUnit(linkMetrics.find(({ id }) => id === which)?.unit) }),
    );
    changes.push(...own);
    next = withChanges(next, own);
    written++;
  };
  const fields = columnsInOwnUnits(head, linkFields);
  const place = (id: string): number => fields?.findIndex((field) => field?.id === id) ?? -1;
  const metrics = linkMetrics.filter(({ id }) => place(id) >= 0);
  if (place('from') >= 0 && place('to') >= 0 && metrics.length > 0) {
    for (const line of lines)
      for (const { id } of metrics)
        if (line.some((text) => text.trim() !== ''))
          write(line[place('from')] ?? '', line[place('to')] ?? '', id, line[place(id)] ?? '');
  } else {
    const targets = head.slice(1).map((text) => text.replace(/^\s*to\s+/i, ''));
    if (
      targets.length === 0 ||
      targets.filter((text) => find(text) !== undefined).length * 2 <= targets.length ||
      lines.length === 0
    )
      return undefined;
    for (const line of lines) targets.forEach((to, at) => write(line[0] ?? '', to, metric, line[at + 1] ?? ''));
  }
  return {
    changes,
    done: [`${formatCounted(written, 'value')} of links written.`],
    left: unknown.size === 0 ? [] : [`No processor is called ${quoted([...unknown])}.`],
  };
}

const quoted = (texts: readonly string[]): string => texts.map((text) => `“${text.trim()}”`).join(', ');
