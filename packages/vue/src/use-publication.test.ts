import type { Conference } from '@parley-rtc/sdk';
import type { PublicationOptions } from '@parley-rtc/sdk/bindings';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope, nextTick, shallowRef, type EffectScope } from 'vue';
import { Deferred } from '../../sdk/src/testing/deferred.ts';
import { capturedTracks, generousDevices } from '../../sdk/src/testing/fake-browser.ts';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { FakeMediaStream } from '../../testing/src/browser/fake-media.ts';
import type { FakeDevices } from '../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../testing/src/browser/fake-peer-connection.ts';
import { FakeServer } from '../../testing/src/server/fake-server.ts';
import { usePublication, type Publication } from './index.ts';

const both: PublicationOptions = { camera: true, microphone: true };
let server: FakeServer;
let me: Conference;

beforeEach(async () => {
  capturedTracks.length = 0;
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
  vi.stubGlobal('MediaStream', FakeMediaStream);
  vi.stubGlobal('isSecureContext', true);
  useDevices(generousDevices);
  server = new FakeServer();
  me = await joinAs(server, 'me');
});
afterEach(async () => {
  await me.leave();
  Reflect.deleteProperty(navigator, 'mediaDevices');
  vi.unstubAllGlobals();
});

function useDevices(devices: FakeDevices): void {
  Object.defineProperty(navigator, 'mediaDevices', { value: devices, configurable: true });
}

function inScope(use: () => Publication): { readonly scope: EffectScope; readonly mine: Publication } {
  const scope = effectScope();
  const mine = scope.run(use);
  if (!mine) throw new Error('The scope did not run.');
  return { scope, mine };
}

const about = ({ state, audio, video, error }: Publication) =>
  [state.value, audio.value, video.value, error.value?.code].filter(Boolean).join(' ');
const published = (of: FakeServer = server) =>
  of.conference?.participants.flatMap(({ streams }) => streams.map(({ type }) => type));
const live = () => capturedTracks.filter(({ readyState }) => readyState === 'live').length;

it('publishes and mutes by one button, and has what is published', async () => {
  const { scope, mine } = inScope(() => usePublication(me, both));
  await nextTick();
  expect([about(mine), mine.stream.value, live()]).toEqual(['off off off', undefined, 0]);
  const toggling = mine.toggle();
  expect([about(mine), mine.isBusy.value]).toEqual(['starting off off', true]);
  await mine.toggle();
  await toggling;
  expect([about(mine), published()]).toEqual(['on on on', ['MIC_AND_CAM']]);
  expect(mine.stream.value?.mediaStream).toBeInstanceOf(FakeMediaStream);
  expect(mine.missing.value).toEqual({});
  await mine.mute('audio');
  expect(about(mine)).toBe('on muted on');
  await mine.unmute('audio');
  await mine.toggle('video');
  expect(about(mine)).toBe('on on muted');
  await mine.stop();
  expect([about(mine), live()]).toEqual(['off off off', 0]);
  scope.stop();
});

it('publishes by itself with `autoPublish`, and frees the devices with its scope', async () => {
  const { scope, mine } = inScope(() => usePublication(me, { camera: true, autoPublish: true }));
  await expect.poll(() => about(mine)).toBe('on off on');
  scope.stop();
  await expect.poll(() => published()).toEqual([]);
  expect(live()).toBe(0);
});

it('frees a device that the user allows only after the scope is gone', async () => {
  const answer = new Deferred<void>();
  useDevices({
    getUserMedia: async (constraints) => {
      await answer.promise;
      return generousDevices.getUserMedia(constraints);
    },
  });
  const { scope, mine } = inScope(() => usePublication(me, both));
  const publishing = mine.publish();
  await nextTick();
  scope.stop();
  await publishing;
  answer.resolve();
  await expect.poll(() => capturedTracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
  expect([published(), FakePeerConnection.open.size]).toEqual([[], 0]);
});

it('says why publishing failed, and publishes with the latest options', async () => {
  useDevices({ getUserMedia: () => Promise.reject(new DOMException('no', 'NotAllowedError')) });
  const options = shallowRef(both);
  const { scope, mine } = inScope(() => usePublication(me, options));
  await mine.publish();
  expect(about(mine)).toBe('failed off off ERR_DEVICE_DENIED');
  useDevices(generousDevices);
  options.value = { microphone: true };
  await mine.toggle();
  expect([about(mine), published()]).toEqual(['on on off', ['MIC']]);
  scope.stop();
});

it('follows a change of the conference, and does nothing without one', async () => {
  const other = new FakeServer();
  const there = await joinAs(other, 'me');
  const present = shallowRef<Conference | undefined>(me);
  const { scope, mine } = inScope(() => usePublication(present, both));
  await mine.publish();
  present.value = there;
  expect(about(mine)).toBe('off off off');
  await mine.publish();
  expect([about(mine), published(other)]).toEqual(['on on on', ['MIC_AND_CAM']]);
  await expect.poll(() => published()).toEqual([]);
  await there.leave();
  expect([about(mine), live()]).toEqual(['off off off', 0]);
  present.value = undefined;
  for (const change of [mine.publish, mine.toggle, mine.stop]) await change();
  await mine.mute('audio');
  await mine.unmute('audio');
  expect([about(mine), live()]).toEqual(['off off off', 0]);
  scope.stop();
});
