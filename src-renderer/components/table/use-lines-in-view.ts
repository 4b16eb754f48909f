/** Which lines of a table are on the screen, and which one has the focus: both stay in place when lines come and go. */
import { computed, nextTick, onMounted, ref, watch, type Ref } from 'vue';
import { useVirtualizer } from '@tanstack/vue-virtual';
import { indexOfLine, type LineSource } from './data-table.ts';
import { recallScroll } from './scroll-memory.ts';

/** Lines drawn beyond those on the screen. */
const OVERSCAN = 12;

export interface LinesInViewOptions<Row> {
  readonly scroller: Readonly<Ref<HTMLElement | null>>;
  readonly lines: Readonly<Ref<LineSource<Row>>>;
  /** Whether lines come and go by themselves, so that what is on the screen has to be held in place. */
  readonly isLive: () => boolean;
  /** px */
  readonly rowHeight: () => number;
  /** Under which the scroll position is kept. */
  readonly stateKey: () => string;
}

export function useLinesInView<Row>({ scroller, lines, isLive, rowHeight, stateKey }: LinesInViewOptions<Row>) {
  /** Index of the line that has the focus, or had it last. */
  const current = ref(0);
  const virtualizer = useVirtualizer(
    computed(() => ({
      count: lines.value.count,
      getScrollElement: () => scroller.value,
      estimateSize: rowHeight,
      overscan: OVERSCAN,
    })),
  );
  const shown = computed(() =>
    virtualizer.value
      .getVirtualItems()
      .filter((item) => item.index < lines.value.count)
      .map((item) => ({ index: item.index, top: item.start, line: lines.value.at(item.index) })),
  );
  watch(
    () => [shown.value[0]?.index, shown.value.at(-1)?.index, lines.value] as const,
    ([first, last, now]) => {
      if (first !== undefined && last !== undefined) now.show(first, last);
    },
    { immediate: true },
  );

  onMounted(() => {
    if (scroller.value !== null) scroller.value.scrollTop = recallScroll(stateKey());
  });
  watch(lines, async (now, before) => {
    keepInPlace(now, before);
    current.value = Math.min(current.value, Math.max(0, now.count - 1));
    // A row that goes while it has the focus leaves it to the one that takes its place.
    const hadFocus = hasFocus();
    await nextTick();
    if (hadFocus && !hasFocus() && lines.value.count > 0) await move(current.value);
  });

  /** Lines that come or go above what is on the screen move neither it nor the current row. */
  function keepInPlace(now: LineSource<Row>, before: LineSource<Row>): void {
    if (!isLive() || scroller.value === null) return;
    const whereNow = (index: number): number | undefined =>
      index < before.count ? indexOfLine(now, before.at(index).key, index) : undefined;
    current.value = whereNow(current.value) ?? current.value;
    const { scrollTop } = scroller.value;
    const top = Math.floor(scrollTop / rowHeight());
    const moved = scrollTop === 0 ? undefined : whereNow(top);
    if (moved !== undefined && moved !== top)
      void nextTick(() => scroller.value?.scrollTo({ top: scrollTop + (moved - top) * rowHeight() }));
  }

  function hasFocus(): boolean {
    return scroller.value?.contains(document.activeElement) === true;
  }

  /** Gives the focus to line `to`, or the nearest there is. */
  async function move(to: number): Promise<void> {
    current.value = Math.min(lines.value.count - 1, Math.max(0, to));
    virtualizer.value.scrollToIndex(current.value);
    await nextTick();
    scroller.value?.querySelector<HTMLElement>(`[data-index="${current.value}"]`)?.focus();
  }

  return {
    current,
    shown,
    move,
    totalHeight: computed(() => virtualizer.value.getTotalSize()),
    /** Lines that fit on the screen, less one. */
    pageSize: (): number => Math.max(1, Math.floor((scroller.value?.clientHeight ?? 0) / rowHeight()) - 1),
    /** Gives the focus to a row, or to the present one where that is gone. */
    async focusRow(key: string | number): Promise<void> {
      await nextTick();
      if (lines.value.count > 0) await move(indexOfLine(lines.value, key, current.value) ?? current.value);
    },
    scrollToTop(): void {
      current.value = 0;
      scroller.value?.scrollTo({ top: 0 });
    },
  };
}
