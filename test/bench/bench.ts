/**
 * `npm run bench [-- --json | --markdown] [-- --only name,…]`: measures speed, memory, size and the quality of schedules, and prints
 * them as tables (or JSON, or as resources/docs/benchmarks.md has them). Not a test:
 * nothing passes or fails, and figures belong to the machine they were taken on, which is printed with them.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { contestSection } from './near-optimum.ts';
import { boundsSection } from './bounds.ts';
import { deviceSection } from './device.ts';
import { editorSection } from './editor.ts';
import { evaluatorSection } from './evaluator.ts';
import { frontsSection } from './fronts.ts';
import { importSection } from './import.ts';
import { librarySection } from './library.ts';
import { nasSection } from './nas.ts';
import { nativeSection } from './native-baseline.ts';
import { optimumSection } from './optimum.ts';
import { asMarkdown, asText } from './print.ts';
import { publishedCaseSection } from './published-case.ts';
import { puzzleSection } from './puzzle.ts';
import { recordingSection } from './recording.ts';
import { resumeSection } from './resume.ts';
import { schedulersSection } from './schedulers.ts';
import { searchSection } from './search.ts';
import { replaySection } from './replay.ts';
import { commandsSection } from './commands.ts';
import { startupSection } from './startup.ts';
import { threadsSection } from './threads.ts';
import type { BenchSection, BenchTable } from './types.ts';

const sections: readonly BenchSection[] = [
  evaluatorSection,
  nativeSection,
  threadsSection,
  searchSection,
  schedulersSection,
  optimumSection,
  contestSection,
  boundsSection,
  frontsSection,
  publishedCaseSection,
  puzzleSection,
  recordingSection,
  resumeSection,
  importSection,
  nasSection,
  startupSection,
  commandsSection,
  replaySection,
  editorSection,
  librarySection,
  deviceSection,
];

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const wanted = values.only?.split(',');
const unknown = wanted?.find((name) => !sections.some((section) => section.name === name));
if (unknown !== undefined) {
  const error = {
    code: 'cli.usage',
    message: `there is no benchmark "${unknown}"`,
    hint: `known: ${sections.map((section) => section.name).join(', ')}`,
  };
  console.error(`error: ${error.message}\nhint: ${error.hint}`);
  if (values.json) console.log(JSON.stringify({ error }));
  process.exit(2);
}

const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  date: new Date().toISOString(),
};
const tables: BenchTable[] = [];
if (!values.json)
  console.log(
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGB} GiB · Node ${machine.node} · ${machine.platform} · ${machine.date}\n`,
  );
for (const section of sections) {
  if (wanted !== undefined && !wanted.includes(section.name)) continue;
  for (const table of await section.run('full')) {
    tables.push(table);
    if (!values.json) console.log(values.markdown ? asMarkdown(table) : asText(table));
  }
}
if (values.json) console.log(JSON.stringify({ machine, tables }));
