/** A name that is markup stays text in the pages that are written: in their titles, too. */
import { expect, test } from 'vitest';
import { dashboardPage } from '#main/formats/html-dashboard.ts';
import { reportDocument } from '#renderer/features/export/report/report-document.ts';

const name = `</title><script>alert("&amp;")</script><b a='`;
const pages: Readonly<Record<string, string>> = {
  'an interactive page': dashboardPage(name, Uint8Array.of(1, 2, 3), 'start()'),
  'a report': reportDocument(name, '.report {}', '<article></article>'),
};

test.each(Object.keys(pages))('%s has nothing of it outside its title, and there as text', (page) => {
  const html = pages[page]!;
  const [, title] = /<title>([^]*?)<\/title>/.exec(html) ?? [];
  expect(title).not.toMatch(/[<>"']/);
  const decoded = title!.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  expect(decoded.replace(' · Tessera', '')).toBe(name);
  expect(html).not.toContain('<script>alert');
  expect(html.match(/<title>/g)).toHaveLength(1);
});

test('an interactive page runs no other script than its own, wherever that says how a script ends', () => {
  const html = dashboardPage('r', Uint8Array.of(1), 'show("</script><script>other()")');
  expect(html.match(/<script/g)).toHaveLength(3); // the data, its own, and the text within its own
  expect(html.match(/<\/script>/g)).toHaveLength(2);
});
