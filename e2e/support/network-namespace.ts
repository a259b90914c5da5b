import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDebianPackages } from './debian-packages.ts';

const namePattern = /^parley-(\d+)$/;

/** A command that starts a program inside the network. */
type Command = readonly [program: string, ...beginning: string[]];

/**
 * A network namespace of this process, connected to the machine by a pair of virtual interfaces. Apart from loopback, it has
 * addresses of a single family and routes all traffic to the machine. Create only one at a time, and call {@link remove}.
 */
export class NetworkNamespace {
  /** The machine's address, as seen from inside. */
  readonly hostAddress: string;
  /** The machine's end of the pair. */
  readonly outerInterface: string;
  /** The namespace's end of the pair. */
  readonly innerInterface: string;
  readonly #pid: number;
  readonly #folder: string;

  private constructor(pid: number, hostAddress: string) {
    this.#pid = pid;
    this.hostAddress = hostAddress;
    this.outerInterface = interfacesOf(pid).outer;
    this.innerInterface = interfacesOf(pid).inner;
    this.#folder = mkdtempSync(join(tmpdir(), 'parley-network-'));
  }

  /** Undefined if the machine allows no namespaces: not Linux, not root, or an unprivileged container. */
  static create(family: 4 | 6 = 4): NetworkNamespace | undefined {
    if (!ensureNetworkTools()) return undefined;
    removeStale();
    const { pid } = process;
    remove(pid);
    if (spawnSync('ip', ['netns', 'add', nameOf(pid)]).status !== 0) return undefined;
    try {
      const addresses = family === 4 ? ipv4AddressesOf(pid) : ipv6AddressesOf(pid);
      connect(pid, addresses);
      return new NetworkNamespace(pid, addresses.outer);
    } catch (error) {
      remove(pid);
      throw error;
    }
  }

  /** The command that starts `program` inside the namespace. */
  enter(program: string): Command {
    return ['ip', 'netns', 'exec', nameOf(this.#pid), program];
  }

  /** Path of a script that runs `executablePath` inside the namespace with its arguments. */
  programWithin(executablePath: string): string {
    const path = join(this.#folder, 'within');
    const script = `#!/bin/sh\nexec ${this.enter(`'${executablePath}'`).join(' ')} "$@"\n`;
    writeFileSync(path, script, { mode: 0o755 });
    return path;
  }

  /** Adds nftables rules (chains and counters of one table) on the machine until the namespace is removed. */
  addRules(rules: string): void {
    run('nft', ['-f', '-'], `table inet ${tableOf(this.#pid)} { ${rules} }`);
  }

  /** The same inside the namespace. */
  addRulesWithin(rules: string): void {
    const [program, ...beginning] = this.enter('nft');
    run(program, [...beginning, '-f', '-'], `table inet ${tableOf(this.#pid)} { ${rules} }`);
  }

  /** Packets counted by the rules, on the machine and inside the namespace. */
  counted(): { readonly outside: number; readonly within: number } {
    const list = ['-j', 'list', 'counters', 'table', 'inet', tableOf(this.#pid)];
    const [program, ...beginning] = this.enter('nft');
    return { outside: packetsIn(run('nft', list)), within: packetsIn(run(program, [...beginning, ...list])) };
  }

  /** Removes the namespace and its rules. Programs inside it must have ended. */
  remove(): void {
    remove(this.#pid);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Installs iproute2 and nftables if they are missing. Returns whether both can be used. */
export function ensureNetworkTools(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const areThere = () => ['ip', 'nft'].every((program) => spawnSync(program, ['-V']).error === undefined);
  return areThere() || (installDebianPackages('iproute2', 'nftables') && areThere());
}

interface Addresses {
  readonly outer: string;
  readonly inner: string;
  readonly prefixLength: number;
}

function connect(pid: number, { outer, inner, prefixLength }: Addresses): void {
  const interfaces = interfacesOf(pid);
  const within = ['-n', nameOf(pid)];
  const pair = ['link', 'add', interfaces.outer, 'type', 'veth', 'peer', 'name', interfaces.inner];
  run('ip', [...pair, 'netns', nameOf(pid)]);
  // Without `nodad`, an IPv6 address is unusable during about a second of duplicate address detection.
  const nodad = outer.includes(':') ? ['nodad'] : [];
  run('ip', ['address', 'add', `${outer}/${prefixLength}`, 'dev', interfaces.outer, ...nodad]);
  run('ip', ['link', 'set', interfaces.outer, 'up']);
  run('ip', [...within, 'address', 'add', `${inner}/${prefixLength}`, 'dev', interfaces.inner, ...nodad]);
  run('ip', [...within, 'link', 'set', interfaces.inner, 'up']);
  run('ip', [...within, 'link', 'set', 'lo', 'up']);
  run('ip', [...within, 'route', 'add', 'default', 'via', outer]);
}

/** Removes what earlier processes left behind. */
function removeStale(): void {
  for (const line of run('ip', ['netns', 'list']).split('\n')) {
    const pid = Number(namePattern.exec(line.split(' ')[0] ?? '')?.[1]);
    if (pid > 0 && !isAlive(pid)) remove(pid);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Deleting the namespace also deletes its interfaces; deleting the outer end first makes sure of it. */
function remove(pid: number): void {
  spawnSync('ip', ['link', 'delete', interfacesOf(pid).outer]);
  spawnSync('ip', ['netns', 'delete', nameOf(pid)]);
  spawnSync('nft', ['delete', 'table', 'inet', tableOf(pid)]);
}

function nameOf(pid: number): string {
  return `parley-${pid}`;
}

function tableOf(pid: number): string {
  return `parley_${pid}`;
}

function interfacesOf(pid: number): { readonly outer: string; readonly inner: string } {
  return { outer: `pa${pid}o`, inner: `pa${pid}i` };
}

/** Two adjacent addresses in 198.18.0.0/15, the range reserved for benchmarks. */
function ipv4AddressesOf(pid: number): Addresses {
  const base = (pid % 2 ** 15) * 4;
  const address = (offset: number) =>
    [198, 18 + (base >> 16), (base >> 8) & 0xff, (base & 0xff) + offset].join('.');
  return { outer: address(1), inner: address(2), prefixLength: 30 };
}

/** A network for each process in a private range. */
function ipv6AddressesOf(pid: number): Addresses {
  const network = `fd70:6172:6c65:${(pid % 2 ** 16).toString(16)}`;
  return { outer: `${network}::1`, inner: `${network}::2`, prefixLength: 64 };
}

function packetsIn(json: string): number {
  const { nftables } = JSON.parse(json) as {
    nftables: readonly { readonly counter?: { readonly packets: number } }[];
  };
  return nftables.reduce((sum, { counter }) => sum + (counter?.packets ?? 0), 0);
}

function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
  return stdout;
}
