import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDebianPackages } from './debian-packages.ts';
import type { DroppedPackets } from './lossy-link.ts';

const namePattern = /^parley-(\d+)$/;

/**
 * A network namespace of this process, joined to the machine by a pair of virtual interfaces that lose a share of the UDP
 * packets in each direction, at random. TCP loses nothing. To be removed by {@link remove}.
 */
export class LossyNetwork {
  /** The machine, as it is seen from within. */
  readonly hostAddress: string;
  readonly #pid: number;
  readonly #folder: string;

  private constructor(pid: number) {
    this.#pid = pid;
    this.hostAddress = addressesOf(pid).outer;
    this.#folder = mkdtempSync(join(tmpdir(), 'parley-network-'));
  }

  /** Undefined where the machine allows no namespaces: not Linux, not root, or a container without the right to. */
  static create(lossPercent: number): LossyNetwork | undefined {
    if (!ensureNetworkTools()) return undefined;
    removeLeftBehind();
    const { pid } = process;
    remove(pid);
    if (spawnSync('ip', ['netns', 'add', namespaceOf(pid)]).status !== 0) return undefined;
    try {
      connect(pid);
      // Each side drops what comes in: a sender whose own packets were dropped would be told so.
      const inside = ['netns', 'exec', namespaceOf(pid), 'nft', '-f', '-'];
      run('ip', inside, lossRules(pid, interfacesOf(pid).inner, lossPercent));
      run('nft', ['-f', '-'], lossRules(pid, interfacesOf(pid).outer, lossPercent));
      return new LossyNetwork(pid);
    } catch (error) {
      remove(pid);
      throw error;
    }
  }

  /** A program that runs `executablePath` within, with the arguments it is given. */
  programWithin(executablePath: string): string {
    const path = join(this.#folder, 'within');
    const script = `#!/bin/sh\nexec ip netns exec ${namespaceOf(this.#pid)} '${executablePath}' "$@"\n`;
    writeFileSync(path, script, { mode: 0o755 });
    return path;
  }

  dropped(): DroppedPackets {
    const list = ['-j', 'list', 'counters', 'table', 'inet', tableOf(this.#pid)];
    return {
      up: packetsIn(run('nft', list)),
      down: packetsIn(run('ip', ['netns', 'exec', namespaceOf(this.#pid), 'nft', ...list])),
    };
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

function connect(pid: number): void {
  const { outer, inner } = interfacesOf(pid);
  const addresses = addressesOf(pid);
  const within = ['-n', namespaceOf(pid)];
  run('ip', ['link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', namespaceOf(pid)]);
  run('ip', ['address', 'add', `${addresses.outer}/30`, 'dev', outer]);
  run('ip', ['link', 'set', outer, 'up']);
  run('ip', [...within, 'address', 'add', `${addresses.inner}/30`, 'dev', inner]);
  run('ip', [...within, 'link', 'set', inner, 'up']);
  run('ip', [...within, 'link', 'set', 'lo', 'up']);
}

function lossRules(pid: number, interfaceName: string, lossPercent: number): string {
  const chance = lossPercent < 100 ? `numgen random mod 100 < ${lossPercent}` : '';
  return `
    table inet ${tableOf(pid)} {
      counter dropped {}
      chain loss {
        type filter hook input priority 0
        iifname "${interfaceName}" meta l4proto udp ${chance} counter name dropped drop
      }
    }
  `;
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
  spawnSync('ip', ['netns', 'delete', namespaceOf(pid)]);
  spawnSync('nft', ['delete', 'table', 'inet', tableOf(pid)]);
}

function namespaceOf(pid: number): string {
  return `parley-${pid}`;
}

function tableOf(pid: number): string {
  return `parley_${pid}`;
}

function interfacesOf(pid: number): { readonly outer: string; readonly inner: string } {
  return { outer: `pa${pid}o`, inner: `pa${pid}i` };
}

/** Two neighbours in 198.18.0.0/15, the range kept for measuring networks. */
function addressesOf(pid: number): { readonly outer: string; readonly inner: string } {
  const base = (pid % 2 ** 15) * 4;
  const address = (offset: number) =>
    [198, 18 + (base >> 16), (base >> 8) & 0xff, (base & 0xff) + offset].join('.');
  return { outer: address(1), inner: address(2) };
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
