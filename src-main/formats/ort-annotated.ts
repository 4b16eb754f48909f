/**
 * A schedule as ONNX Runtime takes it: the person's own model with the processor of each layer as an annotation of its nodes, and the session
 * option that says which device an annotation means. When each layer runs is the runtime's own decision.
 */
import type { FormatNote } from '#shared/contract/format-shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Network } from '#shared/domain/network.ts';
import type { Platform, Processor } from '#shared/domain/platform.ts';
import type { Solution } from '#shared/domain/run.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { countOf, listed } from '#shared/domain/words.ts';
import { annotateModel, type AnnotatedModel, type NodeNames } from '#shared/formats/onnx/annotate.ts';
import type { RandomAccessSource } from '#shared/formats/random-access.ts';

/** Name of the session option. */
export const LAYER_SETTINGS = 'session.layer_assignment_settings';

export interface OrtSchedule {
  readonly model: AnnotatedModel;
  /** Value of the session option: "cpu(=big,=little); npu(=npu)". */
  readonly settings: string;
  readonly notes: readonly FormatNote[];
}

/** What the runtime calls the devices of processors. */
const devices: Readonly<Record<Processor['kind'], string>> = { cpu: 'cpu', gpu: 'gpu', npu: 'npu', dsp: 'npu' };

/**
 * @param source the model that the network of the only application was imported from
 * @throws WorkbenchError `ort-annotated.notExpressible` for several applications, `ort-annotated.otherModel` where no node is a layer of
 * the network, `onnx.invalid`
 */
export async function ortSchedule(
  scenario: ResolvedScenario,
  { mapping }: Pick<Solution, 'mapping'>,
  source: RandomAccessSource,
): Promise<OrtSchedule> {
  const [application, ...others] = scenario.applications;
  if (others.length > 0)
    throw new WorkbenchError(
      'ort-annotated.notExpressible',
      `a session runs one model, and the scenario has ${others.length + 1} applications`,
      { hint: 'export the run of a scenario with one application, or assignment-csv' },
    );
  const { network } = application;
  const layerOf = layerFinder(network);
  const processorOf = (layer: string): string =>
    processorOfElement(scenario.platform, mapping[`${application.id}/${layer}`] ?? '');
  const found = new Set<string>();
  const model = await annotateModel(source, (node) => {
    const layer = layerOf(node);
    if (layer === undefined) return undefined;
    found.add(layer);
    return processorOf(layer);
  });
  const missing = network.layers.filter(({ id }) => !found.has(id)).map(({ id }) => id);
  if (found.size === 0)
    throw new WorkbenchError(
      'ort-annotated.otherModel',
      `none of the ${countOf(model.nodes, 'node')} of the model is a layer of network "${network.id}"`,
      { hint: 'give the model that the network was imported from' },
    );
  const used = scenario.platform.processors.filter(({ id }) =>
    network.layers.some((layer) => processorOf(layer.id) === id),
  );
  const byDevice = Map.groupBy(used, ({ kind }) => devices[kind]);
  const shared = [...byDevice].filter(([, own]) => own.length > 1);
  return {
    model,
    settings: [...byDevice].map(([device, own]) => `${device}(${own.map(({ id }) => `=${id}`).join(',')})`).join('; '),
    notes: [
      {
        message:
          `${model.annotated} of ${countOf(model.nodes, 'node')} are annotated; the others, which the import made part of layers or worked out, ` +
          'are assigned by the runtime',
      },
      ...(missing.length === 0
        ? []
        : [
            {
              message: `${countOf(missing.length, 'layer')} without a node of that name in the model: ${listed(
                missing.map((id) => `"${id}"`),
                8,
              )}`,
              layers: missing,
            },
          ]),
      ...shared.map(([device, own]) => ({
        message: `${listed(
          own.map(({ id }) => id),
          own.length,
        )} are one device for the runtime, "${device}": which cores run what is decided by its threads`,
      })),
      {
        message:
          'ONNX Runtime decides the order itself, and leaves a rule out whose device it has no execution provider for (it logs an error and runs these ' +
          'nodes elsewhere). Tried with the CPU build of 1.30 only: it reads the option and maps the rules of cpu; no build with a GPU or NPU was at hand',
        hint: 'turn profiling on in the session and import the profile: each row says which provider ran it',
      },
    ],
  };
}

/** The layer that a node is, by its name or an output, among the names that the import kept of the file. */
function layerFinder({ layers }: Network): (node: NodeNames) => string | undefined {
  const byName = new Map<string, string | undefined>();
  for (const { id, name, aliases = [] } of layers)
    for (const each of new Set([id, name, ...aliases]))
      byName.set(each, byName.has(each) && byName.get(each) !== id ? undefined : id);
  return ({ name, outputs }) =>
    [name, ...outputs]
      .filter((each) => each !== '')
      .map((each) => byName.get(each))
      .find((layer) => layer !== undefined);
}

/** "cpu:0" → "cpu" */
function processorOfElement({ processors }: Platform, element: string): string {
  const found =
    processors.find(({ id }) => id === element) ??
    processors.find(({ id }) => element.startsWith(`${id}:`) && /^\d+$/.test(element.slice(id.length + 1)));
  return found?.id ?? element;
}
