import { InvalidRequestError } from '@parley-rtc/client';
import { expect, it, vi } from 'vitest';
import { FakePeerConnection } from '../testing/fake-peer-connection.ts';
import { broken, type FakeServer } from '../testing/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

const exists = () =>
  new InvalidRequestError({ operation: 'publishStream', status: 400, serverError: 'already_exists' });

/** Loses the answer to the first `publishStream`; the next thing that the SDK receives is `instead`. */
function loseFirstAnswer(instead: () => Error) {
  const api = server.api('ada');
  const real = server.api('ada');
  vi.spyOn(server, 'api').mockReturnValue(api);
  vi.spyOn(api, 'publishStream').mockImplementationOnce(async (...args) => {
    await real.publishStream(...args);
    throw instead();
  });
}

const streamIds = () => server.conference?.participants.flatMap(({ streams }) => streams.map(({ id }) => id));

it('publishes again when a repeated request says that the stream exists', async () => {
  loseFirstAnswer(exists);
  const ada = await joinAs(server, 'ada');
  const stream = await ada.publishStream({ camera: true });
  expect(streamIds()).toEqual([stream.id]);
  expect(FakePeerConnection.open.size).toBe(1);
  await stream.unpublish();
  expect(streamIds()).toEqual([]);
});

it('leaves no stream behind when the answer is lost and nothing repeats the request', async () => {
  loseFirstAnswer(() => broken('publishStream'));
  const ada = await joinAs(server, 'ada');
  expect(await rejectionOf(ada.publishStream({ camera: true }))).toMatchObject({ code: 'ERR_CONNECTION' });
  await vi.waitFor(() => expect(streamIds()).toEqual([]));
  await vi.waitFor(() => expect(FakePeerConnection.open.size).toBe(0));
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
