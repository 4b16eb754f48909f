/** What can be asked of a record that is open for reading only. */
import type { RouteName } from '#shared/contract/routes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';

/** Whether a route changes the record. */
const effects: Readonly<Record<RouteName, 'reads' | 'writes'>> = {
  'app.info': 'reads',
  'settings.get': 'reads',
  'settings.set': 'reads',
  'commands.list': 'reads',
  'commands.confirm': 'reads',
  'commands.forget': 'reads',
  'database.info': 'reads',
  'database.check': 'reads',
  'database.backup': 'reads',
  'database.compact': 'writes',
  'database.move': 'writes',
  'database.cancel': 'reads',
  'database.choosePath': 'reads',
  'doctor.report': 'reads',
  'documents.list': 'reads',
  'documents.overview': 'reads',
  'documents.get': 'reads',
  'documents.revisions': 'reads',
  'documents.usedBy': 'reads',
  'documents.setTags': 'writes',
  'documents.save': 'writes',
  'documents.delete': 'writes',
  'documents.saveTogether': 'writes',
  'formats.list': 'reads',
  'documents.import': 'writes',
  'documents.export': 'reads',
  'scenarios.resolve': 'reads',
  'demos.list': 'reads',
  'schedulers.list': 'reads',
  'runs.start': 'writes',
  'runs.list': 'reads',
  'runs.ids': 'reads',
  'runs.overview': 'reads',
  'runs.facets': 'reads',
  'runs.get': 'reads',
  'runs.generations': 'reads',
  'runs.population': 'reads',
  'runs.chromosome': 'reads',
  'replay.window': 'reads',
  'replay.bests': 'reads',
  'replay.ancestry': 'reads',
  'replay.mutations': 'reads',
  'pareto.front': 'reads',
  'sweeps.start': 'writes',
  'sweeps.list': 'reads',
  'sweeps.get': 'reads',
  'sweeps.cancel': 'writes',
  'sweeps.delete': 'writes',
  'comparisons.list': 'reads',
  'comparisons.save': 'writes',
  'comparisons.delete': 'writes',
  'runs.pause': 'writes',
  'runs.resume': 'writes',
  'runs.cancel': 'writes',
  'runs.moveToFront': 'writes',
  'runs.pace': 'writes',
  'runs.update': 'writes',
  'runs.export': 'reads',
  'runs.updateTogether': 'writes',
  'runs.exportArchive': 'reads',
  'runs.importBegin': 'writes',
  'runs.importPiece': 'writes',
  'runs.importEnd': 'writes',
  'runs.importCancel': 'writes',
  'runs.delete': 'writes',
  'runs.deleteTogether': 'writes',
  'runs.baseline': 'reads',
  'runs.frequencyBound': 'reads',
  'runs.recordExecution': 'writes',
  'platforms.coverage': 'reads',
  'devices.describe': 'reads',
  'devices.start': 'writes',
  'devices.jobs': 'reads',
  'devices.cancel': 'reads',
};

/** Whether a route changes the record; one that does not exist changes nothing. */
export function changesRecord(route: string): boolean {
  return new Map<string, string>(Object.entries(effects)).get(route) === 'writes';
}

/** Why what would change the record at `path` is refused. */
export function readOnlyError(path: string): WorkbenchError {
  return new WorkbenchError('store.readOnly', `${path} cannot be written to, so it is open for reading only`, {
    hint: 'change its permissions and those of its folder, or name another database with --db',
  });
}
