import type { Browser } from '@playwright/test';
import { demoPort } from './addresses.ts';
import { openBrowserWithin } from './browser-within.ts';
import { Caller } from './caller.ts';
import { LossyNetwork } from './lossy-network.ts';
import { LossyRelay } from './lossy-relay.ts';

/** Packets that were dropped on their way from the callers behind the link, and to them. */
export interface DroppedPackets {
  readonly up: number;
  readonly down: number;
}

/** A bad link to the server, for callers who are to suffer from it. */
export interface LossyLink {
  /** How it loses packets. */
  readonly how: string;
  openCaller(): Promise<Caller>;
  dropped(): DroppedPackets;
  close(): Promise<void>;
}

/**
 * A link that loses so many of a hundred UDP packets in each direction: an interface of a network namespace, or, where the
 * machine allows none or `PARLEY_NETWORK` is `relay`, a relay of this process before the pages of `browser`.
 */
export async function openLossyLink(browser: Browser, lossPercent: number): Promise<LossyLink> {
  const isRelayWanted = process.env['PARLEY_NETWORK'] === 'relay';
  const network = isRelayWanted ? undefined : LossyNetwork.create(lossPercent);
  return network ? await linkThrough(network) : relayLink(browser, lossPercent);
}

async function linkThrough(network: LossyNetwork): Promise<LossyLink> {
  try {
    const within = await openBrowserWithin(network.namespace, [demoPort]);
    return {
      how: 'a virtual interface of a network namespace, losses by nftables',
      openCaller: () => Caller.open(within.browser),
      dropped: () => network.dropped(),
      close: async () => {
        await within.close();
        network.remove();
      },
    };
  } catch (error) {
    network.remove();
    throw error;
  }
}

function relayLink(browser: Browser, lossPercent: number): LossyLink {
  const relay = new LossyRelay(lossPercent);
  return {
    how: 'a UDP relay of the test, since this machine gives it no network namespace',
    openCaller: async () => {
      const caller = await Caller.open(browser);
      await relay.putBefore(caller.page);
      return caller;
    },
    dropped: () => relay.dropped(),
    close: () => {
      relay.close();
      return Promise.resolve();
    },
  };
}
