// Uses nftables, because a relay in the test would have to hide the browser's addresses from the server, which also sends
// checks to them. When the kernel drops packets, both ends see silence, as with a pulled cable.
import { spawnSync } from 'node:child_process';

/** Drops every UDP packet from and to one port of this machine, in both directions, until `restore` is called. */
export class MediaCut {
  readonly #port: number;
  readonly #table: string;

  constructor(port: number) {
    this.#port = port;
    this.#table = `parley_cut_${port}`;
  }

  /** Why paths cannot be cut on this machine; undefined if they can. */
  static unavailableReason(): string | undefined {
    const { error, status, stderr } = nft('list tables');
    if (error) return `nft cannot be run (${error.message}): install nftables.`;
    return status === 0 ? undefined : `nft is not allowed here: ${stderr.trim()}`;
  }

  cut(): void {
    const rules = `table inet ${this.#table} { chain in { type filter hook input priority 0;
      udp dport ${this.#port} drop; udp sport ${this.#port} drop; }; }`;
    const { status, stderr } = nft(rules);
    if (status !== 0) throw new Error(`The media path could not be cut: ${stderr}`);
  }

  /** Restores the path. Has no effect if nothing is cut. */
  restore(): void {
    nft(`delete table inet ${this.#table}`);
  }
}

function nft(commands: string): ReturnType<typeof spawnSync> & { stderr: string } {
  return spawnSync('nft', ['-f', '-'], { input: commands, encoding: 'utf8' });
}
