// A link of its own for a browser: a network namespace joined to this machine by a pair of virtual cards, of which ours can
// be made slow. Needs root and Debian's iproute2. Only media take the link: pages reach the demo past it.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureNetworkTools } from './lossy-network.ts';

const relayScript = `
const net = require('node:net');
const [port, path] = process.argv.slice(1);
net.createServer((inside) => {
  const outside = net.connect(path);
  inside.pipe(outside).pipe(inside);
  for (const end of [inside, outside]) end.on('error', () => { inside.destroy(); outside.destroy(); });
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
`;

/** What this machine lacks to make such a link; undefined when it lacks nothing. */
export function whyNoSlowLink(): string | undefined {
  if (!ensureNetworkTools()) return 'A slow link needs Linux, root, and the packages iproute2 and nftables.';
  const name = `parley-try-${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return 'A slow link needs network namespaces.';
  const limit = ['-n', name, 'qdisc', 'add', 'dev', 'lo', 'root', 'tbf', 'rate', '1mbit'];
  const { status } = spawnSync('tc', [...limit, 'burst', '5kb', 'latency', '100ms']);
  spawnSync('ip', ['netns', 'del', name]);
  return status === 0 ? undefined : 'A slow link needs the packet scheduler "tbf" in the kernel.';
}

export class SlowLink {
  readonly #name = `parley-${process.pid}`;
  readonly #card = `pv${process.pid}`;
  readonly #folder = mkdtempSync(join(tmpdir(), 'slow-link-'));
  #outside: Server | undefined;
  #inside: ChildProcess | undefined;

  /** Makes the link; `localhost:<port>` leads to this machine's from inside too. */
  async open(port: number): Promise<void> {
    run('ip', 'netns', 'add', this.#name);
    run('ip', 'link', 'add', this.#card, 'type', 'veth', 'peer', 'name', 'veth0', 'netns', this.#name);
    run('ip', 'address', 'add', '10.77.0.1/24', 'dev', this.#card);
    run('ip', 'link', 'set', this.#card, 'up');
    run('ip', '-n', this.#name, 'address', 'add', '10.77.0.2/24', 'dev', 'veth0');
    run('ip', '-n', this.#name, 'link', 'set', 'lo', 'up');
    run('ip', '-n', this.#name, 'link', 'set', 'veth0', 'up');
    run('ip', '-n', this.#name, 'route', 'add', 'default', 'via', '10.77.0.1');
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
    const [program, ...beginning] = this.#enter(process.execPath);
    this.#inside = spawn(program ?? '', [...beginning, '-e', relayScript, String(port), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (this.#inside.stdout) await once(this.#inside.stdout, 'data');
  }

  /** A program that runs `program` behind the link. */
  wrap(program: string): string {
    const path = join(this.#folder, 'behind');
    writeFileSync(path, `#!/bin/sh\nexec ${this.#enter(program).join(' ')} "$@"\n`, { mode: 0o755 });
    return path;
  }

  /** Limits what comes to the browser. `queueMs` is how long a packet waits before it is dropped. */
  limit(rateBps: number, queueMs: number): void {
    const queue = ['tbf', 'rate', `${rateBps}bit`, 'burst', '5kb', 'latency', `${queueMs}ms`];
    run('tc', 'qdisc', 'replace', 'dev', this.#card, 'root', ...queue);
  }

  lift(): void {
    run('tc', 'qdisc', 'del', 'dev', this.#card, 'root');
  }

  close(): void {
    this.#inside?.kill();
    this.#outside?.close();
    run('ip', 'link', 'del', this.#card);
    run('ip', 'netns', 'del', this.#name);
    rmSync(this.#folder, { recursive: true });
  }

  #enter(program: string): string[] {
    return ['/usr/sbin/ip', 'netns', 'exec', this.#name, program];
  }
}

function run(program: string, ...options: string[]): void {
  execFileSync(program, options, { stdio: ['ignore', 'ignore', 'inherit'] });
}
