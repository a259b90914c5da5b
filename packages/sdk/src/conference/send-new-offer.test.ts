import { InvalidRequestError } from '@parley-rtc/client';
import { expect, it, vi, type MockInstance } from 'vitest';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { muteKey } from '../conventions/track-mute.ts';
import { joinAs } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

const exists = () =>
  new InvalidRequestError({ operation: 'publishStream', status: 400, serverError: 'already_exists' });

/** Loses the answers to the first `count` offers; the SDK receives `instead`. */
function loseAnswers(
  operation: 'publishStream' | 'viewStream',
  count = 1,
  instead: Error = broken(operation),
) {
  const [ada, real] = [server.api('ada'), server.api('ada')];
  const lose = vi.spyOn(ada, operation) as MockInstance<(...args: readonly unknown[]) => Promise<unknown>>;
  const send = real[operation] as (...args: readonly unknown[]) => Promise<unknown>;
  for (let lost = 0; lost < count; lost += 1) {
    lose.mockImplementationOnce(async (...args) => {
      await send(...args);
      throw instead;
    });
  }
  vi.spyOn(server, 'api').mockReturnValue(ada);
}

const mutedStreams = () => Object.keys(server.conference?.metadata ?? {});

const streamIds = () => server.conference?.participants.flatMap(({ streams }) => streams.map(({ id }) => id));

it('publishes again when a repeated request says that the stream exists', async () => {
  loseAnswers('publishStream', 1, exists());
  const ada = await joinAs(server, 'ada');
  const stream = await ada.publishStream({ camera: true });
  expect(streamIds()).toEqual([stream.id]);
  expect(FakePeerConnection.open.size).toBe(1);
  await stream.unpublish();
  expect(streamIds()).toEqual([]);
});

it('publishes again when the answer is lost and nothing repeats the request', async () => {
  loseAnswers('publishStream');
  const ada = await joinAs(server, 'ada');
  const stream = await ada.publishStream({ camera: true });
  expect(streamIds()).toEqual([stream.id]);
  expect(FakePeerConnection.open.size).toBe(1);
});

it('is restored under the id that the app knows, although the server answered the second offer', async () => {
  loseAnswers('publishStream');
  const ada = await joinAs(server, 'ada');
  const restored: (readonly [string, string])[] = [];
  ada.on('stream-restored', (event) => {
    restored.push([event.formerId, event.restored.id]);
  });
  const stream = await ada.publishStream({ camera: true });
  const knownId = stream.id;
  server.loseMedia();
  await vi.waitFor(() => expect(restored).toEqual([[knownId, stream.id]]));
  expect(stream.id).not.toBe(knownId);
});

it('leaves no entry behind for the id whose answer was lost, when the stream starts muted', async () => {
  loseAnswers('publishStream');
  const ada = await joinAs(server, 'ada');
  const stream = await ada.publishStream({ camera: true, muted: true });
  await vi.waitFor(() => expect(mutedStreams()).toEqual([muteKey(stream.id, 'video')]));
});

it('leaves no stream behind when every answer is lost', async () => {
  loseAnswers('publishStream', 5);
  const ada = await joinAs(server, 'ada');
  expect(await rejectionOf(ada.publishStream({ camera: true }))).toMatchObject({ code: 'ERR_CONNECTION' });
  expect(server.callsOf('publishStream')).toHaveLength(5);
  await vi.waitFor(() => expect(streamIds()).toEqual([]));
  await vi.waitFor(() => expect(FakePeerConnection.open.size).toBe(0));
});

it('views again when the answer is lost, and leaves one view', async () => {
  const bob = await joinAs(server, 'bob');
  const { id } = await bob.publishStream({ camera: true });
  loseAnswers('viewStream');
  const ada = await joinAs(server, 'ada');
  const view = await ada.viewStream(id);
  expect([...server.views]).toEqual([[view.viewerId, id]]);
  await view.stop();
  expect(server.views.size).toBe(0);
});

it('leaves no view behind when every answer is lost', async () => {
  const bob = await joinAs(server, 'bob');
  const { id } = await bob.publishStream({ camera: true });
  loseAnswers('viewStream', 5);
  const ada = await joinAs(server, 'ada');
  expect(await rejectionOf(ada.viewStream(id))).toMatchObject({ code: 'ERR_CONNECTION' });
  expect(server.callsOf('viewStream')).toHaveLength(5);
  await vi.waitFor(() => expect(server.views.size).toBe(0));
});

it('does not offer again when the server refuses', async () => {
  const ada = await joinAs(server, 'ada');
  server.intercept = ({ operation }) => {
    if (operation === 'publishStream') throw forbidden(operation);
  };
  expect(await rejectionOf(ada.publishStream({ camera: true }))).toMatchObject({ code: 'ERR_FORBIDDEN' });
  expect(server.callsOf('publishStream')).toHaveLength(1);
  expect(server.callsOf('unpublishStream')).toEqual([]);
});

it('does not offer again once the app has aborted', async () => {
  const ada = await joinAs(server, 'ada');
  const abort = new AbortController();
  server.intercept = ({ operation }) => {
    if (operation !== 'publishStream') return;
    abort.abort();
    throw broken(operation);
  };
  const publishing = ada.publishStream({ camera: true, signal: abort.signal });
  expect(await rejectionOf(publishing)).toMatchObject({ code: 'ERR_ABORTED' });
  await settle();
  expect(server.callsOf('publishStream')).toHaveLength(1);
});

it('withdraws a stream before it closes the connection, so that the call finds the stream', async () => {
  const ada = await joinAs(server, 'ada');
  const stream = await ada.publishStream({ camera: true });
  const [peer] = FakePeerConnection.open;
  let stateAtCall: string | undefined;
  server.intercept = ({ operation }) => {
    if (operation === 'unpublishStream') stateAtCall = peer?.connectionState;
  };
  await stream.unpublish();
  expect(stateAtCall).not.toBe('closed');
  expect(peer?.connectionState).toBe('closed');
});
