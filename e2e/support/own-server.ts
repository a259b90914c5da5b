import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url));
const client = { id: 'desk', secret: 'only-for-this-test' };

/** A server of one test alone: a process with a data folder and UDP ports of its own, which can be killed and started again. */
export class OwnServer {
  /** The first, when there is one for each of several media processes. */
  readonly udpPort: number;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'parley-recovery-'));
  #url = '';
  #child: ChildProcess | undefined;

  private constructor(udpPort: number, settings: Readonly<Record<string, string>>) {
    this.udpPort = udpPort;
    this.#settings = settings;
  }

  /** `settings` are environment variables of the server's. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
    const udpPorts = Number(settings['PARLEY_MEDIA_PROCESSES'] ?? 1);
    const server = new OwnServer(await freeUdpPorts(udpPorts), settings);
    await server.#launch('0');
    return server;
  }

  /** Where it listens; stays the same when it is started again. */
  get url(): string {
    return this.#url;
  }

  /** Ids of its media processes; none when it has but itself. */
  mediaProcessIds(): number[] {
    const { stdout } = spawnSync('pgrep', ['-P', String(this.#child?.pid)], { encoding: 'utf8' });
    return stdout.split('\n').filter(Boolean).map(Number);
  }

  /** Ends it as a power cut does: it says goodbye to nobody. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Starts it again, with its data and on its port. */
  async startAgain(): Promise<void> {
    await this.#launch(new URL(this.#url).port);
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  /** A new conference, and a ticket for it. */
  async openConference(): Promise<{ server: string; ticket: string; conferenceId: string }> {
    const login = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
    });
    const token = await this.#ask('/security/oauth/token', { body: login }, {});
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${textOf(token, 'access_token')}`,
    };
    const conferenceId = `recovery-${crypto.randomUUID()}`;
    await this.#ask('/rtc-api/conferences/create', { body: JSON.stringify({ conferenceId }) }, headers);
    const wish = { type: 'MULTI_USE_TICKET', length: 9, properties: { conference_id: conferenceId } };
    const ticket = await this.#ask('/security/ticket', { body: JSON.stringify(wish) }, headers);
    return { server: this.#url, ticket: textOf(ticket, 'id'), conferenceId };
  }

  async #ask(path: string, init: RequestInit, headers: Record<string, string>): Promise<unknown> {
    const answer = await fetch(`${this.#url}${path}`, { method: 'POST', headers, ...init });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status} ${text}`);
    return text ? (JSON.parse(text) as unknown) : undefined;
  }

  async #launch(port: string): Promise<void> {
    const child = spawn(process.execPath, ['--conditions=@parley-rtc/source', program], {
      env: {
        PATH: process.env['PATH'],
        PARLEY_PORT: port,
        PARLEY_UDP_PORT: String(this.udpPort),
        PARLEY_DATA_DIR: this.#dataDir,
        PARLEY_CLIENTS: `${client.id}:${client.secret}:AGENT`,
        PARLEY_LOG_LEVEL: process.env['PARLEY_LOG_LEVEL'] ?? 'error',
        ...this.#settings,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#url = await listeningAt(child);
    if (process.env['PARLEY_LOG_LEVEL'] !== undefined) child.stdout?.pipe(process.stdout);
  }
}

async function listeningAt(child: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    printed += String(chunk);
    const url = /Parley listens on (\S+)/.exec(printed)?.[1];
    if (url !== undefined) {
      child.stdout?.resume();
      return url;
    }
  }
  throw new Error(`The server did not start: ${printed}`);
}

/** The first of so many free ports in a row. */
async function freeUdpPorts(count: number): Promise<number> {
  const first = (await bind(0)) ?? 0;
  for (let port = first + 1; port < first + count; port += 1) {
    if ((await bind(port)) === undefined) return await freeUdpPorts(count);
  }
  return first;
}

/** Binds a UDP port (0 for any free one) and lets it go again; undefined when it is taken. */
async function bind(wanted: number): Promise<number | undefined> {
  const socket = createSocket('udp4').bind(wanted);
  try {
    await once(socket, 'listening');
    return socket.address().port;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

function textOf(answer: unknown, field: string): string {
  const value = typeof answer === 'object' && answer ? (answer as Record<string, unknown>)[field] : undefined;
  if (typeof value !== 'string') throw new Error(`The server's answer has no ${field}.`);
  return value;
}
