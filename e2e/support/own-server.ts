import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url));
const client = { id: 'desk', secret: 'only-for-this-test' };

/** A server for one test: a process with its own data folder and UDP ports that can be killed and restarted. */
export class OwnServer {
  /** The first port, if each of several media processes has one. */
  readonly udpPort: number;
  readonly #udpPorts: readonly number[];
  readonly #settings: Readonly<Record<string, string>>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'parley-recovery-'));
  readonly #dataDir = join(this.#folder, 'data');
  #url = '';
  #child: ChildProcess | undefined;

  private constructor(udpPort: number, udpPorts: number, settings: Readonly<Record<string, string>>) {
    this.udpPort = udpPort;
    this.#udpPorts = Array.from({ length: udpPorts }, (_, index) => udpPort + index);
    this.#settings = settings;
  }

  /** `settings` are environment variables of the server. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
    const udpPorts = Number(settings['PARLEY_MEDIA_PROCESSES'] ?? 1);
    const server = new OwnServer(await freeUdpPorts(udpPorts), udpPorts, settings);
    await server.#launch('0');
    return server;
  }

  /** The server's URL, which stays the same after a restart. */
  get url(): string {
    return this.#url;
  }

  /** Ids of its media processes; empty if media runs in the server process. */
  mediaProcessIds(): number[] {
    const { stdout } = spawnSync('pgrep', ['-P', String(this.#child?.pid)], { encoding: 'utf8' });
    return stdout.split('\n').filter(Boolean).map(Number);
  }

  /** Whether every media process carries media: each opens its UDP port with its first peer. */
  async isMediaSpread(): Promise<boolean> {
    const free = await Promise.all(this.#udpPorts.map(bind));
    return free.every((port) => port === undefined);
  }

  /** Kills the server without a shutdown, like a power failure. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Shuts the server down, as an operator does. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Restarts the server with its data and on its port. */
  async startAgain(): Promise<void> {
    await this.#launch(new URL(this.#url).port);
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Copies the data, as a snapshot of the file system does. */
  backUp(): void {
    cpSync(this.#dataDir, join(this.#folder, 'backup'), { recursive: true });
  }

  /** Replaces the data of the stopped server with the backup. */
  restore(): void {
    rmSync(this.#dataDir, { recursive: true });
    cpSync(join(this.#folder, 'backup'), this.#dataDir, { recursive: true });
  }

  /** Creates a conference, unless it exists, and a ticket for it. */
  async openConference(
    conferenceId: string = `recovery-${crypto.randomUUID()}`,
  ): Promise<{ server: string; ticket: string; conferenceId: string }> {
    const headers = await this.#logIn();
    await this.#request('/rtc-api/conferences/create', { body: JSON.stringify({ conferenceId }) }, headers);
    return this.invite(conferenceId);
  }

  /** Creates a ticket for a conference, whose holder has these `properties`. */
  async invite(
    conferenceId: string,
    properties: object = {},
  ): Promise<{ server: string; ticket: string; conferenceId: string }> {
    const ticketCommand = {
      type: 'MULTI_USE_TICKET',
      length: 9,
      properties: { conference_id: conferenceId, ...properties },
    };
    const headers = await this.#logIn();
    const ticket = await this.#request('/security/ticket', { body: JSON.stringify(ticketCommand) }, headers);
    return { server: this.#url, ticket: textOf(ticket, 'id'), conferenceId };
  }

  /** The conference, as the server's API returns it. */
  async readConference(conferenceId: string): Promise<unknown> {
    const path = `/rtc-api/conferences/${conferenceId}`;
    return this.#request(path, { method: 'GET' }, await this.#logIn());
  }

  /** Sends a request as a back end of the organization. The path is below the API's. */
  async ask(
    path: string,
    { method = 'GET', body, range }: { method?: string; body?: string; range?: string } = {},
  ): Promise<Response> {
    const headers = { ...(await this.#logIn()), ...(range !== undefined && { range }) };
    return fetch(`${this.#url}/rtc-api/${path}`, { method, headers, ...(body !== undefined && { body }) });
  }

  /** The value of a metric without labels. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.#url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  /** The headers of a back end's requests. */
  async #logIn(): Promise<Record<string, string>> {
    const login = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
    });
    const token = await this.#request('/security/oauth/token', { body: login }, {});
    return {
      'content-type': 'application/json',
      authorization: `Bearer ${textOf(token, 'access_token')}`,
    };
  }

  async #request(path: string, init: RequestInit, headers: Record<string, string>): Promise<unknown> {
    const answer = await fetch(`${this.#url}${path}`, { method: 'POST', headers, ...init });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status} ${text}`);
    return text ? (JSON.parse(text) as unknown) : undefined;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    // It may have ended by itself.
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async #launch(port: string): Promise<void> {
    const child = spawn(process.execPath, ['--conditions=@parley-rtc/source', program], {
      env: {
        PATH: process.env['PATH'],
        PARLEY_PORT: port,
        PARLEY_UDP_PORT: String(this.udpPort),
        PARLEY_DATA_DIR: this.#dataDir,
        PARLEY_CLIENTS: `${client.id}:${client.secret}:AGENT`,
        // So that every journey can be run with the transport that is not the default.
        PARLEY_TRANSPORT: process.env['PARLEY_TRANSPORT'] ?? '',
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

/** Returns the first of `count` consecutive free ports. */
async function freeUdpPorts(count: number): Promise<number> {
  const first = (await bind(0)) ?? 0;
  for (let port = first + 1; port < first + count; port += 1) {
    if ((await bind(port)) === undefined) return await freeUdpPorts(count);
  }
  return first;
}

/** Binds a UDP port (0 for any free one), releases it and returns it; undefined if it is in use. */
async function bind(port: number): Promise<number | undefined> {
  const socket = createSocket('udp4').bind(port);
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
