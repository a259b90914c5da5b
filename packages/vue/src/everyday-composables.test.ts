import type { Conference } from '@parley-rtc/sdk';
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';
import { effectScope, shallowRef } from 'vue';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { aMediaStream, FakeMediaStream } from '../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../testing/src/browser/fake-peer-connection.ts';
import { FakeServer } from '../../testing/src/server/fake-server.ts';
import { useConnection, usePermissions, usePlayback } from './index.ts';

let play: MockInstance<() => Promise<void>>;
let server: FakeServer;
let me: Conference;
const present = shallowRef<Conference>();
const scope = effectScope();

beforeEach(async () => {
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
  vi.stubGlobal('MediaStream', FakeMediaStream);
  play = vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  server = new FakeServer();
  me = await joinAs(server, 'me', { claims: { authorities: ['ROLE_AGENT'] } });
  present.value = me;
});
afterEach(async () => {
  await me.leave();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Runs a composable in a scope of its own for the rest of the file. */
function used<Result>(use: () => Result): Result {
  const result = scope.run(use);
  if (!result) throw new Error('The scope did not run.');
  return result;
}

it('says that the browser blocks playback, and starts it from a click', async () => {
  const bob = await joinAs(server, 'bob');
  const camera = await bob.publishStream({ mediaStream: aMediaStream('video'), type: 'CAM' });
  await vi.waitUntil(() => me.state.version === server.conference?.version);
  // Unlike a browser's, jsdom's DOMException is not an Error of this realm.
  play.mockRejectedValue(Object.assign(new Error('no'), { name: 'NotAllowedError' }));
  const { isBlocked, blockedStreamIds, error, start } = used(() => usePlayback(present));
  const view = await me.viewStream(camera.id);
  view.attach(document.createElement('video'));
  await expect.poll(() => [isBlocked.value, blockedStreamIds.value]).toEqual([true, [camera.id]]);
  await start();
  expect(error.value?.code).toBe('ERR_PLAYBACK_BLOCKED');
  play.mockResolvedValue();
  await start();
  expect([isBlocked.value, error.value]).toEqual([false, undefined]);
  present.value = undefined;
  await start();
  expect([isBlocked.value, blockedStreamIds.value]).toEqual([false, []]);
  await bob.leave();
});

it('says which connection we have, and since when', async () => {
  const joinedMs = Date.now();
  const { status, sinceMs, ownMedia } = used(() => useConnection(present));
  expect([status.value, ownMedia.value]).toEqual(['connected', undefined]);
  expect(sinceMs.value).toBeGreaterThanOrEqual(joinedMs);
  await me.leave();
  expect(status.value).toBe('left');
  present.value = undefined;
  expect([status.value, sinceMs.value]).toEqual([undefined, undefined]);
});

it('says what our token permits', () => {
  const permissions = used(() => usePermissions(present));
  expect([permissions.value?.canEnd, permissions.value?.canSendEvents]).toEqual([true, false]);
  present.value = undefined;
  expect(permissions.value).toBeUndefined();
});
