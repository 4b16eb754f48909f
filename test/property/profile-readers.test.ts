/** Whatever happens to the file of a profile (a thousand corruptions, truncation, decimal commas), reading ends in a checked profile or in an error that says what to do. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseProfile, timeOfMeasurement, type Profile } from '#shared/domain/profile.ts';
import { asFile, readBytes } from '#test/fixtures/formats.ts';
import { exampleProfiles, profiledNetwork } from '#test/fixtures/profiles.ts';

const network = JSON.parse(JSON.stringify(profiledNetwork)) as Record<string, unknown>;
const junk = fc.constantFrom(
  '0',
  '-1',
  '1e999',
  '9'.repeat(30),
  ',',
  '"',
  '\n',
  '[',
  '{',
  ';',
  ' ',
  ':',
  '+',
  'NaN',
  '__proto__',
  'null',
  '😀',
  '()',
  '..',
);

/** What is wrong with the outcome of reading `text`; nothing where it is a checked profile or an error with file and hint. */
async function flawsOf(name: string, text: string): Promise<string[]> {
  const { file, options } = exampleProfiles[name]!;
  const reader = name.replace(/(?:Csv|Python|Counters|Old|Report)$/, '');
  const [outcome] = await readBytes([asFile(file, text)], 'profile', { network, key: 'k', reader, ...options });
  if (outcome === undefined) return ['no outcome'];
  if (outcome.status === 'read') {
    const { document } = outcome.documents[0]!;
    const again = parseProfile(JSON.parse(JSON.stringify(document)));
    const times = again.measurements.map((measurement) => timeOfMeasurement(measurement) ?? 0);
    return times.every((time) => time >= 0 && Number.isFinite(time)) ? [] : [`times ${times.join()}`];
  }
  const { error } = outcome;
  if (!(error instanceof WorkbenchError)) return [String(error)];
  return [
    ...(error.code === 'internal.unexpected' ? [error.message] : []),
    ...(error.hint === '' ? [`no hint for "${error.message}"`] : []),
    ...(error.message.includes(file) ? [] : [`no file in "${error.message}"`]),
  ];
}

describe.each(Object.keys(exampleProfiles))('%s', (name) => {
  const { text } = exampleProfiles[name]!;

  it('survives a thousand corruptions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('set', 'insert', 'delete', 'repeat', 'swap', 'truncate'),
        fc.nat({ max: text.length - 1 }),
        fc.integer({ min: 1, max: 30 }),
        junk,
        async (kind, at, length, other) => {
          const [before, part, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
          const damaged = {
            set: `${before}${other}${text.slice(at + other.length)}`,
            insert: `${before}${other}${part}${after}`,
            delete: before + after,
            repeat: before + part + part + after,
            swap: before + [...part].toReversed().join('') + after,
            truncate: before,
          }[kind]!;
          expect(await flawsOf(name, damaged)).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('survives truncation at every line', async () => {
    const lines = text.split('\n');
    for (let count = 0; count < lines.length; count++)
      expect(await flawsOf(name, lines.slice(0, count).join('\n'))).toEqual([]);
  });
});

it.each(['tflite', 'openvino', 'snpe', 'mnn', 'ncnn', 'rknn', 'tvm', 'openvinoCounters'])(
  '%s gives the same times with decimal commas',
  async (name) => {
    const { file, text, options } = exampleProfiles[name]!;
    const timesOf = async (content: string) => {
      const [outcome] = await readBytes([asFile(file, content)], 'profile', { network, key: 'k', ...options });
      if (outcome?.status !== 'read')
        throw new Error(outcome?.status === 'failed' ? outcome.error.message : 'no outcome');
      return (outcome.documents[0]!.document as Profile).measurements;
    };
    const commas = text.replaceAll(/(?<![\d.])(\d+)\.(\d+)(?![\d.])/g, '$1,$2');
    expect(await timesOf(commas)).toEqual(await timesOf(text));
  },
);
