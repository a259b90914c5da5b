import { expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let ada: Conference;
let streamId: string;
const asked = () =>
  server.callsOf('updateViewStream').map((command) => (command as { readonly video: unknown }).video);
const anElement = (play: () => Promise<void> = async () => {}) =>
  Object.assign(new EventTarget(), { srcObject: null, volume: 1, play }) as unknown as HTMLVideoElement;

useFakeConference(async (fakes) => {
  ({ server } = fakes);
  ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  ({ id: streamId } = await bob.publishStream({ camera: true, microphone: true }));
  await settle();
});

it('pauses a view without an element after a second, and resumes it when one is attached', async () => {
  const view = await ada.viewStream(streamId);
  await vi.advanceTimersByTimeAsync(999);
  expect(asked()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked()).toEqual([{ isPaused: true }]);
  const detach = view.attach(anElement());
  await settle();
  expect(asked()).toEqual([{ isPaused: true }, {}]);
  detach();
  await vi.advanceTimersByTimeAsync(250);
  expect(asked().at(-1)).toEqual({ isPaused: true });
});

it('never pauses a view whose stream the app takes, or that does not adapt', async () => {
  const taken = await ada.viewStream(streamId);
  expect(taken.mediaStream).toBeDefined();
  await ada.viewStream(streamId, { adaptive: false });
  await ada.viewStream(streamId, { video: { maxHeightPx: 90 } });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked()).toEqual([]);
  expect(server.callsOf('viewStream').at(-1)).toMatchObject({ video: { maxHeightPx: 90 } });
});

it('returns the same attachment when an element is attached to its view again', async () => {
  const element = anElement();
  const view = await ada.viewStream(streamId, { element });
  expect(element.srcObject).toBe(view.mediaStream);
  expect(view.attach(element)).toBe(view.attach(element));
});

it('pauses the view of lower priority beyond the cap', async () => {
  await ada.setMaxVideos(1);
  const first = await ada.viewStream(streamId, { element: anElement(), priority: 'high' });
  const second = await ada.viewStream(streamId, { element: anElement() });
  expect([first.video, second.video]).toEqual([{}, { isPaused: true }]);
  first.setPriority('low');
  expect([first.video, second.video]).toEqual([{ isPaused: true }, {}]);
  await second.stop();
  expect(first.video).toEqual({});
});

it('keeps blocked playback in the state until it plays', async () => {
  const heard = listenTo(ada);
  let isAllowed = false;
  const element = anElement(async () => {
    if (!isAllowed) throw new DOMException('no', 'NotAllowedError');
  });
  await ada.viewStream(streamId, { element });
  await settle();
  expect(ada.state.getSnapshot().playback).toEqual({ blockedStreamIds: [streamId] });
  expect(heard).toEqual(
    expect.arrayContaining([`playback-changed ${streamId}`, 'error ERR_PLAYBACK_BLOCKED']),
  );
  await expect(ada.startPlayback()).rejects.toMatchObject({ code: 'ERR_PLAYBACK_BLOCKED' });
  isAllowed = true;
  await ada.startPlayback();
  expect(ada.state.getSnapshot().playback).toEqual({ blockedStreamIds: [] });
});

it('applies the volume to all elements, now and later, and validates it', async () => {
  const early = anElement();
  const late = anElement();
  const view = await ada.viewStream(streamId, { element: early });
  view.setVolume(0.25);
  view.attach(late);
  expect([early.volume, late.volume]).toEqual([0.25, 0.25]);
  expect(() => view.setVolume(2)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTIONS' }));
});

it('fails every call with the same error after it stops, and leaves no timer', async () => {
  const element = anElement();
  const timers = vi.getTimerCount();
  const view = await ada.viewStream(streamId, { element });
  await view.stop();
  const closed = expect.objectContaining({ code: 'ERR_VIEW_CLOSED' });
  expect(element.srcObject).toBeNull();
  expect(() => view.attach(element)).toThrow(closed);
  expect(() => view.setVolume(1)).toThrow(closed);
  expect(() => view.setPriority('low')).toThrow(closed);
  expect(() => view.setVideo({})).toThrow(closed);
  await expect(view.setAudioOutput('')).rejects.toEqual(closed);
  await expect(view.firstFrame).rejects.toEqual(closed);
  expect(vi.getTimerCount()).toBe(timers);
});
