import { expect, it } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { RecordingRefusedError } from '../errors/recording-refused-error.ts';
import { joinAs } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { createRecording } from './create-recording.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

it('says who records and since when, and is busy meanwhile', async () => {
  const ada = await joinAs(server, 'ada');
  const recording = createRecording(ada);
  const seen: string[] = [];
  const unsubscribe = recording.subscribe(() => {
    const { isRecording, isBusy } = recording.getSnapshot();
    seen.push(`${isRecording ? 'recording' : 'idle'}${isBusy ? ' busy' : ''}`);
  });
  await recording.start();
  await settle();
  expect(recording.getSnapshot()).toMatchObject({
    isRecording: true,
    recorder: { endpointId: ada.endpointId },
  });
  expect(recording.getSnapshot()).toBe(recording.getSnapshot());
  await recording.stop();
  await settle();
  expect(recording.getSnapshot()).toEqual({
    isRecording: false,
    recorder: undefined,
    isBusy: false,
    error: undefined,
  });
  expect(seen[0]).toBe('idle busy');
  expect(seen).toContain('recording');
  unsubscribe();
});

it('shows why it could not start until the next try, and starts one thing at a time', async () => {
  const ada = await joinAs(server, 'ada');
  let calls = 0;
  const recording = createRecording({
    state: ada.state,
    startRecording: () => {
      calls += 1;
      return calls === 1 ? Promise.reject(new RecordingRefusedError('storage-full')) : Promise.resolve();
    },
    stopRecording: () => Promise.resolve(),
  });
  await Promise.all([recording.start(), recording.start(), recording.stop()]);
  expect(calls).toBe(1);
  expect(recording.getSnapshot().error?.code).toBe('ERR_RECORDING_REFUSED');
  await recording.start();
  expect(recording.getSnapshot()).toMatchObject({ isBusy: false, error: undefined });
});
