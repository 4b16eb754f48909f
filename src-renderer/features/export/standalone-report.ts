/** A report as one HTML file: the sheet as it stands on the page with the rules that style it, and nothing that runs or loads anything. */
import { fontTokens } from '../../theme/tokens.ts';

/** What a page around a sheet needs; the workbench's own rules for it are about its frame. */
const pageRules = `
body { margin: 0; padding: 24px; background: #eceef1; font-family: ${fontTokens.sans}; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
@page { margin: 12mm; }
@media print { body { padding: 0; background: #ffffff; } .report { max-width: none !important; padding: 8px 0 0 !important; box-shadow: none !important; } }`;

/**
 * @param sheet the report on the page, which stays as it is
 * @param rules rules of the page's style sheets
 */
export function standaloneReport(sheet: HTMLElement, title: string, rules: Iterable<CSSRule> = rulesOfPage()): string {
  const copy = document.importNode(sheet, true);
  for (const part of copy.querySelectorAll('.no-print, button, script')) part.remove();
  const css = [...rules].filter((rule) => rule instanceof CSSStyleRule && styles(rule.selectorText, sheet)).map((rule) => rule.cssText).join('\n');
  const head = document.createElement('title');
  head.textContent = title;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Tessera">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
${head.outerHTML}
<style>
${css}
${pageRules}
</style>
</head>
<body>
${copy.outerHTML}
</body>
</html>
`;
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
