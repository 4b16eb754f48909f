/** The script of an exported dashboard: unpacks the run that the page holds and plays it. No network, no framework. */
import '../../../strict-csp.ts';
import css from './dashboard.css?inline';
import { element } from './dom.ts';
import { readRun } from './dashboard-run.ts';
import { showRun } from './page.ts';

document.head.append(element('style', {}, css));
readRun()
  .then(showRun)
  .catch((error: unknown) => {
    document.body.append(
      element(
        'div',
        { class: 'fault', role: 'alert' },
        element('h1', {}, 'This page cannot be shown'),
        element(
          'p',
          {},
          `The run in it could not be read: ${error instanceof Error ? error.message : String(error)}. Export it again, or open it in a recent browser.`,
        ),
      ),
    );
    throw error;
  });
