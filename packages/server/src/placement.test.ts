import type { PublishStreamResult } from '@parley-rtc/contract';
import { expect, it, vi } from 'vitest';
import { MediaError } from './media/media-router.ts';
import { streamKeyOf } from './streams/stream-place.ts';
import { startLinkedNodes } from './testing/test-cluster.ts';

it('sends a new stream to a node that carries clearly less', async () => {
  const { desks, routers } = await startLinkedNodes();
  const [a] = desks;
  const conferenceId = await a.create();
  const userEndpointId = await a.join(conferenceId);
  const keys: string[] = [];
  for (let index = 0; index < 14; index += 1) {
    const streamId = await a.publish(conferenceId, userEndpointId, 'SCREEN');
    keys.push(streamKeyOf({ conferenceId, streamId }));
  }
  const counts = routers.map(({ streams }) => keys.filter((key) => streams.has(key)).length);
  expect(counts).toEqual([12, 2]);
}, 60_000);

it('sends a stream that it cannot take, because it is overloaded, to another node', async () => {
  const { desks, routers } = await startLinkedNodes();
  const [a, b] = desks;
  const conferenceId = await a.create();
  const userEndpointId = await a.join(conferenceId);
  const overloaded = new MediaError('overloaded', 'The media router is overloaded.');
  vi.spyOn(routers[0], 'publish').mockRejectedValue(overloaded);
  const streamId = await a.publish(conferenceId, userEndpointId);
  const streamKey = streamKeyOf({ conferenceId, streamId });
  expect(routers.map(({ streams }) => streams.has(streamKey))).toEqual([false, true]);
  // Nobody can take it then.
  vi.spyOn(routers[1], 'publish').mockRejectedValue(overloaded);
  const another = { conferenceId, userEndpointId, conferenceStreamType: 'SCREEN', sdpOffer: 'v=0' };
  for (const desk of [a, b]) {
    const answer = await desk.call<PublishStreamResult>('publishStream', { body: another });
    expect(answer).toMatchObject({ status: 503, body: { error: 'overloaded' } });
  }
}, 60_000);
