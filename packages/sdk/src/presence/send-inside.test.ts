import { NotFoundError, type RtcApi } from '@parley-rtc/client';
import { expect, it } from 'vitest';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

/** Forgets an endpoint without an event, as a server does whose event is still on its way, and answers as Parley's does. */
function dropUnnoticed(endpointId: string, operation: keyof RtcApi): void {
  server.endpoints.delete(endpointId);
  server.intercept = (call) => {
    if (call.operation === operation && !server.endpoints.has(endpointId)) {
      throw new NotFoundError({ operation, status: 404 });
    }
  };
}

it.each([
  ['views', 'viewStream'],
  ['publishes', 'publishStream'],
  ['sets metadata', 'updateMetadata'],
  ['describes itself', 'updateParticipantMetadata'],
] as const)('%s after rejoining, if the server had dropped us unnoticed', async (_what, operation) => {
  const [ada, bob] = [await joinAs(server, 'ada'), await joinAs(server, 'bob')];
  const { id } = await bob.publishStream({ camera: true });
  await settle();
  const heard = listenTo(ada);
  dropUnnoticed(ada.endpointId, operation);
  if (operation === 'viewStream') await ada.viewStream(id);
  if (operation === 'publishStream') await ada.publishStream({ camera: true });
  if (operation === 'updateMetadata') await ada.setMetadata('topic', 'new');
  if (operation === 'updateParticipantMetadata') await ada.setParticipantMetadata({ hand: 'up' });
  expect(ada.state.getSnapshot().connection).toBe('connected');
  expect(server.callsOf(operation).length).toBeGreaterThanOrEqual(2);
  expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
});

it('does not rejoin because of a stream that is gone', async () => {
  const [ada, bob] = [await joinAs(server, 'ada'), await joinAs(server, 'bob')];
  const { id } = await bob.publishStream({ camera: true });
  await settle();
  server.intercept = ({ operation }) => {
    if (operation === 'viewStream') throw new NotFoundError({ operation, status: 404 });
  };
  expect(await rejectionOf(ada.viewStream(id))).toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
  expect(server.callsOf('viewStream')).toHaveLength(1);
  expect(server.callsOf('join')).toHaveLength(2);
});

it('passes the refusal on when the server does not say whether it knows us', async () => {
  const ada = await joinAs(server, 'ada');
  server.intercept = ({ operation }) => {
    if (operation === 'updateMetadata') throw new NotFoundError({ operation, status: 404 });
    if (operation === 'keepAliveUserEndpoint') throw broken(operation);
  };
  expect(await rejectionOf(ada.setMetadata('topic', 'new'))).toMatchObject({ code: 'ERR_NOT_FOUND' });
  expect(server.callsOf('join')).toHaveLength(1);
});
