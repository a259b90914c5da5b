import { expect, it } from 'vitest';
import { FakeMediaRouter } from '../media/testing/fake-media-router.ts';
import { announceLayers } from './announce-layers.ts';
import { recordTelling } from './testing/record-telling.ts';

function setUp(streamId?: string) {
  const mediaRouter = new FakeMediaRouter();
  const { publish, ...telling } = recordTelling(streamId);
  announceLayers({ ...telling, mediaRouter });
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
