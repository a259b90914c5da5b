import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { preview, type PreviewServer } from 'vite';
import { packPackages, type PackedPackage } from '../../.ci/pack-packages.ts';
import { ensureBuilt } from './ensure-built.ts';
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
  readonly name: BackendName;
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
  readonly #backends: readonly Backend[];
  readonly #pages: PreviewServer[] = [];

  private constructor(folder: string, server: OwnServer, running: readonly Backend[]) {
    this.#folder = folder;
    this.#server = server;
    this.#backends = running;
  }

  /** Installs and builds apps: those in `together` once for all of them, each in `apart` for itself. */
  static async start(together: readonly string[], apart: readonly string[]): Promise<ExampleApps> {
    ensureBuilt(...needed);
    const folder = mkdtempSync(join(tmpdir(), 'parley-examples-'));
    cpSync(examples, folder, { recursive: true, filter: (path) => !/\/(node_modules|dist)$/.test(path) });
    const tarballs = packPackages(folder, (name) => needed.includes(name));
    const [server] = await Promise.all([
      OwnServer.start({ PARLEY_CLIENTS: `${client.id}:${client.secret}:AGENT` }),
      install(folder, together, tarballs),
      ...apart.map((app) => install(join(folder, app), [app], tarballs)),
    ]);
    const names = Object.keys(programs) as BackendName[];
    const running = await Promise.all(names.map((name) => startBackend(name, folder, server.url)));
    return new ExampleApps(folder, server, running);
  }

  /** Serves an app and passes its requests for tickets to a back end. Returns where. */
  async serve(app: string, backend: BackendName): Promise<string> {
    const url = this.#backends.find(({ name }) => name === backend)?.url ?? '';
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

  async close(): Promise<void> {
    await Promise.all(this.#pages.map((pages) => pages.close()));
    for (const { child } of this.#backends) child.kill();
    await this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Installs what the apps need into `folder`, as npm users do, and builds them. */
async function install(
  folder: string,
  apps: readonly string[],
  tarballs: readonly PackedPackage[],
): Promise<void> {
  const places = apps.map((app) => (basename(folder) === app ? folder : join(folder, app)));
  const manifests = places.map(
    (place) => JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as ExampleManifest,
  );
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
    const script = manifests[index]?.scripts['build'];
    if (script === undefined) continue;
    const bin = join(folder, 'node_modules', '.bin');
    await run('sh', ['-c', script], { cwd, env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` } });
  }
}

async function startBackend(name: BackendName, folder: string, server: string): Promise<Backend> {
  const [program, file] = programs[name];
  const child = spawn(program, [join(folder, file)], {
    env: {
      PATH: process.env['PATH'],
      PARLEY_URL: server,
      PARLEY_CLIENT_ID: client.id,
      PARLEY_CLIENT_SECRET: client.secret,
      PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += String(chunk);
    const url = /listens on (\S+)/.exec(printed)?.[1];
    if (url !== undefined) return { name, url, child };
  }
  throw new Error(`The back end ${name} did not start: ${printed}`);
}
