import type { Browser } from '@playwright/test';
import { demoPort } from './addresses.ts';
import { openBrowserWithin } from './browser-within.ts';
import { Caller } from './caller.ts';
import type { DroppedPackets } from './dropped-packets.ts';
import { LossyNetwork } from './lossy-network.ts';
import { LossyRelay } from './lossy-relay.ts';

/** A lossy link between callers and the server. */
export interface LossyLink {
  /** How it loses packets. */
  readonly how: string;
  openCaller(): Promise<Caller>;
  dropped(): DroppedPackets;
  close(): Promise<void>;
}

/**
 * Opens a link that drops `lossPercent` of UDP packets in each direction: an interface of a network namespace, or, if the
 * machine allows none or `PARLEY_NETWORK` is `relay`, a relay in this process for pages of `browser`.
 */
export async function openLossyLink(browser: Browser, lossPercent: number): Promise<LossyLink> {
  const usesRelay = process.env['PARLEY_NETWORK'] === 'relay';
  const network = usesRelay ? undefined : LossyNetwork.create(lossPercent);
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
    how: 'a UDP relay of the test, because this machine allows no network namespaces',
    openCaller: async () => {
      const caller = await Caller.open(browser);
      await relay.interceptPage(caller.page);
      return caller;
    },
    dropped: () => relay.dropped(),
    close: () => {
      relay.close();
      return Promise.resolve();
    },
  };
}
