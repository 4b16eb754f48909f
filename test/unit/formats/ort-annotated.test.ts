/** The person's own model with its schedule as annotations, and what ONNX Runtime makes of it. */
import { createRequire } from 'node:module';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ortSchedule } from '#main/formats/ort-annotated.ts';
import { annotateModel } from '#shared/formats/onnx/annotate.ts';
import { bytesSource } from '#shared/formats/random-access.ts';
import type { Network } from '#shared/domain/network.ts';
import { aPlatform, aScenario, aNetwork } from '#test/fixtures/builders.ts';
import { documentsOf } from '#test/fixtures/formats.ts';

const original = new Uint8Array(
  readFileSync(join(import.meta.dirname, '../../fixtures/formats/onnx/light_squeezenet.onnx')),
);
const [known] = await documentsOf([{ name: 'squeezenet.onnx', bytes: original }], 'onnx', {});
const network = known!.document as Network;
const scenario = aScenario()
  .on(aPlatform().withCores(2).withNpu())
  .running(
    aNetwork('squeezenet').with({
      layers: network.layers.map((layer) => ({ ...layer, executionTimeMs: { cpu: 1, npu: 1 } })),
    }),
  )
  .build();
const mapping = Object.fromEntries(
  network.layers.map(({ id }, index) => [`a/${id}`, index % 3 === 0 ? 'npu' : `cpu:${index % 2}`]),
);

async function bytesOf(parts: AsyncGenerator<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

describe('ort-annotated', () => {
  it('annotates the nodes of layers with their processor, says what the annotations mean, and changes nothing else', async () => {
    const { model, settings, notes } = await ortSchedule(scenario, { mapping }, bytesSource(original));
    expect(settings).toBe('cpu(=cpu); npu(=npu)');
    // A layer may be several nodes: its own, and those that the import made part of it.
    expect(model.annotated).toBeGreaterThanOrEqual(network.layers.length);
    expect(notes.every(({ layers }) => layers === undefined)).toBe(true);
    const bytes = await bytesOf(model.parts());
    expect(bytes.length).toBe(model.size);
    expect(notes.map(({ message }) => message).join()).toContain('Tried with the CPU build of 1.30 only');
    const seen: (string | undefined)[] = [];
    // Annotating it again without any takes them all away: what is left is the file that it was.
    const back = await annotateModel(bytesSource(bytes), () => {
      seen.push(undefined);
      return undefined;
    });
    expect(seen).toHaveLength(model.nodes);
    expect(Buffer.compare(await bytesOf(back.parts()), Buffer.from(original))).toBe(0);
  });

  it('is refused for a model of another network, for what is no model, and for several applications', async () => {
    const other = aScenario()
      .on(aPlatform().withNpu())
      .running(aNetwork('n').withChain(2, { npu: 1 }))
      .build();
    await expect(ortSchedule(other, { mapping: {} }, bytesSource(original))).rejects.toMatchObject({
      code: 'ort-annotated.otherModel',
    });
    await expect(ortSchedule(scenario, { mapping }, bytesSource(new Uint8Array(0)))).rejects.toMatchObject({
      code: 'onnx.invalid',
    });
    await expect(ortSchedule(scenario, { mapping }, bytesSource(original.subarray(0, 5000)))).rejects.toMatchObject({
      code: 'onnx.invalid',
    });
  });

  it('is run by ONNX Runtime with its rules, and its profile says who ran what', async () => {
    const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof import('onnxruntime-node');
    const { model, settings } = await ortSchedule(scenario, { mapping }, bytesSource(original));
    const bytes = await bytesOf(model.parts());
    const directory = mkdtempSync(join(tmpdir(), 'tessera-ort-'));
    try {
      const create = (rules: string) =>
        ort.InferenceSession.create(bytes, {
          executionProviders: ['cpu'],
          logSeverityLevel: 4,
          enableProfiling: true,
          profileFilePrefix: join(directory, 'profile'),
          extra: { session: { layer_assignment_settings: rules } },
        });
      // The option is read: rules that make no sense are refused.
      await expect(create('cpu(=cpu')).rejects.toThrow("Missing ')'");
      const session = await create(settings);
      const feeds = Object.fromEntries(
        session.inputMetadata.map((input) => [
          input.name,
          new ort.Tensor('float32', new Float32Array(3 * 224 * 224), [1, 3, 224, 224]),
        ]),
      );
      await session.run(feeds);
      session.endProfiling();
      await session.release();
      const file = readdirSync(directory).findLast((name) => name.endsWith('.json'))!;
      const events = JSON.parse(readFileSync(join(directory, file), 'utf8')) as {
        cat: string;
        name: string;
        args?: { provider?: string };
      }[];
      const providers = events
        .filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'))
        .map(({ args }) => args?.provider);
      expect(providers.length).toBeGreaterThan(20);
      // No provider for an NPU is in this build: its rule is left out by the runtime, and everything runs on the CPU.
      expect(new Set(providers)).toEqual(new Set(['CPUExecutionProvider']));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
