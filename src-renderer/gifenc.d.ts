/** Types of what is used of gifenc, which comes without any. */
declare module 'gifenc' {
  export type Palette = [red: number, green: number, blue: number][];
  export interface FrameOptions {
    readonly first?: boolean;
    readonly palette?: Palette;
    /** ms; written as hundredths of a second. */
    readonly delay?: number;
    /** 0: for ever. */
    readonly repeat?: number;
    readonly transparent?: boolean;
    readonly transparentIndex?: number;
    /** What becomes of the picture before the next one: 1: it stays. */
    readonly dispose?: number;
  }
  export interface Encoder {
    writeHeader(): void;
    /** @param index one byte per pixel: its colour's place in the palette */
    writeFrame(index: Uint8Array, width: number, height: number, options?: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array;
    bytesView(): Uint8Array;
    reset(): void;
  }
  export function GIFEncoder(options?: { readonly initialCapacity?: number; readonly auto?: boolean }): Encoder;
  export function quantize(
    rgba: Uint8Array | Uint8ClampedArray,
    maxColors: number,
    options?: { readonly format?: 'rgb565' | 'rgb444' | 'rgba4444' },
  ): Palette;
  export function nearestColorIndex(palette: Palette, color: readonly number[]): number;
}
