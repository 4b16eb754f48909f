/** A canvas that follows its element's size and the screen's pixel ratio, and is drawn at most once per frame. */
import { onBeforeUnmount, onMounted, readonly, ref, watch, type Ref } from 'vue';
import { forgetTextWidths } from './draw-context.ts';

export interface CanvasControl {
  /** Size of the canvas, CSS pixels; 0 until it is shown. */
  readonly widthPx: Readonly<Ref<number>>;
  readonly heightPx: Readonly<Ref<number>>;
  /** Counts up when fonts have arrived and text has to be measured again. */
  readonly fontEpoch: Readonly<Ref<number>>;
  /** The context, its units CSS pixels; undefined until the canvas is mounted. */
  context(): CanvasRenderingContext2D | undefined;
  /** Draws in the next frame; asking again before that changes nothing. */
  requestDraw(): void;
}

export function useCanvas(
  canvas: Readonly<Ref<HTMLCanvasElement | null>>,
  draw: (context: CanvasRenderingContext2D) => void,
): CanvasControl {
  const widthPx = ref(0);
  const heightPx = ref(0);
  const fontEpoch = ref(0);
  let frame: number | undefined;
  let context: CanvasRenderingContext2D | undefined;

  function requestDraw(): void {
    if (context !== undefined) frame ??= requestAnimationFrame(drawNow);
  }

  function drawNow(): void {
    frame = undefined;
    const element = canvas.value;
    if (element === null || context === undefined || widthPx.value === 0 || heightPx.value === 0) return;
    const ratio = window.devicePixelRatio;
    const width = Math.round(widthPx.value * ratio);
    const height = Math.round(heightPx.value * ratio);
    // Setting the size clears the canvas and its state, so only when it has changed.
    if (element.width !== width) element.width = width;
    if (element.height !== height) element.height = height;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context);
  }

  const measure = (): void => {
    widthPx.value = canvas.value?.parentElement?.clientWidth ?? 0;
    heightPx.value = canvas.value?.parentElement?.clientHeight ?? 0;
    requestDraw();
  };
  const observer = new ResizeObserver(measure);
  const onFonts = (): void => {
    forgetTextWidths();
    fontEpoch.value++;
    requestDraw();
  };

  function detach(): void {
    observer.disconnect();
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
    context = undefined;
  }

  // The canvas may come later than the component, and go before it: where there is nothing to draw, a sentence takes
  // its place.
  watch(
    canvas,
    (element) => {
      detach();
      const parent = element?.parentElement ?? undefined;
      if (element === null || parent === undefined) return;
      context = element.getContext('2d', { alpha: false }) ?? undefined;
      if (context === undefined) throw new Error('this browser gives no 2-D canvas context');
      observer.observe(parent);
      measure();
    },
    { flush: 'post', immediate: true },
  );
  onMounted(() => {
    window.addEventListener('resize', measure);
    document.fonts?.addEventListener('loadingdone', onFonts);
  });
  onBeforeUnmount(() => {
    detach();
    window.removeEventListener('resize', measure);
    document.fonts?.removeEventListener('loadingdone', onFonts);
  });

  return {
    widthPx: readonly(widthPx),
    heightPx: readonly(heightPx),
    fontEpoch: readonly(fontEpoch),
    context: () => context,
    requestDraw,
  };
}
