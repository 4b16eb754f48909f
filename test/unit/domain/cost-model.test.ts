/** Modelled execution times: the roofline, what is filled and what is not, and how far it is from measurements. */
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { operationClasses, type CostModelInput } from '#shared/domain/cost-model.ts';
import { estimateTimes, fillTimes, modelledNetworkMs } from '#shared/domain/modelled-times.ts';
import { parseNetwork, timeSourceOf, type Network, type NetworkInput } from '#shared/domain/network.ts';
import { operationClassOf } from '#shared/domain/operation-classes.ts';
import { parsePlatform, type Platform, type PlatformInput } from '#shared/domain/platform.ts';
import { costModelResiduals } from '#shared/domain/residuals.ts';
import { emptyLibrary, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';

type LayerInput = NetworkInput['layers'][number];
type ProcessorInput = PlatformInput['processors'][number];

/** 10 GMAC/s peak, 4 GB/s, 0.5 ms per layer. */
const model: CostModelInput = { overheadMs: 0.5, bandwidthMBps: 4000, rates: [{ dataType: 'fp16', peakGMACPerS: 10, efficiency: { conv: 0.5, pointwiseConv: 0.25, fullyConnected: 1, elementwise: 0.5 } }] };
const aPlatform = (...processors: ProcessorInput[]): Platform => parsePlatform({ schemaVersion: 1, id: 'p', processors });
const aNetwork = (layers: LayerInput[], dataType?: NetworkInput['dataType']): Network => parseNetwork({ schemaVersion: 1, id: 'n', layers, ...(dataType === undefined ? {} : { dataType }) });
const cpu: ProcessorInput = { id: 'cpu', kind: 'cpu', costModel: model };
const conv: LayerInput = { id: 'conv', op: 'Conv', macs: 10e6, outputBytes: 1000 };
const timeOf = (layer: LayerInput, costModel: CostModelInput = model, dataType?: NetworkInput['dataType']): number | undefined => estimateTimes(aNetwork([layer], dataType), aPlatform({ ...cpu, costModel }))[0]?.['cpu'];

describe('the roofline', () => {
  it('is bound by arithmetic where there is much of it: overhead + MACs / (peak × efficiency)', () => {
    expect(timeOf(conv)).toBe(0.5 + 10e6 / (10e6 * 0.5));
  });

  it('is bound by memory where bytes take longer: overhead + (read + written + weights) / bandwidth', () => {
    const network = aNetwork([{ ...conv, outputBytes: 8_000_000 }, { id: 'fc', op: 'Gemm', macs: 2e6, parameters: 2_000_000, outputBytes: 4_000_000, dependencies: ['conv'] }], 'fp16');
    expect(estimateTimes(network, aPlatform(cpu))[1]).toEqual({ cpu: 0.5 + (8e6 + 4e6 + 2 * 2e6) / 4e6 });
  });

  it('tells 1 × 1 convolutions by their kernel', () => {
    expect(timeOf({ ...conv, kernelShape: [1, 1] })).toBe(0.5 + 10e6 / (10e6 * 0.25));
    expect(timeOf({ ...conv, kernelShape: [1, 7] })).toBe(timeOf(conv));
  });

  it('takes the share of the bandwidth for classes that are bound by memory', () => {
    expect(timeOf({ id: 'add', op: 'Add', outputBytes: 4_000_000 })).toBe(0.5 + 4e6 / (4e6 * 0.5));
  });

  it('halves the rate of a layer with as many output elements as the processor needs for half its rate', () => {
    expect(timeOf(conv, { ...model, halfRateElements: 500 })).toBe(0.5 + (2 * 10e6) / (10e6 * 0.5));
  });

  it('computes in the type of the network where the processor can, else in its own first one, with the bytes of that type', () => {
    const rates = [...model.rates, { dataType: 'int8' as const, peakGMACPerS: 40, efficiency: { conv: 0.5 } }];
    expect(timeOf(conv, { ...model, rates }, 'int8')).toBe(0.5 + 10e6 / (40e6 * 0.5));
    expect(timeOf(conv, { ...model, rates }, 'fp32')).toBe(timeOf(conv));
    // 4 million elements of 4 bytes, moved as 2 bytes each.
    expect(timeOf({ id: 'add', op: 'Add', outputBytes: 16_000_000 }, model, 'fp32')).toBe(0.5 + 8e6 / (4e6 * 0.5));
  });

  it('costs nothing for layers that only reinterpret their input', () => {
    expect(timeOf({ id: 'flat', op: 'Flatten', outputBytes: 4000 })).toBe(0);
  });

  it.each<[string, LayerInput, Partial<ProcessorInput>]>([
    ['an operation that the processor does not support', conv, { supportedOps: ['Gemm'] }],
    ['an operation of no known class', { ...conv, op: 'NonMaxSuppression' }, {}],
    ['a class without an efficiency', { ...conv, op: 'MaxPool' }, {}],
    ['a convolution without its multiply-accumulates', { id: 'conv', op: 'Conv', outputBytes: 1000 }, {}],
    ['a layer without the size of its output', { id: 'conv', op: 'Conv', macs: 1000 }, {}],
  ])('cannot tell the time of %s', (_, layer, processor) => {
    expect(estimateTimes(aNetwork([layer]), aPlatform({ ...cpu, ...processor }))).toEqual([{}]);
  });

  it('never gets faster with more work', () => {
    const quantity = fc.integer({ min: 0, max: 1e12 });
    fc.assert(fc.property(quantity, quantity, quantity, quantity, fc.integer({ min: 0, max: 1e6 }), (macs, moreMacs, parameters, moreParameters, halfRateElements) => {
      const costModel = { ...model, halfRateElements };
      expect(timeOf({ ...conv, macs: macs + moreMacs, parameters: parameters + moreParameters }, costModel)!).toBeGreaterThanOrEqual(timeOf({ ...conv, macs, parameters }, costModel)!);
    }));
  });
});

describe('filling', () => {
  const gpu: ProcessorInput = { id: 'gpu', kind: 'gpu', executionTimeKey: 'mali', costModel: { ...model, overheadMs: 0.1 } };
  const measured = aNetwork([{ ...conv, executionTimeMs: { cpu: 7 } }, { ...conv, id: 'next', dependencies: ['conv'] }]);

  it('lets a time that is there win over the model, layer by layer, and says of each which it is', () => {
    const filled = fillTimes(measured, aPlatform(cpu, gpu));
    expect(filled.layers.map(({ executionTimeMs }) => executionTimeMs)).toEqual([{ cpu: 7, mali: 2.1 }, { cpu: 2.5, mali: 2.1 }]);
    const sources = filled.layers.map((layer) => ['cpu', 'mali', 'npu'].map((key) => timeSourceOf(filled, layer, key)));
    expect(sources).toEqual([['given', 'modelled', undefined], ['modelled', 'modelled', undefined]]);
  });

  it('leaves the network as it is where nothing is missing, and where no processor has a cost model', () => {
    const platform = aPlatform(cpu, gpu);
    const filled = fillTimes(measured, platform);
    expect(fillTimes(filled, platform)).toBe(filled);
    expect(fillTimes(measured, aPlatform({ id: 'cpu', kind: 'cpu' }))).toBe(measured);
  });

  it('tells the source of a layer before that of its network', () => {
    const network = parseNetwork({ schemaVersion: 1, id: 'n', timeSources: { cpu: 'measured' }, layers: [{ ...conv, executionTimeMs: { cpu: 1 } }, { ...conv, id: 'b', executionTimeMs: { cpu: 1 }, timeSources: { cpu: 'assumed' } }] });
    expect(network.layers.map((layer) => timeSourceOf(network, layer, 'cpu'))).toEqual(['measured', 'assumed']);
  });

  const scenario = (platform: PlatformInput, layers: LayerInput[]) => parseScenario({ schemaVersion: 1, id: 's', platform, applications: ['a', 'b'].map((id) => ({ id, network: { schemaVersion: 1, id: 'n', layers } })) });

  it('happens when a scenario is put together, once: a snapshot keeps its times whatever becomes of the cost model', () => {
    const resolved = resolveScenario(scenario({ schemaVersion: 1, id: 'p', processors: [cpu] }, [conv]), emptyLibrary);
    const snapshot = JSON.parse(JSON.stringify(resolved)) as typeof resolved;
    snapshot.platform.processors[0]!.costModel!.overheadMs = 99;
    const again = resolveScenario(parseScenario(snapshot), emptyLibrary);
    expect(again.applications.map(({ network }) => network.layers[0])).toEqual(Array.from({ length: 2 }, () => expect.objectContaining({ executionTimeMs: { cpu: 2.5 }, timeSources: { cpu: 'modelled' } })));
  });

  it('does not make a layer run where its time is missing and there is no cost model', () => {
    expect(() => resolveScenario(scenario({ schemaVersion: 1, id: 'p', processors: [{ id: 'cpu', kind: 'cpu' }] }, [conv]), emptyLibrary)).toThrow(/layer "conv" \(Conv\) of application "a" can run on no processor/);
  });

  it('says what a cost model needs of a layer that no processor can run', () => {
    const unknown = scenario({ schemaVersion: 1, id: 'p', processors: [cpu] }, [{ id: 'conv', op: 'Conv' }]);
    expect(() => resolveScenario(unknown, emptyLibrary)).toThrow(expect.objectContaining({ code: 'scenario.invalid', hint: 'add an executionTimeMs for one of these, or outputBytes and macs, so that a cost model can tell the time' }));
  });

  it('is refused where two processors share a key and both have a cost model for it', () => {
    expect(() => aPlatform(cpu, { ...cpu, id: 'other', executionTimeKey: 'cpu' })).toThrow(/"cpu" and "other" share the times of "cpu"/);
    expect(() => aPlatform(cpu, { id: 'other', kind: 'cpu', executionTimeKey: 'cpu' })).not.toThrow();
  });
});

describe('residuals', () => {
  it('hold whole networks against what was measured, on groups of cores with their speed-up', () => {
    const references = [{ network: 'n', latencyMs: 4, kind: 'published' as const, source: 's' }, { network: 'n', cores: 2, latencyMs: 5, kind: 'published' as const, source: 's' }, { network: 'unknown', latencyMs: 1, kind: 'published' as const, source: 's' }];
    const platform = aPlatform({ ...cpu, coreCount: 2, groupSpeedup: { 2: 2 }, costModel: { ...model, references } });
    const network = aNetwork([conv, { ...conv, id: 'b' }]);
    expect(modelledNetworkMs(network, platform, platform.processors[0]!)).toBe(5);
    expect(costModelResiduals(platform, platform.processors[0]!, (id) => (id === 'n' ? network : undefined)).map(({ modelledMs, error }) => [modelledMs, error])).toEqual([[5, 0.25], [2.5, -0.5]]);
  });
});

describe('operation classes', () => {
  it('are found for the operations of the presets and of merged layers', () => {
    expect(['Conv', 'DepthwiseConv', 'Gemm', 'MaxPool', 'Add', 'Softmax', 'Concat', 'Reshape', 'Unheard'].map((op) => operationClassOf({ op }))).toEqual(['conv', 'depthwiseConv', 'fullyConnected', 'pooling', 'elementwise', 'normalization', 'dataMovement', 'view', undefined]);
    expect(operationClasses).toHaveLength(8);
  });
});
