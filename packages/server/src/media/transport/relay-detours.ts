import { isIP, isIPv4 } from 'node:net';
import { RelayDetour } from './relay-detour.ts';

export interface RelayDetoursOptions {
  /** Port of the library's socket. */
  readonly port: number;
  /** Address that the library's socket is bound to; undefined for all. */
  readonly bindAddress: string | undefined;
  readonly icePwd: string;
  /** Passes a candidate to the library. */
  readonly addCandidate: (candidate: string) => void;
}

/** A peer with a path that needs no relay is connected by then. */
const detourDelayMs = 500;
/** A browser on several networks has a relay for each. */
const maxDetours = 6;

const relayCandidate = /^candidate:\S+ 1 UDP (?<priority>\d+) (?<address>\S+) (?<port>\d+) typ relay/;

/** Detours for a peer's relays, while it has no other connection. */
export class RelayDetours {
  readonly #options: RelayDetoursOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #detours: RelayDetour[] = [];
  #isSettled = false;

  constructor(options: RelayDetoursOptions) {
    this.#options = options;
  }

  /** Takes a candidate of the peer; ignores all but relays. */
  add(candidate: string): void {
    const groups = relayCandidate.exec(candidate)?.groups;
    if (!groups || this.#isSettled || this.#timers.size + this.#detours.length >= maxDetours) return;
    const { priority = '', address = '', port = '' } = groups;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#open({ address, port: Number(port) }, priority);
    }, detourDelayMs);
    this.#timers.add(timer);
  }

  /** Call it when the peer is connected: keeps detours that carry its packets, and opens no more. */
  settle(): void {
    this.#close((detour) => !detour.isUsed);
  }

  close(): void {
    this.#close(() => true);
  }

  #open(relay: { readonly address: string; readonly port: number }, priority: string): void {
    const { port, icePwd, addCandidate } = this.#options;
    const { bindAddress = isIPv4(relay.address) ? '127.0.0.1' : '::1' } = this.#options;
    if (isIP(bindAddress) !== isIP(relay.address)) return;
    const library = { address: bindAddress, port };
    const detour = new RelayDetour({
      relay,
      library,
      icePwd,
      onReady: (own) =>
        addCandidate(
          `candidate:detour 1 UDP ${priority} ${own.address} ${own.port} typ relay raddr 0.0.0.0 rport 0`,
        ),
    });
    this.#detours.push(detour);
  }

  #close(isOver: (detour: RelayDetour) => boolean): void {
    this.#isSettled = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const detour of this.#detours) if (isOver(detour)) detour.close();
    this.#detours = this.#detours.filter((detour) => !isOver(detour));
  }
}
