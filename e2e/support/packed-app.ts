import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview, type PreviewServer } from 'vite';
import { packPackages } from '../../.ci/pack-packages.ts';
import { ensureBuilt } from './ensure-built.ts';

const source = fileURLToPath(new URL('../packed-app', import.meta.url));
const needed = ['contract', 'client', 'sdk', 'processors'];

/** The app of `packed-app`, outside of this workspace: on packed packages that npm installed, bundled and served by Vite. */
export class PackedApp {
  /** Where it is served. */
  readonly url: string;
  readonly #folder: string;
  readonly #server: PreviewServer;

  private constructor(url: string, folder: string, server: PreviewServer) {
    this.url = url;
    this.#folder = folder;
    this.#server = server;
  }

  static async start(): Promise<PackedApp> {
    ensureBuilt(...needed);
    const folder = mkdtempSync(join(tmpdir(), 'parley-packed-app-'));
    cpSync(source, folder, { recursive: true });
    install(folder);
    const config = { root: folder, configFile: false, logLevel: 'warn' } as const;
    await build(config);
    const server = await preview({ ...config, preview: { port: 0 } });
    const { port } = server.httpServer.address() as AddressInfo;
    return new PackedApp(`http://localhost:${port}`, folder, server);
  }

  async close(): Promise<void> {
    await this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function install(folder: string): void {
  const tarballs = packPackages(folder, (name) => needed.includes(name)).map(({ tarball }) => tarball);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', ...options, ...tarballs], { cwd: folder, stdio: 'inherit' });
  const copy = ['parley-processors', 'copy-assets', 'public/processors'];
  execFileSync('npx', ['--no-install', ...copy], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}
