import { expect, it, vi } from 'vitest';
import { MediaError } from '../media/media-router.ts';
import { startTestServer } from '../testing/test-server.ts';

it('responds 503 with Retry-After when the media router is overloaded, and accepts the same call later', async () => {
  const { service, mediaRouter } = await startTestServer();
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  const body = { conferenceId, userEndpointId, conferenceStreamType: 'CAM', sdpOffer: 'v=0' };
  const full = new MediaError('overloaded', 'This media router has more to do than it has time for.');

  vi.spyOn(mediaRouter, 'publish').mockRejectedValueOnce(full);
  const answer = await service.call('publishStream', { body });
  expect(answer).toMatchObject({ status: 503, body: { error: 'overloaded' } });
  expect(answer.headers.get('retry-after')).toBe('3');

  const streamId = await service.publish(conferenceId, userEndpointId);
  vi.spyOn(mediaRouter, 'view').mockRejectedValueOnce(full);
  const view = { conferenceId, userEndpointId, streamId, sdpOffer: 'v=0', streamType: 'MIC_AND_CAM' };
  const refused = await service.call('viewStream', { body: { ...view, userId: service.userId } });
  expect(refused).toMatchObject({ status: 503, body: { error: 'overloaded' } });
  expect(refused.headers.get('retry-after')).toBe('3');
});
