import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDebianPackages } from './debian-packages.ts';

const namePattern = /^parley-(\d+)$/;

/** A program in the network, as it is started from outside. */
type Command = readonly [program: string, ...beginning: string[]];

/**
 * A network namespace of this process, joined to the machine by a pair of virtual interfaces. It has addresses of one family
 * alone beside its loopback, and leads all else to the machine. One at a time, to be removed by {@link remove}.
 */
export class NetworkNamespace {
  /** The machine, as it is seen from within. */
  readonly hostAddress: string;
  /** The machine's end of the pair. */
  readonly outerInterface: string;
  /** The end within. */
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

  /** Undefined where the machine allows no namespaces: not Linux, not root, or a container without the right to. */
  static create(family: 4 | 6 = 4): NetworkNamespace | undefined {
    if (!ensureNetworkTools()) return undefined;
    removeLeftBehind();
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

  /** How `program` is started within. */
  enter(program: string): Command {
    return ['ip', 'netns', 'exec', nameOf(this.#pid), program];
  }

  /** A program that runs `executablePath` within, with the arguments it is given. */
  programWithin(executablePath: string): string {
    const path = join(this.#folder, 'within');
    const script = `#!/bin/sh\nexec ${this.enter(`'${executablePath}'`).join(' ')} "$@"\n`;
    writeFileSync(path, script, { mode: 0o755 });
    return path;
  }

  /** Lets nftables rules (chains and counters of one table) hold on the machine, until the namespace is removed. */
  addRules(rules: string): void {
    run('nft', ['-f', '-'], `table inet ${tableOf(this.#pid)} { ${rules} }`);
  }

  /** The same within. */
  addRulesWithin(rules: string): void {
    const [program, ...beginning] = this.enter('nft');
    run(program, [...beginning, '-f', '-'], `table inet ${tableOf(this.#pid)} { ${rules} }`);
  }

  /** Packets that all counters of the rules have counted, on the machine and within. */
  counted(): { readonly outside: number; readonly within: number } {
    const list = ['-j', 'list', 'counters', 'table', 'inet', tableOf(this.#pid)];
    const [program, ...beginning] = this.enter('nft');
    return { outside: packetsIn(run('nft', list)), within: packetsIn(run(program, [...beginning, ...list])) };
  }

  /** Takes away all that was made. Programs within must have ended. */
  remove(): void {
    remove(this.#pid);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Installs what is missing of iproute2 and nftables; says whether both are there and may be used. */
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
  // An IPv6 address could otherwise not be used until nobody has claimed it for a second.
  const nodad = outer.includes(':') ? ['nodad'] : [];
  run('ip', ['address', 'add', `${outer}/${prefixLength}`, 'dev', interfaces.outer, ...nodad]);
  run('ip', ['link', 'set', interfaces.outer, 'up']);
  run('ip', [...within, 'address', 'add', `${inner}/${prefixLength}`, 'dev', interfaces.inner, ...nodad]);
  run('ip', [...within, 'link', 'set', interfaces.inner, 'up']);
  run('ip', [...within, 'link', 'set', 'lo', 'up']);
  run('ip', [...within, 'route', 'add', 'default', 'via', outer]);
}

/** Whatever processes before this one did not get to remove. */
function removeLeftBehind(): void {
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

/** The pair of interfaces goes with its end in the namespace; deleting the other end as well makes that sure. */
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

/** Two neighbours in 198.18.0.0/15, the range kept for measuring networks. */
function ipv4AddressesOf(pid: number): Addresses {
  const base = (pid % 2 ** 15) * 4;
  const address = (offset: number) =>
    [198, 18 + (base >> 16), (base >> 8) & 0xff, (base & 0xff) + offset].join('.');
  return { outer: address(1), inner: address(2), prefixLength: 30 };
}

/** In a range for private use, a network for each process. */
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
