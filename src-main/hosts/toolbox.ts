/**
 * What hosts take from the rooms below besides a workbench: for what needs none (a search without a record, a file to be read, the lists
 * of schedulers and formats), and what they hand to `composeWorkbench`. The only file of the hosts that may reach into these rooms.
 */
export { nodeSpawner } from '../processes/node-spawner.ts';
export { keepingShortRuns } from '../processes/short-runs.ts';
export { electronSpawner } from '../processes/electron-spawner.ts';
export { resourcesDirectory } from '../services/resources-directory.ts';
export { proveBounds } from '../services/runs/proven-bounds.ts';
export {
  provenFrequencyBound,
  refuseWithoutFrequency,
  saturationOf,
  saturationPoint,
  type Saturation,
} from '../services/runs/saturation.ts';
export { drawScenarios } from '../services/documents/scenario-draws.ts';
export { scenarioFamilies, type ScenarioFamily } from '../engine/random-scenarios.ts';
export { examineWithoutRecord, runUnrecorded } from '../services/runs/unrecorded-run.ts';
export { baselineOf } from '../engine/baselines.ts';
export { completeConfiguration, describeSchedulers } from '../engine/schedulers/index.ts';
export type { ProcessSpawner } from '../processes/spawner.ts';
export type { ExaminedScenario } from '../services/documents/document-library.ts';
export { describeFormats } from '../formats/index.ts';
export { withFiles } from '../formats/file-source.ts';
export { readFiles, type ReadOutcome } from '../formats/importer.ts';
export { profileReaderIds } from '../formats/profiles/readers.ts';
export { LAYER_SETTINGS, ortSchedule } from '../formats/ort-annotated.ts';
export { prismMapping } from '../formats/prism.ts';
export { gifTask } from '../formats/pictures.ts';
export { problemFile } from '../formats/problem.ts';
export { readBlockTable } from '../formats/block-table.ts';
export { findSearchSpace, loadSearchSpaces } from '../formats/nas/spaces.ts';
export { readPublished } from '../formats/nas/published-networks.ts';
export { defaultSource, shippedSource, shippedSources, tableSource } from '../services/nas/accuracy-sources.ts';
export {
  candidateHash,
  chromosomesOf,
  drawNetworks,
  frontOf,
  metricsOf,
  searchNetworks,
} from '../services/nas/network-search.ts';
export type { CandidateCosts, NetworkSearch, NetworkSearchResult } from '../services/nas/network-search.ts';
export {
  parseSearchRequest,
  planSearch,
  type SearchPlan,
  type EvaluatorRequest,
  type SearchRequest,
} from '../services/nas/search-request.ts';
export {
  applicationFor,
  reschedule,
  scenarioWith,
  type CandidateScenario,
  type Rescheduled,
} from '../services/nas/scheduled-costs.ts';
export { readPublishedBlocks } from '../formats/nas/published-networks.ts';
export { onnxModel } from '../formats/onnx-export.ts';
export { startEvaluator } from '../services/nas/external-evaluator.ts';
export { openSearchRecord, recordedSearch, type SearchRecord } from '../services/nas/search-record.ts';
export { ConfirmedCommands } from '../services/confirmed-commands.ts';
export { SettingsFile } from '../services/settings-file.ts';
export { parseRunState } from '../engine/run-search.ts';
export { networkMethods, type NetworkMethod } from '../engine/networks/network-schedulers.ts';
export { candidateMetric, type CandidateMetric } from '../engine/networks/network-search-space.ts';
export { loadPresets } from '../formats/presets.ts';
export { followMoves } from '../store/database-move.ts';
export { makeFolders, realPath } from '../store/database-path.ts';
export * from '../device/index.ts';
export type { Head, QueueAddress, Spool, WorkerState } from '../queue/index.ts';
/** Queues of many machines: a database's client and more, which only those load who ask for a queue. */
export const loadQueues = (): Promise<typeof import('../queue/index.ts')> => import('../queue/index.ts');
