import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeCertificates } from './certificates.ts';
import { ensureProgram } from './ensure-program.ts';

const program = 'turnserver';

interface TurnServerParts {
  readonly tcpUrl: string;
  readonly tlsUrl: string;
  readonly secret: string;
  readonly authority: string;
  readonly child: ChildProcess;
  readonly folder: string;
}

/** Debian's coturn, reachable only over TCP and TLS, which relays to the addresses of this machine. */
export class TurnServer {
  /** In the format of `PARLEY_TURN_URLS`. */
  readonly tcpUrl: string;
  /** The same for TLS, with the host name of its certificate. */
  readonly tlsUrl: string;
  /** Shared with the server that issues credentials. */
  readonly secret: string;
  /** PEM file of the authority that signed its certificate. */
  readonly authority: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor({ tcpUrl, tlsUrl, secret, authority, child, folder }: TurnServerParts) {
    this.tcpUrl = tcpUrl;
    this.tlsUrl = tlsUrl;
    this.secret = secret;
    this.authority = authority;
    this.#child = child;
    this.#folder = folder;
  }

  /** Installs coturn if it is missing. Throws with instructions if that fails. */
  static async start(address: string, hostName: string): Promise<TurnServer> {
    ensureProgram(program, 'coturn');
    const [port, tlsPort] = await Promise.all([freeTcpPort(address), freeTcpPort(address)]);
    const secret = randomBytes(16).toString('hex');
    const folder = mkdtempSync(join(tmpdir(), 'parley-turn-'));
    const { authority, certificate, key } = makeCertificates(folder, hostName);
    const options = [
      '-n',
      `--listening-ip=${address}`,
      `--relay-ip=${address}`,
      `--listening-port=${port}`,
      `--tls-listening-port=${tlsPort}`,
      `--cert=${certificate}`,
      `--pkey=${key}`,
      '--no-udp',
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
    const server = new TurnServer({
      tcpUrl: `turn:${address}:${port}?transport=tcp`,
      tlsUrl: `turns:${hostName}:${tlsPort}?transport=tcp`,
      secret,
      authority,
      child,
      folder,
    });
    try {
      await untilListening(child, address, port);
      await untilListening(child, address, tlsPort);
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

/** Polls the port, because coturn logs that it listens only at its most verbose level. */
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
