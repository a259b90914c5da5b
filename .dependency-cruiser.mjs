// Which package may import which (docs/architecture.md), and single rules. The rooms inside each package are in
// .ci/rooms.mjs; .ci/check-layers.mjs runs both.

/** A package may import only those listed here from our workspace. */
const mayImport = {
  contract: [],
  client: ['contract'],
  sdk: ['contract', 'client'],
  elements: ['sdk'],
  react: ['sdk', 'elements'],
  vue: ['sdk', 'elements'],
  processors: ['sdk'],
  server: ['contract'],
  conformance: ['contract', 'client'],
  testing: ['contract', 'client', 'sdk'],
};

const packageRules = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `${name}-imports-only-${allowed.join('-and-') || 'itself'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src`, pathNot: '\\.test\\.tsx?$|/src/testing/' },
  to: { path: `^packages/(?!(?:${[name, ...allowed].join('|')})/)` },
}));

export default {
  forbidden: [
    ...packageRules,
    {
      name: 'no-cycles',
      comment:
        'Type-only imports count. A fake server and its fake API, which are test support, may know each other.',
      severity: 'error',
      from: { pathNot: '/src/testing/' },
      to: { circular: true },
    },
    {
      name: 'no-unresolved-imports',
      comment: 'Except by the types of the global, which are those of the built package.',
      severity: 'error',
      from: { pathNot: '^packages/sdk/global\\.d\\.ts$' },
      to: { couldNotResolve: true, pathNot: '\\.vue$' },
    },
    {
      name: 'rules-of-a-conference-are-pure',
      comment: 'No clock, file or network of their own; rooms.mjs keeps them away from HTTP and media.',
      severity: 'error',
      from: { path: '^packages/server/src/conferences/rules/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the-adapter-is-imported-in-one-file',
      severity: 'error',
      from: {
        path: '^packages/sdk/src/',
        pathNot: '^packages/sdk/src/(connection/browser-adapter|script-tag)\\.ts$',
      },
      to: { path: 'webrtc-adapter' },
    },
    {
      name: 'the-demo-imports-public-names-only',
      severity: 'error',
      from: { path: '^demo/' },
      to: {
        path: '^packages/[^/]+/src/(?!(?:index|headless|elements|script-tag|assets|background-blur|background-image)\\.ts|parts/)',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^((packages/[^/]+|demo)/dist|demo/examples)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@parley-rtc/source', 'import', 'default'],
    },
  },
};
