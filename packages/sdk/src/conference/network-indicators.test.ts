import { expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

it('announces network quality as its own event, and keeps it in the state', async () => {
  server.hasPush = true;
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await vi.advanceTimersByTimeAsync(0);
  expect(ada.state.getSnapshot().network).toBeUndefined();
  const indicator = { averageJitter: 3, averageRtt: 41, averageNetworkQuality: 92, grade: 'OPTIMAL' };
  server.sendOutside({
    type: 'ConferenceNetworkIndicatorUpdatedEvent',
    averageNetworkQuality: 92,
    participantIndicatorMap: { [ada.endpointId]: indicator },
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual(['network-indicator-updated 92']);
  expect(ada.state.getSnapshot().network).toEqual({
    averageNetworkQuality: 92,
    byEndpoint: { [ada.endpointId]: indicator },
  });
  await ada.leave();
});
