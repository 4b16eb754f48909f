/** Tables pasted into a platform: processors, a row each, and links as a list or as a matrix. */
import { describe, expect, it } from 'vitest';
import { kinds } from '#renderer/editing/document-kinds.ts';
import { withChanges, type Content } from '#renderer/editing/json-path.ts';
import { pastedLinks, pastedProcessors } from '#renderer/features/platforms/platform-tables.ts';
import { parsePlatform } from '#shared/domain/platform.ts';

const blank = kinds.platform.blank('mine', 'Mine');
const table = (text: string): string[][] => text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
const processors = (content: Content): string[] =>
  parsePlatform(content).processors.map(({ id, name, kind, coreCount }) => `${id}: ${name}, ${kind} × ${coreCount}`);

describe('a pasted table of processors', () => {
  const cells = table(
    'Name | Kind | Cores | Idle power (mW)\nBig cluster | CPU | 2 | 40\nLittle cluster | CPU | 6 |\nMali G52 | GPU | 1 | 25',
  );

  it('takes the place of what a new platform starts with', () => {
    const taken = pastedProcessors(cells, blank, true, new Set());
    const content = withChanges(blank, taken?.changes ?? []);
    expect(processors(content)).toEqual([
      'big-cluster: Big cluster, cpu × 2',
      'little-cluster: Little cluster, cpu × 6',
      'mali-g52: Mali G52, gpu × 1',
    ]);
    expect(parsePlatform(content).processors.map(({ idlePowerMW }) => idlePowerMW)).toEqual([40, 0, 25]);
    expect(taken).toMatchObject({ done: ['3 processors added.'], left: [] });
  });

  it('changes those that are there, by id or name, and adds the others', () => {
    const first = withChanges(blank, pastedProcessors(cells, blank, true, new Set())?.changes ?? []);
    const taken = pastedProcessors(
      table('processor | cores | kind\nMali G52 | 4 | GPU\nNeural unit | 1 | NPU'),
      first,
      false,
      new Set(),
    );
    expect(processors(withChanges(first, taken?.changes ?? [])).slice(2)).toEqual([
      'mali-g52: Mali G52, gpu × 4',
      'neural-unit: Neural unit, npu × 1',
    ]);
    expect(taken?.done).toEqual(['1 processor added, 1 processor changed.']);
  });

  it('says what it could not take or had to assume, and leaves a word that is no kind to be reported beside its field', () => {
    expect(pastedProcessors(table('Name | Cores | Colour\nHexagon | 1 | red'), blank, true, new Set())?.left).toEqual([
      'No field of a processor takes “Colour”.',
      'The table does not say of which kind “Hexagon” is: taken for a CPU.',
    ]);
    const taken = pastedProcessors(table('Name | Kind\nEdge | abacus'), blank, true, new Set());
    expect(() => parsePlatform(withChanges(blank, taken?.changes ?? []))).toThrow(/kind/);
  });

  it('is not seen in other texts', () => {
    expect(pastedProcessors(table('MHz | mW\n800 | 200'), blank, true, new Set())).toBeUndefined();
    expect(pastedProcessors(table('some words'), blank, true, new Set())).toBeUndefined();
  });
});

describe('pasted links', () => {
  const content = {
    ...blank,
    processors: [
      { id: 'cpu', name: 'CPU' },
      { id: 'mali', name: 'Mali G52' },
      { id: 'npu', name: 'NPU' },
    ],
  };
  const links = (text: string) => {
    const taken = pastedLinks(table(text), content, 'bandwidthMBps');
    return { ...taken, links: taken === undefined ? undefined : withChanges(content, taken.changes)['interconnect'] };
  };

  it('are read from a list, by id or name', () => {
    expect(
      links('From | To | Latency (ms) | Bandwidth (MB/s)\ncpu | Mali G52 | 0.2 | 2500\nNPU | cpu | | 900'),
    ).toMatchObject({
      links: {
        links: [
          { from: 'cpu', to: 'mali', latencyMs: 0.2, bandwidthMBps: 2500 },
          { from: 'npu', to: 'cpu', bandwidthMBps: 900 },
        ],
      },
      left: [],
    });
  });

  it('are read from a matrix whose rows come in any order', () => {
    expect(links('From | to CPU | to NPU\nMali G52 | 100 | 200\nCPU | | 300')).toMatchObject({
      links: {
        links: [
          { from: 'mali', to: 'cpu', bandwidthMBps: 100 },
          { from: 'mali', to: 'npu', bandwidthMBps: 200 },
          { from: 'cpu', to: 'npu', bandwidthMBps: 300 },
        ],
      },
      left: [],
    });
  });

  it('of processors that are not there are reported, and other blocks are left to the cells', () => {
    expect(links('From | To | Latency (ms)\ncpu | dsp | 1').left).toEqual(['No processor is called “dsp”.']);
    expect(links('1 | 2\n3 | 4').links).toBeUndefined();
  });
});
