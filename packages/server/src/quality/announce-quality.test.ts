import { createdConference } from '@parley-rtc/contract';
import { expect, it, vi } from 'vitest';
import type { PeerFacts } from '../media/media-router.ts';
import type { OutsideEvents } from '../push/outside-events.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { announceQuality } from './announce-quality.ts';

const video = {
  kind: 'video',
  packets: 10,
  bytes: 1_000,
  keyFrames: 1,
  bitrateBps: 500_000,
  lossRatio: 0,
  jitterMs: 0,
  roundTripMs: 10,
} as const;
const conference = {
  ...createdConference({
    type: 'ConferenceCreatedEvent',
    id: 'e-0',
    timestamp: '2026-01-01T00:00:00.000Z',
    conferenceId: 'c-1',
    conferenceVersion: null,
    organizationId: 'org',
  }),
  version: 3,
};

function setUp(peers: readonly PeerFacts[]) {
  const clock = new FakeClock();
  const publish = vi.fn<OutsideEvents['publish']>();
  const stop = announceQuality({
    clock,
    intervalMs: 10_000,
    facts: () => Promise.resolve(peers),
    ownerOf: ({ streamKey, viewerId }) =>
      streamKey === 'gone' ? undefined : { conferenceId: 'c-1', endpointId: viewerId ?? 'ep-ada' },
    find: (id) => Promise.resolve(id === 'c-1' ? conference : undefined),
    outside: { publish },
    newId: () => 'e-9',
    onError: (error) => expect.unreachable(String(error)),
  });
  return { clock, publish, stop };
}

it('tells everybody inside how all connections fare, publishing and viewing', async () => {
  const { clock, publish } = setUp([
    { streamKey: 's', media: [video] },
    { streamKey: 's', viewerId: 'ep-bob', media: [{ ...video, lossRatio: 0.04 }] },
    { streamKey: 't', viewerId: 'ep-bob', media: [video] },
    { streamKey: 'gone', media: [video] },
  ]);
  clock.advance(10_000);
  await expect.poll(() => publish.mock.calls).toHaveLength(1);
  expect(publish.mock.calls[0]).toEqual([
    'c-1',
    {
      qos: 'BEST_EFFORT',
      atVersion: 3,
      event: {
        type: 'ConferenceNetworkIndicatorUpdatedEvent',
        id: 'e-9',
        timestamp: expect.stringMatching(/Z$/),
        conferenceId: 'c-1',
        organizationId: 'org',
        conferenceVersion: null,
        averageNetworkQuality: 80,
        participantIndicatorMap: {
          'ep-ada': { averageJitter: 0, averageRtt: 10, averageNetworkQuality: 100, grade: 'OPTIMAL' },
          'ep-bob': { averageJitter: 0, averageRtt: 10, averageNetworkQuality: 60, grade: 'SUBOPTIMAL' },
        },
      },
    },
  ]);
});

it('says nothing where no media flow, and nothing more once it is stopped', async () => {
  const { clock, publish, stop } = setUp([{ streamKey: 's', media: [{ ...video, bitrateBps: 0 }] }]);
  clock.advance(10_000);
  stop();
  clock.advance(60_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(publish).not.toHaveBeenCalled();
});
