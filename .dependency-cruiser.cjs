/** Who may import whom (DESIGN §2). `shared` imports nothing of the others; hosts reach services through compose. */
const room = (name, from, to, comment) => ({ name, severity: 'error', comment, from: { path: from }, to });
module.exports = {
  forbidden: [
    room('no-cycles', '^src-', { circular: true }, 'a cycle hides which of the two is the basis'),
    room('shared-is-pure', '^src-shared/', { path: '^(src-main|src-renderer)/' }, 'shared code imports nothing of the other rooms'),
    room('shared-has-no-platform', '^src-shared/', { dependencyTypes: ['core'] }, 'shared code runs everywhere'),
    room('shared-packages', '^src-shared/(domain|scheduling|analysis|formats)/', { path: 'node_modules/', pathNot: 'node_modules/zod/' }, 'shared code needs zod only'),
    room('contract-packages', '^src-shared/contract/', { path: 'node_modules/', pathNot: 'node_modules/(zod|@msgpack/msgpack)/' }, 'the contract needs zod, and MessagePack for its binary form'),
    room('domain-is-the-basis', '^src-shared/domain/', { path: '^src-shared/(scheduling|analysis|contract|formats)/' }, 'domain ← scheduling ← analysis'),
    room('scheduling-before-analysis', '^src-shared/scheduling/', { path: '^src-shared/(analysis|contract)/' }, 'domain ← scheduling ← analysis'),
    room('formats-make-documents', '^src-shared/formats/', { path: '^src-shared/(scheduling|analysis|contract)/' }, 'a file becomes a document; what is done with it is no matter of its format'),
    room('contract-uses-domain', '^src-shared/contract/', { path: '^src-shared/(scheduling|analysis)/' }, 'the contract speaks of documents and results only'),
    room('engine-sees-shared', '^src-main/engine/', { path: '^(src-main|src-renderer)/', pathNot: '^src-main/engine/' }, 'the search knows no store, host or process'),
    room('engine-has-no-platform', '^src-main/engine/', { dependencyTypes: ['core'] }, 'the search reads no clock, disk or global randomness'),
    room('engine-packages', '^src-main/engine/', { path: 'node_modules/(better-sqlite3|electron|pino|ws)/' }, 'the search knows no database and no host'),
    room('store-sees-shared', '^src-main/(store|formats)/', { path: '^(src-main|src-renderer)/', pathNot: '^src-main/$1/' }, 'the record and the formats know src-shared only, neither their users nor the search'),
    room('services-see-no-host', '^src-main/(services|processes)/', { path: '^(src-main/hosts|src-renderer)/' }, 'services do not know who asks'),
    room('hosts-through-compose', '^src-main/hosts/', { path: '^(src-main|src-renderer)/', pathNot: '^src-main/(hosts/|compose\\.ts$|services/workbench\\.ts$)' }, 'hosts reach everything else through compose and the workbench'),
    room('hosts-take-types', '^src-main/hosts/', { path: '^src-main/services/workbench\\.ts$', dependencyTypesNot: ['type-only'] }, 'the workbench is made by compose; hosts know its type'),
    room('renderer-sees-shared', '^src-renderer/', { path: '^src-main/' }, 'the renderer talks to the rest through the contract only'),
    room('renderer-has-no-node', '^src-renderer/', { dependencyTypes: ['core'] }, 'the renderer is sandboxed'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'engine/kernel/assembly/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.vue', '.js', '.json', '.d.ts'] },
  },
};
