import type { Browser, Page } from '@playwright/test';
import { demoUrl } from './addresses.ts';
import { askForTicket, usualSdkFile } from './caller.ts';
import { preventHotReload } from './page-scripts.ts';
import { installLeakProbe } from './resource-counts.ts';

/** A page with the SDK that nothing but the SDK fills: without the media probe, which keeps all connections. */
export async function openLeakPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ baseURL: demoUrl });
  await page.addInitScript(preventHotReload);
  await page.addInitScript(installLeakProbe);
  await page.goto('/');
  await page.evaluate(() => document.body.replaceChildren());
  await page.addScriptTag({ url: usualSdkFile });
  return page;
}

/** Joins `room`, publishes, views what is there, listens to everything, leaves: so many times. */
export async function goInAndOut(page: Page, room: string, rounds: number): Promise<void> {
  await page.evaluate(stay, { ...(await askForTicket(room)), rounds });
}

/** Is handed to the browser as text, so it must not use anything from outside itself. */
async function stay({
  ticket,
  conferenceId,
  rounds,
}: {
  ticket: string;
  conferenceId: string;
  rounds: number;
}): Promise<void> {
  const { Parley } = window;
  const server = location.origin;
  const { token } = await Parley.redeemTicket({ server, ticket });
  for (let round = 0; round < rounds; round += 1) {
    const conference = await Parley.Conference.join({ server, conferenceId, token });
    const names = ['quality-changed', 'active-speakers-changed', 'participant-joined', 'error'] as const;
    for (const name of names) conference.on(name, () => {});
    const mine = await conference.publishStream({ camera: true, microphone: true });
    const [stream] = Parley.selectRemoteStreams(conference.state.getSnapshot());
    if (!stream) throw new Error('Nothing is published.');
    const tile = Object.assign(document.createElement('video'), { muted: true, width: 160 });
    document.body.append(tile);
    const view = await conference.viewStream(stream.id, { element: tile });
    await view.firstFrame;
    await mine.mute('video');
    await mine.unmute('video');
    tile.remove();
    await conference.leave();
  }
}
