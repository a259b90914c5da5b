import { test } from '@playwright/test';
import { ApiGuest, type Place } from './support/api-guest.ts';
import { Caller } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { OwnServer } from './support/own-server.ts';

const crowdSize = 200;
const publisherCount = 30;

declare global {
  interface Window {
    /** Each event about a participant or stream, as a line with its id. */
    told: string[];
    /** Each task that held the page up for more than 50 ms. */
    longTasksMs: number[];
    /** When the state changed last, in milliseconds since the epoch. */
    changedAtMs: number;
  }
}

/** Comes in without viewing: media that nobody sends would only be waited for. Is handed to the page as text. */
async function joinAndWatch({ server, ticket, conferenceId }: Place): Promise<void> {
  const { token } = await window.Parley.redeemTicket({ server, ticket });
  const conference = await window.Parley.Conference.join({ server, conferenceId, token });
  const told: string[] = [];
  const longTasksMs: number[] = [];
  Object.assign(window, { conference, told, longTasksMs, changedAtMs: 0 });
  for (const name of ['participant-joined', 'participant-left'] as const) {
    conference.on(name, ({ participant }) => void told.push(`${name} ${participant.id}`));
  }
  for (const name of ['stream-published', 'stream-unpublished'] as const) {
    conference.on(name, ({ stream }) => void told.push(`${name} ${stream.id}`));
  }
  conference.state.subscribe(() => {
    window.changedAtMs = Date.now();
  });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasksMs.push(Math.round(duration));
  }).observe({ entryTypes: ['longtask'] });
}

/** An offer as a camera's is, of a connection that is never made. */
async function offerVideo(): Promise<string | undefined> {
  const peer = new RTCPeerConnection();
  peer.addTransceiver('video', { direction: 'sendonly' });
  const { sdp } = await peer.createOffer();
  peer.close();
  return sdp;
}

test('two hundred who come at once, and go at once, are told once each, and the state is the server’s', async ({
  browser,
}) => {
  const server = await OwnServer.start();
  const place = await server.openConference();
  const ada = await Caller.open(browser);
  const { page } = ada;
  await page.evaluate(joinAndWatch, place);
  const sdpOffer = await page.evaluate(offerVideo);
  const witness = await ApiGuest.enter(place, { name: 'Witness' });
  const told = async (name: string) =>
    (await page.evaluate(() => window.told)).filter((l) => l.startsWith(name));

  /** Waits until the page holds what the server holds, and gives how long that took since `sinceMs`. */
  const settled = async (sinceMs: number): Promise<number> => {
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
    Array.from({ length: crowdSize }, async (_, index) => {
      const guest = await ApiGuest.enter(place, { name: `Guest ${index}` });
      if (index < publisherCount) await guest.do('publishStream', { conferenceStreamType: 'CAM', sdpOffer });
      return guest;
    }),
  );
  const enteredMs = Date.now() - startedAtMs;
  const joinedMs = await settled(startedAtMs);
  const leavingAtMs = Date.now();
  await Promise.all(crowd.map((guest) => guest.do('leave')));
  const leftMs = await settled(leavingAtMs);

  const joined = await told('participant-joined');
  const left = await told('participant-left');
  expect([joined.length, new Set(joined).size]).toEqual([crowdSize + 1, crowdSize + 1]);
  expect([left.length, new Set(left).size]).toEqual([crowdSize, crowdSize]);
  for (const name of ['stream-published', 'stream-unpublished']) {
    const streams = await told(name);
    expect([streams.length, new Set(streams).size]).toEqual([publisherCount, publisherCount]);
  }
  const longTasksMs = await page.evaluate(() => window.longTasksMs);
  const description =
    `${crowdSize} joined in ${enteredMs} ms, page up to date after ${joinedMs} ms, and ${leftMs} ms after the first ` +
    `went; longest task ${Math.max(0, ...longTasksMs)} ms (${longTasksMs.length} above 50 ms)`;
  test.info().annotations.push({ type: 'crowd', description });
  await ada.close();
  await server.close();
});
