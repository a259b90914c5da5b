// One configuration for three jobs: library builds (run from inside a package), the demo's pages, and the tests.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultClientConditions, defaultServerConditions, type Plugin, type UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';

/** Points at a package's `src` inside this workspace, so that tests and demo run without a build. */
const sourceCondition = '@parley-rtc/source';

const fromSource: UserConfig = {
  resolve: { conditions: [sourceCondition, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [sourceCondition, ...defaultServerConditions] } },
};

/** A worker's code is a text in the file that makes the worker, where no bundler makes it smaller later. */
const minifiedWorker: UserConfig['worker'] = { rolldownOptions: { output: { minify: true } } };

/** A package of ours as ES modules, one output file per source file; dependencies stay imports. */
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
  // Started as processes of their own, so nothing imports them.
  const programs = manifest.bin ? ['src/main.ts', 'src/media/processes/media-process.ts'] : [];
  const entries = [...exported, ...programs.filter((entry) => existsSync(join(folder, entry)))].filter(
    (entry) => entry !== undefined,
  );
  return {
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
        output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
      },
    },
  };
}

/**
 * Imports the parts of the SDK that are fetched later with the rest. In one file there is nothing to fetch later, and bundling
 * parts as if there were costs more than a kilobyte; and fake timers of tests do not wait for files.
 */
const withoutParts: Plugin = {
  name: 'parley:without-parts',
  transform(code, id) {
    if (!id.includes('/packages/sdk/src/')) return undefined;
    const parts: string[] = [];
    const inline = code.replace(/\bimport\((['"].+?['"])\)/g, (_, path: string) => {
      parts.push(`import * as part${parts.length} from ${path};`);
      return `Promise.resolve(part${parts.length - 1})`;
    });
    return parts.length > 0 ? { code: `${parts.join('')}${inline}`, map: null } : undefined;
  },
};

/** What `build:script-tag` makes, by Vite's mode: the SDK with webrtc-adapter or without, and encryption apart. */
const scriptTags: Readonly<Record<string, { entry: string; name: string; fileName: string }>> = {
  'script-tag': { entry: 'script-tag', name: 'Parley', fileName: 'parley.iife.js' },
  'script-tag-bare': { entry: 'index', name: 'Parley', fileName: 'parley-without-adapter.iife.js' },
  'script-tag-encryption': {
    entry: 'encryption',
    name: 'ParleyEncryption',
    fileName: 'parley-encryption.iife.js',
  },
};

/** The SDK, or a part of it, with its dependencies as one file for a script tag that makes one global. */
function scriptTag(
  folder: string,
  { entry, name, fileName }: { entry: string; name: string; fileName: string },
): UserConfig {
  return {
    ...fromSource,
    plugins: [withoutParts],
    worker: minifiedWorker,
    build: {
      target: 'es2022',
      minify: true,
      sourcemap: true,
      emptyOutDir: false,
      lib: {
        entry: join(folder, `src/${entry}.ts`),
        name,
        formats: ['iife'],
        fileName: () => fileName,
      },
    },
  };
}

export default defineConfig(({ command, mode }) => {
  if (command === 'build') {
    const folder = process.cwd();
    const tag = scriptTags[mode];
    return tag ? scriptTag(folder, tag) : library(folder);
  }
  return {
    ...fromSource,
    test: {
      // By itself one core stays free for who watches, which on two is half of the time.
      maxWorkers: '100%',
      projects: [
        ...['contract', 'client', 'sdk', 'react', 'vue', 'server', 'conformance'].map((name) => ({
          extends: true as const,
          plugins: [withoutParts],
          test: {
            name,
            root: `packages/${name}`,
            include: ['src/**/*.test.{ts,tsx}'],
            environment: name === 'react' || name === 'vue' ? 'jsdom' : 'node',
          },
        })),
        { extends: true as const, test: { name: 'demo', root: 'demo', include: ['**/*.test.ts'] } },
      ],
    },
  };
});
