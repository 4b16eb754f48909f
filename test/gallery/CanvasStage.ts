/** A canvas on which a plot's drawing function draws, as a page would have it. */
import { defineComponent, h, useTemplateRef, watch, type PropType } from 'vue';
import { canvasThemes, type CanvasTheme } from '#renderer/canvas/canvas-theme.ts';
import type { DrawContext } from '#renderer/canvas/draw-context.ts';
import { useCanvas } from '#renderer/canvas/use-canvas.ts';
import type { ThemeName } from '#renderer/theme/palette.ts';

export type Drawing = (context: DrawContext, widthPx: number, heightPx: number, theme: CanvasTheme) => void;

export const CanvasStage = defineComponent({
  name: 'CanvasStage',
  props: {
    draw: { type: Function as PropType<Drawing>, required: true },
    theme: { type: String as PropType<ThemeName>, required: true },
  },
  setup(props) {
    const canvas = useTemplateRef<HTMLCanvasElement>('canvas');
    const { widthPx, heightPx, requestDraw } = useCanvas(canvas, (context) =>
      props.draw(context, widthPx.value, heightPx.value, canvasThemes[props.theme]),
    );
    watch(() => props.theme, requestDraw);
    return () => h('canvas', { ref: 'canvas', style: { display: 'block', width: '100%', height: '100%' } });
  },
});
