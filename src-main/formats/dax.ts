/** Workflows in Pegasus' DAX (XML, versions 2 and 3): jobs with run times in seconds, as its workflow generator and simulators write them. */
import { SaxesParser } from 'saxes';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { baseName, idFrom } from '#shared/formats/names.ts';
import { defineReader, type Format } from './format.ts';
import { importError } from './import-fault.ts';
import { decodeHead, readText } from './text.ts';
import { workflowNetwork, workflowOptionsSchema, type Workflow } from './workflow.ts';

/** Nested elements at most; a DAX has four levels. */
const MOST_DEPTH = 32;

interface Job {
  readonly id: string;
  readonly name: string;
  readonly parents: Set<string>;
  readonly reads: Set<string>;
  readonly writes: Set<string>;
  runtimeS: number | undefined;
}

export const daxFormat: Format = {
  id: 'dax',
  name: 'Pegasus DAX',
  description: 'a workflow in the XML of Pegasus (DAX): jobs with run times, and the files between them',
  extensions: ['.dax', '.xml'],
  mediaType: 'application/xml',
  reader: defineReader({
    kinds: ['network'],
    options: workflowOptionsSchema,
    recognises({ head }) {
      const text = decodeHead(head);
      return /^\uFEFF?\s*</.test(text) && /<(?:\w+:)?adag[\s>]/.test(text);
    },
    async read([file], { id = idFrom(baseName(file.name).replace(/\.dax$/i, '')), executionTimeKey }) {
      const { network, notes } = workflowNetwork(readDax(await readText(file), file.name), {
        format: 'dax',
        file: file.name,
        id,
        executionTimeKey,
      });
      return { documents: [{ kind: 'network', document: network }], notes };
    },
  }),
};

/**
 * The jobs, files and edges of a DAX. Only the five entities of XML itself are known: those that a document type defines are refused.
 * @throws WorkbenchError `dax.invalid` with the line
 */
function readDax(text: string, file: string): Workflow {
  const jobs = new Map<string, Job>();
  const sizeOf = new Map<string, number>();
  /** An edge may come before its jobs. */
  const edges: { readonly child: string; readonly parent: string; readonly line: number }[] = [];
  const open: string[] = [];
  let name = '';
  let job: Job | undefined;
  let child: string | undefined;
  /** Text of the profile that is read, where it is the run time. */
  let runtimeText: string | undefined;
  const parser = new SaxesParser();
  const fault = (message: string, expected: string, value = '', line = parser.line): WorkbenchError =>
    importError('dax', [{ file, line, message, value, expected }]);
  const required = (attributes: Readonly<Record<string, string>>, attribute: string, element: string): string => {
    const value = attributes[attribute];
    if (value === undefined || value === '') throw fault(`<${element}> has no ${attribute}`, `${attribute}="…"`);
    return value;
  };
  const number = (value: string, what: string): number => {
    const read = value.trim() === '' ? Number.NaN : Number(value);
    if (!Number.isFinite(read) || read < 0)
      throw fault(`"${value}" is not ${what}`, 'a number of 0 or more, decimals with a point', value);
    return read;
  };
  parser.on('error', (error) => {
    throw fault(`not XML: ${error.message.replace(/^\S*?\d+:\d+: /, '')}`, 'well-formed XML');
  });
  parser.on('opentag', ({ name: tag, attributes }) => {
    const element = tag.replace(/^.*:/, '');
    open.push(element);
    if (open.length > MOST_DEPTH)
      throw fault(`<${element}> lies ${open.length} elements deep`, `at most ${MOST_DEPTH}`);
    if (open.length === 1) {
      if (element !== 'adag') throw fault(`the document is a <${element}>`, 'an <adag>');
      name = attributes['name'] ?? '';
    } else if (element === 'job' || element === 'dag' || element === 'dax') {
      const id = required(attributes, 'id', element);
      if (jobs.has(id)) throw fault(`there is already a job "${id}"`, 'an id of its own for each job', id);
      job = {
        id,
        name: attributes['name'] ?? attributes['file'] ?? id,
        parents: new Set(),
        reads: new Set(),
        writes: new Set(),
        runtimeS:
          attributes['runtime'] === undefined ? undefined : number(attributes['runtime'], 'a run time in seconds'),
      };
      jobs.set(id, job);
    } else if (element === 'uses' && job !== undefined) {
      const used = attributes['file'] ?? attributes['name'] ?? required(attributes, 'file', element);
      const link = attributes['link'] ?? '';
      if (link === 'input' || link === 'inout') job.reads.add(used);
      if (link === 'output' || link === 'inout') job.writes.add(used);
      if (attributes['size'] !== undefined) sizeOf.set(used, number(attributes['size'], 'a size in bytes'));
    } else if (element === 'profile' && job !== undefined && attributes['key']?.toLowerCase() === 'runtime')
      runtimeText = '';
    else if (element === 'child') child = required(attributes, 'ref', element);
    else if (element === 'parent' && child !== undefined)
      edges.push({ child, parent: required(attributes, 'ref', element), line: parser.line });
  });
  parser.on('text', (part) => {
    if (runtimeText !== undefined) runtimeText += part;
  });
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === 'profile' && job !== undefined && runtimeText !== undefined)
      job.runtimeS ??= number(runtimeText, 'a run time in seconds');
    if (element === 'profile') runtimeText = undefined;
    if (element === 'job' || element === 'dag' || element === 'dax') job = undefined;
    if (element === 'child') child = undefined;
  });
  parser.write(text).close();
  for (const { child: own, parent, line } of edges) {
    const waiting = jobs.get(own);
    if (waiting === undefined || !jobs.has(parent))
      throw fault(
        `there is no job "${waiting === undefined ? own : parent}"`,
        'the id of a job',
        waiting === undefined ? own : parent,
        line,
      );
    waiting.parents.add(parent);
  }
  return { name, sizeOf, tasks: [...jobs.values()].map((each) => ({ ...each, program: each.name })) };
}
