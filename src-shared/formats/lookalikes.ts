/** What a file that cannot be read turns out to be: empty, a stand-in for the real one, or something else under its name. */
import type { RandomAccessSource } from './random-access.ts';

export interface Lookalike {
  /** As it continues "model.onnx: ". */
  readonly message: string;
  readonly hint: string;
}

const HEAD_BYTES = 1024;

/** Beginnings of files that are taken for models and tables of other kinds. */
const beginnings: readonly {
  readonly at?: number;
  readonly bytes: readonly number[] | string;
  readonly message: string;
  readonly hint: string;
}[] = [
  {
    bytes: 'PK\u0003\u0004',
    message: 'this is a zip archive',
    hint: 'unpack it and give the file inside; a PyTorch checkpoint (.pt, .pth) is such an archive, too: export the model with torch.onnx.export',
  },
  { bytes: [0x1f, 0x8b], message: 'this is a gzip archive', hint: 'unpack it first: gunzip, or tar xzf' },
  {
    bytes: [0x89, 0x48, 0x44, 0x46],
    message: 'this is an HDF5 file, as Keras writes it',
    hint: 'convert the model with tf2onnx',
  },
  {
    at: 4,
    bytes: 'TFL3',
    message: 'this is a TensorFlow Lite model',
    hint: 'convert the model with tf2onnx (python -m tf2onnx.convert --tflite)',
  },
  { bytes: 'GGUF', message: 'this is a GGUF model', hint: 'export the model as ONNX from where it was trained' },
  {
    bytes: [0x89, 0x50, 0x4e, 0x47],
    message: 'this is a PNG picture',
    hint: 'give the file itself, not a picture of it',
  },
  { bytes: '%PDF', message: 'this is a PDF document', hint: 'give the file itself, not a document about it' },
];

/** What a file is in place of the expected one; undefined where nothing of the sort is recognised. */
export async function recogniseStandIn(source: RandomAccessSource): Promise<Lookalike | undefined> {
  if (source.size === 0)
    return { message: 'the file is empty', hint: 'the download or copy was interrupted: fetch it again' };
  const text = latin1(await source.read(0, Math.min(HEAD_BYTES, source.size)));
  if (text.startsWith('version https://git-lfs.github.com/spec/')) {
    const bytes = /^size (\d+)$/m.exec(text)?.[1];
    return {
      message: `this is a Git LFS pointer, not the file itself${bytes === undefined ? '' : ` (of ${bytes} bytes)`}`,
      hint: 'fetch the file with "git lfs pull" in its repository, or download it from the page of the repository',
    };
  }
  if (/^(\u00ef\u00bb\u00bf)?\s*<(!doctype html|html|head|body)\b/i.test(text))
    return {
      message: 'this is a web page (HTML), not the file itself',
      hint: 'the address led to a page: download the file itself ("raw" or "download")',
    };
  return undefined;
}

/** As `recogniseStandIn`, and files of other kinds, for formats that are neither text nor any of these. */
export async function recogniseLookalike(source: RandomAccessSource): Promise<Lookalike | undefined> {
  const standIn = await recogniseStandIn(source);
  if (standIn !== undefined) return standIn;
  const text = latin1(await source.read(0, Math.min(HEAD_BYTES, source.size)));
  const found = beginnings.find(({ at = 0, bytes }) =>
    text.startsWith(typeof bytes === 'string' ? bytes : String.fromCharCode(...bytes), at),
  );
  if (found !== undefined) return found;
  // Every byte a printable one, a line end or a tab, or of a letter outside ASCII.
  if (/[^\t\n\f\r\u0020-\u007e\u0080-\u00ff]/.test(text)) return undefined;
  if (/^(\u00ef\u00bb\u00bf)?\s*[[{]/.test(text))
    return { message: 'this is JSON text', hint: 'if it is a document of Tessera, give it the ending .json' };
  return { message: 'this is text', hint: 'an ONNX model is a binary file: check that it is the right one' };
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
