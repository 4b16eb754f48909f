/**
 * A report as one HTML file: the sheet as on the page with the rules that style it, and nothing that runs or loads
 * anything.
 */
import { reportDocument } from './report-document.ts';

/**
 * @param sheet the report on the page, which stays as it is
 * @param rules rules of the page's style sheets
 */
export function standaloneReport(sheet: HTMLElement, title: string, rules: Iterable<CSSRule> = rulesOfPage()): string {
  const copy = document.importNode(sheet, true);
  for (const part of copy.querySelectorAll('.no-print, button, script')) part.remove();
  const css = [...rules]
    .filter((rule) => rule instanceof CSSStyleRule && styles(rule.selectorText, sheet))
    .map((rule) => rule.cssText)
    .join('\n');
  return reportDocument(title, css, copy.outerHTML);
}

function rulesOfPage(): CSSRule[] {
  return [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
}

/** Whether `selector` is about anything in `sheet`; states that only a pointer or the keyboard brings about are not. */
function styles(selector: string, sheet: HTMLElement): boolean {
  const withoutPseudoElements = selector.replaceAll(/::[\w-]+(\([^)]*\))?/g, '');
  if (/:(hover|focus|active|focus-visible|focus-within)\b/.test(withoutPseudoElements)) return false;
  try {
    return sheet.matches(withoutPseudoElements) || sheet.querySelector(withoutPseudoElements) !== null;
  } catch {
    return false; // a selector of another browser's own
  }
}
