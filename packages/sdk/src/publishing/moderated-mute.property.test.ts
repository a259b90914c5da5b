import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { useFakeBrowser } from '../testing/fake-browser.ts';
import { joinAs } from '../testing/join-as.ts';
import { pause } from '../waiting/pause.ts';
import type { PublishedStream } from './published-stream.ts';

type Step = 'mute' | 'unmute' | 'moderator mutes' | 'switch' | 'drop us' | 'lose media' | number;

const step = fc.constantFrom<Step>(
  'mute',
  'unmute',
  'unmute',
  'moderator mutes',
  'moderator mutes',
  'switch',
  'drop us',
  'lose media',
  0,
  10,
  400,
);
/** What happens to a request: it fails, or takes some time. */
const outcome = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom<number | 'fails'>('fails', 5, 300) },
);

const ignore = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.9);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  FakePeerConnection.open.clear();
});

async function run(steps: readonly Step[], outcomes: readonly (number | 'fails')[]): Promise<void> {
  useFakeBrowser();
  const server = new FakeServer();
  server.hasModeration = true;
  server.moderation.permit('host', { moderate: true });
  const host: Conference = await joinAs(server, 'host');
  const ada: Conference = await joinAs(server, 'ada');
  const mine: PublishedStream = await ada.publishStream({ microphone: true });
  await vi.advanceTimersByTimeAsync(0);
  let next = 0;
  server.intercept = async ({ operation }) => {
    if (operation === 'getEvents' || operation === 'muteParticipant') return;
    const what = outcomes[next % outcomes.length] ?? 0;
    next += 1;
    if (what === 'fails') throw broken(operation);
    if (what > 0) await pause(what, new AbortController().signal);
  };
  const moderatorMutes = () =>
    server
      .api('host')
      .muteParticipant({
        conferenceId: 'room',
        userEndpointId: host.endpointId,
        participantId: ada.endpointId,
        kind: 'audio',
      })
      // It may not be there at the moment.
      .catch(ignore);
  for (const one of steps) {
    if (one === 'mute') mine.mute('audio').catch(ignore);
    if (one === 'unmute') mine.unmute('audio').catch(ignore);
    if (one === 'moderator mutes') await moderatorMutes();
    if (one === 'switch') mine.switchTo({ microphone: true }).catch(ignore);
    if (one === 'lose media') server.loseMedia();
    if (one === 'drop us') {
      server.endpoints.delete(ada.endpointId);
      server.removeEndpoint(ada.endpointId);
    }
    if (typeof one === 'number') await vi.advanceTimersByTimeAsync(one);
  }
  server.intercept = () => {};
  await vi.advanceTimersByTimeAsync(120_000);
  const reality = () => ({
    says: mine.isMuted('audio'),
    isSilent: !fakeTracks(mine.mediaStream).some(
      ({ enabled, readyState }) => enabled && readyState === 'live',
    ),
    isShown: server.conference?.metadata[`TRACK_MUTED/audio/${mine.id}`] !== undefined,
  });
  if (ada.state.getSnapshot().connection === 'connected') {
    const isMuted = mine.isMuted('audio');
    expect(reality()).toEqual({ says: isMuted, isSilent: isMuted, isShown: isMuted });
    // The newest word counts, whatever came before.
    await moderatorMutes();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reality()).toEqual({ says: true, isSilent: true, isShown: true });
    expect(mine.mutedBy('audio')?.userId).toBe('host');
    await mine.unmute('audio');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reality()).toEqual({ says: false, isSilent: false, isShown: false });
  }
  await ada.leave();
  await host.leave();
}

it('publisher, viewers and the microphone agree about what is muted, whatever happens in between', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.array(outcome, { minLength: 1, maxLength: 12 }),
      run,
    ),
    { numRuns: 150, seed: 20_261_129 },
  );
}, 60_000);
