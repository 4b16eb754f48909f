/** The doctor's report on what every host has: the runtime, SQLite, and the database's health. What only a host knows it adds itself. */
import { statSync } from 'node:fs';
import type { DoctorCheck } from '#shared/contract/shapes.ts';
import { countOf } from '#shared/domain/words.ts';
import type { RunRecord } from '../store/record.ts';

const MINIMUM_NODE = [22, 12] as const;

/** Up to this size the database is read whole, to find damage; a larger one would keep people waiting, bytes. */
const CHECKED_BYTES = 128 * 2 ** 20;

/** @param version the product's */
export function examine(record: RunRecord, version: string): DoctorCheck[] {
  return [{ name: 'Tessera', status: 'ok', detail: version }, checkNode(), ...checkDatabase(record)];
}

function checkNode(): DoctorCheck {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const recent = major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
  if (recent) return { name: 'Node', status: 'ok', detail: process.versions.node };
  return {
    name: 'Node',
    status: 'missing',
    detail: process.versions.node,
    hint: `Tessera needs Node ${MINIMUM_NODE.join('.')} or later: use "npm start" or "npm run tessera", which bring their own`,
  };
}

function checkDatabase(record: RunRecord): DoctorCheck[] {
  const sqlite = record.database.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? 'unknown';
  const { total } = record.runs.list({ limit: 1, offset: 0 });
  const format = record.database.pragma('user_version', { simple: true });
  const { size } = statSync(record.path);
  const problems =
    size <= CHECKED_BYTES ? record.database.prepare<[], string>('PRAGMA quick_check(5)').pluck().all() : undefined;
  const isWhole = problems === undefined || (problems.length === 1 && problems[0] === 'ok');
  return [
    { name: 'SQLite', status: 'ok', detail: sqlite },
    isWhole
      ? {
          name: 'Database',
          status: 'ok',
          detail:
            `${record.path}: ${countOf(total, 'run')}, ${(size / 1e6).toFixed(1)} MB, format ` +
            `${format}${problems === undefined ? ', too large to be checked here' : ''}`,
        }
      : {
          name: 'Database',
          status: 'warning',
          detail: `${record.path} is damaged: ${problems?.join('; ')}`,
          hint: 'restore it from a backup',
        },
  ];
}
