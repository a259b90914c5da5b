import type { Browser, Page } from '@playwright/test';
import { demoUrl } from './addresses.ts';
import { askForTicket, usualSdkFile } from './caller.ts';
import { installLeakProbe } from './resource-counts.ts';

/** A page that contains only the SDK, without the media probe, which would keep all connections alive. */
export async function openLeakPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ baseURL: demoUrl });
  await page.addInitScript(installLeakProbe);
  await page.goto('/');
  await page.evaluate(() => document.body.replaceChildren());
  await page.addScriptTag({ url: usualSdkFile });
  return page;
}

/** Joins `room`, publishes, views a stream, subscribes to events and leaves, `rounds` times. */
export async function joinAndLeave(page: Page, room: string, rounds: number): Promise<void> {
  await page.evaluate(runRounds, { ...(await askForTicket(room)), rounds });
}

/** Passed to the browser as text, so it must not use anything outside itself. */
async function runRounds({
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
