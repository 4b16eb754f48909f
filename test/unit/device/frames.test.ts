import { expect, it } from 'vitest';
import { frameOf, FrameReader, MOST_FRAME_BYTES } from '#main/device/frames.ts';
import * as fc from '#test/fixtures/seeded-fast-check.ts';

/** No message names a prototype: that is refused, below. */
const message = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('"__proto__"'));

it('puts messages together however they are cut', () => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (messages, sizes) => {
        const bytes = Buffer.concat(messages.map((each) => frameOf(each)));
        const reader = new FrameReader();
        const read: unknown[] = [];
        for (let at = 0, part = 0; at < bytes.length; part++) {
          const size = sizes[part % sizes.length];
          read.push(...reader.read(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(JSON.stringify(read)).toBe(JSON.stringify(messages));
      },
    ),
  );
});

it('refuses a frame that is too large before it has arrived', () => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(MOST_FRAME_BYTES + 1);
  expect(() => new FrameReader().read(header)).toThrow(/says that it has 8388609 bytes/);
  expect(() => frameOf(new Uint8Array(MOST_FRAME_BYTES))).toThrow(/are the most/);
});

it('refuses a message that names a prototype', () => {
  const naming: unknown = JSON.parse('{ "__proto__": [] }');
  expect(() => new FrameReader().read(Buffer.from(frameOf(naming)))).toThrow(/is not MessagePack/);
});

it('refuses what is no MessagePack', () => {
  expect(() => new FrameReader().read(Buffer.from([0, 0, 0, 2, 0xc1, 0xc1]))).toThrow(/is not MessagePack/);
  expect(() => new FrameReader().read(Buffer.from('Welcome to Ubuntu 22.04\n'))).toThrow(/are the most/);
});
