/** Widths of texts in any script, where nothing can measure them. */
import { expect, test } from 'vitest';
import { estimateTextWidth } from '#renderer/features/export/pictures/text-widths.ts';

const width = (text: string, font = '10px Inter Variable'): number => estimateTextWidth(text, font);

test('of CJK and emoji are an em a sign, in every face', () => {
  for (const text of ['層', 'か', 'カ', '가', '\u{1F680}']) {
    expect(width(text)).toBeCloseTo(10, 9);
    expect(width(text, '10px JetBrains Mono Variable')).toBeCloseTo(10, 9);
  }
});

test('of what joins its neighbour are nothing', () => {
  expect(width('e\u0301')).toBe(width('e'));
  expect(width('\u{1F469}\u200D\u{1F4BB}')).toBeCloseTo(20, 9);
});

test('grow with size and weight', () => {
  expect(width('Сцена', '20px Inter Variable')).toBeCloseTo(2 * width('Сцена'), 9);
  expect(width('Сцена', '600 10px Inter Variable')).toBeGreaterThan(width('Сцена'));
});
