/**
 * Device files of the NEST compiler (Glow's, extended): which backends there are, and which operators each runs. They become a platform of
 * which frequencies, power and links are still to be filled in, since the file has none of them.
 */
import { z } from 'zod';
import { idSchema, nameSchema } from '#shared/domain/common.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parsePlatform, type PlatformInput } from '#shared/domain/platform.ts';
import { countOf } from '#shared/domain/words.ts';
import { baseName, idFrom } from '#shared/formats/names.ts';
import { defineReader, type Format } from './format.ts';
import { operationOfKind } from './nest-kinds.ts';
import { decodeHead, readText } from './text.ts';

const MOST_DEVICES = 1000;

interface Device {
  readonly line: number;
  readonly fields: Map<string, string>;
  readonly parameters: Map<string, string>;
}

export const nestDeviceFormat: Format = {
  id: 'nest-device',
  name: 'NEST-C devices',
  description: 'the device file of the NEST compiler: backends and the operators that each of them runs',
  extensions: ['.yaml', '.yml'],
  mediaType: 'application/yaml',
  reader: defineReader({
    kinds: ['platform'],
    options: z.strictObject({
      id: idSchema.optional().describe('Id of the platform; default: the name of the file'),
      name: nameSchema.optional().describe('Name of the platform'),
    }),
    recognises({ head }) {
      const text = decodeHead(head);
      return /^\s*-\s*name\s*:/m.test(text) && /^\s*(?:-\s*)?(?:backendName|kindName)\s*:/m.test(text);
    },
    async read([file], { id = idFrom(baseName(file.name).replace(/\.ya?ml$/i, '')), name }) {
      const devices = readDevices(await readText(file), file.name);
      const fused = new Set(devices.flatMap(({ parameters }) => entriesOf(parameters.get('fuseOperators'))));
      const passedOver = new Set(
        devices.flatMap(({ parameters }) => [...parameters.keys()]).filter((key) => !known.has(key)),
      );
      return {
        documents: [{ kind: 'platform', document: parsePlatform(platformOf(devices, file.name, id, name)) }],
        notes: [
          {
            message:
              'a device file has no frequencies, power, cores or links: each backend has one core, and bytes take no time',
            hint: 'fill in what is known in the editor of the platform',
          },
          ...(fused.size === 0
            ? []
            : [
                {
                  message: `operators that are executed as one: ${[...fused].join(', ')}`,
                  hint: 'set them as groupTypes of partition_tuner; their times come from a profile',
                },
              ]),
          ...devices.flatMap(({ fields, parameters }) =>
            entriesOf(parameters.get('supportedNodes')).length === 0 &&
            entriesOf(parameters.get('nonSupportedNodes')).length > 0
              ? [
                  {
                    message: `"${fields.get('name')}" does not run ${entriesOf(parameters.get('nonSupportedNodes')).join(', ')}, which a platform cannot say: it runs every operator here`,
                    hint: 'a profile says of single layers that they cannot run there, or list what it runs in supportedOps',
                  },
                ]
              : [],
          ),
          ...(passedOver.size === 0
            ? []
            : [
                {
                  message: `passed over: ${countOf(passedOver.size, 'parameter')} (${[...passedOver].slice(0, 12).join(', ')})`,
                },
              ]),
        ],
      };
    },
  }),
};

const known = new Set(['supportedNodes', 'nonSupportedNodes', 'deviceID', 'partitionDefaultDevice', 'fuseOperators']);

/** Backends whose processor is known by their name. */
const kinds = [
  [/^(?:cpu|relay|interpreter)$/i, 'cpu'],
  [/^(?:opencl|gpu|cuda)$/i, 'gpu'],
] as const;

function platformOf(devices: readonly Device[], file: string, id: string, name: string | undefined): PlatformInput {
  const taken = new Set<string>();
  return {
    schemaVersion: 1,
    id,
    name: name ?? baseName(file),
    description: `Backends of ${file}, in the order of their device ids`,
    provenance: [`derived: read from ${file}, a device file of NEST-C; frequencies, power and links are not in it`],
    processors: devices.map(({ fields, parameters }) => {
      const backend = fields.get('backendName') ?? fields.get('kindName') ?? '';
      const own = idFrom(backend);
      let unique = own;
      for (let number = 2; taken.has(unique); number++) unique = `${own}-${number}`;
      taken.add(unique);
      const supported = entriesOf(parameters.get('supportedNodes'));
      return {
        id: unique,
        name: `${fields.get('name') ?? unique} (${backend})`,
        kind: kinds.find(([pattern]) => pattern.test(backend))?.[1] ?? 'npu',
        // Two devices of one backend have the same times.
        ...(unique === own ? {} : { executionTimeKey: own }),
        ...(supported.length === 0 ? {} : { supportedOps: [...new Set(supported.flatMap(operationOfKind))] }),
      };
    }),
  };
}

/** "a,b" as a list. */
function entriesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** @throws WorkbenchError `nest-device.invalid` with the line */
function readDevices(text: string, file: string): Device[] {
  const devices: Device[] = [];
  let isInParameters = false;
  text.split(/\r?\n/).forEach((line, index) => {
    if (/^\s*(?:#.*|---.*|\.\.\.|)\s*$/.test(line)) return;
    const start = /^\s*-\s+([A-Za-z]\w*)\s*:\s*(.*?)\s*$/.exec(line);
    const field = start ?? /^\s+([A-Za-z]\w*)\s*:\s*(.*?)\s*$/.exec(line);
    const parameter = /^\s+"([^"]+)"\s*:\s*"([^"]*)"\s*$/.exec(line);
    if (start !== null) {
      if (devices.length >= MOST_DEVICES)
        throw invalid(file, index, `there are more than ${MOST_DEVICES} devices`, 'check that it is the right file');
      devices.push({ line: index + 1, fields: new Map(), parameters: new Map() });
    }
    const device = devices.at(-1);
    if (device === undefined)
      throw invalid(file, index, `"${line.trim().slice(0, 100)}" is of no device`, 'begin each with "- name: …"');
    if (parameter !== null && isInParameters) device.parameters.set(parameter[1], parameter[2]);
    else if (field !== null) {
      isInParameters = field[1] === 'parameters';
      device.fields.set(field[1], field[2].replace(/^(["'])(.*)\1$/, '$2'));
    } else
      throw invalid(
        file,
        index,
        `"${line.trim().slice(0, 100)}" cannot be read`,
        'a field "backendName: CPU", or below "parameters: |" a line "key":"value"',
      );
  });
  for (const { line, fields } of devices)
    if ((fields.get('backendName') ?? fields.get('kindName') ?? '') === '')
      throw invalid(
        file,
        line - 1,
        `device "${fields.get('name') ?? ''}" has no backendName`,
        'add "backendName: CPU"',
      );
  if (devices.length === 0) throw invalid(file, 0, 'there are no devices', 'begin each with "- name: …"');
  return devices;
}

function invalid(file: string, index: number, message: string, expected: string): WorkbenchError {
  return new WorkbenchError('nest-device.invalid', `${file}, line ${index + 1}: ${message}`, {
    hint: `expected ${expected}`,
    path: [file, index + 1],
  });
}
