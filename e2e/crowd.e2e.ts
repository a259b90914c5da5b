import { test } from '@playwright/test';
import { ApiGuest, type Invitation } from './support/api-guest.ts';
import { Caller } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { OwnServer } from './support/own-server.ts';

const guestCount = 200;
const publisherCount = 30;

declare global {
  interface Window {
    /** Each event about a participant or stream, as a line with its id. */
    announced: string[];
    /** Duration of each task that blocked the page for more than 50 ms. */
    longTasksMs: number[];
    /** Time of the last state change, in milliseconds since the epoch. */
    changedAtMs: number;
  }
}

/** Joins without viewing, because the guests send no media. Runs in the page. */
async function joinAndWatch({ server, ticket, conferenceId }: Invitation): Promise<void> {
  const { token } = await window.Parley.redeemTicket({ server, ticket });
  const conference = await window.Parley.Conference.join({ server, conferenceId, token });
  const announced: string[] = [];
  const longTasksMs: number[] = [];
  Object.assign(window, { conference, announced, longTasksMs, changedAtMs: 0 });
  for (const name of ['participant-joined', 'participant-left'] as const) {
    conference.on(name, ({ participant }) => void announced.push(`${name} ${participant.id}`));
  }
  for (const name of ['stream-published', 'stream-unpublished'] as const) {
    conference.on(name, ({ stream }) => void announced.push(`${name} ${stream.id}`));
  }
  conference.state.subscribe(() => {
    window.changedAtMs = Date.now();
  });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasksMs.push(Math.round(duration));
  }).observe({ entryTypes: ['longtask'] });
}

/** A camera's offer for a connection that is never opened. */
async function offerVideo(): Promise<string | undefined> {
  const peer = new RTCPeerConnection();
  peer.addTransceiver('video', { direction: 'sendonly' });
  const { sdp } = await peer.createOffer();
  peer.close();
  return sdp;
}

test('announces each of two hundred participants who join and leave together once, and matches the server’s state', async ({
  browser,
}) => {
  const server = await OwnServer.start();
  const invitation = await server.openConference();
  const ada = await Caller.open(browser);
  const { page } = ada;
  await page.evaluate(joinAndWatch, invitation);
  const sdpOffer = await page.evaluate(offerVideo);
  const witness = await ApiGuest.join(invitation, { name: 'Witness' });
  const announced = async (name: string) =>
    (await page.evaluate(() => window.announced)).filter((l) => l.startsWith(name));

  /** Waits until the page's state equals the server's. Returns the time from `sinceMs` to the page's last change. */
  const untilUpToDate = async (sinceMs: number): Promise<number> => {
    const served = await witness.conference();
    const stateOf = () =>
      page.evaluate(() => {
        const { version, participants, metadata } = window.conference.state.getSnapshot().conference;
        return {
          version,
          participants: participants.map(({ id, metadata }) => ({ id, metadata })),
          metadata,
        };
      });
    await expect.poll(stateOf, { timeout: 30_000 }).toEqual(served);
    return (await page.evaluate(() => window.changedAtMs)) - sinceMs;
  };

  const startedAtMs = Date.now();
  const crowd = await Promise.all(
    Array.from({ length: guestCount }, async (_, index) => {
      const guest = await ApiGuest.join(invitation, { name: `Guest ${index}` });
      if (index < publisherCount) await guest.do('publishStream', { conferenceStreamType: 'CAM', sdpOffer });
      return guest;
    }),
  );
  const allJoinedMs = Date.now() - startedAtMs;
  const pageJoinedMs = await untilUpToDate(startedAtMs);
  const leavingAtMs = Date.now();
  await Promise.all(crowd.map((guest) => guest.do('leave')));
  const pageLeftMs = await untilUpToDate(leavingAtMs);

  const joined = await announced('participant-joined');
  const left = await announced('participant-left');
  expect([joined.length, new Set(joined).size]).toEqual([guestCount + 1, guestCount + 1]);
  expect([left.length, new Set(left).size]).toEqual([guestCount, guestCount]);
  for (const name of ['stream-published', 'stream-unpublished']) {
    const streams = await announced(name);
    expect([streams.length, new Set(streams).size]).toEqual([publisherCount, publisherCount]);
  }
  const longTasksMs = await page.evaluate(() => window.longTasksMs);
  const description =
    `${guestCount} joined in ${allJoinedMs} ms, page up to date after ${pageJoinedMs} ms, and ${pageLeftMs} ms after the first ` +
    `left; longest task ${Math.max(0, ...longTasksMs)} ms (${longTasksMs.length} above 50 ms)`;
  test.info().annotations.push({ type: 'crowd', description });
  await ada.close();
  await server.close();
});
