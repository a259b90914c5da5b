// The arrows of the house (docs/architecture.md), kept by a machine:
// contract <- client <- sdk (signalling, media, devices, quality <- conference) <- react, vue <- demo;
// contract <- server; contract, client <- conformance.

/** A package may import only those listed here from our workspace. */
const mayImport = {
  contract: [],
  client: ['contract'],
  sdk: ['contract', 'client'],
  react: ['sdk'],
  vue: ['sdk'],
  server: ['contract'],
  conformance: ['contract', 'client'],
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
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved-imports',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.vue$' },
    },
    {
      name: 'rooms-of-the-sdk-do-not-know-the-conference',
      comment:
        'signalling, media, devices, quality and encryption are given verbs; they never import their user.',
      severity: 'error',
      from: {
        path: '^packages/sdk/src/(signalling|media|devices|quality|errors|encryption)/',
        pathNot: '\\.test\\.ts$',
      },
      to: { path: '^packages/sdk/src/conference/' },
    },
    {
      name: 'media-and-signalling-have-a-wall-between-them',
      severity: 'error',
      from: { path: '^packages/sdk/src/(media|devices|quality)/' },
      to: { path: '^packages/sdk/src/signalling/' },
    },
    {
      name: 'signalling-knows-no-media',
      severity: 'error',
      from: { path: '^packages/sdk/src/signalling/' },
      to: { path: '^packages/sdk/src/(media|devices|quality)/' },
    },
    {
      name: 'rules-of-a-conference-know-no-http-and-no-media',
      severity: 'error',
      from: { path: '^packages/server/src/conferences/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/server/src/(http|media|auth)/|^node:' },
    },
    {
      name: 'media-knows-no-http',
      severity: 'error',
      from: { path: '^packages/server/src/media/' },
      to: { path: '^packages/server/src/(http|conferences|auth|event-log)/' },
    },
    {
      name: 'the-adapter-is-imported-in-one-file',
      severity: 'error',
      from: {
        path: '^packages/sdk/src/',
        pathNot: '^packages/sdk/src/(media/browser-adapter|script-tag)\\.ts$',
      },
      to: { path: 'webrtc-adapter' },
    },
    {
      name: 'the-demo-imports-public-names-only',
      severity: 'error',
      from: { path: '^demo/' },
      to: { path: '^packages/[^/]+/src/(?!index\\.ts|script-tag\\.ts)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@parley-rtc/source', 'import', 'default'],
    },
  },
};
