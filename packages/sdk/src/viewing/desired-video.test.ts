import { describe, expect, it } from 'vitest';
import {
  delayBefore,
  desiredVideo,
  videoHeightPx,
  type ShownElement,
  type ViewFacts,
} from './desired-video.ts';

const shown = (change: Partial<ShownElement> = {}): ShownElement => ({
  isVisible: true,
  isInPictureInPicture: false,
  heightPx: 180,
  ...change,
});

const facts = (change: Partial<ViewFacts> = {}): ViewFacts => ({
  elements: [shown()],
  isPageVisible: true,
  isTaken: false,
  byHand: undefined,
  ...change,
});

describe('a view requests', () => {
  it.each<[string, Partial<ViewFacts>, object]>([
    ['the size of its element, in steps', { elements: [shown({ heightPx: 181 })] }, { maxHeightPx: 210 }],
    [
      'the size of the largest visible element',
      {
        elements: [shown(), shown({ heightPx: 360 }), shown({ heightPx: 720, isVisible: false })],
      },
      { maxHeightPx: 360 },
    ],
    ['the best for an element of unknown size', { elements: [shown({ heightPx: undefined })] }, {}],
    ['nothing while no element is visible', { elements: [shown({ isVisible: false })] }, { isPaused: true }],
    ['nothing while the page is hidden', { isPageVisible: false }, { isPaused: true }],
    [
      'its video in picture-in-picture, even when tile and page are hidden',
      {
        elements: [shown({ isVisible: false, isInPictureInPicture: true, heightPx: undefined })],
        isPageVisible: false,
      },
      {},
    ],
    ['nothing before an element is attached', { elements: [] }, { isPaused: true }],
    ['everything once the app has taken the stream', { elements: [], isTaken: true }, {}],
    [
      'what its elements need, even if the app has taken the stream',
      { elements: [shown({ isVisible: false })], isTaken: true },
      { isPaused: true },
    ],
    ['what the app chose by hand', { elements: [], byHand: { maxHeightPx: 90 } }, { maxHeightPx: 90 }],
    ['no height beyond the API limit', { elements: [shown({ heightPx: 20_000 })] }, {}],
  ])('%s', (_title, change, desired) => {
    expect(desiredVideo(facts(change))).toEqual(desired);
  });
});

it('resumes without delay, delays hiding, and delays longer when the page is hidden', () => {
  const seen = { isPageVisible: true, wasViewed: true };
  expect(delayBefore({ isPaused: true }, { maxHeightPx: 180 }, seen)).toBe(0);
  expect(delayBefore({ maxHeightPx: 90 }, { maxHeightPx: 180 }, seen)).toBe(100);
  expect(delayBefore({}, { isPaused: true }, seen)).toBe(250);
  expect(delayBefore({}, { isPaused: true }, { ...seen, isPageVisible: false })).toBe(5_000);
  expect(delayBefore({}, { isPaused: true }, { ...seen, wasViewed: false })).toBe(1_000);
});

it('computes the height of a video from its box, its fit and the pixel ratio, up to 2', () => {
  const box = { widthPx: 160, heightPx: 180, fit: 'contain', aspectRatio: 16 / 9, pixelRatio: 1 };
  expect(videoHeightPx(box)).toBe(90);
  expect(videoHeightPx({ ...box, aspectRatio: Number.NaN })).toBe(90);
  expect(videoHeightPx({ ...box, fit: 'fill' })).toBe(180);
  expect(videoHeightPx({ ...box, fit: 'cover', widthPx: 640 })).toBe(360);
  expect(videoHeightPx({ ...box, pixelRatio: 3 })).toBe(180);
  expect(videoHeightPx({ ...box, widthPx: 0 })).toBeUndefined();
});
