import puppeteer from 'puppeteer-core';
import { browserArguments } from '../support/browser-arguments.ts';
import { ensureBrowser, ensureFirefox } from '../support/browser.ts';
import { firefoxPreferences } from '../support/firefox-preferences.ts';
import { acceptAnswer, closePeer, countReceived, openPeer } from './browser-peer.ts';
import type { ClientPeer, MediaClient, PeerRequest } from './media-client.ts';

/** The system's Chromium with raw peer connections. `pageUrl` is of any page that may open a microphone. */
export async function startChromium(pageUrl: string): Promise<MediaClient> {
  const browser = await puppeteer.launch({
    executablePath: ensureBrowser(),
    headless: true,
    args: [...browserArguments, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
  return await openClient('chromium', browser, pageUrl);
}

/** The system's Firefox. */
export async function startFirefox(pageUrl: string): Promise<MediaClient> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: ensureFirefox(),
    headless: true,
    extraPrefsFirefox: { ...firefoxPreferences },
  });
  return await openClient('firefox', browser, pageUrl);
}

async function openClient(
  name: string,
  browser: Awaited<ReturnType<typeof puppeteer.launch>>,
  pageUrl: string,
): Promise<MediaClient> {
  const page = await browser.newPage();
  await page.goto(pageUrl);
  await page.evaluate(() => document.body.replaceChildren());
  let peers = 0;
  return {
    name,
    async open(request: PeerRequest): Promise<ClientPeer> {
      const peer = String((peers += 1));
      const offer = await page.evaluate(openPeer, [peer, request] as const);
      return {
        offer,
        accept: (answer) => page.evaluate(acceptAnswer, [peer, answer] as const),
        count: () => page.evaluate(countReceived, peer),
        close: () => page.evaluate(closePeer, peer),
      };
    },
    close: () => browser.close(),
  };
}
