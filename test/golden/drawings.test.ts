/**
 * Every plot as it is drawn, in both themes: each call, in order, with its colour and its place to a hundredth of a pixel, as text in
 * drawings/. A difference means that a picture has changed. When that is intended, record it with
 * `UPDATE_GOLDEN=1 npx vitest run --project node test/golden/drawings`, look at the difference, and say why in the commit.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canvasThemes } from '#renderer/canvas/canvas-theme.ts';
import { drawings, type Drawing } from '#test/fixtures/drawings.ts';
import { WrittenDrawing } from '#test/fixtures/written-drawing.ts';

const root = join(import.meta.dirname, '../..');
const directory = join(import.meta.dirname, 'drawings');

function written(drawing: Drawing, theme: 'light' | 'dark'): string {
  const context = new WrittenDrawing();
  drawing.draw(context, canvasThemes[theme]);
  return context.toString();
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  test.each(Object.keys(drawings))('%s is drawn as recorded', (name) => {
    const drawing = written(drawings[name]!, theme);
    const file = join(directory, `${name}-${theme}.txt`);
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(directory, { recursive: true });
      writeFileSync(file, drawing);
    }
    expect(drawing).toBe(readFileSync(file, 'utf8'));
  });
});

test('every function of the renderer that draws is recorded, alone or as part of another', () => {
  const found = globSync('src-renderer/**/*.ts', { cwd: root }).flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/^export function (draw[A-Z]\w*)\(/gm)].map(
      ([, name]) => name!,
    ),
  );
  const recorded = Object.values(drawings).flatMap(({ functions }) => functions);
  expect([...new Set(recorded)].toSorted()).toEqual(found.toSorted());
});
