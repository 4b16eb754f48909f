/** What turns the frames of a film into a file, whatever its format. */

/** One picture, four bytes a pixel: red, green, blue, opacity. */
export type Pixels = Uint8ClampedArray<ArrayBuffer>;

export interface FilmEncoder {
  /** Takes the picture that is now on the canvas; resolves when the next one may be drawn. */
  add(): Promise<void>;
  /** The whole film. */
  finish(): Promise<Blob>;
  /** Gives up; nothing else may be called. */
  cancel(): void;
}

/** The canvas a film is drawn on, and how long each of its frames is on show. */
export interface FilmCanvas {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  readonly framesPerS: number;
}
