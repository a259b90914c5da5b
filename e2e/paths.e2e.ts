import { test } from '@playwright/test';
import { demoPort } from './support/addresses.ts';
import { openBrowserWithin } from './support/browser-within.ts';
import { Caller } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { NetworkNamespace } from './support/network-namespace.ts';
import { oneToOneNat } from './support/one-to-one-nat.ts';
import { OwnServer } from './support/own-server.ts';
import { selectedPaths } from './support/selected-paths.ts';

/** From a range reserved for documentation. */
const announcedAddress = '203.0.113.7';

let closing: (() => void | Promise<void>)[] = [];

test.afterEach(async () => {
  for (const end of closing.toReversed()) await end();
  closing = [];
});

/** A network for the callers, with addresses of a single family. */
function openNetwork(family: 4 | 6): NetworkNamespace {
  const network = NetworkNamespace.create(family);
  test.skip(!network, 'This machine allows no network namespaces.');
  if (!network) throw new Error('The test was not skipped without a network.');
  closing.push(() => network.remove());
  return network;
}

/** Proves that two callers in `network` see and hear each other. Returns the remote end of their four connections. */
async function callFrom(network: NetworkNamespace, server: OwnServer) {
  const apiPort = Number(new URL(server.url).port);
  const within = await openBrowserWithin(network, [demoPort, apiPort]);
  closing.push(() => within.close());
  const invitation = await server.openConference();
  const atLocalhost = { ...invitation, server: invitation.server.replace('127.0.0.1', 'localhost') };
  const [ada, bob] = await Promise.all([Caller.open(within.browser), Caller.open(within.browser)]);
  await Promise.all([ada.joinAt(atLocalhost, 'Ada'), bob.joinAt(atLocalhost, 'Bob')]);
  await Promise.all([ada.publish(11, 440), bob.publish(22, 880)]);
  await ada.expectVideoOf(22);
  await bob.expectVideoOf(11);
  await expect.poll(() => ada.tonesHz()).toEqual([880]);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
  const paths = await Promise.all([ada, bob].map(({ page }) => page.evaluate(selectedPaths)));
  return paths.flat().map(({ remoteAddress, remotePort }) => ({ remoteAddress, remotePort }));
}

async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  const server = await OwnServer.start(settings);
  closing.push(() => server.close());
  return server;
}

test('callers with only IPv6 see and hear each other over the server’s single UDP port', async () => {
  const network = openNetwork(6);
  const server = await startServer();
  const end = { remoteAddress: network.hostAddress, remotePort: server.udpPort };
  expect(await callFrom(network, server)).toEqual([end, end, end, end]);
});

test('callers reach a server behind 1:1 NAT at its announced address', async () => {
  const network = openNetwork(4);
  oneToOneNat(network, announcedAddress);
  const server = await startServer({ PARLEY_ANNOUNCED_ADDRESS: announcedAddress });
  const end = { remoteAddress: announcedAddress, remotePort: server.udpPort };
  expect(await callFrom(network, server)).toEqual([end, end, end, end]);
});
