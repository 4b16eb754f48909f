/** The rows of a profile as a document: units made one, layers found, and what is to be said of it. */
import type { FormatNote } from '#shared/contract/format-shapes.ts';
import { LARGEST_QUANTITY } from '#shared/domain/common.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import type { Layer, Network } from '#shared/domain/network.ts';
import {
  parseProfile,
  type MeasuredPlace,
  type Profile,
  type ProfileInput,
  type Spread,
} from '#shared/domain/profile.ts';
import { countOf, listed } from '#shared/domain/words.ts';
import { idFrom } from '#shared/formats/names.ts';
import type { ProfileMatch } from '../format.ts';
import { matchRows, type JoinedBy, type MatchedRows, type RowMatch } from './match-rows.ts';
import { matchOperatorKeys } from './operator-keys.ts';
import type { ProfileReader, ProfileRow, ReadProfile, TimeUnit } from './profile-row.ts';

/** What the person who imports says of the file. */
export interface ProfileTarget {
  readonly network: Network;
  readonly on: MeasuredPlace;
  /** Which of the runtime's processors. */
  readonly processor: string | undefined;
  /** In place of the file's own. */
  readonly unit: TimeUnit | undefined;
  readonly clockMHz: number | undefined;
  readonly dataType: string | undefined;
  readonly platform: string | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  /** Whether single layers of what was executed as one get an estimated share of its time. */
  readonly areShared: boolean;
}

export interface SourceOfProfile {
  readonly name: string;
  readonly sha256: string;
}

type MeasurementInput = ProfileInput['measurements'][number];

/**
 * The profile that `read` is, of the layers of `target.network`.
 * @throws WorkbenchError `profile.processorNeeded`, `profile.unknownProcessor`, `profile.unitNeeded`, `profile.clockNeeded`,
 * `profile.noMatch` or `profile.invalid`
 */
export function profileDocument(
  read: ReadProfile,
  reader: Pick<ProfileReader, 'id' | 'name'>,
  target: ProfileTarget,
  file: SourceOfProfile,
): { readonly document: Profile; readonly match: ProfileMatch; readonly notes: readonly FormatNote[] } {
  const isOn = chosenProcessor(read, target.processor, file.name);
  const { network, on } = target;
  // Rows on other processors claim their layers, too, so that these are not taken for fused ones.
  const all = read.namesAre === 'operators' ? matchOperatorKeys(read.rows, network) : matchRows(read.rows, network);
  const match = ofProcessor(all, read.rows, isOn);
  const units = new Units(target, file.name);
  const rowsOn = read.rows.filter((row) => isOn(row) && row.isFused !== true);
  const sumMs = sumOf(rowsOn, units);
  if (match.matched.length === 0)
    throw new WorkbenchError(
      'profile.noMatch',
      `${file.name}: none of its ${countOf(rowsOn.length, 'row')} could be joined to a layer of network "${network.id}"`,
      {
        hint:
          `the layers must have the names of the rows, such as "${rowsOn[0]?.name ?? ''}", or be as many of each operation: ` +
          'choose the network of the model that was measured, imported from its file',
        path: [file.name],
      },
    );
  const measurements = match.matched.flatMap((set) => measurementsOf(set, read, target, units));
  const rowAt = (index: number): ProfileRow => read.rows[index];
  const leftovers = match.leftovers.map(rowAt);
  const transfers = match.transfers.map(rowAt);
  const isOneProcessor = new Set(read.rows.flatMap((row) => row.on || [])).size <= 1;
  const wholeMs = read.whole === undefined || !isOneProcessor ? undefined : units.wholeMs(read.whole);
  const document = parseProfile({
    schemaVersion: 1,
    id: target.id ?? idFrom(`${network.id}-${on.key}-${reader.id}`),
    ...(target.name === undefined ? { name: `${network.name} on ${on.key}` } : { name: target.name }),
    description: '',
    provenance: [`${read.kind}: read from ${file.name}, a profile of ${reader.name}`],
    network: network.id,
    ...(target.platform === undefined ? {} : { platform: target.platform }),
    method: {
      ...(read.tool === '' ? {} : { tool: read.tool }),
      files: [{ name: file.name.slice(0, 1000), sha256: file.sha256 }],
    },
    measurements: read.namesAre === 'operators' ? withoutDoubles(measurements) : measurements,
    transfers: transfers.flatMap((row) => {
      const timeMs = units.ms(row);
      return timeMs === undefined
        ? []
        : [{ from: on.key, to: on.key, timeMs, ...runsAndSpread(row, units), name: row.name.slice(0, 1000) }];
    }),
    wholes:
      wholeMs === undefined
        ? []
        : [{ on, timeMs: wholeMs, ...(read.whole?.runs === undefined ? {} : { runs: read.whole.runs }) }],
    ...(leftovers.length === 0
      ? {}
      : {
          leftovers: leftovers.map((row) => {
            const timeMs = units.ms(row);
            return {
              name: row.name.slice(0, 1000),
              on,
              ...(timeMs === undefined ? {} : { timeMs }),
              ...runsAndSpread(row, units),
            };
          }),
        }),
  } satisfies ProfileInput);
  const covered = new Set(match.matched.flatMap(({ layers }) => layers));
  const matchedMs = sumOf([...new Set(match.matched.flatMap(({ rows }) => rows))].map(rowAt), units);
  return {
    document,
    match: {
      id: document.id,
      matched: {
        layers: covered.size,
        ofLayers: network.layers.length,
        timeShare: sumMs > 0 ? matchedMs / sumMs : 1,
      },
      leftovers: leftovers.map(({ name }) => name),
      sumMs,
      wholeMs: wholeMs ?? null,
    },
    notes: notesOn({ match, read, target, sumMs, wholeMs, leftovers, transfers, units }),
  };
}

/** Whether a row is on the chosen processor. @throws WorkbenchError `profile.processorNeeded` or `profile.unknownProcessor` */
function chosenProcessor(
  { rows }: ReadProfile,
  wanted: string | undefined,
  file: string,
): (row: ProfileRow) => boolean {
  const counts = new Map<string, number>();
  for (const { on = '' } of rows) if (on !== '') counts.set(on, (counts.get(on) ?? 0) + 1);
  const names = [...counts.keys()];
  if (wanted !== undefined && !counts.has(wanted))
    throw new WorkbenchError('profile.unknownProcessor', `${file} has no times on "${wanted}"`, {
      hint: suggest(wanted, names),
      path: ['on'],
    });
  if (wanted === undefined && names.length > 1)
    throw new WorkbenchError(
      'profile.processorNeeded',
      `${file} has times on ${listed([...counts].map(([name, count]) => `${name} (${countOf(count, 'row')})`))}, which are different processors`,
      {
        hint: `choose one, and import the file again for each other (--set on=${names[0]})`,
        path: ['on'],
        details: names.map((name) => ({ path: ['on'], message: name, expected: 'one of the processors' })),
      },
    );
  return wanted === undefined ? () => true : ({ on = '' }) => on === '' || on === wanted;
}

function ofProcessor(match: RowMatch, rows: readonly ProfileRow[], isOn: (row: ProfileRow) => boolean): RowMatch {
  const has = (index: number): boolean => rows[index] !== undefined && isOn(rows[index]);
  return {
    matched: match.matched.filter((set) => set.rows.some(has)),
    transfers: match.transfers.filter(has),
    leftovers: match.leftovers.filter(has),
    unmatched: match.unmatched,
  };
}

/** Times in ms, by the units that the file or the person states. */
class Units {
  readonly #target: ProfileTarget;
  readonly #file: string;

  constructor(target: ProfileTarget, file: string) {
    this.#target = target;
    this.#file = file;
  }

  /** ms of one unit of a row. @throws WorkbenchError `profile.unitNeeded` or `profile.clockNeeded` */
  factor(row: Pick<ProfileRow, 'unit'>): number {
    const unit = this.#target.unit ?? row.unit;
    if (unit === undefined)
      throw new WorkbenchError('profile.unitNeeded', `${this.#file} does not say in which unit its times are`, {
        hint: 'say it: --unit ms, --unit us, or --unit cycles with --clock',
        path: ['unit'],
      });
    return unit === 'cycles' ? 1 / (this.clock() * 1000) : msPer[unit];
  }

  /** MHz. @throws WorkbenchError `profile.clockNeeded` */
  clock(): number {
    const { clockMHz } = this.#target;
    if (clockMHz !== undefined) return clockMHz;
    throw new WorkbenchError(
      'profile.clockNeeded',
      `${this.#file} has cycles, which are times only with the clock that they were counted by`,
      { hint: 'state it in MHz: --clock 1000', path: ['clock'] },
    );
  }

  isCycles(row: Pick<ProfileRow, 'unit'>): boolean {
    return (this.#target.unit ?? row.unit) === 'cycles';
  }

  /** undefined: it cannot run there. */
  ms(row: ProfileRow): number | undefined {
    return Number.isFinite(row.value) ? bounded(row.value * this.factor(row), this.#file) : undefined;
  }

  /** The whole has a unit of its own, whatever the person says of the rows. */
  wholeMs({ value, unit }: { readonly value: number; readonly unit: TimeUnit | undefined }): number {
    const factor = unit === undefined || unit === 'cycles' ? this.factor({ unit }) : msPer[unit];
    return bounded(value * factor, this.#file);
  }

  spread(row: ProfileRow): Spread | undefined {
    if (row.spread === undefined) return undefined;
    const factor = this.factor(row);
    const spread: { -readonly [Field in keyof Spread]: Spread[Field] } = {};
    for (const field of spreadFields) {
      const value = row.spread[field];
      if (value !== undefined) spread[field] = bounded(value * factor, this.#file);
    }
    return spread;
  }
}

const spreadFields = ['stdMs', 'minMs', 'maxMs', 'p10Ms', 'p90Ms'] as const satisfies readonly (keyof Spread)[];
const msPer: Readonly<Record<Exclude<TimeUnit, 'cycles'>, number>> = { ms: 1, us: 1e-3, ns: 1e-6, s: 1e3 };
/** Below the smallest quantity there is. */
const NOTHING = 1e-14;

function bounded(ms: number, file: string): number {
  if (ms <= LARGEST_QUANTITY) return ms < NOTHING ? 0 : ms;
  throw new WorkbenchError('profile.invalid', `${file} has a time of ${ms} ms, which nothing takes`, {
    hint: 'check the unit',
    path: [file],
  });
}

function sumOf(rows: readonly ProfileRow[], units: Units): number {
  return rows.reduce((sum, row) => sum + (units.ms(row) ?? 0), 0);
}

function runsAndSpread(row: ProfileRow, units: Units): { runs?: number; spread?: Spread } {
  const spread = units.spread(row);
  return { ...(row.runs === undefined ? {} : { runs: row.runs }), ...(spread === undefined ? {} : { spread }) };
}

/** What was measured of a set of layers, and of each of several its estimated share. */
function measurementsOf(set: MatchedRows, read: ReadProfile, target: ProfileTarget, units: Units): MeasurementInput[] {
  const rows = set.rows.flatMap((index) => read.rows[index] ?? []);
  const [first] = rows;
  if (first === undefined) return [];
  const layers = set.layers.flatMap((index) => target.network.layers[index] ?? []);
  const times = rows.map((row) => units.ms(row));
  const timeMs = times.reduce<number | undefined>(
    (sum, time) => (sum === undefined || time === undefined ? undefined : sum + time),
    0,
  );
  const areCycles = rows.every((row) => units.isCycles(row));
  const runs = rows.reduce<number | undefined>(
    (least, row) => (row.runs === undefined ? least : Math.min(least ?? row.runs, row.runs)),
    undefined,
  );
  const spread = rows.length === 1 ? units.spread(first) : undefined;
  const dataType = target.dataType ?? first.dataType;
  const common = {
    on: target.on,
    ...(dataType === undefined ? {} : { dataType }),
    name: rows
      .map(({ name }) => name)
      .join(' + ')
      .slice(0, 1000),
  };
  const measured: MeasurementInput = {
    ...common,
    layers: layers.map(({ id }) => id),
    ...(timeMs === undefined
      ? { unsupported: true as const }
      : areCycles
        ? { cycles: rows.reduce((sum, { value }) => sum + value, 0), clockMHz: units.clock() }
        : { timeMs }),
    ...(first.statistic === undefined ? {} : { statistic: first.statistic }),
    ...(runs === undefined ? {} : { runs }),
    ...(read.warmups === undefined ? {} : { warmups: read.warmups }),
    ...(spread === undefined ? {} : { spread }),
    kind: read.kind,
  };
  if (layers.length === 1 || !target.areShared || timeMs === undefined || read.namesAre === 'operators')
    return [measured];
  return [
    measured,
    ...sharesOf(layers, timeMs).map(({ id, share }): MeasurementInput => ({
      ...common,
      layers: [id],
      timeMs: share,
      kind: 'estimated',
    })),
  ];
}

/** The time of layers that were executed as one, shared out by their work: multiply-accumulates, at least one for each element they give. */
function sharesOf(layers: readonly Layer[], timeMs: number): { readonly id: string; readonly share: number }[] {
  const work = layers.map(({ macs = 0, outputBytes = 0 }) => Math.max(1, macs, outputBytes / 4));
  const total = work.reduce((sum, each) => sum + each, 0);
  return layers.map(({ id }, index) => {
    const share = (timeMs * (work[index] ?? 0)) / total;
    return { id, share: share < NOTHING ? 0 : share };
  });
}

/** Rows with operators as names may mean the same layers twice: the first counts. */
function withoutDoubles(measurements: readonly MeasurementInput[]): MeasurementInput[] {
  const seen = new Set<string>();
  return measurements.filter(({ layers, dataType }) => {
    const key = JSON.stringify([layers, dataType]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const joinedInWords: Readonly<Record<JoinedBy, string>> = {
  name: 'by name',
  members: 'as members of fused names',
  cleaned: 'by name, cleaned of what the runtime adds',
  order: 'by their place in the order of equal operations',
};

/** From this share on, the sum of the rows is called different from the whole. */
const DIFFERENT = 0.1;

function notesOn({
  match,
  read,
  target: { network, on, areShared },
  sumMs,
  wholeMs,
  leftovers,
  transfers,
  units,
}: {
  readonly match: RowMatch;
  readonly read: ReadProfile;
  readonly target: ProfileTarget;
  readonly sumMs: number;
  readonly wholeMs: number | undefined;
  readonly leftovers: readonly ProfileRow[];
  readonly transfers: readonly ProfileRow[];
  readonly units: Units;
}): FormatNote[] {
  const { matched } = match;
  const covered = new Set(matched.flatMap(({ layers }) => layers)).size;
  const ways = (['name', 'members', 'cleaned', 'order'] as const).flatMap((by) => {
    const count = matched.filter((set) => set.by === by).length;
    return count === 0 ? [] : [`${count} ${joinedInWords[by]}`];
  });
  const runs = Math.max(...read.rows.map((row) => row.runs ?? 0));
  const groups = matched.filter(({ layers }) => layers.length > 1);
  const absorbed = matched.flatMap((set) => set.absorbed.flatMap((index) => network.layers[index]?.id ?? []));
  const notes: (FormatNote | undefined)[] = [
    {
      message:
        `${covered} of ${countOf(network.layers.length, 'layer')} of ${network.id} ${covered === 1 ? 'has' : 'have'} a time under "${on.key}" ` +
        `(${ways.join(', ')})${runs === 0 ? '' : `, of ${countOf(runs, 'run')}`}${read.warmups === undefined ? '' : ', the first one left out as warm-up'}`,
    },
    groups.length === 0
      ? undefined
      : {
          message:
            `${countOf(groups.length, 'set')} of several layers ${groups.length === 1 ? 'was' : 'were'} executed as one and measured so` +
            (areShared && read.namesAre === undefined
              ? '; their single layers get shares of the time by their work, marked as estimated'
              : ''),
        },
    absorbed.length === 0
      ? undefined
      : {
          message:
            `${countOf(absorbed.length, 'layer')} without a row ${absorbed.length === 1 ? 'is' : 'are'} ` +
            `taken to be part of a neighbour: ${quoted(absorbed)}`,
          hint: 'correct in the profile what was not fused',
          layers: absorbed,
        },
    transfers.length === 0
      ? undefined
      : {
          message:
            `${countOf(transfers.length, 'row')} (${shown(sumOf(transfers, units))} ms) ` +
            `${transfers.length === 1 ? 'moves or converts data and is kept as a transfer' : 'move or convert data and are kept as transfers'}`,
        },
    leftovers.length === 0
      ? undefined
      : {
          message:
            `${countOf(leftovers.length, 'row')} (${shown(sumOf(leftovers, units))} ms) ` +
            `${leftovers.length === 1 ? 'has' : 'have'} no layer: ${quoted(leftovers.map(({ name }) => name))}`,
          hint: 'they are kept in the profile as leftovers; say in its editor which layers they are',
        },
    match.unmatched.length === 0
      ? undefined
      : {
          message:
            `${countOf(match.unmatched.length, 'layer')} ${match.unmatched.length === 1 ? 'has' : 'have'} no row, ` +
            `and no time by this profile: ${quoted(match.unmatched.map((index) => network.layers[index]?.id ?? ''))}`,
          layers: match.unmatched.map((index) => network.layers[index]?.id ?? ''),
        },
    wholeMs !== undefined && wholeMs > 0 && Math.abs(sumMs / wholeMs - 1) > DIFFERENT
      ? {
          message: `its rows take ${shown(sumMs)} ms together, the whole network takes ${shown(wholeMs)} ms`,
          hint: 'profiling slows a run down, and launches are in no row: take the whole for what it says, the rows for how it is shared out',
        }
      : undefined,
    ...read.notes.map((message) => ({ message })),
  ];
  return notes.filter((note) => note !== undefined);
}

function shown(ms: number): number {
  return Number(ms.toPrecision(3));
}

/** The first of them, in quotes. */
function quoted(names: readonly string[]): string {
  return listed(
    names.map((name) => `"${name}"`),
    12,
  );
}
