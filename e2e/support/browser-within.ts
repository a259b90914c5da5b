import { isIPv6 } from 'node:net';
import { chromium, type Browser } from '@playwright/test';
import { browserArguments } from './browser-arguments.ts';
import { ensureBrowser } from './browser.ts';
import type { NetworkNamespace } from './network-namespace.ts';
import { resolverRule } from './resolver-rule.ts';
import { forwardTcp } from './tcp-forwarder.ts';

export interface BrowserWithin {
  readonly browser: Browser;
  close(): Promise<void>;
}

interface Surroundings {
  /** A name that the machine has in there, besides `localhost`. */
  readonly hostName?: string;
  /** In place of this user's. */
  readonly home?: string | undefined;
}

/**
 * A Chromium inside the network, for which these ports of `localhost` are the machine's: its pages have the same addresses,
 * and thereby secure contexts, as without the network.
 */
export async function openBrowserWithin(
  network: NetworkNamespace,
  ports: readonly number[],
  { hostName, home }: Surroundings = {},
): Promise<BrowserWithin> {
  const forwarders = await Promise.all(ports.map((port) => forwardTcp(network.hostAddress, port)));
  const { hostAddress } = network;
  const host = isIPv6(hostAddress) ? `[${hostAddress}]` : hostAddress;
  const rules = [
    ...forwarders.map(({ port }, index) => `MAP localhost:${ports[index]} ${host}:${port}`),
    ...(hostName === undefined ? [] : [resolverRule(hostName, host)]),
  ];
  const closeForwarders = async (): Promise<void> => {
    await Promise.all(forwarders.map((forwarder) => forwarder.close()));
  };
  try {
    const browser = await chromium.launch({
      executablePath: network.programWithin(ensureBrowser()),
      args: [...browserArguments, `--host-resolver-rules=${rules.join(', ')}`],
      ...(home !== undefined && { env: { ...process.env, HOME: home } }),
    });
    return {
      browser,
      close: async () => {
        await browser.close();
        await closeForwarders();
      },
    };
  } catch (error) {
    await closeForwarders();
    throw error;
  }
}
