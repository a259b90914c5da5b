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
  /** A host name of the machine inside the network, besides `localhost`. */
  readonly hostName?: string;
  /** Home folder. Default: this user's. */
  readonly home?: string | undefined;
}

/**
 * Opens a Chromium inside the network. `ports` of its `localhost` lead to the machine's, so pages have the same URLs as
 * outside and stay secure contexts.
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
