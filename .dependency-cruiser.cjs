/**
 * Boundaries between folders, which Nx does not see: it knows projects only. Cycles too.
 * Each rule is shown to fail in tools/src/slice-boundaries.spec.ts.
 */
const pureLibraries = '^libs/(money|lifecycle|choreography|contracts)/';
const aggregateLevel = '^apps/[^/]+/src/[^/]+/[^/]+[.]ts$';
/** The file named after its folder: transfers/transfer.ts, ledger/ledger.ts. */
const aggregate = '^apps/[^/]+/src/([^/]+?)s?/\\1[.]ts$';
const slice = '^apps/([^/]+)/src/([^/]+)/([^/]+)/';

module.exports = {
  forbidden: [
    {
      name: 'no-sibling-slices',
      comment: 'A use case that imports another cannot be read, changed or removed alone. What both need belongs to the aggregate.',
      severity: 'error',
      from: { path: slice },
      to: { path: '^apps/$1/src/$2/[^/]+/', pathNot: '^apps/$1/src/$2/$3/' },
    },
    {
      name: 'no-slices-of-other-aggregates',
      comment: 'A use case may know another aggregate, not its use cases.',
      severity: 'error',
      from: { path: slice },
      to: { path: '^apps/$1/src/[^/]+/[^/]+/', pathNot: '^apps/$1/src/$2/' },
    },
    {
      name: 'pure-aggregates',
      comment:
        'Aggregates and lifecycles are the rules of money: no framework, no database, no clock. They import pure libraries and each other.',
      severity: 'error',
      from: { path: [aggregate, '[.]lifecycle[.]ts$'] },
      to: { pathNot: [pureLibraries, aggregateLevel, '[.]lifecycle[.]ts$'] },
    },
    {
      name: 'no-framework-beside-aggregates',
      comment:
        'What use cases of one aggregate have in common is pure too; columns, routes and clocks have files of their own (.table.ts, .http.ts …).',
      severity: 'error',
      from: { path: aggregateLevel, pathNot: ['([.](table|http|timer|schedule|module|query|spec)|-body)[.]ts$', '/migrations/'] },
      to: { path: '^node_modules/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      comment: 'Of two files in a cycle neither can be understood first.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports it and it imports nothing: dead, or a program that should be named below.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['[.](spec|e2e|bench)[.]ts$', '[.]d[.]ts$', '/migrations/', '/jest/', '^infra/local/src/', '^(bench|e2e)/'],
      },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'An import that resolves to nothing fails at run time only.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-specs-in-sources',
      comment: 'Sources run without their specs: the build leaves them out.',
      severity: 'error',
      from: { pathNot: '[.](spec|e2e)[.]ts$' },
      to: { path: '[.](spec|e2e)[.]ts$' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/', '^tools/lint-rules/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['falconpay-source', 'import', 'require', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
    },
    parser: 'swc',
  },
};
