/** `tessera runs export --format ort-annotated`: the person's own model with the processor of each layer, for ONNX Runtime. */
import { basename } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseResolvedScenario } from '#shared/domain/scenario.ts';
import { LAYER_SETTINGS, ortSchedule, withFiles } from '../../toolbox.ts';
import { printJson, printText, usageError } from '../output.ts';
import { placeOf, writeInParts } from '../part-file.ts';
import { withWorkbench } from '../session.ts';
import { remarkOn } from './export.ts';

export const ORT_FORMAT = 'ort-annotated';

/** @throws WorkbenchError `cli.usage`, `run.unknown`, `run.nothingToExport`, `ort-annotated.…`, `onnx.invalid`, `output.…` */
export async function exportForOrt(
  runId: number,
  model: string | undefined,
  out: string | undefined,
  db: string | undefined,
  isJson: boolean,
): Promise<void> {
  if (model === undefined)
    throw usageError(
      `--format ${ORT_FORMAT} annotates a model of yours, and none is given`,
      'name it: --model resnet18.onnx, the file that the network was imported from',
    );
  const { best, scenario } = await withWorkbench(db, (client) => client.invoke('runs.get', { runId }));
  if (best === undefined)
    throw new WorkbenchError('run.nothingToExport', `run ${runId} has no schedule yet`, { hint: 'choose another run' });
  const done = await withFiles([model], async ([source]) => {
    if (source === undefined) throw new Error('a file was given');
    const { model: annotated, settings, notes } = await ortSchedule(parseResolvedScenario(scenario), best, source);
    const path = placeOf(`run-${runId}-${basename(model)}`, out);
    await writeInParts(path, async (write) => {
      for await (const part of annotated.parts()) await write(part);
    });
    const { nodes, annotated: count } = annotated;
    return { files: [path], settings: { [LAYER_SETTINGS]: settings }, nodes, annotated: count, notes };
  });
  if (isJson) printJson(done);
  else {
    printText(done.files.join('\n'));
    for (const [name, value] of Object.entries(done.settings)) printText(`session option ${name} = ${value}`);
  }
  remarkOn(done.notes);
}
