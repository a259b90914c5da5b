import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ShownElement } from './desired-video.ts';
import { browserScreen } from './screen.ts';

/** A video element of 640 by 360 CSS pixels that shows a 16:9 stream, on a page with pixel ratio 2. */
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

it('reports the size of the picture-in-picture window, also when the user resizes it', () => {
  const small = new FakeWindow();
  Object.assign(small, { width: 320, height: 180 });
  enter(small);
  expect(shown).toEqual({ isVisible: true, isInPictureInPicture: true, heightPx: 360 });
  small.resize(480, 270);
  expect(shown).toMatchObject({ heightPx: 540 });
  // The window always shows the whole video, whatever the shape of the element.
  small.resize(480, 400);
  expect(shown).toMatchObject({ heightPx: 540 });
  leave();
  expect(shown).toEqual({ isVisible: true, isInPictureInPicture: false, heightPx: 720 });
});

it('stops reporting when the window closes, or when watching ends', () => {
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

it('sets no height limit for a video that was in a picture-in-picture window before watching began', () => {
  Object.assign(document, { pictureInPictureElement: video });
  video.dispatchEvent(new Event('playing'));
  expect(shown).toEqual({ isVisible: true, isInPictureInPicture: true, heightPx: undefined });
});
