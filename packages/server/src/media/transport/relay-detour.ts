import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { isStun, type SocketAddress, withMappedAddress, withTieBreaker } from './stun-message.ts';

export interface RelayDetourOptions {
  /** The relayed address of the peer. */
  readonly relay: SocketAddress;
  /** Where the library's socket is, as seen from this machine. */
  readonly library: SocketAddress;
  /** Signs the peer's requests and our answers to them. */
  readonly icePwd: string;
  /** Takes the address under which the library finds the peer. */
  readonly onReady: (address: SocketAddress) => void;
}

/**
 * A way round a request that the library refuses: Chromium's requests from a relay that it reaches over TCP or TLS have the
 * ICE tie-breaker 0, which the library takes for none, and answers with 400 (libjuice, issue 355). Here they come to a
 * socket of ours, which hands them on to the library with another tie-breaker, and everything else as it is.
 *
 * The browser learns of this socket by the library's checks, which are the first to go through it, so that a firewall that
 * lets answers in lets the browser's checks in too.
 */
export class RelayDetour {
  readonly #options: RelayDetourOptions;
  readonly #socket: Socket;
  #isUsed = false;
  #isClosed = false;

  constructor(options: RelayDetourOptions) {
    const { relay, library, onReady } = options;
    this.#options = options;
    this.#socket = createSocket(isIPv4(relay.address) ? 'udp4' : 'udp6');
    this.#socket.on('message', (packet, from) => this.#forward(packet, from));
    // A path that cannot be used is one path less.
    this.#socket.on('error', () => this.close());
    const isLoopback = library.address === '127.0.0.1' || library.address === '::1';
    this.#socket.bind(0, isLoopback ? undefined : library.address, () => {
      onReady({ address: library.address, port: this.#socket.address().port });
    });
  }

  /** Whether more than checks came through it. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }

  #forward(packet: Buffer, { address, port }: RemoteInfo): void {
    const { relay, library, icePwd } = this.#options;
    if (port === relay.port && address === relay.address) {
      if (!isStun(packet)) this.#isUsed = true;
      this.#send(isStun(packet) ? withTieBreaker(packet, icePwd) : packet, library);
    } else if (port === library.port && address === library.address) {
      this.#send(isStun(packet) ? withMappedAddress(packet, icePwd, relay) : packet, relay);
    }
  }

  #send(packet: Buffer, { address, port }: SocketAddress): void {
    if (!this.#isClosed) this.#socket.send(packet, port, address);
  }
}
