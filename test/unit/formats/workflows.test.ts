/** Workflows of WfCommons (in both of its shapes) and of Pegasus: tasks, times, edges, and what is said about broken ones. */
import { expect, test } from 'vitest';
import { asFile, readBytes } from '#test/fixtures/formats.ts';

/** One task that splits, two that work, one that joins; a file from outside. */
const specified = {
  name: 'four',
  schemaVersion: '1.5',
  workflow: {
    specification: {
      tasks: [
        {
          name: 'split',
          id: 'T1',
          parents: [],
          children: ['T2', 'T3'],
          inputFiles: ['in'],
          outputFiles: ['left', 'right'],
        },
        { name: 'work', id: 'T2', parents: ['T1'], children: ['T4'], inputFiles: ['left'], outputFiles: ['a'] },
        { name: 'work', id: 'T3', parents: ['T1'], children: [], inputFiles: ['right', 'left'], outputFiles: ['b'] },
        { name: 'join', id: 'T4', parents: ['T3'], children: [], inputFiles: ['a', 'b'], outputFiles: [] },
      ],
      files: [
        { id: 'in', sizeInBytes: 9 },
        { id: 'left', sizeInBytes: 20 },
        { id: 'right', sizeInBytes: 30 },
        { id: 'a', sizeInBytes: 4 },
        { id: 'b', sizeInBytes: 5 },
      ],
    },
    execution: {
      makespanInSeconds: 1,
      executedAt: '2024-01-01T00:00:00Z',
      tasks: [
        { id: 'T1', runtimeInSeconds: 0.25 },
        { id: 'T2', runtimeInSeconds: 2 },
        { id: 'T3', runtimeInSeconds: 3 },
        { id: 'T4', runtimeInSeconds: 0 },
      ],
    },
  },
};

/** The same as versions up to 1.4 say it: everything in one list, tasks named by their names. */
const inOneList = {
  name: 'four',
  schemaVersion: '1.4',
  workflow: {
    makespanInSeconds: 1,
    tasks: specified.workflow.specification.tasks.map(({ id, name, parents, inputFiles, outputFiles }, index) => ({
      name: `${name}_${id}`,
      category: name,
      type: 'compute',
      runtimeInSeconds: specified.workflow.execution.tasks[index].runtimeInSeconds,
      parents: [...parents, ...(id === 'T4' ? ['T2'] : [])].map(
        (parent) => `${parent === 'T1' ? 'split' : 'work'}_${parent}`,
      ),
      files: [
        ...inputFiles.map((file) => ['input', file] as const),
        ...outputFiles.map((file) => ['output', file] as const),
      ].map(([link, file]) => ({
        link,
        name: file,
        sizeInBytes: specified.workflow.specification.files.find(({ id: each }) => each === file)?.sizeInBytes,
      })),
    })),
  },
};

const dax = `<?xml version="1.0" encoding="UTF-8"?>
<!-- generated -->
<adag xmlns="http://pegasus.isi.edu/schema/DAX" name="four" jobCount="4">
  <job id="T1" name="split" runtime="0.25"><argument>-n 2 <filename file="in"/></argument><uses file="in" link="input" size="9"/><uses file="left" link="output" size="20"/><uses name="right" link="output" size="30"/></job>
  <job id="T2" name="work"><profile namespace="pegasus" key="runtime">2</profile><uses file="left" link="input" size="20"/><uses file="a" link="output" size="4"/></job>
  <job id="T3" name="work" runtime="3"><uses file="right" link="input" size="30"/><uses file="left" link="input" size="20"/><uses file="b" link="output" size="5"/></job>
  <job id="T4" name="join" runtime="0"><uses file="a" link="input" size="4"/><uses file="b" link="input" size="5"/></job>
  <child ref="T2"><parent ref="T1"/></child><child ref="T3"><parent ref="T1"/></child><child ref="T4"><parent ref="T2"/><parent ref="T3"/></child>
</adag>
`;

test.each([
  ['WfCommons 1.5', 'wfcommons', asFile('four.json', JSON.stringify(specified)), ['T1', 'T2', 'T3', 'T4']],
  [
    'WfCommons 1.4',
    'wfcommons',
    asFile('four.json', JSON.stringify(inOneList)),
    ['split_T1', 'work_T2', 'work_T3', 'join_T4'],
  ],
  ['Pegasus DAX', 'dax', asFile('four.dax', dax), ['T1', 'T2', 'T3', 'T4']],
  ['Pegasus DAX by its content', 'dax', asFile('four.txt', dax), ['T1', 'T2', 'T3', 'T4']],
])(
  '%s is read with times in ms and the bytes that go along each edge',
  async (_, format, file, [first, second, third, fourth]) => {
    const [outcome] = await readBytes([file]);
    expect(outcome).toMatchObject({
      status: 'read',
      format,
      notes: [{ message: expect.stringContaining('1 files come from outside') }],
    });
    const [network] = outcome.status === 'read' ? outcome.documents.map(({ document }) => document) : [];
    if (!('layers' in network)) throw new Error('no network');
    expect(network.id).toBe('four');
    expect(
      network.layers.map(({ id, op, executionTimeMs, outputBytes }) => [id, op, executionTimeMs['cpu'], outputBytes]),
    ).toEqual([
      [first, 'split', 250, 50],
      [second, 'work', 2000, 4],
      [third, 'work', 3000, 5],
      [fourth, 'join', 0, 0],
    ]);
    const edges = network.layers.flatMap(({ id, dependencies }) =>
      dependencies.map(({ layer, bytes }) => `${layer}>${id}=${bytes}`),
    );
    expect(edges.sort()).toEqual(
      [`${first}>${second}=20`, `${first}>${third}=50`, `${second}>${fourth}=4`, `${third}>${fourth}=5`].sort(),
    );
  },
);

test('what a workflow does not say is said in notes', async () => {
  const tasks = [
    { name: 'a', parents: [], files: [{ link: 'output', name: 'f', size: 3 }] },
    { name: 'b', parents: [], files: [{ link: 'input', name: 'f', size: 3 }], runtime: 1 },
  ];
  const file = asFile('old.json', JSON.stringify({ name: 'old', schemaVersion: '1.1', workflow: { jobs: tasks } }));
  const messages = async (options: object): Promise<string[]> =>
    (await readBytes([file], 'wfcommons', { ...options })).flatMap((outcome) =>
      outcome.status === 'read' ? outcome.notes.map(({ message }) => message) : [],
    );
  expect(await messages({})).toEqual([
    expect.stringContaining('2 sizes of files are left out'),
    expect.stringContaining('1 of 2 tasks have no run time'),
    expect.stringContaining('1 files have no size'),
    expect.stringContaining('1 tasks read files of tasks that they do not follow'),
  ]);
  expect(await messages({ sizeUnit: 'kB' })).toEqual([
    expect.stringContaining('no run time'),
    expect.stringContaining('do not follow'),
  ]);
});

const job = '<job id="A" name="a" runtime="1"/>';
test.each([
  ['an XML that breaks off', `<adag>${job}`, /dax: x\.dax, line 1: not XML: /],
  ['elements that do not fit', `<adag>\n${job}</job></adag>`, /line 2: not XML/],
  [
    'an entity of its own',
    `<!DOCTYPE adag [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<adag><job id="&b;"/></adag>`,
    /line 2: not XML: .*entity/,
  ],
  ['another document', '<adag2/>', /in no format|an? <adag2>/],
  ['a job without an id', '<adag><job name="a"/></adag>', /<job> has no id/],
  ['a job twice', `<adag>${job}${job}</adag>`, /already a job "A"/],
  ['a time that is no number', '<adag><job id="A" runtime="1,5"/></adag>', /"1,5" is not a run time in seconds/],
  [
    'a size below 0',
    '<adag><job id="A"><uses file="f" link="input" size="-1"/></job></adag>',
    /"-1" is not a size in bytes/,
  ],
  ['an edge to nothing', `<adag>${job}<child ref="A"><parent ref="B"/></child></adag>`, /there is no job "B"/],
  ['no job', '<adag></adag>', /there is no task/],
  ['elements beyond measure', `<adag>${'<a>'.repeat(100_000)}`, /elements deep/],
])('%s is refused in words', async (_, text, message) => {
  expect(await readBytes([asFile('x.dax', text)])).toMatchObject([
    { status: 'failed', error: { message: expect.stringMatching(message) } },
  ]);
});

test.each([
  [
    'an unknown parent',
    { tasks: [{ id: 'a', name: 'a', parents: ['b'], children: [] }] },
    /waits for "b", which does not exist/,
  ],
  [
    'a task twice',
    {
      tasks: [
        { id: 'a', name: 'a', parents: [] },
        { id: 'a', name: 'a', parents: [] },
      ],
    },
    /two tasks "a"/,
  ],
  [
    'a cycle',
    {
      tasks: [
        { id: 'a', name: 'a', parents: ['b'] },
        { id: 'b', name: 'b', parents: ['a'] },
      ],
    },
    /cycle/,
  ],
  [
    'a time that is text',
    { tasks: [{ id: 'a', name: 'a', parents: [], runtimeInSeconds: 'long' }] },
    /workflow\.tasks\[0\]\.runtimeInSeconds/,
  ],
])('a WfCommons workflow with %s is refused in words', async (_, workflow, message) => {
  expect(
    await readBytes([asFile('x.json', JSON.stringify({ name: 'x', schemaVersion: '1.4', workflow }))]),
  ).toMatchObject([{ status: 'failed', error: { message: expect.stringMatching(message) } }]);
});
