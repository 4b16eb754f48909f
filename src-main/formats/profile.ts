/**
 * Profiles of runtimes: what their profilers print or write becomes a profile document, of the layers of a network that is there
 * already. How the files of each runtime are read is said in a reader of its own (`profiles/readers.ts`).
 */
import { z } from 'zod';
import { idSchema, nameSchema, positive, shortText } from '#shared/domain/common.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { countOf } from '#shared/domain/words.ts';
import { defineReader, HEAD_BYTES, type FileHead, type Format } from './format.ts';
import { profileDocument } from './profiles/profile-document.ts';
import { timeUnits } from './profiles/profile-row.ts';
import { profileReaderIds, profileReaders, readerFor } from './profiles/readers.ts';
import { decodeHead, readHashedText } from './text.ts';

const cores = z.int().min(1).max(10_000);
const options = z.strictObject({
  reader: z
    .enum(['auto', ...profileReaderIds])
    .default('auto')
    .describe('What wrote the file; on the command line --format'),
  network: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('The network document whose layers were measured; on the command line --network'),
  key: nameSchema.optional().describe('Time key of the processor that was measured; on the command line --key'),
  unit: z
    .enum(timeUnits)
    .optional()
    .describe('Unit of the times, where the file does not say it or is wrong; on the command line --unit'),
  clock: positive.optional().describe('Clock that cycles were counted by, MHz; on the command line --clock'),
  on: z
    .string()
    .optional()
    .describe('Which of the runtime’s processors, where the profile has several, e.g. "CUDAExecutionProvider"'),
  cores: cores.optional().describe('Cores that worked together; default 1'),
  threads: cores.optional().describe('Threads of the runtime'),
  frequency: positive.optional().describe('Frequency of the processor, MHz; default: its nominal one'),
  dataType: shortText.min(1).optional().describe('Type it computed in, e.g. "int8"'),
  platform: idSchema.optional().describe('Id of the platform that was measured'),
  shares: z
    .boolean()
    .default(true)
    .describe('Single layers of what was executed as one get a share of its time by their work, marked as estimated'),
  id: idSchema.optional().describe('Id of the profile; default: network, key and format'),
  name: nameSchema.optional().describe('Name of the profile'),
});

export const profileFormat: Format = {
  id: 'profile',
  name: 'Profile of a runtime',
  description: `execution times of layers as a runtime measured them: ${profileReaders.map(({ name }) => name).join(', ')}`,
  extensions: ['.json', '.csv', '.txt', '.yaml', '.log'],
  mediaType: 'application/json',
  reader: defineReader({
    kinds: ['profile'],
    options,
    recognises: (file) => isRecognised(file),
    async read([file], { reader: wanted, network, key, on, cores: count, threads, frequency, clock, shares, ...rest }) {
      const { sha256, text } = await readHashedText(file);
      const reader = readerFor(wanted, text.slice(0, HEAD_BYTES), file.name);
      const read = reader.read(text, file.name);
      if (network === undefined || key === undefined)
        throw new WorkbenchError(
          'profile.targetNeeded',
          `${file.name} has the times of ${countOf(read.rows.length, 'row')} by ${reader.name}, but not of which network, and under which time key they are`,
          { hint: 'name both (--network resnet18 --key my-cpu)', path: [file.name] },
        );
      const { document, match, notes } = profileDocument(
        read,
        reader,
        {
          network: parseNetwork(network),
          on: {
            key,
            ...(count === undefined ? {} : { cores: count }),
            ...(threads === undefined ? {} : { threads }),
            ...(frequency === undefined ? {} : { frequencyMHz: frequency }),
          },
          processor: on,
          unit: rest.unit,
          clockMHz: clock,
          dataType: rest.dataType,
          platform: rest.platform,
          id: rest.id,
          name: rest.name,
          areShared: shares,
        },
        { name: file.name, sha256 },
      );
      return { documents: [{ kind: 'profile', document }], notes, profile: match };
    },
  }),
};

function isRecognised({ name, head }: FileHead): boolean {
  const text = decodeHead(head);
  return profileReaders.some((reader) => reader.recognises(text, name));
}
