/** The readers of profiles, in the order in which they are asked whether they recognise a file. */
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { listed } from '#shared/domain/words.ts';
import { armnn } from './armnn.ts';
import { csvProfile } from './csv-profile.ts';
import { mnn } from './mnn.ts';
import { ncnn } from './ncnn.ts';
import { nest } from './nest.ts';
import { onnxruntime } from './onnxruntime.ts';
import { openvino } from './openvino.ts';
import type { ProfileReader } from './profile-row.ts';
import { qnn } from './qnn.ts';
import { rknn } from './rknn.ts';
import { snpe } from './snpe.ts';
import { tensorrt } from './tensorrt.ts';
import { tflite } from './tflite.ts';
import { tvm } from './tvm.ts';
import { vela } from './vela.ts';

export const profileReaders: readonly ProfileReader[] = [
  onnxruntime,
  tensorrt,
  tflite,
  openvino,
  snpe,
  qnn,
  rknn,
  mnn,
  ncnn,
  armnn,
  vela,
  tvm,
  nest,
  csvProfile,
];

/** What `--format` may be, other than "auto". */
export const profileReaderIds: readonly string[] = profileReaders.map(({ id }) => id);

/**
 * The reader called `id`, or with "auto" the one that recognises the file.
 * @throws WorkbenchError `profile.unknownFormat` or `profile.unrecognised`
 */
export function readerFor(id: string, head: string, fileName: string): ProfileReader {
  const found = profileReaders.find((reader) => (id === 'auto' ? reader.recognises(head, fileName) : reader.id === id));
  if (found !== undefined) return found;
  if (id === 'auto')
    throw new WorkbenchError('profile.unrecognised', `${fileName} is in no format of a profile that can be read`, {
      hint: `name it if you know it: --format ${listed(profileReaderIds, profileReaderIds.length, 'or')}`,
      path: [fileName],
    });
  throw new WorkbenchError('profile.unknownFormat', `there is no format "${id}" of profiles`, {
    hint: suggest(id, profileReaderIds),
    path: ['reader'],
  });
}
