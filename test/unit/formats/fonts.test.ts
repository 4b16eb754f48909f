/** Letters of every script in pictures: which fonts they come from, and what is said of those that none has. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fontsFor, type FontPlaces } from '#main/formats/fonts.ts';
import { Rasterizer } from '#main/formats/rasterize.ts';
import { aFontWith } from '#test/fixtures/font-writer.ts';

let folder: string;
let places: FontPlaces;
const none: FontPlaces = { folders: [] };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-fonts-'));
  mkdirSync(join(folder, 'below'));
  writeFileSync(join(folder, 'damaged.ttf'), 'no font at all');
  writeFileSync(join(folder, 'below', 'Squares.ttf'), aFontWith('層機\u{1F680}'));
  writeFileSync(join(folder, 'Squares-Bold.ttf'), aFontWith('層'));
  places = { folders: [join(folder, 'not there'), folder] };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Pixels of a text that are not white. */
async function inked(rasterizer: Rasterizer, text: string): Promise<number> {
  const pixels = await rasterizer.pixels(
    `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><rect width="200" height="40" fill="#fff"/><text x="4" y="28" font-family="Inter Variable" font-size="24">${text}</text></svg>`,
    1,
  );
  let count = 0;
  for (let at = 0; at < pixels.length; at += 4) if (pixels[at]! < 128) count++;
  return count;
}

describe('the fonts for a text', () => {
  test.each(['plain ASCII', 'Žluťoučký kůň', 'Сцена с камерой', 'Στρώμα', 'Lớp tích chập', ' \t\n\u200B\uFE0F'])(
    'of the product have %j',
    (text) => {
      expect(fontsFor(text, none).missing).toEqual([]);
    },
  );

  test('are no more than the text needs', () => {
    expect(fontsFor('Сцена', none).files.length).toBeGreaterThan(fontsFor('scene', none).files.length);
    expect(fontsFor('scene', places).files).toEqual(fontsFor('scene', none).files);
  });

  test('of the system have what those of the product lack: plain cuts first, damaged files passed over', () => {
    const { files, missing } = fontsFor('conv 層 \u{1F680} 機', places);
    expect(missing).toEqual([]);
    expect(files.at(-1)).toEqual(Buffer.from(aFontWith('層機\u{1F680}')));
  });

  test('leave out what nobody has, each letter once', () => {
    expect(fontsFor('層 相 相', places).missing).toEqual(['相']);
    expect(fontsFor('層 相 相', none).missing).toEqual(['層', '相']);
  });
});

describe('pixels', () => {
  test('show letters of a font of the system', async () => {
    const rasterizer = new Rasterizer(places);
    // two squares of 0.8 × 24 px
    expect(await inked(rasterizer, '層機')).toBeGreaterThan(500);
    expect(rasterizer.notes).toEqual([]);
  });

  test('say which letters no font has, and go on without them', async () => {
    const rasterizer = new Rasterizer(none);
    expect(await inked(rasterizer, 'Слой')).toBeGreaterThan(100);
    expect(rasterizer.notes).toEqual([]);
    expect(await inked(rasterizer, 'conv 相→')).toBeGreaterThan(100);
    expect(rasterizer.notes).toEqual([
      {
        message: 'no font of this machine has the letter: 相; it is drawn as ▯',
        hint: expect.stringContaining('Noto Sans'),
      },
    ]);
  });
});
