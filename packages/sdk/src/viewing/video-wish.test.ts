import { describe, expect, test } from 'vitest';
import { delayBefore, pictureHeightPx, type ShownElement, wishFor, type WishFacts } from './video-wish.ts';

const shown = (change: Partial<ShownElement> = {}): ShownElement => ({
  isVisible: true,
  isInPictureInPicture: false,
  heightPx: 180,
  ...change,
});

const facts = (change: Partial<WishFacts> = {}): WishFacts => ({
  elements: [shown()],
  isPageVisible: true,
  isTaken: false,
  byHand: undefined,
  ...change,
});

describe('a view wants', () => {
  test.each<[string, Partial<WishFacts>, object]>([
    ['what fills its element, in steps', { elements: [shown({ heightPx: 181 })] }, { maxHeightPx: 210 }],
    [
      'what fills the largest element that is visible',
      {
        elements: [shown(), shown({ heightPx: 360 }), shown({ heightPx: 720, isVisible: false })],
      },
      { maxHeightPx: 360 },
    ],
    ['the best for an element whose size cannot be told', { elements: [shown({ heightPx: undefined })] }, {}],
    ['nothing while no element is visible', { elements: [shown({ isVisible: false })] }, { isPaused: true }],
    ['nothing while the page is hidden', { isPageVisible: false }, { isPaused: true }],
    [
      'its video in picture-in-picture, whatever becomes of tile and page',
      {
        elements: [shown({ isVisible: false, isInPictureInPicture: true, heightPx: undefined })],
        isPageVisible: false,
      },
      {},
    ],
    ['nothing before anybody looks', { elements: [] }, { isPaused: true }],
    ['everything once the app has taken the stream', { elements: [], isTaken: true }, {}],
    [
      'what its elements say even if the app has taken the stream',
      { elements: [shown({ isVisible: false })], isTaken: true },
      { isPaused: true },
    ],
    ['what was chosen by hand', { elements: [], byHand: { maxHeightPx: 90 } }, { maxHeightPx: 90 }],
    ['no height beyond what the API takes', { elements: [shown({ heightPx: 20_000 })] }, {}],
  ])('%s', (_title, change, wish) => {
    expect(wishFor(facts(change))).toEqual(wish);
  });
});

test('seeing again never waits, hiding does, and longer with the page', () => {
  const seen = { isPageVisible: true, wasViewed: true };
  expect(delayBefore({ isPaused: true }, { maxHeightPx: 180 }, seen)).toBe(0);
  expect(delayBefore({ maxHeightPx: 90 }, { maxHeightPx: 180 }, seen)).toBe(100);
  expect(delayBefore({}, { isPaused: true }, seen)).toBe(250);
  expect(delayBefore({}, { isPaused: true }, { ...seen, isPageVisible: false })).toBe(5_000);
  expect(delayBefore({}, { isPaused: true }, { ...seen, wasViewed: false })).toBe(1_000);
});

test('the height of a picture follows its box, its fit and the density of the screen, up to 2', () => {
  const box = { widthPx: 160, heightPx: 180, fit: 'contain', aspectRatio: 16 / 9, pixelRatio: 1 };
  expect(pictureHeightPx(box)).toBe(90);
  expect(pictureHeightPx({ ...box, aspectRatio: Number.NaN })).toBe(90);
  expect(pictureHeightPx({ ...box, fit: 'fill' })).toBe(180);
  expect(pictureHeightPx({ ...box, fit: 'cover', widthPx: 640 })).toBe(360);
  expect(pictureHeightPx({ ...box, pixelRatio: 3 })).toBe(180);
  expect(pictureHeightPx({ ...box, widthPx: 0 })).toBeUndefined();
});
