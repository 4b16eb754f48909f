/** The basis of the editors in a page: drafts of documents, fields with their problems, saving, presets as copies, unsaved changes, the lists, deletions that are undone. */
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDraft, type DraftSource } from '#renderer/editing/draft.ts';
import { idsWithDrafts, keepDraft, keptDraft } from '#renderer/editing/draft-storage.ts';
import { filterDocuments } from '#renderer/features/library/document-table.ts';
import { consequencesOf, useDocumentsStore } from '#renderer/stores/documents.ts';
import { useNotificationsStore } from '#renderer/stores/notifications.ts';
import type { DocumentEntry } from '#shared/contract/document-shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { publishedMidap } from '#shared/domain/midap/published.ts';
import { aPlatform, aSmallScenario } from '#test/fixtures/builders.ts';
import { HostDouble } from './support/host-double.ts';
import { button, openPage, settle } from './support/mount-page.ts';

const board = { ...aPlatform('board').withCores(2, { idlePowerMW: 30 }).withNpu().build() };
const entry = (changes: Partial<DocumentEntry['summary']> = {}, more: Partial<DocumentEntry> = {}): DocumentEntry => ({
  summary: {
    kind: 'platform',
    id: 'board',
    name: 'Board',
    description: 'A board',
    origin: 'preset',
    revision: 1,
    ...changes,
  },
  tags: [],
  scenarios: [],
  runs: 0,
  facts: {
    kind: 'platform',
    processors: [{ id: 'cpu', name: 'CPU', kind: 'cpu', coreCount: 2, timeKey: 'cpu', sharesTimesWith: [] }],
  },
  ...more,
});

let wrapper: VueWrapper | undefined;
let host: HostDouble;
let entries: DocumentEntry[];

beforeEach(() => {
  entries = [
    entry(),
    entry(
      { id: 'mine', name: 'Mine', origin: 'user', revision: 3, updatedAt: 1_700_000_000_000 },
      { tags: ['phone'], scenarios: ['s'], runs: 2 },
    ),
  ];
  host = new HostDouble({
    'documents.overview': () => ({ entries }),
    'documents.get': ({ id }) => {
      const found = entries.find(({ summary }) => summary.id === id);
      if (found === undefined) throw new WorkbenchError('document.unknown', `there is no platform "${id}"`);
      return { summary: found.summary, document: { ...board, id, name: found.summary.name } };
    },
    'documents.save': ({ kind, document }) => ({
      summary: {
        kind,
        id: String(document['id']),
        name: String(document['name']),
        description: '',
        origin: 'user',
        revision: 4,
        updatedAt: 1_700_000_000_000,
      },
    }),
    'documents.delete': () => ({}),
    'documents.setTags': ({ tags }) => ({ tags }),
    'formats.list': () => ({ formats: [] }),
    'platforms.coverage': () => ({ networks: [] }),
  }).install();
});
afterEach(() => {
  wrapper?.unmount();
  vi.useRealTimers();
});

async function show(address: string) {
  const page = await openPage(address);
  wrapper = page.wrapper;
  return page;
}
const field = (name: string): HTMLInputElement => {
  const label = [...document.querySelectorAll('label')].find((candidate) => candidate.textContent?.startsWith(name));
  return document.getElementById(label!.htmlFor) as HTMLInputElement;
};
async function type(name: string, text: string): Promise<void> {
  const input = field(name);
  input.value = text;
  input.dispatchEvent(new Event('input'));
  await settle();
}
const saved = (kind: string) =>
  (host.asked('documents.save') as { kind: string; document: Record<string, unknown> }[]).find(
    (asked) => asked.kind === kind,
  )!.document;
const source = (changes: Partial<DraftSource> = {}): DraftSource => ({
  kind: 'platform',
  id: 'mine',
  origin: 'user',
  content: { ...board, id: 'mine' },
  revision: 3,
  takenIds: () => new Set(['board', 'mine']),
  ...changes,
});

describe('a draft', () => {
  it('is dirty only while it differs from what was saved, whichever way it got there', () => {
    const draft = createDraft(source());
    const path = ['processors', 0, 'idlePowerMW'];
    draft.edit([{ path, value: 31 }], { label: 'edit' });
    expect(draft.isDirty.value).toBe(true);
    draft.edit([{ path, value: 30 }], { label: 'back' });
    expect(draft.isDirty.value).toBe(false);
    draft.undo();
    expect([draft.isDirty.value, draft.value(path)]).toEqual([true, 31]);
  });

  it('of a preset becomes a copy with its first change, and the preset again when that is undone', () => {
    const draft = createDraft(
      source({
        origin: 'preset',
        id: 'board',
        content: { ...board, name: 'Board' },
        revision: 0,
        takenIds: () => new Set(['board', 'board-copy']),
      }),
    );
    draft.edit([{ path: ['description'], value: 'changed' }], { label: 'edit' });
    expect([draft.isCopy.value, draft.content.value['id'], draft.content.value['name']]).toEqual([
      true,
      'board-copy-2',
      'Board (copy)',
    ]);
    draft.undo();
    expect([draft.isCopy.value, draft.content.value['id'], draft.isDirty.value]).toEqual([false, 'board', false]);
  });

  it('that was saved as a copy never goes back to the id of the preset', () => {
    const preset = source({
      origin: 'preset',
      id: 'board',
      content: { ...board },
      revision: 0,
      takenIds: () => new Set(['board']),
    });
    const draft = createDraft(preset);
    draft.edit([{ path: ['description'], value: 'changed' }], { label: 'edit' });
    const saved = draft.content.value;
    draft.saved(saved, { ...preset, origin: 'user', id: 'board-copy', revision: 1 });
    draft.undo();
    expect([draft.content.value['id'], draft.content.value['description'], draft.isDirty.value]).toEqual([
      'board-copy',
      '',
      true,
    ]);
  });

  it('keeps the last valid document while something is wrong, and says where', () => {
    const draft = createDraft(source());
    draft.edit([{ path: ['processors', 0, 'idlePowerMW'], value: 'much' }], { label: 'edit' });
    expect(draft.problem(['processors', 0, 'idlePowerMW'])).toBe('"much" is not a finite number');
    draft.edit([{ path: ['processors', 0, 'idlePowerMW'], value: -1 }], { label: 'edit' });
    expect(draft.problem(['processors', 0, 'idlePowerMW'])).toBe('-1 is too small: use a number of at least 0');
    expect(draft.problem(['processors', 0, 'offPowerMW'])).toBeUndefined();
    expect(draft.document.value).toMatchObject({ processors: [{ idlePowerMW: 30 }, {}] });
  });

  it('that is new lets its id follow its name until the id is chosen, and takes no id twice', () => {
    const draft = createDraft(
      source({
        origin: 'new',
        id: 'new',
        content: { ...board, id: 'new-platform', name: 'New platform' },
        revision: 0,
      }),
    );
    draft.rename('Mine');
    expect(draft.content.value['id']).toBe('mine-2');
    draft.edit([{ path: ['id'], value: 'chosen' }], { label: 'id' });
    draft.rename('Other');
    expect(draft.content.value['id']).toBe('chosen');
    draft.edit([{ path: ['id'], value: 'board' }], { label: 'id' });
    expect(draft.problem(['id'])).toMatch(/already a platform "board"/);
  });
});

describe('the editor of a platform', () => {
  it('shows what is wrong beside its field, and saves nothing until it is right', async () => {
    await show('/platforms/mine');
    await type('Idle power', 'much');
    expect(field('Idle power').getAttribute('aria-invalid')).toBe('true');
    expect(document.querySelector('.field .problem')?.textContent).toContain('"much" is not a finite number');
    expect(button(wrapper!, 'Save').disabled).toBe(true);
    await type('Idle power', '1,5');
    expect(button(wrapper!, 'Save').disabled).toBe(false);
    button(wrapper!, 'Save').click();
    await settle();
    expect(host.asked('documents.save')).toEqual([
      expect.objectContaining({
        kind: 'platform',
        basedOn: 3,
        document: expect.objectContaining({
          id: 'mine',
          processors: [expect.objectContaining({ idlePowerMW: 1.5 }), expect.anything()],
        }),
      }),
    ]);
    expect(document.body.textContent).toContain('Revision 4');
  });

  it('keeps what was typed while it becomes a number', async () => {
    await show('/platforms/mine');
    await type('Idle power', '1.');
    expect(field('Idle power').value).toBe('1.');
  });

  it('saves a changed preset as a new document and goes to its address', async () => {
    const { router } = await show('/platforms/board');
    await type('Idle power', '44');
    expect(document.body.textContent).toContain('Editing a copy of Board');
    button(wrapper!, 'Save').click();
    await settle();
    expect(host.asked('documents.save')).toMatchObject([
      { basedOn: 0, document: { id: 'board-copy', name: 'Board (copy)' } },
    ]);
    expect(router.currentRoute.value.path).toBe('/platforms/board-copy');
  });

  it('says why it was not saved, and keeps the changes', async () => {
    await show('/platforms/mine');
    host.handlers['documents.save'] = () => {
      throw new WorkbenchError('document.changedMeanwhile', 'platform "mine" was saved elsewhere meanwhile', {
        hint: 'look at the newer revision',
      });
    };
    await type('Idle power', '44');
    button(wrapper!, 'Save').click();
    await settle();
    expect(document.querySelector('[role="alert"]')?.textContent).toContain('saved elsewhere meanwhile');
    expect(field('Idle power').value).toBe('44');
  });

  it('takes up changes that were not saved, and throws them away when told to', async () => {
    const { router } = await show('/platforms');
    keepDraft('platform', 'mine', { content: { ...board, id: 'mine', name: 'Half done' }, basedOn: 2, at: Date.now() });
    await router.push('/platforms/mine');
    await settle();
    expect(document.body.textContent).toContain('Your unsaved changes from');
    expect(document.body.textContent).toContain('based on revision 2, the latest is 3');
    expect(document.querySelector('h1')?.textContent).toContain('Half done');
    button(wrapper!, 'Discard them').click();
    await settle();
    expect(document.querySelector('h1')?.textContent).toContain('Mine');
  });

  it('asks before it is left with unsaved changes: they are kept as a draft, or thrown away', async () => {
    const { router } = await show('/platforms/mine');
    await type('Idle power', '44');
    const leave = async (answer: string): Promise<string> => {
      const going = router.push('/platforms');
      await settle();
      [...document.querySelectorAll<HTMLButtonElement>('[role="dialog"] button')]
        .find((candidate) => candidate.textContent?.trim() === answer)
        ?.click();
      await going;
      await settle();
      return router.currentRoute.value.path;
    };
    expect(await leave('Stay')).toBe('/platforms/mine');
    expect(await leave('Keep as draft')).toBe('/platforms');
    expect(idsWithDrafts('platform')).toEqual(['mine']);
    await router.push('/platforms/mine');
    await settle();
    expect(field('Idle power').value).toBe('44');
    expect(await leave('Discard')).toBe('/platforms');
    expect(keptDraft('platform', 'mine')).toBeUndefined();
  });

  it('says what is missing when the address leads to no document', async () => {
    await show('/platforms/ghost');
    expect(document.body.textContent).toContain('There is no platform "ghost"');
  });
});

describe('a block pasted below the last row', () => {
  function paste(label: string, text: string): Promise<void> {
    const grid = document.querySelector(`[role="grid"][aria-label="${label}"]`)!;
    grid.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }));
    grid.dispatchEvent(
      Object.assign(new Event('paste', { bubbles: true }), { clipboardData: { getData: () => text } }),
    );
    return settle();
  }
  it('adds the applications of a scenario, with what its columns say', async () => {
    const scenario = { ...aSmallScenario().input, id: 'mine', platform: 'small' };
    const network = aSmallScenario().build().applications[0]!.network;
    scenario.applications = [{ id: 'a', network: 'small' }];
    entries = [
      entry({ kind: 'scenario', id: 'mine', name: 'Mine', origin: 'user' }),
      entry({ kind: 'network', id: 'small', name: 'Small net' }),
    ];
    host.handlers['documents.get'] = ({ kind, id }) => ({
      summary: entry({ kind, id, origin: 'user' }).summary,
      document: JSON.parse(
        JSON.stringify(
          kind === 'scenario' ? scenario : kind === 'network' ? network : aSmallScenario().build().platform,
        ),
      ) as Record<string, unknown>,
    });
    host.handlers['scenarios.resolve'] = () => ({
      scenario: JSON.parse(JSON.stringify(aSmallScenario().build())) as Record<string, unknown>,
      remarks: [],
    });
    const { wrapper: page } = await show('/scenarios/mine');
    await paste(
      'Applications',
      'Network\tPeriod (ms)\tDeadline\nSmall net\t50\t40\nsmall\t33.3\t\nSmall net\t20\t20\n',
    );
    button(page, 'Save').click();
    await settle();
    expect(
      (saved('scenario')['applications'] as Record<string, unknown>[]).map(
        ({ id, network: named, periodMs, deadlineMs }) => [id, named, periodMs, deadlineMs],
      ),
    ).toEqual([
      ['a', 'small', 50, 40],
      ['app-2', 'small', 33.3, null],
      ['app-3', 'small', 20, 20],
    ]);
  });

  it('adds the measured networks of a cost model', async () => {
    const npu = board.processors[1]!;
    const model = { bandwidthMBps: 4000, rates: [{ dataType: 'fp32', peakGMACPerS: 10, efficiency: {} }] };
    entries.push(entry({ kind: 'network', id: 'small', name: 'Small net' }));
    host.handlers['documents.get'] = ({ kind, id }) => ({
      summary: entry({ kind, id, origin: 'user' }).summary,
      document:
        kind === 'network'
          ? (JSON.parse(JSON.stringify(aSmallScenario().build().applications[0]!.network)) as Record<string, unknown>)
          : { ...board, id, processors: [{ ...npu, costModel: model }] },
    });
    const { wrapper: page } = await show('/platforms/mine');
    await paste(
      'Measured networks',
      'Network\tLatency (ms)\tSource\nSmall net\t12.5\tour bench\nSmall net\t13\tagain\n',
    );
    button(page, 'Save').click();
    await settle();
    expect(
      (saved('platform')['processors'] as { costModel: { references: unknown[] } }[])[0]!.costModel.references,
    ).toEqual([
      { network: 'small', latencyMs: 12.5, cores: 1, kind: 'assumed', source: 'our bench' },
      { network: 'small', latencyMs: 13, cores: 1, kind: 'assumed', source: 'again' },
    ]);
  });
});

describe('MIDAP as a cost model', () => {
  it('comes with its published parameters, each of which can be changed', async () => {
    const npu = board.processors[1]!;
    host.handlers['documents.get'] = ({ kind, id }) => ({
      summary: entry({ kind, id, origin: 'user' }).summary,
      document: { ...board, id, processors: [npu] } as unknown as Record<string, unknown>,
    });
    const { wrapper: page } = await show('/platforms/mine');
    button(page, 'Add MIDAP').click();
    await settle();
    await type('Filters at once', '32');
    await type('First byte', '50');
    expect([field('Page change').value, page.text().includes('Rate and efficiency')]).toEqual(['14.625', false]);
    button(page, 'Save').click();
    await settle();
    expect((saved('platform')['processors'] as { costModel: unknown }[])[0]!.costModel).toEqual({
      kind: 'midap',
      ...publishedMidap,
      filtersAtOnce: 32,
      dram: { ...publishedMidap.dram, baseCycles: 50 },
    });
  });
});

describe('the list of documents', () => {
  it('finds by words in name, id, description, tags and content', () => {
    const found = (text: string, tag?: string, ownOnly = false): string[] =>
      filterDocuments(entries, { text, tag, ownOnly }).map(({ summary }) => summary.id);
    expect(found('PHONE')).toEqual(['mine']);
    expect(found('a board')).toEqual(['board', 'mine']);
    expect(found('cpu mine')).toEqual(['mine']);
    expect(found('', 'phone')).toEqual(['mine']);
    expect(found('', undefined, true)).toEqual(['mine']);
  });

  it('says who uses what is deleted and what becomes of them, and brings it back', async () => {
    await show('/platforms');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const documents = useDocumentsStore();
    const ids = (): string[] => documents.entries('platform').map(({ summary }) => summary.id);
    documents.remove('platform', 'mine');
    expect(ids()).toEqual(['board']);
    const [toast] = useNotificationsStore().toasts;
    expect(toast).toMatchObject({
      title: 'Deleted “Mine”',
      hint: '1 scenario names it and cannot run until you choose another one there. 2 runs keep their own copy and are not affected.',
    });
    toast?.action?.run();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ids()).toEqual(['board', 'mine']);
    expect(host.asked('documents.delete')).toEqual([]);
    documents.remove('platform', 'mine');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(host.asked('documents.delete')).toEqual([{ kind: 'platform', id: 'mine', evenIfUsed: true }]);
    expect(consequencesOf(0, 0)).toBe('');
  });
});
