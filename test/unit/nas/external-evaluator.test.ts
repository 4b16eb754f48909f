/** Scores by a program: asked once, kept before they are used, tried again, and what is said of a program that misbehaves. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { NetworkSpace } from '#shared/nas/space.ts';
import { loadSearchSpaces } from '#main/formats/nas/spaces.ts';
import { startEvaluator } from '#main/services/nas/external-evaluator.ts';
import { candidateHash } from '#main/services/nas/network-search.ts';
import { openSearchRecord } from '#main/services/nas/search-record.ts';
import { evaluatorSchema } from '#main/services/nas/search-request.ts';

const folder = mkdtempSync(join(tmpdir(), 'tessera-evaluator-'));
afterAll(() => rmSync(folder, { recursive: true }));
const space = new NetworkSpace(loadSearchSpaces('resources').get('nas-bench-macro')!);
const candidates = ['00000000', '11111111', '22222222', '21221200'].map((code) => {
  const genes = space.genes(code);
  return { genes, hash: candidateHash(space, genes) };
});

/** A program that logs each question's choice; `body` answers `q`, with `say`. */
function program(
  name: string,
  body: string,
  hello = '{ protocol: 1, name: "test", metrics: [{ id: "top1", unit: "%" }, { id: "loss", better: "lower" }], parallel: 2 }',
) {
  const file = join(folder, `${name}.cjs`);
  const log = join(folder, `${name}.log`);
  writeFileSync(log, '');
  writeFileSync(
    file,
    `const fs = require('node:fs');
const say = (m) => process.stdout.write(JSON.stringify(m) + '\\n');
const asked = () => fs.readFileSync(${JSON.stringify(log)}, 'utf8').trim().split('\\n').filter(Boolean);
say({ hello: ${hello} });
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const q = JSON.parse(line);
  fs.appendFileSync(${JSON.stringify(log)}, q.choice.join('') + '\\n');
  ${body}
});`,
  );
  return {
    asked: () => readFileSync(log, 'utf8').trim().split('\n').filter(Boolean),
    start: (options: object = {}, record?: Parameters<typeof startEvaluator>[2]['record']) =>
      startEvaluator(
        evaluatorSchema.parse({ command: { command: [process.execPath, file], folder }, ...options }),
        space,
        { record, seed: 1, onRemark: () => {} },
      ),
  };
}
const ANSWER = 'say({ id: q.id, metrics: { top1: q.network.layers.length, loss: 1 }, std: { top1: 0.5 }, costS: 2 });';

describe('an evaluator', () => {
  test('scores networks in any order, by the metric that is asked for', async () => {
    const late = program('late', `if (q.id % 2 === 1) setTimeout(() => { ${ANSWER} }, 50); else { ${ANSWER} }`);
    const source = await late.start();
    expect(source).toMatchObject({ title: 'top1', unit: '%', isHigherBetter: true });
    const layers = candidates.map(({ genes }) => ({ value: space.network(genes).layers.length, std: 0.5 }));
    expect(await source.scores(candidates)).toEqual(layers);
    source.close();
    const loss = await late.start({ metric: 'loss' });
    expect(loss.isHigherBetter).toBe(false);
    expect(await loss.scores(candidates.slice(0, 1))).toEqual([{ value: 1, std: undefined }]);
    loss.close();
  });

  test('is asked once for a network, also by another search after it was killed', async () => {
    const record = openSearchRecord(join(folder, 'once.db'), 'resources');
    const once = program('once', `if (asked().length === 3) process.exit(1); ${ANSWER}`);
    const first = await once.start({}, record.searches);
    const scores = await first.scores([...candidates, candidates[0]!]);
    expect(scores.every((score) => 'value' in score)).toBe(true);
    first.close();
    const before = once.asked();
    // What was open when the program died was asked for again, and nothing else.
    expect(new Set(before).size).toBe(4);
    expect(before.length).toBeLessThanOrEqual(6);
    const second = await once.start({}, record.searches);
    expect(await second.scores(candidates)).toEqual(scores.slice(0, 4));
    expect(once.asked()).toEqual(before);
    second.close();
    const other = await once.start({ training: { epochs: 2 } }, record.searches);
    await other.scores(candidates.slice(0, 1));
    expect(once.asked().length).toBe(before.length + 1);
    other.close();
    record.close();
  });

  test('may fail and be tried again, three times in all', async () => {
    const failing = program('failing', `say({ id: q.id, error: 'out of memory', retry: q.choice[0] !== 2 });`);
    const source = await failing.start();
    expect(await source.scores([candidates[0]!, candidates[2]!])).toEqual([
      { error: 'out of memory (3 tries)' },
      { error: 'out of memory' },
    ]);
    expect(failing.asked().toSorted()).toEqual(['00000000', '00000000', '00000000', '22222222']);
    source.close();
  });

  test('is ended and started again where a candidate takes too long', async () => {
    const slow = program('slow', `if (q.choice[0] !== 1) { ${ANSWER} }`);
    const source = await slow.start({ timeLimitS: 0.3, tries: 2 });
    const scores = await source.scores(candidates);
    expect(scores[1]).toEqual({ error: 'took longer than 0.3 s (2 tries)' });
    expect(scores.filter((score) => 'value' in score)).toHaveLength(3);
    source.close();
  });

  test('that is stopped leaves no question open', async () => {
    const silent = program('silent', '');
    const source = await silent.start();
    const scores = source.scores(candidates);
    source.close();
    expect(await scores).toEqual(candidates.map(() => ({ error: 'the search was stopped' })));
  });

  test.each([
    ['nonsense', "process.stdout.write('epoch 1\\n');", undefined, 'is no message (not JSON): "epoch 1"'],
    ['wordless', ANSWER, '{ protocol: 2, name: "x", metrics: [{ id: "a" }] }', 'is no message'],
  ])('that writes %s is refused', async (name, body, hello, message) => {
    await expect(
      program(name, body, hello)
        .start()
        .then((source) => source.scores(candidates)),
    ).rejects.toThrow(message);
  });

  test('that cannot be started, or lacks the metric, is refused', async () => {
    const request = evaluatorSchema.parse({ command: { command: ['no-such-program-here'], folder } });
    await expect(startEvaluator(request, space, { record: undefined, seed: 1, onRemark: () => {} })).rejects.toThrow(
      'the evaluator (no-such-program-here) cannot be started: there is no such program',
    );
    await expect(program('lacking', ANSWER).start({ metric: 'top5' })).rejects.toThrow('has no metric "top5"');
  });
});
