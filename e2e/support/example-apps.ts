import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { preview, type PreviewServer } from 'vite';
import { packPackages, type PackedPackage } from '../../.ci/pack-packages.ts';
import { freePort } from '../../demo/testing/free-port.ts';
import { ensureBuilt } from './ensure-built.ts';
import { expect } from './expect.ts';
import { OwnServer } from './own-server.ts';

const run = promisify(execFile);
const examples = fileURLToPath(new URL('../../demo/examples', import.meta.url));
const needed = ['contract', 'client', 'sdk', 'elements', 'react', 'vue'];
const client = { id: 'examples', secret: 'only-for-this-test' };

const programs = {
  node: [process.execPath, 'node-backend/server.mjs'],
  python: ['python3', 'python-backend/server.py'],
} as const;
export type BackendName = keyof typeof programs;

interface Backend {
  readonly url: string;
  readonly child: ChildProcess;
}

interface ExampleManifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The apps of `demo/examples`, outside of this workspace: on packed packages that npm installed, with a server and back ends. */
export class ExampleApps {
  readonly #folder: string;
  readonly #server: OwnServer;
  readonly #backends = new Map<BackendName, Promise<Backend>>();
  readonly #pages: PreviewServer[] = [];
  readonly #servers: ChildProcess[] = [];

  private constructor(folder: string, server: OwnServer) {
    this.#folder = folder;
    this.#server = server;
  }

  /** Installs and builds apps: those in `together` once for all of them, each in `apart` for itself. */
  static async start(together: readonly string[], apart: readonly string[]): Promise<ExampleApps> {
    ensureBuilt(...needed);
    const folder = mkdtempSync(join(tmpdir(), 'parley-examples-'));
    cpSync(examples, folder, {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist|\.next|\.nuxt|\.output)$/.test(path),
    });
    const tarballs = packPackages(folder, (name) => needed.includes(name));
    await Promise.all([
      ...(together.length > 0 ? [install(folder, together, tarballs)] : []),
      ...apart.map((app) => install(join(folder, app), [app], tarballs)),
    ]);
    // Last, because nothing would end it after a failed installation.
    const server = await OwnServer.start({ PARLEY_CLIENTS: `${client.id}:${client.secret}:AGENT` });
    return new ExampleApps(folder, server);
  }

  /** Serves an app and passes its requests for tickets to a back end. Returns where. */
  async serve(app: string, backend: BackendName): Promise<string> {
    const { url } = await this.#backend(backend);
    const isBuilt = existsSync(join(this.#folder, app, 'dist'));
    const pages = await preview({
      root: join(this.#folder, app),
      configFile: false,
      logLevel: 'warn',
      build: { outDir: isBuilt ? 'dist' : '.' },
      preview: { port: 0, proxy: { '/ticket': url } },
    });
    this.#pages.push(pages);
    return `http://localhost:${(pages.httpServer.address() as AddressInfo).port}`;
  }

  /** Starts an app, installed apart, that has a server and is its own back end. Returns where. */
  async startServer(app: string): Promise<string> {
    const port = await freePort();
    const cwd = join(this.#folder, app);
    const settings = settingsOf(this.#server.url);
    const child = spawn('sh', ['-c', manifestOf(app).scripts['start'] ?? ''], {
      cwd,
      // A group of its own, because the shell starts another process.
      detached: true,
      env: { ...environmentIn(cwd), ...settings, ...forNuxt(settings), PORT: String(port) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#servers.push(child);
    const url = `http://localhost:${port}`;
    const answers = () =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(answers, { timeout: 30_000 }).toBe(true);
    return url;
  }

  async close(): Promise<void> {
    await Promise.all(this.#pages.map((pages) => pages.close()));
    for (const backend of this.#backends.values()) (await backend).child.kill();
    await Promise.all(this.#servers.map(endGroup));
    await this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #backend(name: BackendName): Promise<Backend> {
    const backend = this.#backends.get(name) ?? startBackend(name, this.#folder, this.#server.url);
    this.#backends.set(name, backend);
    return backend;
  }
}

/** Installs what the apps need into `folder`, as npm users do, checks their types and builds them. */
async function install(
  folder: string,
  apps: readonly string[],
  tarballs: readonly PackedPackage[],
): Promise<void> {
  const places = apps.map((app) => (basename(folder) === app ? folder : join(folder, app)));
  const manifests = apps.map(manifestOf);
  const wanted = Object.assign(
    {},
    ...manifests.flatMap((m) => [m.dependencies, m.devDependencies]),
  ) as Record<string, string>;
  const isOurs = (name: string): boolean => name.startsWith('@parley-rtc/');
  const foreign = Object.fromEntries(Object.entries(wanted).filter(([name]) => !isOurs(name)));
  // One has the other as its peer, which npm would install.
  const unwanted = ['@parley-rtc/react', '@parley-rtc/vue'].filter((name) => wanted[name] === undefined);
  const paths = tarballs.filter(({ name }) => !unwanted.includes(name)).map(({ tarball }) => tarball);
  const manifest = { name: 'examples', private: true, type: 'module', dependencies: foreign };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', ...paths], {
    cwd: folder,
  });
  for (const [index, cwd] of places.entries()) {
    // The guides show parts of the apps, so their types count as those of samples.
    for (const name of ['check:types', 'build']) {
      const script = manifests[index]?.scripts[name];
      if (script !== undefined) await runScript(script, cwd, environmentIn(folder));
    }
  }
}

async function runScript(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await run('sh', ['-c', script], { cwd, env });
  } catch (error) {
    // Compilers say what is wrong on standard output, which the error's message leaves out.
    throw new Error(`${script} failed:\n${(error as { readonly stdout: string }).stdout}`, { cause: error });
  }
}

function manifestOf(app: string): ExampleManifest {
  return JSON.parse(readFileSync(join(examples, app, 'package.json'), 'utf8')) as ExampleManifest;
}

/** The environment of a script of a package in `folder`, as npm sets it. */
function environmentIn(folder: string): NodeJS.ProcessEnv {
  const bin = join(folder, 'node_modules', '.bin');
  return { ...process.env, PATH: `${bin}:${process.env['PATH']}`, NEXT_TELEMETRY_DISABLED: '1' };
}

/** The settings of every back end. */
function settingsOf(server: string): Record<string, string> {
  return { PARLEY_URL: server, PARLEY_CLIENT_ID: client.id, PARLEY_CLIENT_SECRET: client.secret };
}

/** The same under the names by which Nuxt reads its configuration. */
function forNuxt(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`NUXT_${name}`, value]));
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid);
  await exited;
}

async function startBackend(name: BackendName, folder: string, server: string): Promise<Backend> {
  const [program, file] = programs[name];
  const child = spawn(program, [join(folder, file)], {
    env: { PATH: process.env['PATH'], ...settingsOf(server), PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += String(chunk);
    const url = /listens on (\S+)/.exec(printed)?.[1];
    if (url !== undefined) return { url, child };
  }
  throw new Error(`The back end ${name} did not start: ${printed}`);
}
