import { createdConference } from '@parley-rtc/contract';
import { expect, it, vi } from 'vitest';
import { FakeMediaRouter } from '../media/testing/fake-media-router.ts';
import type { OutsideEvents } from '../push/outside-events.ts';
import { announceLayers } from './announce-layers.ts';

const created = createdConference({
  type: 'ConferenceCreatedEvent',
  id: 'e-0',
  timestamp: '2026-01-01T00:00:00.000Z',
  conferenceId: 'c-1',
  conferenceVersion: null,
  organizationId: 'org',
});
const stream = { id: 's-1', type: 'CAM', metadata: {}, videoBitrate: 0 } as const;
const publisher = { id: 'ep-ada', userId: 'ada', metadata: {}, streams: [stream] };
const conference = { ...created, version: 7, participants: [{ ...publisher, state: 'HEALTHY' as const }] };

function setUp(streamId = 's-1') {
  const mediaRouter = new FakeMediaRouter();
  const publish = vi.fn<OutsideEvents['publish']>();
  announceLayers({
    mediaRouter,
    conferences: { find: () => Promise.resolve(conference as never) },
    publications: {
      find: (key) =>
        key === 'key'
          ? { conferenceId: 'c-1', streamId, endpointId: 'ep-ada', userKey: 'u-1', isEncrypted: false }
          : undefined,
    },
    outside: { publish },
    stamp: () => ({ nowMs: Date.UTC(2026, 0, 2), newId: () => 'e-9' }),
    onError: (error) => expect.unreachable(String(error)),
  });
  return { mediaRouter, publish };
}

it('announces viewed layers to the publisher in a resumable event', async () => {
  const { mediaRouter, publish } = setUp();
  mediaRouter.changeLayers({ streamKey: 'key', activeRids: ['q', 'h'] });
  await expect
    .poll(() => publish.mock.calls)
    .toEqual([
      [
        'c-1',
        {
          qos: 'AT_LEAST_ONCE',
          atVersion: 7,
          event: {
            type: 'ConferenceStreamLayersUpdatedEvent',
            id: 'e-9',
            timestamp: '2026-01-02T00:00:00.000Z',
            conferenceId: 'c-1',
            organizationId: 'org',
            conferenceVersion: null,
            userId: 'ada',
            userEndpointId: 'ep-ada',
            streamId: 's-1',
            activeRids: ['q', 'h'],
          },
        },
      ],
    ]);
});

it('announces nothing for a stream that is gone', async () => {
  const { mediaRouter, publish } = setUp('withdrawn');
  mediaRouter.changeLayers({ streamKey: 'key', activeRids: [] });
  mediaRouter.changeLayers({ streamKey: 'unknown', activeRids: [] });
  await new Promise((resolve) => setImmediate(resolve));
  expect(publish).not.toHaveBeenCalled();
});
