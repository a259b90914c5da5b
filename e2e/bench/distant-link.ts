import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket as TcpSocket } from 'node:net';
import type { Page } from 'playwright';

const loopback = '127.0.0.1';

/**
 * Makes this machine's server distant for some pages: everything between them, over TCP and UDP alike, arrives half a round trip
 * later. A new TCP connection costs a round trip before its first byte. The kernel may lack a queue that delays (netem), so
 * relays of this process do it.
 */
export class DistantLink {
  readonly #roundTripMs: number;
  readonly #nearAddress: string;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<TcpSocket>();
  readonly #datagrams: Socket[] = [];

  /** `nearAddress` is this machine's address for the pages: those in another network have one of their own. */
  constructor(roundTripMs: number, nearAddress: string = loopback) {
    this.#roundTripMs = roundTripMs;
    this.#nearAddress = nearAddress;
  }

  /** Opens a port that leads to another one of this machine, and returns it. */
  async forwardTcp(targetPort: number): Promise<number> {
    const server = createServer((near) => {
      const far = connect(targetPort, 'localhost');
      const openMs = performance.now() + this.#roundTripMs;
      this.#pass(near, far, openMs);
      this.#pass(far, near, openMs);
    });
    server.listen(0, loopback);
    await once(server, 'listening');
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  /** The same for UDP, for any number of peers. */
  async forwardUdp(targetPort: number): Promise<number> {
    const near = await this.#bind(this.#nearAddress);
    const farOf = new Map<number, Promise<Socket>>();
    near.on('message', (packet, { address, port }) => {
      const far = farOf.get(port) ?? this.#bind(loopback);
      if (!farOf.has(port)) {
        farOf.set(port, far);
        void far.then((socket) =>
          socket.on('message', (answer) => this.#late(() => near.send(answer, port, address))),
        );
      }
      this.#late(() => void far.then((socket) => socket.send(packet, targetPort, loopback)));
    });
    return near.address().port;
  }

  /** Leads all later connections of the page to the media port through the link: no other path is known to either side. */
  async leadMedia(page: Page, mediaPort: number): Promise<void> {
    await page.route(/\/add(Publish|View)StreamIceCandidates$/, (route) => route.fulfill({ status: 204 }));
    await page.addInitScript(replaceCandidates, `${this.#nearAddress} ${mediaPort}`);
  }

  close(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
    for (const socket of this.#datagrams) socket.close();
  }

  #pass(from: TcpSocket, to: TcpSocket, openMs: number): void {
    this.#sockets.add(from);
    const arrive = (what: () => void): void => this.#late(what, Math.max(0, openMs - performance.now()));
    from.on('data', (bytes: Buffer) => arrive(() => to.write(bytes)));
    from.on('end', () => arrive(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      arrive(() => to.destroy());
    });
  }

  #late(what: () => void, moreMs = 0): void {
    setTimeout(what, moreMs + this.#roundTripMs / 2);
  }

  async #bind(address: string): Promise<Socket> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    this.#datagrams.push(socket);
    return socket;
  }
}

/** Runs in the page: answers name the link's address and port as the only candidate. */
function replaceCandidates(addressAndPort: string): void {
  const candidate = `a=candidate:1 1 udp 1 ${addressAndPort} typ host\r\n`;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      const [first, ...rest] = (description.sdp ?? '').split(/^a=candidate:.*(?:\r\n|$)/m);
      await super.setRemoteDescription({ ...description, sdp: `${first}${candidate}${rest.join('')}` });
    }
  };
}
