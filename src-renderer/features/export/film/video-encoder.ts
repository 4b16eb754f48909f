/** Writes a film as MP4 or WebM with the browser's own encoders (WebCodecs), where it has one. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { FilmCanvas, FilmEncoder } from './film-encoder.ts';

export type VideoContainer = 'mp4' | 'webm';
/** In order of preference: what most players know comes first. */
const codecs = { mp4: ['avc'], webm: ['vp9', 'vp8', 'av1'] } as const;
const codecNames = { avc: 'H.264', vp9: 'VP9', vp8: 'VP8', av1: 'AV1' } as const;
export type FilmCodec = keyof typeof codecNames;

export type VideoSupport =
  | { readonly codec: FilmCodec; readonly codecName: string }
  | { readonly codec: undefined; /** Why not, and what to do. */ readonly reason: string };

/** Whether this browser can write `container` at that size. */
export async function videoSupport(
  container: VideoContainer,
  size: { readonly width: number; readonly height: number },
): Promise<VideoSupport> {
  if (!('VideoEncoder' in globalThis)) {
    return {
      codec: undefined,
      reason: globalThis.isSecureContext
        ? 'This browser has no video encoder (WebCodecs). Choose GIF, or use a recent Chrome, Edge, Firefox or Safari.'
        : 'Browsers encode video on pages from this machine or over HTTPS only. Open Tessera at 127.0.0.1 (through a tunnel), or choose GIF.',
    };
  }
  const { canEncodeVideo } = await import('mediabunny');
  for (const codec of codecs[container]) {
    if (await canEncodeVideo(codec, size)) return { codec, codecName: codecNames[codec] };
  }
  const tried = codecs[container].map((codec) => codecNames[codec]).join(', ');
  return {
    codec: undefined,
    reason: `This browser cannot encode ${tried} at this size. Choose ${container === 'mp4' ? 'WebM' : 'MP4'} or GIF.`,
  };
}

/** @throws WorkbenchError `export.noVideo` where the browser has no encoder for it */
export async function createVideoEncoder(
  container: VideoContainer,
  { canvas, framesPerS }: FilmCanvas,
): Promise<FilmEncoder> {
  const support = await videoSupport(container, canvas);
  if (support.codec === undefined)
    throw new WorkbenchError('export.noVideo', support.reason, { hint: 'choose another format' });
  const { BufferTarget, CanvasSource, Mp4OutputFormat, Output, QUALITY_HIGH, WebMOutputFormat } =
    await import('mediabunny');
  const target = new BufferTarget();
  const output = new Output({ format: container === 'mp4' ? new Mp4OutputFormat() : new WebMOutputFormat(), target });
  const source = new CanvasSource(canvas, { codec: support.codec, quality: QUALITY_HIGH });
  output.addVideoTrack(source, { frameRate: framesPerS });
  await output.start();
  let frame = 0;
  return {
    add: () => source.add(frame++ / framesPerS, 1 / framesPerS),
    async finish() {
      await output.finalize();
      if (target.buffer === null) throw new Error('the video encoder wrote nothing');
      return new Blob([target.buffer], { type: `video/${container}` });
    },
    cancel: () => void output.cancel(),
  };
}
