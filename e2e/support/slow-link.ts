// A separate link for a browser: a network namespace connected to this machine by a pair of virtual interfaces, whose
// machine end can be slowed down. Needs root and Debian's iproute2. Only media use the link: pages reach the demo past it.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from '@playwright/test';
import { browserArguments } from './browser-arguments.ts';
import { ensureBrowser } from './browser.ts';
import { ensureNetworkTools, NetworkNamespace } from './network-namespace.ts';

const relayScript = `
const net = require('node:net');
const [port, path] = process.argv.slice(1);
net.createServer((inside) => {
  const outside = net.connect(path);
  inside.pipe(outside).pipe(inside);
  for (const end of [inside, outside]) end.on('error', () => { inside.destroy(); outside.destroy(); });
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
`;

/** Why this machine cannot create such a link; undefined if it can. */
export function slowLinkUnavailableReason(): string | undefined {
  if (!ensureNetworkTools()) return 'A slow link needs Linux, root, and the packages iproute2 and nftables.';
  const name = `parley-try-${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return 'A slow link needs network namespaces.';
  const limit = ['-n', name, 'qdisc', 'add', 'dev', 'lo', 'root', 'tbf', 'rate', '1mbit'];
  const { status } = spawnSync('tc', [...limit, 'burst', '5kb', 'latency', '100ms']);
  spawnSync('ip', ['netns', 'del', name]);
  return status === 0 ? undefined : 'A slow link needs the packet scheduler "tbf" in the kernel.';
}

export class SlowLink {
  readonly #namespace = createNamespace();
  readonly #folder = mkdtempSync(join(tmpdir(), 'slow-link-'));
  #outside: Server | undefined;
  #inside: ChildProcess | undefined;

  /** This machine's address, as seen from behind the link. */
  get hostAddress(): string {
    return this.#namespace.hostAddress;
  }

  /** Opens the link. `localhost:<port>` inside leads to this machine's. */
  async open(port: number): Promise<void> {
    const path = join(this.#folder, 'relay');
    this.#outside = createServer((inside) => {
      const outside = connect(port, 'localhost');
      inside.pipe(outside).pipe(inside);
      for (const end of [inside, outside]) {
        end.on('error', () => {
          inside.destroy();
          outside.destroy();
        });
      }
    }).listen(path);
    const [program, ...beginning] = this.#namespace.enter(process.execPath);
    this.#inside = spawn(program, [...beginning, '-e', relayScript, String(port), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (this.#inside.stdout) await once(this.#inside.stdout, 'data');
  }

  /** Launches a Chromium behind the link. Close it before the link. */
  async launchBrowser(): Promise<Browser> {
    return await chromium.launch({
      executablePath: this.#namespace.programWithin(ensureBrowser()),
      args: [...browserArguments],
    });
  }

  /** Limits the rate to the browser. Packets that would wait longer than `queueMs` are dropped. */
  limit(rateBps: number, queueMs: number): void {
    run('tc', ...slowDown(this.#namespace.outerInterface, rateBps, queueMs));
  }

  /** Limits the rate from the browser, until the link is closed. */
  limitUp(rateBps: number, queueMs: number): void {
    run(...this.#namespace.enter('tc'), ...slowDown(this.#namespace.innerInterface, rateBps, queueMs));
  }

  lift(): void {
    run('tc', 'qdisc', 'del', 'dev', this.#namespace.outerInterface, 'root');
  }

  close(): void {
    this.#inside?.kill();
    this.#outside?.close();
    this.#namespace.remove();
    rmSync(this.#folder, { recursive: true });
  }
}

function createNamespace(): NetworkNamespace {
  const namespace = NetworkNamespace.create();
  if (!namespace) throw new Error('A slow link needs network namespaces, which this machine does not allow.');
  return namespace;
}

function slowDown(device: string, rateBps: number, queueMs: number): string[] {
  const queue = ['tbf', 'rate', `${rateBps}bit`, 'burst', '5kb', 'latency', `${queueMs}ms`];
  return ['qdisc', 'replace', 'dev', device, 'root', ...queue];
}

function run(program: string, ...options: string[]): void {
  execFileSync(program, options, { stdio: ['ignore', 'ignore', 'inherit'] });
}
