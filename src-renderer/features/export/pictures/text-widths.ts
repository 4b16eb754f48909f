/** Widths of texts where there is no canvas to measure them with: from the advance widths of the product's fonts. */

/** Inter 4, weight 400: advance widths of U+0020 … U+007E, thousandths of the font's size. */
const INTER = [
  281, 288, 466, 633, 642, 982, 644, 300, 365, 365, 645, 662, 288, 460, 288, 360, 631, 407, 610, 618, 646, 593, 620,
  566, 619, 620, 288, 302, 662, 662, 662, 511, 966, 690, 654, 730, 722, 601, 590, 746, 743, 269, 571, 672, 565, 903,
  753, 765, 639, 765, 644, 642, 646, 744, 690, 985, 682, 679, 629, 365, 360, 365, 471, 490, 323, 562, 612, 571, 612,
  583, 370, 613, 591, 242, 242, 549, 242, 876, 591, 600, 612, 612, 392, 528, 342, 591, 572, 818, 546, 572, 552, 426,
  333, 426, 662,
];
/** Of what is not in the table, and what is much wider, narrower or has no width of its own. */
const OTHER = 620;
const WIDE = 1000;
const ARABIC = 500;
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303F\uFF01-\uFF60]/u;
const joined = /[\p{M}\p{Cf}]/u;
/** Every advance of JetBrains Mono; scripts that it lacks are drawn in other fonts. */
const MONO = 600;
/** How much wider bold text is. */
const BOLDER = 1.04;

/** Width of `text` in a CSS font, pixels; of languages other than English, about. */
export function estimateTextWidth(text: string, font: string): number {
  const sizePx = Number(/([\d.]+)px/.exec(font)?.[1] ?? 10);
  const weight = Number(/^(\d+) /.exec(font)?.[1] ?? 400);
  const isMono = font.includes('Mono');
  let thousandths = 0;
  for (const character of text)
    thousandths += otherAdvance(character) ?? (isMono ? MONO : (INTER[(character.codePointAt(0) ?? 0) - 32] ?? OTHER));
  return (thousandths / 1000) * sizePx * (weight > 500 ? BOLDER : 1);
}

/** Advance of a character of scripts that the product's fonts lack, undefined for others. */
function otherAdvance(character: string): number | undefined {
  if (character <= '\u024F') return undefined;
  if (joined.test(character)) return 0;
  if (wide.test(character)) return WIDE;
  return /\p{Script=Arabic}/u.test(character) ? ARABIC : undefined;
}
