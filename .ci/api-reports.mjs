// Compares the public types of every entry point with its report, packages/<name>/etc/<entry point>.api.md, so that a
// change of the API shows in review. Reads the built declarations. `npm run api` writes the reports.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { publishedPackages } from './published-packages.ts';

const silent = { default: { logLevel: ExtractorLogLevel.None } };

/**
 * Every export that has declarations, except those that repeat the main export of their package: single elements, and the SDK as a
 * global. Subpaths name their reports, and the package names that of its main export.
 */
function entryPoints() {
  return publishedPackages().flatMap(({ name, folder, manifest }) =>
    Object.entries(manifest.exports)
      .filter(([, { types, default: code }]) => types !== undefined && code !== undefined)
      .filter(([, { types }]) => !types.startsWith('./dist/parts/'))
      .map(([subpath, { types }]) => ({
        folder,
        declarations: resolve(folder, types),
        report: `${subpath === '.' ? name : subpath.slice(2)}.api.md`,
      })),
  );
}

function configOf({ folder, declarations, report }, temporary) {
  const lib = ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'];
  const compilerOptions = { target: 'es2022', module: 'nodenext', lib, types: [], strict: true };
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(folder, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: declarations,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: { ...compilerOptions, skipLibCheck: true },
          files: [declarations],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: join(folder, 'etc'),
        reportTempFolder: temporary,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: silent,
        tsdocMessageReporting: silent,
        extractorMessageReporting: {
          ...silent,
          // A type in a signature that users cannot import by name.
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.None, addToApiReportFile: true },
        },
      },
    },
  });
}

/** Whether the API is as its report says; writes the report when `isUpdate`. */
function isAsReported(entryPoint, { temporary, isUpdate }) {
  const { folder, declarations, report } = entryPoint;
  if (!existsSync(declarations)) throw new Error(`${declarations} is missing. Run: pnpm run build:packages`);
  const reports = join(folder, 'etc');
  mkdirSync(reports, { recursive: true });
  const { apiReportChanged } = Extractor.invoke(configOf(entryPoint, temporary), {
    localBuild: isUpdate,
    // It would print each message with an advice of its own.
    messageCallback: (message) => (message.handled = true),
  });
  if (isUpdate)
    console.log(`${apiReportChanged ? 'updated' : 'same   '} ${relative('.', join(reports, report))}`);
  else if (apiReportChanged) showDifference(join(reports, report), join(temporary, report));
  return isUpdate || !apiReportChanged;
}

function showDifference(before, after) {
  const known = existsSync(before) ? before : '/dev/null';
  spawnSync('git', ['--no-pager', 'diff', '--no-index', '--', known, after], { stdio: 'inherit' });
}

/** Removes reports of entry points that are gone, or says that they are there. */
function withoutLeftovers({ isUpdate }) {
  const expected = new Set(entryPoints().map(({ folder, report }) => join(folder, 'etc', report)));
  const leftovers = publishedPackages()
    .map(({ folder }) => join(folder, 'etc'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => !expected.has(path));
  for (const path of leftovers) {
    console.log(`${isUpdate ? 'removed' : 'belongs to no entry point:'} ${relative('.', path)}`);
    if (isUpdate) rmSync(path);
  }
  return isUpdate || leftovers.length === 0;
}

const isUpdate = process.argv.includes('--update');
const temporary = mkdtempSync(join(tmpdir(), 'parley-api-'));
const results = [
  ...entryPoints().map((entryPoint) => isAsReported(entryPoint, { temporary, isUpdate })),
  withoutLeftovers({ isUpdate }),
];
rmSync(temporary, { recursive: true, force: true });
if (results.includes(false)) {
  console.error('\nThe public API differs from its reports. If you meant to change it, run: npm run api');
  process.exitCode = 1;
}
