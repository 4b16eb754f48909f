/** Modelled execution times: the roofline, what is filled and what is not, and how far it is from measurements. */
import { describe, expect, it } from 'vitest';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { operationClasses, type RooflineModelInput } from '#shared/domain/cost-model.ts';
import { estimateTimes, fillTimes, modelledNetworkMs } from '#shared/domain/modelled-times.ts';
import { parseNetwork, timeSourceOf, type Network, type NetworkInput } from '#shared/domain/network.ts';
import { operationClassOf } from '#shared/domain/operation-classes.ts';
import { parsePlatform, supportsOp, type Platform, type PlatformInput } from '#shared/domain/platform.ts';
import { costModelResiduals } from '#shared/domain/residuals.ts';
import { emptyLibrary, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';

type LayerInput = NetworkInput['layers'][number];
type ProcessorInput = PlatformInput['processors'][number];

/** 10 GMAC/s peak, 4 GB/s, 0.5 ms per layer. */
const model: RooflineModelInput = {
  overheadMs: 0.5,
  bandwidthMBps: 4000,
  rates: [
    {
      dataType: 'fp16',
      peakGMACPerS: 10,
      efficiency: { conv: 0.5, pointwiseConv: 0.25, fullyConnected: 1, elementwise: 0.5 },
    },
  ],
};
const aPlatform = (...processors: ProcessorInput[]): Platform =>
  parsePlatform({ schemaVersion: 1, id: 'p', processors });
const aNetwork = (layers: LayerInput[], dataType?: NetworkInput['dataType']): Network =>
  parseNetwork({ schemaVersion: 1, id: 'n', layers, ...(dataType === undefined ? {} : { dataType }) });
const cpu: ProcessorInput = { id: 'cpu', kind: 'cpu', costModel: model };
const conv: LayerInput = { id: 'conv', op: 'Conv', macs: 10e6, outputBytes: 1000 };
const timeOf = (
  layer: LayerInput,
  costModel: RooflineModelInput = model,
  dataType?: NetworkInput['dataType'],
): number | undefined => estimateTimes(aNetwork([layer], dataType), aPlatform({ ...cpu, costModel }))[0]?.['cpu'];

describe('the roofline', () => {
  it('is bound by arithmetic where there is much of it: overhead + MACs / (peak × efficiency)', () => {
    expect(timeOf(conv)).toBe(0.5 + 10e6 / (10e6 * 0.5));
  });

  it('is bound by memory where bytes take longer: overhead + (read + written + weights) / bandwidth', () => {
    const network = aNetwork(
      [
        { ...conv, outputBytes: 8_000_000 },
        { id: 'fc', op: 'Gemm', macs: 2e6, parameters: 2_000_000, outputBytes: 4_000_000, dependencies: ['conv'] },
      ],
      'fp16',
    );
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

  it('is rounded to a nanosecond', () => {
    expect(timeOf({ ...conv, macs: 1 / 3, outputBytes: 1 })).toBe(0.5);
    expect(timeOf({ ...conv, macs: 10e6 / 3 })).toBe(1.166667);
  });

  it('costs nothing for layers that only reinterpret their input', () => {
    expect(timeOf({ id: 'flat', op: 'Flatten', outputBytes: 4000 })).toBe(0);
  });

  it.each<[string, LayerInput, Partial<ProcessorInput>]>([
    ['an operation that the processor does not support', conv, { supportedOps: ['Gemm'] }],
    [
      'an operation of no known class without its multiply-accumulates',
      { id: 'x', op: 'Fancy', outputBytes: 1000 },
      {},
    ],
    ['an operation of no known class on another processor than a CPU', { ...conv, op: 'Fancy' }, { kind: 'npu' }],
    ['a class without an efficiency', { ...conv, op: 'MaxPool' }, {}],
    ['a convolution without its multiply-accumulates', { id: 'conv', op: 'Conv', outputBytes: 1000 }, {}],
    ['a layer without the size of its output', { id: 'conv', op: 'Conv', macs: 1000 }, {}],
  ])('cannot tell the time of %s', (_, layer, processor) => {
    expect(estimateTimes(aNetwork([layer]), aPlatform({ ...cpu, ...processor }))).toEqual([{}]);
  });

  it('never gets faster with more work', () => {
    const quantity = fc.integer({ min: 0, max: 1e12 });
    fc.assert(
      fc.property(
        quantity,
        quantity,
        quantity,
        quantity,
        fc.integer({ min: 0, max: 1e6 }),
        (macs, moreMacs, parameters, moreParameters, halfRateElements) => {
          const costModel = { ...model, halfRateElements };
          expect(
            timeOf({ ...conv, macs: macs + moreMacs, parameters: parameters + moreParameters }, costModel)!,
          ).toBeGreaterThanOrEqual(timeOf({ ...conv, macs, parameters }, costModel)!);
        },
      ),
    );
  });
});

describe('data types', () => {
  const rate = (
    dataType: 'fp32' | 'fp16' | 'int8',
    peakGMACPerS: number,
    efficiency: RooflineModelInput['rates'][number]['efficiency'] = { conv: 0.5, elementwise: 0.5 },
  ) => ({ dataType, peakGMACPerS, efficiency });
  const withRates = (...rates: RooflineModelInput['rates']): RooflineModelInput => ({ ...model, rates });
  const bound = (gmacPerS: number): number => 0.5 + 10e6 / (gmacPerS * 1e6 * 0.5);

  it.each<[string, RooflineModelInput, NetworkInput['dataType'], number]>([
    ['its own type, whatever the order', withRates(rate('fp32', 10), rate('int8', 40)), 'int8', 40],
    ['the next wider type that has a rate', withRates(rate('int8', 40), rate('fp32', 5), rate('fp16', 20)), 'fp16', 20],
    [
      'a wider type rather than one that would lose something',
      withRates(rate('int8', 40), rate('fp32', 10)),
      'fp16',
      10,
    ],
    ['the widest type where none is wide enough', withRates(rate('int8', 40), rate('fp16', 20)), 'fp32', 20],
    ['a wider type that is faster', withRates(rate('fp32', 10), rate('int8', 8)), 'int8', 10],
    ['the first type where none is stated', withRates(rate('int8', 40), rate('fp32', 10)), undefined, 40],
  ])('computes in %s', (_, costModel, dataType, gmacPerS) => {
    expect(timeOf(conv, costModel, dataType)).toBe(bound(gmacPerS));
  });

  it('computes a class that its type leaves out in a wider type, with the bytes of that type', () => {
    const add: LayerInput = { id: 'add', op: 'Add', outputBytes: 1_000_000 };
    expect(timeOf(add, withRates(rate('fp32', 10), rate('int8', 40, { conv: 0.5 })), 'int8')).toBe(
      0.5 + 4e6 / (4e6 * 0.5),
    );
    expect(
      timeOf(add, withRates(rate('fp32', 10, { conv: 0.5 }), rate('int8', 40, { conv: 0.5 })), 'int8'),
    ).toBeUndefined();
  });

  it('moves elements in the type that the processor holds them in', () => {
    // 4 million elements of 4 bytes, moved as 2 bytes each.
    expect(timeOf({ id: 'add', op: 'Add', outputBytes: 16_000_000 }, model, 'fp32')).toBe(0.5 + 8e6 / (4e6 * 0.5));
    expect(
      timeOf({ id: 'add', op: 'Add', outputBytes: 1_000_000 }, withRates(rate('fp32', 10), rate('int8', 40)), 'int8'),
    ).toBe(0.5 + 1e6 / (4e6 * 0.5));
  });

  it('are those of single layers where they state one', () => {
    const network = aNetwork(
      [
        { id: 'head', op: 'Add', outputBytes: 4_000_000, dataType: 'fp32' },
        { id: 'quantize', op: 'QuantizeLinear', outputBytes: 1_000_000, dependencies: ['head'] },
        {
          id: 'dequantize',
          op: 'DequantizeLinear',
          outputBytes: 4_000_000,
          dataType: 'fp32',
          dependencies: ['quantize'],
        },
      ],
      'int8',
    );
    const times = estimateTimes(
      network,
      aPlatform({ ...cpu, costModel: withRates(rate('fp32', 10), rate('int8', 40)) }),
    );
    // A million elements are read as floats and written as bytes, and the other way round.
    expect(times.map((each) => each['cpu'])).toEqual([0.5 + 2, 0.5 + 5 / 2, 0.5 + 5 / 2]);
  });

  it('takes the sums of integer products for what they are, 32 bits wide', () => {
    const product = (op: string, outputBytes: number, dataType: 'fp32' | 'int8') =>
      aNetwork(
        [
          { id: 'product', op, macs: 1000, parameters: 1000, outputBytes },
          { id: 'cast', op: 'Cast', outputBytes: 4_000_000, dataType: 'fp32', dependencies: ['product'] },
        ],
        dataType,
      );
    const platform = aPlatform({
      ...cpu,
      costModel: withRates(
        rate('fp32', 10, { fullyConnected: 0.5, elementwise: 0.5 }),
        rate('int8', 40, { fullyConnected: 0.5 }),
      ),
    });
    const [float, integer] = [product('MatMul', 4_000_000, 'fp32'), product('MatMulInteger', 4_000_000, 'int8')].map(
      (network) => estimateTimes(network, platform).map((each) => each['cpu']!),
    );
    expect(integer![0]).toBeLessThanOrEqual(float![0]!);
    expect(integer![1]).toBe(float![1]);
  });

  it('never make int8 slower than floats, whatever its rate', () => {
    const efficiency = fc.record(
      {
        conv: fc.double({ min: 0.01, max: 2, noNaN: true }),
        elementwise: fc.double({ min: 0.01, max: 1, noNaN: true }),
        fullyConnected: fc.double({ min: 0.01, max: 1, noNaN: true }),
      },
      { requiredKeys: [] },
    );
    const peak = fc.double({ min: 0.1, max: 1000, noNaN: true });
    const layers: LayerInput[] = [
      { id: 'a', op: 'Conv', macs: 3e6, parameters: 9000, outputBytes: 40_000 },
      { id: 'b', op: 'Add', outputBytes: 40_000, dependencies: ['a'] },
      { id: 'c', op: 'Gemm', macs: 1e6, parameters: 1e6, outputBytes: 400, dependencies: ['b'] },
    ];
    const inBytes = (bytes: number): LayerInput[] =>
      layers.map((layer) => ({ ...layer, outputBytes: (layer.outputBytes! / 4) * bytes }));
    fc.assert(
      fc.property(
        peak,
        efficiency,
        peak,
        efficiency,
        fc.boolean(),
        (floatPeak, floatEfficiency, intPeak, intEfficiency, isSwapped) => {
          const rates = [rate('fp32', floatPeak, floatEfficiency), rate('int8', intPeak, intEfficiency)];
          const platform = aPlatform({ ...cpu, costModel: withRates(...(isSwapped ? rates.toReversed() : rates)) });
          const [float, int8] = [
            estimateTimes(aNetwork(inBytes(4), 'fp32'), platform),
            estimateTimes(aNetwork(inBytes(1), 'int8'), platform),
          ];
          const slower = float.filter(
            (times, index) => times['cpu'] !== undefined && !(int8[index]!['cpu']! <= times['cpu']),
          );
          expect(slower).toEqual([]);
        },
      ),
    );
  });
});

describe('what is read', () => {
  /** No overhead, a byte per nanosecond in every memory class. */
  const byByte: RooflineModelInput = {
    bandwidthMBps: 1000,
    rates: [
      {
        dataType: 'int8',
        peakGMACPerS: 1e6,
        efficiency: { dataMovement: 1, normalization: 1, elementwise: 1, fullyConnected: 1 },
      },
    ],
  };
  const bytesOf = (layers: LayerInput[]): (number | undefined)[] =>
    estimateTimes(aNetwork(layers, 'int8'), aPlatform({ ...cpu, costModel: byByte })).map((times) =>
      Math.round(times['cpu']! * 1e6),
    );
  const before: LayerInput = { id: 'before', op: 'Add', outputBytes: 10_000 };

  it.each<[string, Partial<LayerInput> & { op: string }, number]>([
    ['rows of a table of parameters', { op: 'Gather', parameters: 1e9, outputBytes: 300 }, 600],
    ["elements of a layer's output", { op: 'GatherND', outputBytes: 300, dependencies: ['before'] }, 600],
    ['a slice of it', { op: 'Slice', outputBytes: 300, dependencies: ['before'] }, 600],
    ['all of it where all is asked for', { op: 'Slice', outputBytes: 10_000, dependencies: ['before'] }, 20_000],
    ['a row of each of three tables', { op: 'EmbedLayerNormalization', parameters: 1e9, outputBytes: 300 }, 1200],
    ['as much of a small table as there is', { op: 'Gather', parameters: 100, outputBytes: 300 }, 400],
    ['four neighbours of each point', { op: 'Resize', outputBytes: 300, dependencies: ['before'] }, 1500],
    ['one entry of a table for each element', { op: 'RotaryEmbedding', parameters: 1e9, outputBytes: 300 }, 600],
    ['the weights of the experts that are chosen', { op: 'MoE', macs: 500, parameters: 1e9, outputBytes: 300 }, 800],
    ['everything elsewhere', { op: 'Add', parameters: 40, outputBytes: 10_000, dependencies: ['before'] }, 20_040],
  ])('is %s', (_, layer, bytes) => {
    expect(bytesOf([before, { id: 'x', ...layer }])[1]).toBe(bytes);
  });

  it('is updates only where they are written into what nobody else reads, otherwise all is copied', () => {
    const updates: LayerInput = { id: 'updates', op: 'Add', outputBytes: 100 };
    const scatter: LayerInput = {
      id: 'scatter',
      op: 'ScatterND',
      outputBytes: 10_000,
      dependencies: ['before', 'updates'],
    };
    expect(bytesOf([before, updates, scatter])[2]).toBe(200);
    expect(
      bytesOf([before, updates, scatter, { id: 'other', op: 'Add', outputBytes: 1, dependencies: ['before'] }])[2],
    ).toBe(20_100);
  });
});

describe('an operation that nobody knows', () => {
  const gpu: ProcessorInput = { id: 'gpu', kind: 'gpu', costModel: model };
  const fancy: LayerInput = { id: 'x', op: 'Fancy', macs: 10e6, outputBytes: 2_000_000 };

  it('is assumed to run on CPUs at the slowest arithmetic, or as elementwise where it multiplies nothing', () => {
    const filled = fillTimes(aNetwork([fancy, { ...fancy, id: 'y', macs: 0 }]), aPlatform(gpu, cpu));
    expect(filled.layers.map(({ executionTimeMs, timeSources }) => [executionTimeMs, timeSources])).toEqual([
      [{ cpu: 0.5 + 10 / 2.5 }, { cpu: 'assumed' }],
      [{ cpu: 0.5 + 2 / 2 }, { cpu: 'assumed' }],
    ]);
  });

  it('keeps to the processors that a time is stated for', () => {
    const timed = aNetwork([{ ...fancy, executionTimeMs: { gpu: 3 } }]);
    expect(fillTimes(timed, aPlatform(gpu, cpu))).toBe(timed);
  });
});

describe('forms of an operation', () => {
  it('are run by processors that can run the plain one', () => {
    const npu = { supportedOps: ['Conv', 'Gemm', 'QLinearAdd'] };
    expect(
      [
        'Conv',
        'QLinearConv',
        'ConvInteger',
        'FusedConv',
        'QGemm',
        'QLinearAdd',
        'Add',
        'MatMulInteger',
        'QLinearSoftmax',
      ].filter((op) => supportsOp(npu, op)),
    ).toEqual(['Conv', 'QLinearConv', 'ConvInteger', 'FusedConv', 'QGemm', 'QLinearAdd']);
  });

  it('are of its class', () => {
    expect(
      [
        'QLinearMatMul',
        'QLinearGlobalAveragePool',
        'QLinearConcat',
        'QLinearSigmoid',
        'QOrderedLayerNormalization',
        'QAttention',
        'QLinearWhere',
        'Quantum',
      ].map((op) => operationClassOf({ op })),
    ).toEqual([
      'fullyConnected',
      'pooling',
      'dataMovement',
      'elementwise',
      'normalization',
      'fullyConnected',
      'elementwise',
      undefined,
    ]);
    expect(operationClassOf({ op: 'QLinearConv', kernelShape: [1, 1] })).toBe('pointwiseConv');
  });
});

describe('filling', () => {
  const gpu: ProcessorInput = {
    id: 'gpu',
    kind: 'gpu',
    executionTimeKey: 'mali',
    costModel: { ...model, overheadMs: 0.1 },
  };
  const measured = aNetwork([
    { ...conv, executionTimeMs: { cpu: 7 } },
    { ...conv, id: 'next', dependencies: ['conv'] },
  ]);

  it('lets a time that is there win over the model, layer by layer, and says of each which it is', () => {
    const filled = fillTimes(measured, aPlatform(cpu, gpu));
    expect(filled.layers.map(({ executionTimeMs }) => executionTimeMs)).toEqual([
      { cpu: 7, mali: 2.1 },
      { cpu: 2.5, mali: 2.1 },
    ]);
    const sources = filled.layers.map((layer) => ['cpu', 'mali', 'npu'].map((key) => timeSourceOf(filled, layer, key)));
    expect(sources).toEqual([
      ['given', 'modelled', undefined],
      ['modelled', 'modelled', undefined],
    ]);
  });

  it('leaves the network as it is where nothing is missing, and where no processor has a cost model', () => {
    const platform = aPlatform(cpu, gpu);
    const filled = fillTimes(measured, platform);
    expect(fillTimes(filled, platform)).toBe(filled);
    expect(fillTimes(measured, aPlatform({ id: 'cpu', kind: 'cpu' }))).toBe(measured);
  });

  it('tells the source of a layer before that of its network', () => {
    const network = parseNetwork({
      schemaVersion: 1,
      id: 'n',
      timeSources: { cpu: 'measured' },
      layers: [
        { ...conv, executionTimeMs: { cpu: 1 } },
        { ...conv, id: 'b', executionTimeMs: { cpu: 1 }, timeSources: { cpu: 'assumed' } },
      ],
    });
    expect(network.layers.map((layer) => timeSourceOf(network, layer, 'cpu'))).toEqual(['measured', 'assumed']);
  });

  const scenario = (platform: PlatformInput, layers: LayerInput[]) =>
    parseScenario({
      schemaVersion: 1,
      id: 's',
      platform,
      applications: ['a', 'b'].map((id) => ({ id, network: { schemaVersion: 1, id: 'n', layers } })),
    });

  it('happens when a scenario is put together, once: a snapshot keeps its times whatever becomes of the cost model', () => {
    const resolved = resolveScenario(scenario({ schemaVersion: 1, id: 'p', processors: [cpu] }, [conv]), emptyLibrary);
    const snapshot = JSON.parse(JSON.stringify(resolved)) as typeof resolved;
    Object.assign(snapshot.platform.processors[0]!.costModel!, { overheadMs: 99 });
    const again = resolveScenario(parseScenario(snapshot), emptyLibrary);
    expect(again.applications.map(({ network }) => network.layers[0])).toEqual(
      Array.from({ length: 2 }, () =>
        expect.objectContaining({ executionTimeMs: { cpu: 2.5 }, timeSources: { cpu: 'modelled' } }),
      ),
    );
  });

  it('does not make a layer run where its time is missing and there is no cost model', () => {
    expect(() =>
      resolveScenario(
        scenario({ schemaVersion: 1, id: 'p', processors: [{ id: 'cpu', kind: 'cpu' }] }, [conv]),
        emptyLibrary,
      ),
    ).toThrow(/n has no times for cpu of p; its 1 layer can run nowhere: "conv" \(Conv\)/);
  });

  it('says what a cost model needs of a layer that no processor can run', () => {
    const unknown = scenario({ schemaVersion: 1, id: 'p', processors: [cpu] }, [{ id: 'conv', op: 'Conv' }]);
    expect(() => resolveScenario(unknown, emptyLibrary)).toThrow(
      expect.objectContaining({
        code: 'scenario.invalid',
        hint: 'give 1 layer the MACs and the size of the output that a cost model needs; or enter or import times of n for cpu',
      }),
    );
  });

  it('says what it needs of a layer of an operation that nobody knows', () => {
    const unknown = scenario({ schemaVersion: 1, id: 'p', processors: [cpu] }, [
      { id: 'x', op: 'Fancy', outputBytes: 10 },
    ]);
    expect(() => resolveScenario(unknown, emptyLibrary)).toThrow(
      expect.objectContaining({
        code: 'scenario.invalid',
        hint: 'state the MACs (0 where it only moves data) and the size of the output of "Fancy", which no cost model knows, so that CPUs are assumed to run it; or enter or import times of n for cpu',
      }),
    );
  });

  it('is refused where two processors share a key and both have a cost model for it', () => {
    expect(() => aPlatform(cpu, { ...cpu, id: 'other', executionTimeKey: 'cpu' })).toThrow(
      /"cpu" and "other" share the times of "cpu"/,
    );
    expect(() => aPlatform(cpu, { id: 'other', kind: 'cpu', executionTimeKey: 'cpu' })).not.toThrow();
  });
});

describe('residuals', () => {
  it('hold whole networks against what was measured, on groups of cores with their speed-up', () => {
    const references = [
      { network: 'n', latencyMs: 4, kind: 'published' as const, source: 's' },
      { network: 'n', cores: 2, latencyMs: 5, kind: 'published' as const, source: 's' },
      { network: 'unknown', latencyMs: 1, kind: 'published' as const, source: 's' },
    ];
    const platform = aPlatform({ ...cpu, coreCount: 2, groupSpeedup: { 2: 2 }, costModel: { ...model, references } });
    const network = aNetwork([conv, { ...conv, id: 'b' }]);
    expect(modelledNetworkMs(network, platform, platform.processors[0]!)).toBe(5);
    expect(
      costModelResiduals(platform, platform.processors[0]!, (id) => (id === 'n' ? network : undefined)).map(
        ({ modelledMs, error }) => [modelledMs, error],
      ),
    ).toEqual([
      [5, 0.25],
      [2.5, -0.5],
    ]);
  });
});

describe('operation classes', () => {
  it('are found for the operations of the presets and of merged layers', () => {
    expect(
      ['Conv', 'DepthwiseConv', 'Gemm', 'MaxPool', 'Add', 'Softmax', 'Concat', 'Reshape', 'Unheard'].map((op) =>
        operationClassOf({ op }),
      ),
    ).toEqual([
      'conv',
      'depthwiseConv',
      'fullyConnected',
      'pooling',
      'elementwise',
      'normalization',
      'dataMovement',
      'view',
      undefined,
    ]);
    expect(operationClasses).toHaveLength(8);
  });
});
