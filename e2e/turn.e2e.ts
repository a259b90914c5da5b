import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type Browser } from '@playwright/test';
import { demoPort } from './support/addresses.ts';
import { openBrowserWithin } from './support/browser-within.ts';
import { Caller } from './support/caller.ts';
import { chromiumTrust, trust } from './support/certificates.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';
import { FirefoxCaller } from './support/firefox-caller.ts';
import { fakeMicrophoneHz } from './support/firefox-preferences.ts';
import { launchChromium } from './support/launch-chromium.ts';
import { LossyNetwork } from './support/lossy-network.ts';
import { OwnServer } from './support/own-server.ts';
import { resolverRule } from './support/resolver-rule.ts';
import { selectedPaths } from './support/selected-paths.ts';
import { TurnServer } from './support/turn-server.ts';

const ttlSeconds = 8;
/** Not in the DNS, so each browser is configured to resolve it. */
const turnHostName = 'turn.parley.test';
const relayedOverTcp = { candidateType: 'relay', relayProtocol: 'tcp' };
const relayedOverTls = { candidateType: 'relay', relayProtocol: 'tls' };

const closing: (() => void | Promise<void>)[] = [];
let network: LossyNetwork | undefined;
let turn: TurnServer;
let tcpServer: OwnServer;
let tlsServer: OwnServer;
/** Starting takes seconds, so it starts while other tests run. */
let fox: Promise<FirefoxCaller>;

test.beforeAll(async () => {
  // Installing two packages may take a while.
  test.setTimeout(180_000);
  network = process.env['PARLEY_NETWORK'] === 'relay' ? undefined : LossyNetwork.create(100);
  closing.push(() => network?.remove());
  turn = await TurnServer.start(turnAddress(), turnHostName);
  closing.push(() => turn.close());
  [tcpServer, tlsServer] = await Promise.all([startServer(turn.tcpUrl), startServer(turn.tlsUrl)]);
  fox = openFirefox();
  // The tests that await it report a failure.
  fox.catch(() => {});
});

test.afterAll(async () => {
  // What is still opening would otherwise stay open. A failure is reported by the tests that await it.
  await fox.catch(() => {});
  for (const end of closing.toReversed()) await end();
});

function turnAddress(): string {
  return network?.namespace.hostAddress ?? '127.0.0.1';
}

async function startServer(turnUrl: string): Promise<OwnServer> {
  const server = await OwnServer.start({
    PARLEY_TURN_URLS: turnUrl,
    PARLEY_TURN_SECRET: turn.secret,
    PARLEY_TURN_TTL_SECONDS: String(ttlSeconds),
  });
  closing.push(() => server.close());
  return server;
}

/** A Chromium in the network. `home` replaces the user's home folder. */
async function openChromium(home?: string): Promise<Browser> {
  if (!network) {
    const rule = resolverRule(turnHostName, turnAddress());
    const browser = await launchChromium([`--host-resolver-rules=${rule}`], [], home);
    closing.push(() => browser.close());
    return browser;
  }
  const ports = [demoPort, ...[tcpServer, tlsServer].map(({ url }) => Number(new URL(url).port))];
  const within = await openBrowserWithin(network.namespace, ports, { hostName: turnHostName, home });
  closing.push(() => within.close());
  return within.browser;
}

/** A Firefox outside the network, where Puppeteer can reach it. It trusts the TURN server's authority. */
async function openFirefox(): Promise<FirefoxCaller> {
  const profile = newFolder();
  trust(turn.authority, profile);
  const extraPrefsFirefox = {
    'network.dns.forceResolve': turnAddress(),
    'media.peerconnection.ice.loopback': true,
  };
  const opened = await FirefoxCaller.open(undefined, { userDataDir: profile, extraPrefsFirefox });
  closing.push(() => opened.close());
  return opened;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-trust-'));
  // A browser's last process may still be writing to its folder.
  closing.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return folder;
}

/** A new conference, as reached from inside and outside the network. */
async function openConference(server: OwnServer) {
  const outside = await server.openConference();
  const within = { ...outside, server: outside.server.replace('127.0.0.1', 'localhost') };
  return { outside, within: network ? within : relayOnly(within) };
}

function relayOnly<Invitation extends object>(
  invitation: Invitation,
): Invitation & { iceTransportPolicy: 'relay' } {
  return { ...invitation, iceTransportPolicy: 'relay' };
}

test.describe('from a network that blocks UDP', () => {
  test.beforeEach(() => {
    test.info().annotations.push({
      type: 'UDP',
      description: network ? 'dropped by nftables' : 'not used: this machine allows no network namespaces',
    });
  });

  test('callers see and hear each other through a TURN server over TCP, even after their first credentials expired', async ({
    browser,
  }) => {
    test.setTimeout(90_000);
    const { outside, within } = await openConference(tcpServer);
    const ada = await Caller.open(await openChromium());
    const bob = await Caller.open(browser);
    await ada.joinAt(within, 'Ada');
    await bob.joinAt(outside, 'Bob');
    const firstEndMs = Date.now() + ttlSeconds * 1_000;

    await ada.publish(11, 440);
    await bob.publish(22, 880);
    await expectToMeet(ada, bob);
    expect(await ada.page.evaluate(selectedPaths)).toMatchObject([relayedOverTcp, relayedOverTcp]);
    if (network) expect(network.dropped().up).toBeGreaterThan(0);

    await ada.page.evaluate(() => window.mine.unpublish());
    await bob.expectVideoOf();
    await ada.page.waitForTimeout(Math.max(0, firstEndMs + 1_000 - Date.now()));
    await ada.publish(33, 660);
    await bob.expectVideoOf(33);
    await expect.poll(() => bob.tonesHz()).toEqual([660]);
    expect(await ada.page.evaluate(selectedPaths)).toMatchObject([relayedOverTcp, relayedOverTcp]);
    await ada.close();
    await bob.close();
  });

  test('callers see and hear each other through a TURN server over TLS only if the browser trusts its certificate', async ({
    browser,
  }) => {
    const home = newFolder();
    trust(turn.authority, join(home, chromiumTrust));
    const [trusting, distrustful] = await Promise.all([openChromium(home), openChromium(newFolder())]);
    const { outside, within } = await openConference(tlsServer);
    const [ada, bob, cleo] = await Promise.all([
      Caller.open(trusting),
      Caller.open(browser),
      Caller.open(distrustful),
    ]);
    await Promise.all([
      ada.joinAt(within, 'Ada'),
      bob.joinAt(outside, 'Bob'),
      cleo.joinAt(relayOnly(within), 'Cleo'),
    ]);

    await Promise.all([ada.publish(11, 440), bob.publish(22, 880)]);
    await expectToMeet(ada, bob);
    expect(await ada.page.evaluate(selectedPaths)).toMatchObject([relayedOverTls, relayedOverTls]);
    for (const caller of [ada, bob]) {
      expect(await caller.diary()).not.toContainEqual(expect.stringMatching(/^error/));
    }

    const errors = async () => (await cleo.diary()).filter((line) => line.startsWith('error'));
    const viewError = /^error ERR_MEDIA_CONNECTION: .* to view stream .* was closed/;
    await expect.poll(errors).toEqual(Array(2).fill(expect.stringMatching(viewError)));
    // The connection fails while its stream is being published, or just after: the call rejects, or an error event follows.
    const rejection = await cleo.publish(33).then(
      () => [],
      (error: unknown) => [String(error)],
    );
    const publishErrors = async () => [...(await errors()), ...rejection];
    const publishError = /(ERR_MEDIA_CONNECTION|MediaConnectionError): .* to publish stream .* was closed/;
    await expect.poll(publishErrors).toContainEqual(expect.stringMatching(publishError));
    await expect.poll(() => bob.diary()).toContain('unpublished Cleo CAM');
    await Promise.all([ada, bob, cleo].map((caller) => caller.close()));
  });
});

for (const [name, relayed] of [
  ['TCP', relayedOverTcp],
  ['TLS', relayedOverTls],
] as const) {
  test(`Chromium and Firefox see and hear each other when Firefox uses only a TURN server over ${name}`, async ({
    browser,
  }) => {
    const { outside } = await openConference(name === 'TCP' ? tcpServer : tlsServer);
    const firefox = await fox;
    const ada = await Caller.open(browser);
    await Promise.all([ada.joinAt(outside, 'Ada'), firefox.joinAt(relayOnly(outside), 'Fox')]);
    await Promise.all([ada.publish(11, 440), firefox.publish(22)]);

    await ada.expectVideoOf(22);
    await expect.poll(() => firefox.videoIds()).toEqual([11]);
    await expect.poll(() => ada.tonesHz()).toEqual([fakeMicrophoneHz]);
    await expectToGrow(async () => (await firefox.received()).audioEnergy, 0.1);
    expect(await firefox.page.evaluate(selectedPaths)).toMatchObject([relayed, relayed]);
    await firefox.page.evaluate(() => window.conference.leave());
    await ada.close();
  });
}

/** Ada publishes 11 with 440 Hz, Bob 22 with 880 Hz. */
async function expectToMeet(ada: Caller, bob: Caller): Promise<void> {
  await ada.expectVideoOf(22);
  await bob.expectVideoOf(11);
  await expect.poll(() => ada.tonesHz()).toEqual([880]);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
}
