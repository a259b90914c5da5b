import { InvalidRequestError, NotFoundError } from '@parley-rtc/client';
import { expect, it } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { selectRecorder, selectRecording } from '../conventions/recording.ts';
import { joinAs } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

it('starts and stops a recording, of which all participants are informed', async () => {
  const ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  const seen: unknown[] = [];
  bob.on('recording-changed', ({ recorder, reason }) => void seen.push([recorder?.userId, reason]));
  const { id } = await ada.startRecording();
  await settle();
  const recorder = selectRecorder(bob.state.getSnapshot());
  expect(recorder).toMatchObject({ isServer: true, recordingId: id, endpointId: ada.endpointId });
  expect(selectRecorder(bob.state.getSnapshot())).toBe(recorder);
  await ada.stopRecording();
  await settle();
  expect(selectRecording(bob.state.getSnapshot())).toBe(false);
  expect(seen).toEqual([
    [recorder?.userId, undefined],
    [undefined, undefined],
  ]);
});

it('says why the server ended a recording that nobody stopped', async () => {
  const ada = await joinAs(server, 'ada');
  const { id } = await ada.startRecording();
  await settle();
  const reasons: unknown[] = [];
  ada.on('recording-changed', ({ recorder, reason }) => void reasons.push([recorder, reason]));
  const key = `RECORDER/server/${id}`;
  const entry = {
    type: 'ConferenceMetadataUpdatedEvent',
    userId: 'ada',
    userEndpointId: ada.endpointId,
    key,
  };
  server.append({ ...entry, operation: 'SET', value: '{"on":false,"reason":"disk_full"}' });
  server.append({ ...entry, operation: 'REMOVE' });
  await settle();
  expect(reasons).toEqual([[undefined, 'disk_full']]);
});

it('does nothing when there is no recording to stop', async () => {
  const ada = await joinAs(server, 'ada');
  expect(await ada.stopRecording()).toBeUndefined();
});

it('rejects on a server without recording', async () => {
  server.hasRecording = false;
  const ada = await joinAs(server, 'ada');
  for (const call of [ada.startRecording(), ada.stopRecording()]) {
    expect(await rejectionOf(call)).toMatchObject({
      code: 'ERR_UNSUPPORTED_BY_SERVER',
      extension: 'recording',
    });
  }
});

it.each([
  ['media_encrypted', 'encrypted'],
  ['recording_unavailable', 'not-configured'],
  ['limit_exceeded', 'storage-full'],
])('explains the refusal %s', async (serverError, reason) => {
  const ada = await joinAs(server, 'ada');
  server.intercept = ({ operation }) => {
    if (operation === 'startRecording') {
      throw new InvalidRequestError({ operation, status: 400, serverError });
    }
  };
  expect(await rejectionOf(ada.startRecording())).toMatchObject({ code: 'ERR_RECORDING_REFUSED', reason });
});

it('rejects with what the server says about a conference that is gone', async () => {
  const ada = await joinAs(server, 'ada');
  server.intercept = ({ operation }) => {
    const isLost = operation === 'startRecording' || operation.startsWith('get');
    if (isLost) throw new NotFoundError({ operation, status: 404, serverError: 'not_found' });
  };
  expect(await rejectionOf(ada.startRecording({ timeoutMs: 500 }))).toMatchObject({
    code: expect.stringMatching(/^ERR_(NOT_FOUND|TIMEOUT)$/) as string,
  });
});
