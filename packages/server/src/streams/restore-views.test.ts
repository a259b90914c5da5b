import { expect, it } from 'vitest';
import { FakeMediaRouter } from '../media/testing/fake-media-router.ts';
import { restoreViews } from './restore-views.ts';
import { recordTelling } from './testing/record-telling.ts';

function setUp() {
  const mediaRouter = new FakeMediaRouter();
  const { publish, ...telling } = recordTelling();
  restoreViews({ ...telling, mediaRouter });
  const asked = () =>
    publish.mock.calls.map(([, { event }]) => event as { readonly viewerIds: readonly string[] });
  return { mediaRouter, asked };
}

const lost = { streamKey: 'key', isRouterGone: true } as const;

it('asks those whose router is gone for new views, all of a moment at once', async () => {
  const { mediaRouter, asked } = setUp();
  for (const viewerId of ['a', 'b']) mediaRouter.lose({ ...lost, viewerId });
  await expect
    .poll(asked)
    .toMatchObject([
      { type: 'ConferenceStreamMovingEvent', streamId: 's-1', asked: 'VIEWERS', viewerIds: ['a', 'b'] },
    ]);
  mediaRouter.lose({ ...lost, viewerId: 'c' });
  await expect.poll(asked).toHaveLength(2);
});

it('divides a crowd among several events', async () => {
  const { mediaRouter, asked } = setUp();
  const ids = Array.from({ length: 250 }, (_, index) => `viewer-${index}`);
  for (const viewerId of ids) mediaRouter.lose({ ...lost, viewerId });
  await expect.poll(asked).toHaveLength(3);
  expect(asked().flatMap(({ viewerIds }) => viewerIds)).toEqual(ids);
});

it('asks neither viewers who left by themselves, nor publishers, nor viewers of a stream that has ended', async () => {
  const { mediaRouter, asked } = setUp();
  mediaRouter.lose({ streamKey: 'key', viewerId: 'a' });
  mediaRouter.lose(lost);
  mediaRouter.lose({ ...lost, streamKey: 'gone', viewerId: 'a' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked()).toEqual([]);
});
