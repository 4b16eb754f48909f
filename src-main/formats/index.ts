/** Every format, in the order in which they are asked whether they recognise a file: the strictest first. */
import { z } from 'zod';
import type { FormatSummary } from '#shared/contract/format-shapes.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { chromeTraceFormat } from './chrome-trace.ts';
import { daxFormat } from './dax.ts';
import { exportsOf, type Format } from './format.ts';
import { generationsCsvFormat } from './generations-csv.ts';
import { htmlDashboardFormat } from './html-dashboard.ts';
import { jsonFormat } from './json.ts';
import { layerTableFormat } from './layer-table.ts';
import { onnxFormat } from './onnx.ts';
import { onnxTwinFormat } from './onnx-twin.ts';
import { problemFormat } from './problem.ts';
import { profileFormat } from './profile.ts';
import { prismFormat } from './prism-format.ts';
import { assignmentCsvFormat } from './assignment-csv.ts';
import { nestDeviceFormat } from './nest-device.ts';
import { nestPlanFormat } from './nest-plan.ts';
import { nestProfileFormat } from './nest-profile.ts';
import { prismScheduleFormat } from './prism-schedule.ts';
import { runJsonFormat } from './run-json.ts';
import { runScenarioFormat } from './run-scenario.ts';
import { scheduleCsvFormat } from './schedule-csv.ts';
import { gifFormat, pngFormat, reportFormat, svgFormat } from './pictures.ts';
import { stgFormat } from './stg-format.ts';
import { wfcommonsFormat } from './wfcommons.ts';

export const formats: readonly Format[] = [
  profileFormat,
  wfcommonsFormat,
  jsonFormat,
  onnxFormat,
  onnxTwinFormat,
  prismFormat,
  layerTableFormat,
  stgFormat,
  daxFormat,
  nestDeviceFormat,
  problemFormat,
  htmlDashboardFormat,
  reportFormat,
  runJsonFormat,
  runScenarioFormat,
  scheduleCsvFormat,
  generationsCsvFormat,
  chromeTraceFormat,
  prismScheduleFormat,
  assignmentCsvFormat,
  nestPlanFormat,
  nestProfileFormat,
  svgFormat,
  pngFormat,
  gifFormat,
];

/** @throws WorkbenchError `format.unknown` */
export function findFormat(id: string): Format {
  const format = formats.find((candidate) => candidate.id === id);
  if (format === undefined)
    throw new WorkbenchError('format.unknown', `there is no format "${id}"`, {
      hint: suggest(
        id,
        formats.map((candidate) => candidate.id),
      ),
      path: ['format'],
    });
  return format;
}

/** What people are shown of the formats. */
export function describeFormats(): FormatSummary[] {
  const none = z.strictObject({});
  const schemaOf = (options: z.ZodObject = none): Record<string, unknown> => ({
    ...z.toJSONSchema(options, { io: 'input' }),
  });
  return formats.map((format) => ({
    id: format.id,
    name: format.name,
    description: format.description,
    extensions: [...format.extensions],
    mediaType: format.mediaType,
    imports: [...(format.reader?.kinds ?? [])],
    exports: exportsOf(format),
    importOptions: schemaOf(format.reader?.options),
    exportOptions: schemaOf(format.writer?.options ?? format.runWriter?.options),
  }));
}
