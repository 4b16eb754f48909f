/** Who may import whom (DESIGN §2). `shared` imports nothing of the others; hosts reach services through compose, and what needs no workbench through their toolbox. */
const room = (name, from, to, comment) => ({ name, severity: 'error', comment, from: { path: from }, to });
/** Rooms of the renderer, each with those it may import; all of them are listed before it, so that no circle can arise. */
const rendererRooms = require('./src-renderer/rooms.json');
/** Open to every room of the renderer. */
const openFiles = '(format|download|strict-csp)\\.ts$';
/** The one page that is put together from what other areas show of a run. */
const runPage = '^src-renderer/features/run/RunPage\\.vue$';

module.exports = {
  forbidden: [
    room('no-cycles', '^src-', { circular: true }, 'a cycle hides which of the two is the basis'),
    room('shared-is-pure', '^src-shared/', { path: '^(src-main|src-renderer)/' }, 'shared code imports nothing of the other rooms'),
    room('shared-has-no-platform', '^src-shared/', { dependencyTypes: ['core'] }, 'shared code runs everywhere'),
    room('shared-packages', '^src-shared/(domain|scheduling|analysis|formats|nas)/', { path: 'node_modules/', pathNot: 'node_modules/zod/' }, 'shared code needs zod only'),
    room('contract-packages', '^src-shared/contract/', { path: 'node_modules/', pathNot: 'node_modules/(zod|@msgpack/msgpack)/' }, 'the contract needs zod, and MessagePack for its binary form'),
    room('domain-is-the-basis', '^src-shared/domain/', { path: '^src-shared/(scheduling|analysis|contract|formats|nas)/' }, 'domain ← scheduling ← analysis'),
    room('scheduling-before-analysis', '^src-shared/scheduling/', { path: '^src-shared/(analysis|contract)/' }, 'domain ← scheduling ← analysis'),
    room('formats-make-documents', '^src-shared/formats/', { path: '^src-shared/(scheduling|analysis|contract)/' }, 'a file becomes a document; what is done with it does not concern its format'),
    room('nas-uses-domain', '^src-shared/nas/', { path: '^src-shared/(analysis|contract|formats)/' }, 'networks that are searched for are documents like any others'),
    room('contract-uses-domain', '^src-shared/contract/', { path: '^src-shared/(scheduling|analysis)/' }, 'the contract speaks of documents and results only'),
    room('engine-sees-shared', '^src-main/engine/', { path: '^(src-main|src-renderer)/', pathNot: '^src-main/engine/' }, 'the search knows no store, host or process'),
    room('engine-has-no-platform', '^src-main/engine/', { dependencyTypes: ['core'] }, 'the search reads no clock, disk or global randomness'),
    room('engine-packages', '^src-main/engine/', { path: 'node_modules/(better-sqlite3|electron|pino|ws)/' }, 'the search knows no database and no host'),
    room('store-sees-shared', '^src-main/(store|formats)/', { path: '^(src-main|src-renderer)/', pathNot: '^src-main/$1/' }, 'the record and the formats know src-shared only, neither their users nor the search'),
    room('queue-sees-store', '^src-main/queue/', { path: '^(src-main|src-renderer)/', pathNot: '^src-main/((queue|store)/|npm-packages\\.ts$)' }, 'a queue knows runs and their records; who submits and who searches is handed in'),
    room('services-see-no-host', '^src-main/(services|processes)/', { path: '^(src-main/hosts|src-renderer)/' }, 'services do not know who asks'),
    { ...room('hosts-through-compose', '', { path: '^(src-main|src-renderer)/', pathNot: '^src-main/(hosts/|compose\\.ts$|services/workbench\\.ts$)' }, 'hosts reach everything else through compose, the workbench and their toolbox'), from: { path: '^src-main/hosts/', pathNot: '^src-main/hosts/toolbox\\.ts$' } },
    room('hosts-take-types', '^src-main/hosts/', { path: '^src-main/services/workbench\\.ts$', dependencyTypesNot: ['type-only'] }, 'the workbench is made by compose; hosts know its type'),
    room('renderer-sees-shared', '^src-renderer/', { path: '^src-main/' }, 'the renderer talks to the rest through the contract only'),
    ...Object.entries(rendererRooms).map(([name, seen]) =>
      room(`renderer-${name}`, `^src-renderer/${name}/`, { path: '^src-renderer/', pathNot: `^src-renderer/(${openFiles}|(${[name, ...seen].join('|')})/)` }, 'which room of the renderer imports which is declared in src-renderer/rooms.json')),
    room('renderer-open-files', `^src-renderer/${openFiles}`, { path: '^src-renderer/' }, 'what every room may import imports none'),
    { ...room('features-apart', '^src-renderer/features/([^/]+)/', { path: '^src-renderer/', pathNot: `^src-renderer/(${openFiles}|features/$1/|(${Object.keys(rendererRooms).join('|')})/)` }, 'an area of features imports no other: what two of them need belongs into a room'), from: { path: '^src-renderer/features/([^/]+)/', pathNot: runPage } },
    room('run-page-composes', runPage, { path: '^src-renderer/', pathNot: `^src-renderer/(${openFiles}|features/run/|features/(population|replay)/\\w+Panel\\.vue$|features/export/ExportDialog\\.vue$|(${Object.keys(rendererRooms).join('|')})/)` }, 'debt: the tabs and the export dialog of the run page are areas of their own'),
    { ...room('tests-are-no-product', '^src-', { path: '^test/' }, 'only the router takes a page from the tests: the gallery, in development builds'), from: { path: '^src-', pathNot: '^src-renderer/router\\.ts$' } },
    room('renderer-has-no-node', '^src-renderer/', { dependencyTypes: ['core'] }, 'the renderer is sandboxed'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // How a part is built does not belong to that part: it runs where the build runs.
    exclude: { path: '(engine/kernel/assembly/|/vite\\.config\\.ts$)' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.vue', '.js', '.json', '.d.ts'] },
  },
};
