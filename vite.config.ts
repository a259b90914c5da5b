// One configuration for library builds (run from inside a package), the demo's pages, and the tests.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { minifyHTMLLiterals } from 'minify-literals';
import { defaultClientConditions, defaultServerConditions, type Plugin, type UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import { licenceBanner, licenceTexts } from './.ci/licence-notices.ts';

/** Resolves packages to their `src` in this workspace, so that tests and demo run without a build. */
const sourceCondition = '@parley-rtc/source';

const fromSource: UserConfig = {
  resolve: { conditions: [sourceCondition, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [sourceCondition, ...defaultServerConditions] } },
};

/** A worker's code becomes a string in the file that creates it, which later bundlers cannot minify. */
const minifiedWorker: UserConfig['worker'] = { rolldownOptions: { output: { minify: true } } };

/** Inlines numbers that files share, such as those of the SDK's recovery policy, so that they cost no bytes of their own. */
const inlinedNumbers = { inlineConst: { mode: 'all' as const } };

/** Minifies the markup and styles in the templates of elements, which other minifiers leave as they are. */
const minifiedTemplates: Plugin = {
  name: 'parley:minified-templates',
  async transform(code, id) {
    if (!/\/packages\/elements\/src\//.test(id) || !/\b(html|css|svg)`/.test(code)) return undefined;
    // Null for templates that are as small as they can be.
    const minified = await minifyHTMLLiterals(code, {
      fileName: id,
      // In SVG, a closing slash after a value without quotes would become part of it.
      html: { removeAttributeQuotes: false, keepClosingSlash: true },
    });
    return minified && { code: minified.code, map: minified.map as never };
  },
};

/** Builds a package as ES modules, one output file per source file. Dependencies stay imports. */
function library(folder: string): UserConfig {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
    bin?: Record<string, string>;
    exports?: Record<string, string | Record<string, string>>;
  };
  const external = Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  });
  const exported = Object.values(manifest.exports ?? {}).map((target) =>
    typeof target === 'string' ? undefined : target[sourceCondition],
  );
  // Nothing imports these, because they start as separate processes.
  const programs = manifest.bin
    ? ['src/main.ts', 'src/compose-recording.ts', 'src/media/processes/media-process.ts']
    : [];
  const entries = [...exported, ...programs.filter((entry) => existsSync(join(folder, entry)))].filter(
    (entry) => entry !== undefined,
  );
  return {
    plugins: [minifiedTemplates],
    worker: minifiedWorker,
    build: {
      target: 'es2022',
      minify: false,
      sourcemap: true,
      emptyOutDir: true,
      lib: { entry: entries.map((entry) => join(folder, entry)), formats: ['es'] },
      rolldownOptions: {
        external: (id) =>
          id.startsWith('node:') || external.some((name) => id === name || id.startsWith(`${name}/`)),
        optimization: inlinedNumbers,
        output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
      },
    },
  };
}

/**
 * Replaces the SDK's dynamic imports with static ones. In a single file nothing can be loaded later, and bundling dynamic
 * imports costs more than a kilobyte; in tests, fake timers do not wait for files.
 */
const withoutParts: Plugin = {
  name: 'parley:without-parts',
  transform(code, id) {
    if (!/\/packages\/(sdk|client|elements)\/src\//.test(id)) return undefined;
    const parts: string[] = [];
    const inline = code.replace(/\bimport\((['"].+?['"])\)/g, (_, path: string) => {
      parts.push(`import * as part${parts.length} from ${path};`);
      return `Promise.resolve(part${parts.length - 1})`;
    });
    return parts.length > 0 ? { code: `${parts.join('')}${inline}`, map: null } : undefined;
  },
};

/** Puts the licences of all bundled packages beside the bundle, which {@link licenceBanner} points to. */
const licenceNotices: Plugin = {
  name: 'parley:licence-notices',
  generateBundle(_options, bundle) {
    const moduleIds = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
    this.emitFile({
      type: 'asset',
      fileName: 'THIRD-PARTY-NOTICES.txt',
      source: licenceTexts(moduleIds),
    });
  },
};

interface SingleFile {
  readonly entry: string;
  /** The global of a script; a file without one is a module. */
  readonly name?: string;
  readonly fileName: string;
}

/** Single files by Vite's mode: the SDK as a module for import maps, and for script tags: the SDK with or without webrtc-adapter, encryption as a separate file, and the elements. */
const scriptTags: Readonly<Record<string, SingleFile>> = {
  'single-file': { entry: 'index', fileName: 'parley.mjs' },
  'script-tag': { entry: 'script-tag', name: 'Parley', fileName: 'parley.iife.js' },
  'script-tag-bare': { entry: 'index', name: 'Parley', fileName: 'parley-without-adapter.iife.js' },
  'script-tag-encryption': {
    entry: 'encryption',
    name: 'ParleyEncryption',
    fileName: 'parley-encryption.iife.js',
  },
  'script-tag-elements': { entry: 'index', name: 'ParleyElements', fileName: 'parley-elements.iife.js' },
};

/**
 * Builds the elements, the SDK and all dependencies as modules for a page without a bundler: `parley-call.js` fetches the others
 * when they are needed, and `parley-elements.js` has all elements.
 */
function bundle(folder: string): UserConfig {
  return {
    ...fromSource,
    plugins: [minifiedTemplates, licenceNotices],
    build: {
      target: 'es2022',
      minify: true,
      sourcemap: true,
      outDir: 'dist/bundle',
      modulePreload: false,
      rolldownOptions: {
        input: {
          'parley-call': join(folder, 'src/parts/call.ts'),
          'parley-elements': join(folder, 'src/index.ts'),
        },
        preserveEntrySignatures: 'strict',
        optimization: inlinedNumbers,
        // Would warn of what takes long, which may be because the machine is busy.
        checks: { bundlerTimings: false },
        output: {
          format: 'es',
          postBanner: licenceBanner,
          entryFileNames: '[name].js',
          chunkFileNames: 'parts/[name].js',
        },
      },
    },
  };
}

/** Builds the SDK, or a part of it, with its dependencies as one file: a script with one global, or a module. */
function scriptTag(folder: string, { entry, name, fileName }: SingleFile): UserConfig {
  return {
    ...fromSource,
    plugins: [withoutParts, minifiedTemplates, licenceNotices],
    worker: minifiedWorker,
    build: {
      target: 'es2022',
      minify: true,
      sourcemap: true,
      emptyOutDir: false,
      lib: {
        entry: join(folder, `src/${entry}.ts`),
        ...(name !== undefined && { name }),
        formats: [name === undefined ? 'es' : 'iife'],
        fileName: () => fileName,
      },
      rolldownOptions: { optimization: inlinedNumbers, output: { minify: true, postBanner: licenceBanner } },
    },
  };
}

/**
 * Tests that need a process of their own: they replace modules of ours, which they would do for the files after them, too; or they
 * end the threads of a native library.
 */
const isolated = 'src/**/*.isolated.test.ts';

interface UnitProject {
  /** The folder in `packages`. */
  readonly name: string;
  readonly isolate?: boolean;
  readonly environment?: 'jsdom';
}

/**
 * The packages with unit tests. Most test files share a process, because loading the SDK or the server for each file takes longer
 * than its tests.
 */
const unitProjects: readonly UnitProject[] = [
  { name: 'contract', isolate: false },
  { name: 'client', isolate: false },
  { name: 'sdk', isolate: false },
  { name: 'elements', isolate: false },
  { name: 'react', isolate: false, environment: 'jsdom' },
  { name: 'vue', isolate: false, environment: 'jsdom' },
  { name: 'processors', isolate: false },
  { name: 'testing', isolate: false },
  { name: 'server', isolate: false },
  { name: 'conformance' },
];

export default defineConfig(({ command, mode }) => {
  if (command === 'build' && mode !== 'pages') {
    const folder = process.cwd();
    const tag = scriptTags[mode];
    if (mode === 'bundle') return bundle(folder);
    return tag ? scriptTag(folder, tag) : library(folder);
  }
  return {
    ...fromSource,
    test: {
      // By default Vitest leaves one core free, which on two cores is half of the machine.
      maxWorkers: '100%',
      // A busy machine stands still for longer than the seconds that Vitest waits by default.
      testTimeout: 30_000,
      hookTimeout: 30_000,
      expect: { poll: { timeout: 10_000 } },
      setupFiles: new URL('.ci/wait-longer.ts', import.meta.url).pathname,
      globalSetup: new URL('.ci/before-unit-tests.ts', import.meta.url).pathname,
      projects: [
        ...unitProjects.flatMap(({ name, ...settings }) => {
          const project = (suffix: string, test: object) => ({
            extends: true as const,
            plugins: [withoutParts],
            test: { name: `${name}${suffix}`, root: `packages/${name}`, ...settings, ...test },
          });
          return [
            project('', { include: ['src/**/*.test.{ts,tsx}'], exclude: [isolated] }),
            ...(globSync(`packages/${name}/${isolated}`).length > 0
              ? [project('-isolated', { include: [isolated], isolate: true })]
              : []),
          ];
        }),
        // What the server promises holds also on an engine, and at several nodes, to which a proxy sends requests in turn.
        ...[
          {
            name: 'server-on-engine',
            nodeCount: 1,
            include: [
              'src/http/decisions/**/*.test.ts',
              'src/rights-table.test.ts',
              'src/history.property.test.ts',
              'src/http/{moderation,permissions,push,login-life}.test.ts',
              'src/endpoints/silence.test.ts',
            ],
          },
          {
            name: 'server-on-nodes',
            nodeCount: 2,
            include: ['src/http/{lobby,shut-out,no-ghosts}.test.ts', 'src/messages/*.test.ts'],
          },
        ].map(({ name, nodeCount, include }) => ({
          extends: true as const,
          test: {
            name,
            root: 'packages/server',
            isolate: false,
            globalSetup: new URL('packages/server/src/testing/engine-for-all-tests.ts', import.meta.url)
              .pathname,
            provide: { nodeCount },
            include,
          },
        })),
        { extends: true as const, test: { name: 'demo', root: 'demo', include: ['**/*.test.ts'] } },
      ],
    },
  };
});
