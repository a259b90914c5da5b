import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Page, Route } from '@playwright/test';
import type { DroppedPackets } from './lossy-link.ts';

const loopback = '127.0.0.1';

/**
 * Loses a share of the UDP packets of some pages in each direction, where the machine's network cannot: the pages are told
 * this process's address in place of the media router's, and the router is told none of theirs.
 */
export class LossyRelay {
  readonly #lossPercent: number;
  readonly #sockets: Socket[] = [];
  readonly #dropped = { up: 0, down: 0 };
  #random = 1;

  constructor(lossPercent: number) {
    this.#lossPercent = lossPercent;
  }

  /** Puts all later connections of the page behind the relay. */
  async putBefore(page: Page): Promise<void> {
    await page.route(/\/(publishStream|viewStream)$/, (route) => this.#exchange(route));
    await page.route(/\/add(Publish|View)StreamIceCandidates$/, (route) => route.fulfill({ status: 204 }));
  }

  dropped(): DroppedPackets {
    return { ...this.#dropped };
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  async #exchange(route: Route): Promise<void> {
    const response = await route.fetch();
    const body = (await response.json()) as { sdpAnswer?: string };
    if (body.sdpAnswer === undefined) return await route.fulfill({ response });
    const port = Number(/^a=candidate:\S+ 1 udp \d+ \S+ (\d+)/im.exec(body.sdpAnswer)?.[1]);
    const candidate = `a=candidate:1 1 udp 1 ${loopback} ${await this.#relayTo(port)} typ host`;
    const [first, ...rest] = body.sdpAnswer.split(/^a=candidate:.*(?:\r\n|$)/m);
    const sdpAnswer = `${first}${candidate}\r\n${rest.join('')}`;
    await route.fulfill({ response, json: { ...body, sdpAnswer } });
  }

  /** Returns a port behind which is the router's. */
  async #relayTo(routerPort: number): Promise<number> {
    const [near, far] = await Promise.all([this.#open(), this.#open()]);
    let page: RemoteInfo | undefined;
    near.on('message', (packet, from) => {
      page = from;
      if (!this.#isLost('up')) far.send(packet, routerPort, loopback);
    });
    far.on('message', (packet) => {
      if (page && !this.#isLost('down')) near.send(packet, page.port, page.address);
    });
    return near.address().port;
  }

  async #open(): Promise<Socket> {
    const socket = createSocket('udp4');
    socket.bind(0, loopback);
    await once(socket, 'listening');
    this.#sockets.push(socket);
    return socket;
  }

  /** By Lehmer's generator of random numbers, so that each run loses the same packets as far as it sends the same. */
  #isLost(direction: keyof DroppedPackets): boolean {
    this.#random = (this.#random * 48_271) % 0x7fff_ffff;
    if ((this.#random / 0x7fff_ffff) * 100 >= this.#lossPercent) return false;
    this.#dropped[direction] += 1;
    return true;
  }
}
