import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { installDebianPackages } from './debian-packages.ts';

const program = 'turnserver';

/** Debian's coturn, reached over TCP alone, which relays to the addresses of this machine. */
export class TurnServer {
  /** As `PARLEY_TURN_URLS` has it. */
  readonly url: string;
  /** Shared with the server that gives out credentials. */
  readonly secret: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(own: { url: string; secret: string; child: ChildProcess; folder: string }) {
    this.url = own.url;
    this.secret = own.secret;
    this.#child = own.child;
    this.#folder = own.folder;
  }

  /** Installs coturn when it is missing; throws with what to do when that fails. */
  static async start(address: string): Promise<TurnServer> {
    ensureCoturn();
    const port = await freeTcpPort(address);
    const secret = randomBytes(16).toString('hex');
    const folder = mkdtempSync(join(tmpdir(), 'parley-turn-'));
    const options = [
      '-n',
      `--listening-ip=${address}`,
      `--relay-ip=${address}`,
      `--listening-port=${port}`,
      '--no-udp',
      '--no-tls',
      '--no-dtls',
      '--use-auth-secret',
      `--static-auth-secret=${secret}`,
      '--realm=parley.test',
      '--no-cli',
      '--allow-loopback-peers',
      '--log-file=/dev/null',
      `--pidfile=${join(folder, 'pid')}`,
      `--userdb=${join(folder, 'db')}`,
    ];
    const child = spawn(program, options, { stdio: 'ignore' });
    const server = new TurnServer({ url: `turn:${address}:${port}?transport=tcp`, secret, child, folder });
    try {
      await untilListening(child, address, port);
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exited;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function ensureCoturn(): void {
  const isThere = () => spawnSync(program, ['--version']).error === undefined;
  if (isThere() || (installDebianPackages('coturn') && isThere())) return;
  throw new Error('This journey needs coturn, and apt-get could not install it. Install it by hand.');
}

/** It says so only in its most talkative mode. */
async function untilListening(child: ChildProcess, address: string, port: number): Promise<void> {
  const deadlineMs = Date.now() + 20_000;
  while (child.exitCode === null && Date.now() < deadlineMs) {
    const socket = connect(port, address);
    const isListening = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isListening) return;
    await setTimeout(50);
  }
  throw new Error(`coturn does not listen on port ${port} of ${address}.`);
}

async function freeTcpPort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
