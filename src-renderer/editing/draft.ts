/** A document while it is edited: its content, what is wrong with it, undo and redo, and whether it was saved. */
import { computed, inject, provide, shallowRef, type ComputedRef, type InjectionKey, type ShallowRef } from 'vue';
import { formatPath, WorkbenchError, type Issue, type Path } from '#shared/domain/errors.ts';
import { issuesOf } from '#shared/domain/zod-issues.ts';
import type { DocumentKind, KnownDocument } from '#shared/domain/document-kinds.ts';
import { closed, mapStates, recorded, redone, startHistory, undone, type History } from './history.ts';
import { freeId, idFromName, kinds } from './document-kinds.ts';
import { withTrueSources } from './sources.ts';
import { listAt, valueAt, withChanges, type Change, type Content } from './json-path.ts';
import { timeKeyOf, withFollowingTimeKeys, withOwnTimeKeys } from './time-keys.ts';

export interface EditOptions {
  /** As it continues "Undo": "change of the idle power". */
  readonly label: string;
  /** Edits of one group that follow each other closely are one step: typing into a field. */
  readonly group?: string;
}

export interface DraftSource {
  readonly kind: DocumentKind;
  /** Id of the document it was opened from; "new" for a new one. */
  readonly id: string;
  readonly origin: 'preset' | 'user' | 'new';
  /** As it was saved, or what a new one starts with. */
  readonly content: Content;
  /** 0 for a document that was never saved. */
  readonly revision: number;
  /** Ids of the kind that are taken. */
  readonly takenIds: () => ReadonlySet<string>;
  /** Of a platform: keys of execution times that other platforms use. */
  readonly takenTimeKeys?: () => ReadonlySet<string>;
}

export interface Draft {
  readonly kind: DocumentKind;
  /** Where it came from; saving under a new id changes it. */
  readonly source: Readonly<ShallowRef<DraftSource>>;
  readonly content: ComputedRef<Content>;
  /** The content as a document of its kind; the last valid one while something is wrong, undefined if it never was valid. */
  readonly document: ComputedRef<KnownDocument['document'] | undefined>;
  /** Everything that is wrong, in the document's order. */
  readonly issues: ComputedRef<readonly Issue[]>;
  /** Whether it is valid by itself, whatever else its page says about it. */
  readonly isValid: ComputedRef<boolean>;
  readonly isDirty: ComputedRef<boolean>;
  /** A preset that was changed: it is saved under an id of its own. */
  readonly isCopy: ComputedRef<boolean>;
  /** Whether it has an id that can still be chosen. */
  readonly isIdFree: ComputedRef<boolean>;
  readonly undoLabel: ComputedRef<string | undefined>;
  readonly redoLabel: ComputedRef<string | undefined>;
  value(path: Path): unknown;
  /** What is wrong with the value at `path` itself, in words. */
  problem(path: Path): string | undefined;
  /** Makes all changes as one step. */
  edit(changes: readonly Change[], options: EditOptions): void;
  /** Gives the document another name, and its id with it as long as that can be chosen and still follows the name. */
  rename(name: string): void;
  undo(): void;
  redo(): void;
  /** Ends a group: what is typed next is a step of its own. */
  closeStep(): void;
  /** What was saved is the new source; later changes are unsaved again. */
  saved(content: Content, source: DraftSource): void;
  /** Further problems, which only the page of the kind can find. */
  setFurtherIssues(issues: readonly Issue[]): void;
}

/** What is wrong and what to do, without saying it twice. */
function adviceOf({ message, hint }: Issue): string {
  return hint === undefined || message.includes(hint.replace(/^use (an? )?/, '')) ? message : `${message}: ${hint}`;
}

/** @param now clock, ms */
export function createDraft(initial: DraftSource, now: () => number = () => performance.now()): Draft {
  const { kind } = initial;
  const source = shallowRef(initial);
  const baseline = shallowRef(initial.content);
  const history = shallowRef<History<Content>>(startHistory(initial.content));
  const further = shallowRef<readonly Issue[]>([]);
  const { schema, noun } = kinds[kind];

  const content = computed(() => history.value.present.state);
  const isCopy = computed(() => source.value.origin === 'preset' && content.value['id'] !== source.value.id);
  const isIdFree = computed(() => source.value.origin === 'new' || isCopy.value);
  const checked = computed<{
    readonly issues: readonly Issue[];
    readonly document: KnownDocument['document'] | undefined;
  }>((before) => {
    const result = schema.safeParse(content.value);
    const issues = result.success ? [] : issuesOf(result.error.issues, schema, content.value);
    const { id } = content.value;
    if (isIdFree.value && typeof id === 'string' && source.value.takenIds().has(id)) {
      issues.unshift({
        path: ['id'],
        message: `there is already a ${noun} "${id}"`,
        value: id,
        expected: 'an id of its own',
        hint: `for example "${freeId(id, source.value.takenIds())}"`,
      });
    }
    return { issues, document: result.success ? result.data : before?.document };
  });
  // Read at once, so that there is a last valid document from the beginning.
  void checked.value;
  const issues = computed(() => (checked.value.issues.length > 0 ? checked.value.issues : further.value));
  const byPath = computed(() => {
    const map = new Map<string, string>();
    for (const issue of issues.value)
      if (!map.has(formatPath(issue.path))) map.set(formatPath(issue.path), adviceOf(issue));
    return map;
  });
  const isDirty = computed(
    () => content.value !== baseline.value && JSON.stringify(content.value) !== JSON.stringify(baseline.value),
  );

  /** A preset that is changed becomes a copy in the same step. */
  function asCopy(next: Content): Content {
    const { origin, id, takenIds } = source.value;
    if (origin !== 'preset' || next['id'] !== id) return next;
    const name = typeof next['name'] === 'string' ? next['name'] : id;
    const copy = {
      ...next,
      id: freeId(`${id}-copy`, takenIds()),
      name: next['name'] === baseline.value['name'] ? `${name} (copy)` : name,
    };
    if (kind !== 'platform') return copy;
    // The times of the preset are of that device. A key that was changed in this very step is meant so.
    const keysOf = (processor: Content): string =>
      JSON.stringify([timeKeyOf(processor), processor['sharesTimesWith'] ?? []]);
    const ofPreset = new Set(listAt(content.value, ['processors']).map(keysOf));
    return withOwnTimeKeys(copy, takenTimeKeys(), (processor) => !ofPreset.has(keysOf(processor)));
  }
  const takenTimeKeys = (): ReadonlySet<string> => source.value.takenTimeKeys?.() ?? new Set();

  /** Keys that are made of ids follow these as long as the document can still choose its own. */
  function withFollowers(next: Content): Content {
    return kind === 'platform' && isIdFree.value ? withFollowingTimeKeys(content.value, next, takenTimeKeys()) : next;
  }

  function edit(changes: readonly Change[], { label, group }: EditOptions): void {
    const next = withChanges(content.value, changes);
    if (next === content.value) return;
    further.value = [];
    history.value = recorded(history.value, withFollowers(asCopy(withTrueSources(content.value, next, changes))), {
      label,
      group,
      at: now(),
    });
  }

  return {
    kind,
    source,
    content,
    issues,
    isDirty,
    isCopy,
    isValid: computed(() => checked.value.issues.length === 0),
    isIdFree,
    edit,
    document: computed(() => checked.value.document),
    undoLabel: computed(() => (history.value.past.length > 0 ? history.value.present.label : undefined)),
    redoLabel: computed(() => history.value.future[0]?.label),
    value: (path) => valueAt(content.value, path),
    problem: (path) => byPath.value.get(formatPath(path)),
    rename(name) {
      const { name: oldName, id } = content.value;
      const follows =
        source.value.origin === 'new' &&
        typeof oldName === 'string' &&
        typeof id === 'string' &&
        (id === idFromName(oldName, noun) || id.startsWith(`${idFromName(oldName, noun)}-`));
      const changes: Change[] = [{ path: ['name'], value: name }];
      if (follows) changes.push({ path: ['id'], value: freeId(idFromName(name, noun), source.value.takenIds()) });
      edit(changes, { label: 'renaming', group: 'name' });
    },
    undo: () => (history.value = undone(history.value)),
    redo: () => (history.value = redone(history.value)),
    closeStep: () => (history.value = closed(history.value)),
    saved(state, next) {
      // What is undone later belongs to the document that was saved, not to the preset it was a copy of.
      history.value = mapStates(history.value, (each) => (each === state ? each : { ...each, id: next.id }));
      baseline.value = state;
      source.value = next;
    },
    setFurtherIssues: (found) => (further.value = found),
  };
}

const key: InjectionKey<Draft> = Symbol('draft');

export function provideDraft(draft: Draft): void {
  provide(key, draft);
}

/** The draft of the editor around the calling component. */
export function useDraft(): Draft {
  const draft = inject(key);
  if (draft === undefined) throw new WorkbenchError('workbench.noDraft', 'this component belongs into an editor');
  return draft;
}
