// One configuration for library builds (run from inside a package), the demo's pages, and the tests.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { minifyHTMLLiterals } from 'minify-literals';
import { defaultClientConditions, defaultServerConditions, type Plugin, type UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';

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

/** Script-tag files by Vite's mode: the SDK with or without webrtc-adapter, encryption as a separate file, and the elements. */
const scriptTags: Readonly<Record<string, { entry: string; name: string; fileName: string }>> = {
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
    plugins: [minifiedTemplates],
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
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'parts/[name].js',
        },
      },
    },
  };
}

/** Builds the SDK, or a part of it, with its dependencies as one script-tag file with one global. */
function scriptTag(
  folder: string,
  { entry, name, fileName }: { entry: string; name: string; fileName: string },
): UserConfig {
  return {
    ...fromSource,
    plugins: [withoutParts, minifiedTemplates],
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
      rolldownOptions: { optimization: inlinedNumbers },
    },
  };
}

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
      projects: [
        ...[
          'contract',
          'client',
          'sdk',
          'elements',
          'react',
          'vue',
          'processors',
          'server',
          'conformance',
        ].map((name) => ({
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
