/** The HTML document around a report that is saved as a file: nothing in it runs or loads anything. */
import { escapeHtml } from '#shared/formats/html-text.ts';
import { fontTokens } from '../../../theme/tokens.ts';

/** What a page around a sheet needs; the workbench's own rules for it are about its frame. */
const pageRules = `
body { margin: 0; padding: 24px; background: #eceef1; font-family: ${fontTokens.sans}; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
@page { margin: 12mm; }
@media print { body { padding: 0; background: #ffffff; } .report { max-width: none !important; padding: 8px 0 0 !important; box-shadow: none !important; } }`;

/**
 * @param css rules for the sheet
 * @param sheet its markup
 */
export function reportDocument(title: string, css: string, sheet: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Tessera">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<style>
${css}
${pageRules}
</style>
</head>
<body>
${sheet}
</body>
</html>
`;
}
