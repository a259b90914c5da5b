import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Page, Route } from '@playwright/test';
import type { DroppedPackets } from './dropped-packets.ts';

const loopback = '127.0.0.1';

/**
 * Drops a share of some pages' UDP packets in each direction, for machines without network namespaces. Pages receive this
 * process's address instead of the media router's, and the router receives none of the pages' candidates.
 */
export class LossyRelay {
  readonly #lossPercent: number;
  readonly #sockets: Socket[] = [];
  readonly #dropped = { up: 0, down: 0 };
  #random = 1;

  constructor(lossPercent: number) {
    this.#lossPercent = lossPercent;
  }

  /** Routes all later connections of the page through the relay. */
  async interceptPage(page: Page): Promise<void> {
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

  /** Returns a port that relays to the router's port. */
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

  /** Uses Lehmer's random number generator, so that runs that send the same packets lose the same packets. */
  #isLost(direction: keyof DroppedPackets): boolean {
    this.#random = (this.#random * 48_271) % 0x7fff_ffff;
    if ((this.#random / 0x7fff_ffff) * 100 >= this.#lossPercent) return false;
    this.#dropped[direction] += 1;
    return true;
  }
}
