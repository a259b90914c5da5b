import { createdConference, type ConferenceState } from '@parley-rtc/contract';
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
const conference: ConferenceState = {
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

function setUp(peers: readonly PeerFacts[], conferences: readonly ConferenceState[] = [conference]) {
  const clock = new FakeClock();
  const publish = vi.fn<OutsideEvents['publish']>();
  const stop = announceQuality({
    clock,
    intervalMs: 10_000,
    facts: () => Promise.resolve(peers),
    ownerOf: ({ streamKey, viewerId }) =>
      streamKey === 'gone'
        ? undefined
        : { conferenceId: streamKey.startsWith('c-') ? streamKey : 'c-1', endpointId: viewerId ?? 'ep-ada' },
    find: (id) => Promise.resolve(conferences.find((one) => one.id === id)),
    outside: { publish },
    newId: () => 'e-9',
    onError: (error) => expect.unreachable(String(error)),
  });
  return { clock, publish, stop };
}

it('announces the quality of all connections, publishing and viewing, to all participants', async () => {
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

it('announces each conference to itself, with its own average', async () => {
  const other = { ...conference, id: 'c-2', version: 7, organizationId: undefined };
  const { clock, publish } = setUp(
    [
      { streamKey: 'c-1', media: [video] },
      { streamKey: 'c-2', media: [{ ...video, lossRatio: 0.04 }] },
    ],
    [conference, other],
  );
  clock.advance(10_000);
  await expect.poll(() => publish.mock.calls).toHaveLength(2);
  const [[, first], [id, second]] = publish.mock.calls as [
    (typeof publish.mock.calls)[0],
    (typeof publish.mock.calls)[0],
  ];
  expect(first.event).toMatchObject({ conferenceId: 'c-1', averageNetworkQuality: 100 });
  expect([id, second.atVersion]).toEqual(['c-2', 7]);
  expect(second.event).toMatchObject({ conferenceId: 'c-2', averageNetworkQuality: 60 });
  expect(second.event).not.toHaveProperty('organizationId');
});

it('announces nothing in a conference that has ended or is gone', async () => {
  const ended = { ...conference, ended: { reason: undefined, at: '2026-01-01T00:00:00.000Z' } };
  const { clock, publish } = setUp(
    [
      { streamKey: 'c-1', media: [video] },
      { streamKey: 'c-2', media: [video] },
      { streamKey: 'c-3', media: [video] },
    ],
    [ended, { ...conference, id: 'c-3' }],
  );
  clock.advance(10_000);
  await expect.poll(() => publish.mock.calls.map(([id]) => id)).toEqual(['c-3']);
});

it('forgets the score of an endpoint that had no media for a while', async () => {
  const peers = [{ streamKey: 's', media: [{ ...video, lossRatio: 0.05 }] }];
  const { clock, publish } = setUp(peers);
  const announceWith = async (...now: readonly PeerFacts[]) => {
    peers.splice(0, Infinity, ...(now as typeof peers));
    clock.advance(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    return publish.mock.calls.at(-1)?.[1].event['averageNetworkQuality'];
  };
  expect(await announceWith({ streamKey: 's', media: [{ ...video, lossRatio: 0.05 }] })).toBe(50);
  expect(await announceWith({ streamKey: 's', media: [video] })).toBe(70);
  await announceWith();
  expect(await announceWith({ streamKey: 's', media: [video] })).toBe(100);
});

it('announces nothing without media, and nothing after it is stopped', async () => {
  const { clock, publish, stop } = setUp([{ streamKey: 's', media: [{ ...video, bitrateBps: 0 }] }]);
  clock.advance(10_000);
  stop();
  clock.advance(60_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(publish).not.toHaveBeenCalled();
});
