/** `tessera formats`: the file formats, what each reads and writes, and its options. Opens no database. */
import type { Command } from 'commander';
import { describeFormats } from '../../toolbox.ts';
import { withJson, type OutputOptions } from '../arguments.ts';
import { renderOptions } from '../option-table.ts';
import { printJson, printText } from '../output.ts';
import { table } from '../table.ts';

export function registerFormats(program: Command): void {
  withJson(program.command('formats'))
    .description('list the file formats that can be read and written')
    .action(({ json }: OutputOptions) => {
      const formats = describeFormats();
      if (json) {
        printJson({ formats });
        return;
      }
      const list = (kinds: readonly string[]): string => (kinds.length === 0 ? '–' : kinds.join(', '));
      printText(
        table(formats, [
          { title: 'format', value: (format) => format.id },
          { title: 'files', value: (format) => format.extensions.join(' ') },
          { title: 'reads', value: (format) => list(format.imports) },
          { title: 'writes', value: (format) => list(format.exports) },
          { title: 'what it holds', value: (format) => format.description },
        ]),
      );
      for (const { id, imports, exports, importOptions, exportOptions } of formats) {
        if (imports.length > 0) printText(`\nimport ${id}\n${renderOptions(importOptions)}`);
        if (exports.some((subject) => subject !== 'run'))
          printText(`\nexport as ${id}\n${renderOptions(exportOptions)}`);
      }
      printText('\nTessera JSON is checked with the schemas in resources/schema.');
    });
}
