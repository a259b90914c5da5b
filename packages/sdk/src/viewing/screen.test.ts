import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { browserScreen } from './screen.ts';
import type { ShownElement } from './video-wish.ts';

/** A video of 640 by 360 pixels on a page with two device pixels to each of its own, which shows a stream of 16:9. */
class FakeVideo extends EventTarget {
  readonly tagName = 'VIDEO';
  readonly clientWidth = 640;
  readonly clientHeight = 360;
  readonly videoWidth = 1280;
  readonly videoHeight = 720;
  readonly ownerDocument = document;
}

class FakeWindow extends EventTarget {
  width = 0;
  height = 0;

  resize(width: number, height: number): void {
    Object.assign(this, { width, height });
    this.dispatchEvent(new Event('resize'));
  }
}

let shown: ShownElement | undefined;
let video: FakeVideo;
let stop: () => void;

beforeEach(() => {
  vi.stubGlobal('devicePixelRatio', 2);
  vi.stubGlobal('getComputedStyle', () => ({ objectFit: 'cover' }));
  vi.stubGlobal('document', {
    defaultView: globalThis,
    visibilityState: 'visible',
    pictureInPictureElement: null,
  });
  video = new FakeVideo();
  stop = browserScreen.watchElement(video as unknown as HTMLVideoElement, (now) => (shown = now));
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

function enter(pictureInPictureWindow: FakeWindow): void {
  Object.assign(document, { pictureInPictureElement: video });
  video.dispatchEvent(Object.assign(new Event('enterpictureinpicture'), { pictureInPictureWindow }));
}

function leave(): void {
  Object.assign(document, { pictureInPictureElement: null });
  video.dispatchEvent(new Event('leavepictureinpicture'));
}

test('a video in a picture-in-picture window is as large as that window, also when the user resizes it', () => {
  const small = new FakeWindow();
  Object.assign(small, { width: 320, height: 180 });
  enter(small);
  expect(shown).toEqual({ isVisible: true, isInPictureInPicture: true, heightPx: 360 });
  small.resize(480, 270);
  expect(shown).toMatchObject({ heightPx: 540 });
  // The whole picture is always in it, whatever the shape of the element.
  small.resize(480, 400);
  expect(shown).toMatchObject({ heightPx: 540 });
  leave();
  expect(shown).toEqual({ isVisible: true, isInPictureInPicture: false, heightPx: 720 });
});

test('a window that is closed, or whose video is watched no more, says nothing more', () => {
  const first = new FakeWindow();
  enter(first);
  leave();
  const second = new FakeWindow();
  enter(second);
  second.resize(320, 180);
  shown = undefined;
  first.resize(100, 100);
  expect(shown).toBeUndefined();
  stop();
  second.resize(100, 100);
  expect(shown).toBeUndefined();
});

test('a video that was in a picture-in-picture window before it was watched may be as large as it likes', () => {
  Object.assign(document, { pictureInPictureElement: video });
  video.dispatchEvent(new Event('playing'));
  expect(shown).toEqual({ isVisible: true, isInPictureInPicture: true, heightPx: undefined });
});
