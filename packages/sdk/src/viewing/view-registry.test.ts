import { expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let ada: Conference;
let streamIds: readonly string[];
let page: EventTarget & { visibilityState: string };

useFakeConference(async (fakes) => {
  ({ server } = fakes);
  page = Object.assign(new EventTarget(), { visibilityState: 'visible', defaultView: globalThis });
  vi.stubGlobal('document', page);
  ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  const streams = [await bob.publishStream({ camera: true }), await bob.publishStream({ microphone: true })];
  streamIds = streams.map(({ id }) => id);
  await settle();
});

/** Views the stream with this index in an element that the browser has paused. */
async function viewPaused(index: number) {
  const play = vi.fn<() => Promise<void>>(async () => {});
  const element = Object.assign(new EventTarget(), {
    srcObject: null,
    paused: true,
    ownerDocument: page,
    play,
  });
  const view = await ada.viewStream(streamIds[index] ?? '', {
    element: element as unknown as HTMLMediaElement,
  });
  play.mockClear();
  return { view, play };
}

function show(visibilityState: 'visible' | 'hidden'): void {
  Object.assign(page, { visibilityState });
  page.dispatchEvent(new Event('visibilitychange'));
}

it('plays what the browser paused while the page was hidden once it is visible again', async () => {
  const { play } = await viewPaused(0);
  show('hidden');
  expect(play).not.toHaveBeenCalled();
  show('visible');
  expect(play).toHaveBeenCalledOnce();
});

it('watches the page for as long as there is a view', async () => {
  const added = vi.spyOn(page, 'addEventListener');
  const removed = vi.spyOn(page, 'removeEventListener');
  const first = await viewPaused(0);
  const second = await viewPaused(1);
  await first.view.stop();
  show('visible');
  expect(first.play).not.toHaveBeenCalled();
  expect(second.play).toHaveBeenCalledOnce();
  await second.view.stop();
  expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
  const third = await viewPaused(0);
  show('visible');
  expect(third.play).toHaveBeenCalledOnce();
});

/** An element that plays only when `isAllowed` says so. */
const elementThatNeedsClick = (isAllowed: () => boolean) =>
  Object.assign(new EventTarget(), {
    srcObject: null,
    play: async () => {
      if (!isAllowed()) throw new DOMException('no', 'NotAllowedError');
    },
  }) as unknown as HTMLMediaElement;

it('lists each blocked stream once, in one order, and reports only changes of the list', async () => {
  const heard = listenTo(ada);
  let isAllowed = false;
  const views = [
    await ada.viewStream(streamIds[0] ?? ''),
    await ada.viewStream(streamIds[1] ?? ''),
    await ada.viewStream(streamIds[0] ?? ''),
  ] as const;
  for (const view of views) view.attach(elementThatNeedsClick(() => isAllowed));
  await settle();
  const both = streamIds.toSorted();
  expect(ada.state.getSnapshot().playback).toEqual({ blockedStreamIds: both });
  await views[0].stop();
  expect(ada.state.getSnapshot().playback).toEqual({ blockedStreamIds: both });
  isAllowed = true;
  await ada.startPlayback();
  expect(ada.state.getSnapshot().playback).toEqual({ blockedStreamIds: [] });
  expect(heard.filter((line) => line.startsWith('playback-changed'))).toHaveLength(4);
});

it('no longer lists a blocked stream whose element is detached', async () => {
  const view = await ada.viewStream(streamIds[0] ?? '');
  const detach = view.attach(elementThatNeedsClick(() => false));
  await settle();
  expect(ada.state.getSnapshot().playback.blockedStreamIds).toEqual([streamIds[0]]);
  detach();
  expect(ada.state.getSnapshot().playback.blockedStreamIds).toEqual([]);
});

it('does not wait for an element whose stream has no media yet', async () => {
  let isAllowed = false;
  const element = Object.assign(new EventTarget(), {
    srcObject: null,
    play: () =>
      isAllowed ? new Promise<void>(() => {}) : Promise.reject(new DOMException('no', 'NotAllowedError')),
  });
  const view = await ada.viewStream(streamIds[0] ?? '');
  view.attach(element as unknown as HTMLMediaElement);
  await settle();
  isAllowed = true;
  const starting = ada.startPlayback();
  await vi.advanceTimersByTimeAsync(5_000);
  await expect(starting).resolves.toBeUndefined();
});
