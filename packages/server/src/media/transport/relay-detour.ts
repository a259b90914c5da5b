import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { isStun, withMappedAddress, withTieBreaker, type SocketAddress } from './stun-message.ts';

export interface RelayDetourOptions {
  /** The relayed address of the peer. */
  readonly relay: SocketAddress;
  /** The address of the library's socket on this machine. */
  readonly library: SocketAddress;
  /** Key that signs the peer's requests and our responses. */
  readonly icePwd: string;
  /** Receives the address under which the library finds the peer. */
  readonly onReady: (address: SocketAddress) => void;
}

/**
 * Works around a request that the library rejects: Chromium's requests from a relay that it reaches over TCP or TLS
 * have the ICE tie-breaker 0, which the library treats as missing and answers with 400 (libjuice, issue 355). This
 * socket receives them instead and passes them to the library with another tie-breaker, and everything else unchanged.
 *
 * The browser learns of this socket from the library's checks, which are the first packets through it. A firewall that
 * lets responses in therefore lets the browser's checks in too.
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
    // A path that fails is simply one path less.
    this.#socket.on('error', () => this.close());
    const isLoopback = library.address === '127.0.0.1' || library.address === '::1';
    this.#socket.bind(0, isLoopback ? undefined : library.address, () => {
      onReady({ address: library.address, port: this.#socket.address().port });
    });
  }

  /** Whether anything but checks came through it. */
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
