import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../packages/server/src/testing/free-port.ts';
import { ensureProgram } from './ensure-program.ts';
import { OwnServer } from './own-server.ts';

const engineProgram = 'redis-server';
const proxyProgram = 'haproxy';
/** What operators get. */
const proxySettings = fileURLToPath(new URL('../../packages/server/deploy/haproxy.cfg', import.meta.url));

/** How long a node may be silent in these journeys. */
const nodeLeaseMs = 3_000;

/** Several nodes on one redis-server, behind haproxy, which sends each request to the next node. */
export class NodeCluster {
  readonly nodes: readonly OwnServer[];
  /** The URL of haproxy. */
  readonly url: string;
  readonly #programs: readonly ChildProcess[];
  readonly #folder: string;

  private constructor(
    nodes: readonly OwnServer[],
    url: string,
    programs: readonly ChildProcess[],
    folder: string,
  ) {
    this.nodes = nodes;
    this.url = url;
    this.#programs = programs;
    this.#folder = folder;
  }

  /** `settings` are environment variables of all nodes. Each has a UDP port with the number of its API's port. */
  static async start(count: number, settings: Readonly<Record<string, string>> = {}): Promise<NodeCluster> {
    for (const program of [engineProgram, proxyProgram]) ensureProgram(program, program);
    const folder = mkdtempSync(join(tmpdir(), 'parley-nodes-'));
    const redisPort = await freePort();
    const redis = spawn(
      engineProgram,
      [
        '--port',
        String(redisPort),
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        '--save',
        '',
        '--appendonly',
        'yes',
      ],
      { stdio: 'ignore' },
    );
    await untilListening(redisPort, redis);
    const nodes: OwnServer[] = [];
    for (let index = 0; index < count; index += 1) {
      const port = await freePort();
      nodes.push(
        await OwnServer.start({
          PARLEY_PORT: String(port),
          PARLEY_UDP_PORT: String(port),
          PARLEY_DATA_DIR: '',
          PARLEY_REDIS_URL: `redis://127.0.0.1:${redisPort}`,
          PARLEY_NODE_URL: `http://127.0.0.1:${port}`,
          PARLEY_NODE_LEASE_MS: String(nodeLeaseMs),
          PARLEY_TRUST_PROXY: '1',
          ...settings,
        }),
      );
    }
    const proxyPort = await freePort();
    const proxy = spawn(proxyProgram, ['-db', '-f', proxySettings], {
      env: { PATH: process.env['PATH'], PARLEY_PROXY_BIND: `127.0.0.1:${proxyPort}`, ...addressesOf(nodes) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await untilListening(proxyPort, proxy);
    return new NodeCluster(nodes, `http://127.0.0.1:${proxyPort}`, [redis, proxy], folder);
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await node.close();
    for (const program of this.#programs) {
      const exited = once(program, 'exit');
      program.kill('SIGKILL');
      await exited;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The addresses that haproxy.cfg reads. Nobody answers at those of nodes that there are not. */
function addressesOf(nodes: readonly OwnServer[]): Record<string, string> {
  const names = ['PARLEY_NODE_1', 'PARLEY_NODE_2', 'PARLEY_NODE_3'];
  if (nodes.length > names.length) throw new Error(`haproxy.cfg has ${names.length} nodes.`);
  return Object.fromEntries(
    names.map((name, index) => [name, new URL(nodes[index]?.url ?? 'http://127.0.0.1:1').host]),
  );
}

/** Waits until a program accepts connections at its port. */
async function untilListening(port: number, program: ChildProcess): Promise<void> {
  for (;;) {
    if (program.exitCode !== null) throw new Error(`${program.spawnfile} ended with ${program.exitCode}.`);
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      socket.destroy();
    }
  }
}
