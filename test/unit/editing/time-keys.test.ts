/** Time keys while a platform is edited: new ones are its own and follow its ids, and times of others are taken on purpose only. */
import { describe, expect, it } from 'vitest';
import { loadPresets, resourcesDirectory } from '#main/hosts/toolbox.ts';
import { kinds } from '#renderer/editing/document-kinds.ts';
import { createDraft, type DraftSource } from '#renderer/editing/draft.ts';
import { listAt, textOf, withChanges, type Content } from '#renderer/editing/json-path.ts';
import { timeKeyOf, withOwnTimeKeys } from '#renderer/editing/time-keys.ts';
import { duplicateOf, newProcessor, withProcessorId } from '#renderer/features/platforms/platform-edits.ts';
import { withOwnKey, withSharing, withTimesOf } from '#renderer/features/platforms/time-key-edits.ts';
import { withFirstOwner, withOwner, withTimesUnder } from '#renderer/features/networks/time-ownership.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { keysInUse, timeKeyHolder } from '#shared/domain/time-keys.ts';

const presets = [...loadPresets(resourcesDirectory()).platforms.values()];
const holders = presets.map((platform) => timeKeyHolder(platform, true));
const taken = keysInUse(holders);
const keysOf = (content: Content): string[] => listAt(content, ['processors']).map(timeKeyOf);
const source = (origin: DraftSource['origin'], content: Content): DraftSource => ({
  kind: 'platform',
  id: origin === 'new' ? 'new' : textOf(content['id']),
  origin,
  content,
  revision: 0,
  takenIds: () => new Set(presets.map(({ id }) => id)),
  takenTimeKeys: () => taken,
});
const simple: Content = { ...presets.find(({ id }) => id === 'simple') };
const blank = kinds.platform.blank('new-platform', 'New platform');

describe('a new platform', () => {
  it('starts with a key of its own, which follows its name and the ids of its processors until it is saved', () => {
    const draft = createDraft(source('new', blank));
    expect(keysOf(draft.content.value)).toEqual(['new-platform-cpu']);
    draft.rename('Pi 5');
    expect(keysOf(draft.content.value)).toEqual(['pi-5-cpu']);
    draft.edit(
      [
        {
          path: ['processors'],
          value: [...listAt(draft.content.value, ['processors']), newProcessor(draft.content.value, 'npu', taken)],
        },
      ],
      { label: 'add' },
    );
    draft.edit(withProcessorId(draft.content.value, 1, 'hailo'), { label: 'id' });
    expect(keysOf(draft.content.value)).toEqual(['pi-5-cpu', 'pi-5-hailo']);
    draft.edit([{ path: ['processors', 0, 'executionTimeKey'], value: 'mine' }], { label: 'key' });
    draft.rename('Pi 6');
    expect(keysOf(draft.content.value)).toEqual(['mine', 'pi-6-hailo']);
    draft.saved(draft.content.value, source('user', draft.content.value));
    draft.edit(withProcessorId(draft.content.value, 1, 'npu'), { label: 'id' });
    expect(keysOf(draft.content.value)).toEqual(['mine', 'pi-6-hailo']);
  });

  it('never gets a key that somebody has', () => {
    expect(keysOf(withOwnTimeKeys(blank, new Set(['new-platform-cpu'])))).toEqual(['new-platform-cpu-2']);
    const twice = {
      ...blank,
      processors: [
        { id: 'a', kind: 'cpu' },
        { id: 'b', kind: 'cpu', executionTimeKey: 'new-platform-a' },
      ],
    };
    expect(keysOf(withOwnTimeKeys(twice, new Set(), (_, index) => index === 1))[0]).not.toBe('');
    expect(textOf(duplicateOf(blank, 0, new Set(['new-platform-cpu-2']))['executionTimeKey'])).toBe(
      'new-platform-cpu-2-2',
    );
  });
});

describe('a copy of a preset', () => {
  it('is a device of its own from its first change, and the preset again when that is undone', () => {
    const draft = createDraft(source('preset', simple));
    draft.edit([{ path: ['processors', 0, 'idlePowerMW'], value: 41 }], { label: 'power' });
    expect(keysOf(draft.content.value)).toEqual(['simple-copy-cpu', 'simple-copy-gpu', 'simple-copy-npu']);
    draft.undo();
    expect(draft.content.value).toBe(simple);
  });

  it('takes the times of the preset where that was the change', () => {
    const draft = createDraft(source('preset', simple));
    draft.edit(withSharing(draft.content.value, 0, [{ id: 'simple', name: 'Simple platform' }]), { label: 'sharing' });
    expect(keysOf(draft.content.value)).toEqual(['cpu', 'simple-copy-gpu', 'simple-copy-npu']);
  });
});

describe('taking times on purpose', () => {
  const board: Content = {
    ...parsePlatform({
      schemaVersion: 1,
      id: 'b',
      processors: [
        { id: 'a76', kind: 'cpu', name: 'A76', executionTimeKey: 'b-a76' },
        { id: 'npu', kind: 'npu', name: 'Hailo', executionTimeKey: 'b-npu' },
        { id: 'npu2', kind: 'npu', executionTimeKey: 'b-npu2' },
      ],
    }),
  };

  it('pairs processors by id, else by the only one of a kind, and says so in the provenance', () => {
    const { changes, processors } = withTimesOf(
      board,
      holders.find(({ id }) => id === 'simple')!,
    );
    const next = parsePlatform(withChanges(board, changes));
    expect(processors).toEqual(['A76', 'Hailo']);
    expect(next.processors.map(({ executionTimeKey, sharesTimesWith }) => [executionTimeKey, sharesTimesWith])).toEqual(
      [
        ['cpu', ['simple']],
        ['npu', ['simple']],
        ['b-npu2', undefined],
      ],
    );
    expect(next.provenance).toEqual([
      'assumed: the execution times of A76 and Hailo are those of Simple platform (simple), taken on purpose',
    ]);
  });

  it('takes with the times of a platform those that it takes itself', () => {
    const next = withChanges(
      board,
      withTimesOf(
        board,
        holders.find(({ id }) => id === 'simple-no-npu')!,
      ).changes,
    );
    expect(parsePlatform(next).processors[0]?.sharesTimesWith).toEqual(['simple-no-npu', 'simple']);
  });

  it('changes nothing where no processor has a counterpart, and is taken back by a key of its own', () => {
    expect(
      withTimesOf(
        { ...board, processors: [{ id: 'd', kind: 'dsp' }] },
        holders.find(({ id }) => id === 'simple')!,
      ),
    ).toEqual({ changes: [], processors: [] });
    const shared = withChanges(
      board,
      withTimesOf(
        board,
        holders.find(({ id }) => id === 'simple')!,
      ).changes,
    );
    expect(parsePlatform(withChanges(shared, withOwnKey(shared, 0, taken))).processors[0]).toMatchObject({
      executionTimeKey: 'b-a76',
    });
    expect(withChanges(shared, withOwnKey(shared, 0, taken))).not.toHaveProperty('processors.0.sharesTimesWith');
  });
});

describe('a network', () => {
  const network = parseNetwork({
    schemaVersion: 1,
    id: 'n',
    timeSources: { cpu: 'measured' },
    layers: [
      { id: 'a', op: 'Conv', executionTimeMs: { cpu: 1, dsp: 4 } },
      { id: 'b', op: 'Conv', executionTimeMs: {} },
    ],
  });

  it('says whose its times are', () => {
    expect(
      withChanges({ ...network }, withOwner({ ...network, timePlatforms: { dsp: ['x'] } }, ['cpu'], 'board')),
    ).toMatchObject({ timePlatforms: { dsp: ['x'], cpu: ['board'] } });
  });

  it('says it with the first time under a key that others use, and never instead of what is there', () => {
    expect(withFirstOwner({ ...network }, 'gpu', 'board', true)).toHaveLength(1);
    expect(withFirstOwner({ ...network }, 'gpu', 'board', false)).toEqual([]);
    expect(withFirstOwner({ ...network }, 'cpu', 'board', true)).toEqual([]);
  });

  it('moves its times, with their sources, to the keys of the device they were measured on', () => {
    const moved = parseNetwork(
      withChanges(
        { ...network },
        withTimesUnder({ ...network, timePlatforms: { cpu: ['x'] } }, network, new Map([['cpu', 'pi-cpu']])),
      ),
    );
    expect(moved.layers.map(({ executionTimeMs }) => executionTimeMs)).toEqual([{ 'pi-cpu': 1, dsp: 4 }, {}]);
    expect([moved.timeSources, moved.timePlatforms]).toEqual([{ 'pi-cpu': 'measured' }, undefined]);
  });
});
