/** The report of a run as one HTML file, written without a page: what the page of the report shows, with its rules. */
import type { LegendEntry } from '../../../canvas/legend.ts';
import { metricOf, titleWithUnit } from '#shared/domain/metrics.ts';
import { formatCount } from '../../../format.ts';
import { customProperties } from '../../../theme/tokens.ts';
import type { ReportContent } from '../report/report-content.ts';
import { escapeHtml as text } from '#shared/formats/html-text.ts';
import { reportDocument } from '../report/report-document.ts';
import rules from '../report/report.css?inline';

/** What the workbench's own rules give the page of a report. */
const ownRules = `* { box-sizing: border-box; }
.report figure { margin: 0; break-inside: avoid; }
.report svg { display: block; width: 100%; height: auto; }
.report .mono { font-family: var(--mono); }
.report dl, .report p { margin-block: 0; }
.report .swatch { display: inline-block; width: 14px; height: 0; }`;

/** @param madeBy what writes it: "Tessera 0.1.0" @param madeAt when, in words */
export function reportHtml(report: ReportContent, madeBy: string, madeAt: string): string {
  const light = Object.entries(customProperties('light'))
    .map(([property, value]) => `${property}: ${value}`)
    .join('; ');
  const sheet = `<article class="report" style="${text(light)}">
<p class="made"><span>${text(madeBy)}</span><span>${text(madeAt)}</span></p>
<header><h1>${text(report.name)}</h1>${report.notes === '' ? '' : `<p class="notes">${text(report.notes)}</p>`}</header>
${facts('facts', report.facts)}
${section(
  'Result',
  `<p class="answer ${report.deadlines.verdict}">${text(report.deadlines.text)}</p>` +
    `<p class="answer">${text(report.distance)}</p>${applications(report)}${metrics(report)}`,
)}
${section('Best schedule', figure(report.schedule, 'Best schedule'))}
<section class="charts">${report.charts
    .map(({ title, legend, svg }) => `<div><h3>${text(title)}</h3>${key(legend)}${figure(svg, title)}</div>`)
    .join('\n')}</section>
${section(
  'Processors',
  table(
    '',
    ['Processor', '>Active cores', '>Frequency (MHz)', '>Layers', 'Utilisation'],
    report.processors.map((row) => [row.name, row.cores, row.frequency, row.layers, row.utilization]),
  ),
)}
${section(
  'Configuration',
  facts(
    'facts options',
    report.options.map(({ title, value }) => [title, value]),
  ),
)}
${section(
  'Mapping',
  table(
    'mapping',
    ['Application', 'Layer', 'Operation', 'Runs on', '>First start (ms)', '>Duration (ms)'],
    report.layers.map((row) => [
      row.application,
      row.layer,
      row.op,
      { content: row.pe, className: 'mono' },
      row.start,
      row.duration,
    ]),
  ),
)}
${report.moreLayers > 0 ? `<p class="more">… and ${formatCount(report.moreLayers)} more layers; “schedule-csv” has them all.</p>` : ''}
</article>`;
  return reportDocument(report.name, `${ownRules}\n${rules}`, sheet);
}

function applications(report: ReportContent): string {
  return table(
    '',
    [
      'Application',
      '>Deadlines missed',
      '>Worst response (ms)',
      '>Deadline (ms)',
      `>${titleWithUnit(metricOf('latencyMs'))}`,
      `>${metricOf('latencyMs').title} vs ${report.baselineName}`,
    ],
    report.applications.map(({ name, missed, worst, deadline, mean, delta, verdict }) => [
      name,
      missed,
      worst,
      deadline,
      mean,
      { content: delta, className: verdict },
    ]),
  );
}

function metrics(report: ReportContent): string {
  return table(
    '',
    ['Metric of the best schedule', '>Value', `>${report.baselineName}`, '>Difference'],
    report.metrics.map(({ title, value, base, delta, verdict }) => [
      title,
      value,
      base,
      { content: delta, className: verdict },
    ]),
  );
}

function section(title: string, content: string): string {
  return `<section><h2>${text(title)}</h2>${content}</section>`;
}

function facts(className: string, entries: readonly (readonly [name: string, value: string])[]): string {
  return `<dl class="${className}">${entries.map(([name, value]) => `<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>`).join('')}</dl>`;
}

type Cell = string | { readonly content: string; readonly className: string };

/** @param heads those of figures begin with ">" */
function table(className: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const isFigure = heads.map((head) => head.startsWith('>'));
  const cell = (given: Cell, column: number): string => {
    const { content, className: own } = typeof given === 'string' ? { content: given, className: '' } : given;
    return `<td class="${[isFigure[column] === true ? 'right' : '', own].join(' ').trim()}">${text(content)}</td>`;
  };
  const headCells = heads.map(
    (head, column) => `<th${isFigure[column] === true ? ' class="right"' : ''}>${text(head.replace(/^>/, ''))}</th>`,
  );
  return `<table class="${className}"><thead><tr>${headCells.join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}</tbody></table>`;
}

/** @param svg a whole document; its own size gives way to the width of the sheet */
function figure(svg: string, label: string): string {
  return `<figure role="img" aria-label="${text(label)}">${svg.replace(/^<\?xml[^>]*>\s*/, '')}</figure>`;
}

function key(legend: readonly LegendEntry[]): string {
  const swatch = ({ dash, color }: LegendEntry): string =>
    dash === 'square' ? `background: ${color}; height: 9px; width: 9px` : `border-top: 2px ${dash} ${color}`;
  return `<ul class="key">${legend.map((entry) => `<li><span class="swatch" style="${text(swatch(entry))}"></span>${text(entry.name)}</li>`).join('')}</ul>`;
}
