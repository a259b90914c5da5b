// `npm start`: the demo as it would be deployed. The pages are built, and one server delivers them, the back end and the API.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBackend } from './backend.ts';
import { compileCacheFolder } from './folders.ts';
import { outageOf } from './outage.ts';
import { readSettings, type Settings } from './read-settings.ts';
import { requireFreePort } from './require-free-port.ts';
import { explain, runOrExplain } from './run-or-explain.ts';
import { ServerProcess } from './server-process.ts';
import { createCertificate } from './serving/create-certificate.ts';
import { ensurePagesBuilt, type BuiltPages } from './serving/ensure-pages-built.ts';
import { createProductionPages } from './serving/production-pages.ts';
import { StartError } from './start-error.ts';
import { welcome } from './welcome.ts';

const command = 'npm start';

await runOrExplain(async () => {
  const startedMs = performance.now();
  const settings = readSettings(command);
  const { lanAddress, pagesPort, apiPort } = settings;
  await requireFreePort('PARLEY_PORT', apiPort, command);
  await requireFreePort('DEMO_PORT', pagesPort, command);

  // Calls survive an outage of the server, but not the end of the demo.
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-demo-'));
  // A new secret at each start: only this process and the server know it, and the pages never see it.
  const client = { id: 'demo-backend', secret: randomBytes(24).toString('base64url') };
  const server = new ServerProcess(serverEnvironment(settings, client, dataDir), () => {
    fail(new StartError('The Parley server ended by itself, so the demo ends, too.'));
  });
  const closers = [() => server.close()];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll(closers, dataDir));
  const fail = (error: unknown): void => {
    explain(error);
    void close();
  };

  try {
    const [built] = await Promise.all([ensurePagesBuilt(), server.start()]);
    console.log(describeBuild(built, performance.now() - startedMs));
    const api = `http://127.0.0.1:${apiPort}`;
    const pages = await createProductionPages({
      folder: built.folder,
      api,
      backend: createBackend({ server: api, clientId: client.id, clientSecret: client.secret }),
      // Not for other devices in the network: they would end everyone's calls.
      outage: lanAddress === undefined ? outageOf(server, { onFailed: fail }) : undefined,
      certificate: lanAddress === undefined ? undefined : await createCertificate(lanAddress),
    });
    closers.unshift(() => pages.close());
    await pages.listen({ port: pagesPort, host: lanAddress === undefined ? 'localhost' : '0.0.0.0' });
  } catch (error) {
    await close();
    throw error;
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void close());
  console.log(welcome(settings, command));
});

/** What the server is started with: the caller's own `PARLEY_*` settings, and what the demo depends on. */
function serverEnvironment(
  { lanAddress, apiPort }: Settings,
  client: { readonly id: string; readonly secret: string },
  dataDir: string,
): NodeJS.ProcessEnv {
  return {
    NODE_COMPILE_CACHE: compileCacheFolder,
    PARLEY_LOG_LEVEL: 'warn',
    ...process.env,
    // The API stays on this machine: other devices reach it through the pages' server, and never its metrics.
    PARLEY_HOST: '127.0.0.1',
    PARLEY_PORT: String(apiPort),
    PARLEY_CLIENTS: `${client.id}:${client.secret}:SERVICE`,
    PARLEY_DATA_DIR: dataDir,
    PARLEY_TRUST_PROXY: '1',
    ...(lanAddress !== undefined && { PARLEY_ANNOUNCED_ADDRESS: lanAddress }),
  };
}

function describeBuild({ isUnchanged }: BuiltPages, tookMs: number): string {
  const seconds = `${(tookMs / 1000).toFixed(1)} s`;
  return isUnchanged
    ? `The pages are unchanged since the last build. The server started in ${seconds}.`
    : `Built the pages and started the server in ${seconds}.`;
}

async function closeAll(closers: readonly (() => Promise<unknown>)[], dataDir: string): Promise<void> {
  for (const close of closers) await close();
  rmSync(dataDir, { recursive: true, force: true });
}
