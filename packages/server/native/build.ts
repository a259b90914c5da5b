// Compiles the native transport into `native/build`: calls the compiler directly, with the headers of `node-api-headers`
// (npm), OpenSSL and libuv. At run time it uses the OpenSSL and the libuv of Node itself, and contains neither.
// Run by `pnpm run build:transport`; tests call `ensureNativeTransport()`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const sourceFolder = join(folder, 'src');
const buildFolder = join(folder, 'build');
const debianPackages = ['g++', 'libssl-dev', 'libuv1-dev'];
const headers = ['/usr/include/openssl/ssl.h', '/usr/include/uv.h'];

const commonFlags = [
  '-std=c++20',
  '-g1',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-fstack-protector-strong',
  '-fPIC',
  '-fvisibility=hidden',
  // Checks the bounds of spans, arrays and vectors.
  '-D_GLIBCXX_ASSERTIONS',
];

/** What is built of the sources, and how. */
interface Target {
  /** The sources that only one of the files has, by file. All files have the shared sources, too. */
  readonly files: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
  readonly libraries: readonly string[];
}

const addonFile = 'parley_transport.node';
const programFiles = { hostile_peers: 'hostile_peers.cc', srtp_vectors: 'srtp_vectors.cc' } as const;

const addon: Target = {
  files: { [addonFile]: 'addon.cc' },
  flags: ['-O2', '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2', `-I${nodeApiHeaders()}`],
  libraries: ['-shared', '-Wl,-z,relro,-z,now,-z,noexecstack'],
};

const checks = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** The test programs on the same sources, with Debian's OpenSSL and the compiler's checks of memory and behaviour. */
const programs: Target = {
  files: programFiles,
  flags: ['-O1', ...checks],
  libraries: [...checks, '-lssl', '-lcrypto'],
};

/** Builds the addon unless it is there; returns its path. Throws with instructions if that fails. */
export function ensureNativeTransport(): string {
  return join(ensure(addon), addonFile);
}

/** Builds the test programs unless they are there; returns the path of one. */
export function ensureTestProgram(name: keyof typeof programFiles): string {
  return join(ensure(programs), name);
}

/** Builds the files of a target unless they are there; returns their folder. */
function ensure(target: Target): string {
  const stamp = stampOf(target);
  const files = Object.keys(target.files);
  if (files.every((file) => isBuilt(join(buildFolder, file), stamp))) return buildFolder;
  requireTools();
  mkdirSync(buildFolder, { recursive: true });
  const scratch = mkdtempSync(join(buildFolder, 'compiling-'));
  try {
    compile(target, scratch);
    for (const file of files) {
      // Another process may be doing the same.
      renameSync(join(scratch, file), join(buildFolder, file));
      writeFileSync(stampFileOf(join(buildFolder, file)), stamp);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  return buildFolder;
}

function isBuilt(path: string, stamp: string): boolean {
  const stampFile = stampFileOf(path);
  return existsSync(path) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
}

function stampFileOf(path: string): string {
  return `${path}.stamp`;
}

/** Compiles each source once, one per core at a time, and links the files from the objects. */
function compile({ files, flags, libraries }: Target, folder: string): void {
  const shared = sharedSources();
  const sources = [...shared, ...Object.values(files)].map((name) => join(sourceFolder, name));
  const compiler = ['g++', ...commonFlags, ...flags, '-c'];
  const parallel = ['-0', '-n', '1', '-P', String(availableParallelism())];
  run('xargs', [...parallel, ...compiler], folder, sources.join('\0'));
  for (const [file, source] of Object.entries(files)) {
    const objects = [...shared, source].map((name) => name.replace('.cc', '.o'));
    run('g++', [...commonFlags, ...flags, ...objects, ...libraries, '-o', file], folder);
  }
}

function run(command: string, parameters: readonly string[], cwd: string, input = ''): void {
  const { status, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8', cwd, input });
  if (status !== 0)
    throw new Error(`The native transport could not be compiled: ${error?.message ?? stderr}`);
}

function sharedSources(): readonly string[] {
  const own = new Set([addon, programs].flatMap(({ files }) => Object.values(files)));
  return readdirSync(sourceFolder).filter((name) => name.endsWith('.cc') && !own.has(name));
}

/** Changes with the sources and the flags. */
function stampOf({ files, flags, libraries }: Target): string {
  const settings = [...Object.keys(files), ...commonFlags, ...flags, ...libraries];
  const hash = createHash('sha256').update(settings.join(' '));
  for (const name of readdirSync(sourceFolder).toSorted())
    hash.update(readFileSync(join(sourceFolder, name)));
  return hash.digest('hex');
}

function requireTools(): void {
  if (process.platform !== 'linux') {
    throw new Error(`The native transport runs on Linux only, and this is ${process.platform}.`);
  }
  if (haveTools()) return;
  installOnDebian();
  if (haveTools()) return;
  throw new Error(
    `The native transport needs a C++20 compiler, and the headers of OpenSSL 3 and libuv. Install them: on Debian and Ubuntu ${debianPackages.join(', ')}; on Fedora gcc-c++, openssl-devel, libuv-devel.`,
  );
}

/** As root or with sudo, where apt-get exists. */
function installOnDebian(): void {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const commands = [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...debianPackages],
  ];
  for (const command of commands) {
    const [name = '', ...rest] = [...asRoot, ...command];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    if (spawnSync(name, rest, { stdio: 'ignore', env }).status !== 0) return;
  }
}

function haveTools(): boolean {
  return !spawnSync('g++', ['--version']).error && headers.every((header) => existsSync(header));
}

function nodeApiHeaders(): string {
  const require = createRequire(import.meta.url);
  return dirname(require.resolve('node-api-headers/include/node_api.h'));
}

if (import.meta.main) process.stdout.write(`${ensureNativeTransport()}\n`);
