import type { Conference } from '@parley-rtc/sdk';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope, shallowRef } from 'vue';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { FakePeerConnection } from '../../testing/src/browser/fake-peer-connection.ts';
import { FakeServer } from '../../testing/src/server/fake-server.ts';
import { useRecording } from './index.ts';

beforeEach(() => vi.stubGlobal('RTCPeerConnection', FakePeerConnection));
afterEach(() => vi.unstubAllGlobals());

it('starts and stops recording, and says who records', async () => {
  const server = new FakeServer();
  const me = await joinAs(server, 'me');
  const conference = shallowRef<Conference | undefined>(me);
  const scope = effectScope();
  const recording = scope.run(() => useRecording(conference));
  if (!recording) throw new Error('The scope is closed.');
  await recording.start();
  await vi.waitUntil(() => recording.isRecording.value);
  expect(recording.recorder.value?.userId).toBe('me');
  await recording.stop();
  await vi.waitUntil(() => !recording.isRecording.value);
  server.hasRecording = false;
  await recording.start();
  expect(recording.error.value?.code).toBe('ERR_UNSUPPORTED_BY_SERVER');
  expect(recording.isBusy.value).toBe(false);
  conference.value = undefined;
  await recording.start();
  expect(recording.error.value).toBeUndefined();
  scope.stop();
  await me.leave();
});
