import type { ViewedVideo } from '@parley-rtc/contract';

/** Why a video does not flow: nobody can see it, or the app has chosen so (by hand, or by a limit on their number). */
export type VideoPause = 'hidden' | 'chosen';

/** How an element shows its video at this moment. */
export interface ShownElement {
  /** At least a tenth of it, or of the window, is to be seen. */
  readonly isVisible: boolean;
  /** In a picture-in-picture window, which stays in sight when the page does not. */
  readonly isInPictureInPicture: boolean;
  /** Height of the whole picture in device pixels; undefined when it cannot be told. */
  readonly heightPx: number | undefined;
}

/** Everything that decides what a view wants of its video. */
export interface WishFacts {
  readonly elements: readonly ShownElement[];
  readonly isPageVisible: boolean;
  /** The app has taken `mediaStream`, to show it by its own means. */
  readonly isTaken: boolean;
  /** What the app asked for by hand; `{}` without adaptivity. Wins over everything else. */
  readonly byHand: ViewedVideo | undefined;
}

/** Range that the API takes. */
const highestPx = 16_384;
/** Sizes are rounded up to whole steps, so that a tile that grows smoothly asks seldom. */
const heightStepPx = 30;

/** What a view wants of its video: nothing while nobody can see it, else what fills its largest visible element. */
export function wishFor({ elements, isPageVisible, isTaken, byHand }: WishFacts): ViewedVideo {
  if (byHand) return byHand;
  if (elements.length === 0) return isTaken ? {} : { isPaused: true };
  const seen = elements.filter(
    ({ isVisible, isInPictureInPicture }) => isInPictureInPicture || (isVisible && isPageVisible),
  );
  if (seen.length === 0) return { isPaused: true };
  const heightsPx = seen.map(({ heightPx }) => heightPx ?? Infinity);
  const maxHeightPx = Math.ceil(Math.max(...heightsPx) / heightStepPx) * heightStepPx;
  return maxHeightPx > 0 && maxHeightPx <= highestPx ? { maxHeightPx } : {};
}

export function isSameWish(one: ViewedVideo, other: ViewedVideo): boolean {
  return (one.isPaused ?? false) === (other.isPaused ?? false) && one.maxHeightPx === other.maxHeightPx;
}

/** How long a new wish must last before it is sent, in milliseconds. Seeing again never waits. */
const delaysMs = {
  /** For an element that somebody resizes. */
  resize: 100,
  /** For a tile that only moves to another place. */
  hide: 250,
  /** For somebody who looks at another tab in between. */
  hidePage: 5_000,
  /** For an app that attaches its first element a little later. */
  firstElement: 1_000,
} as const;

export function delayBefore(
  from: ViewedVideo,
  to: ViewedVideo,
  { isPageVisible, wasViewed }: { readonly isPageVisible: boolean; readonly wasViewed: boolean },
): number {
  if (to.isPaused) {
    if (!wasViewed) return delaysMs.firstElement;
    return isPageVisible ? delaysMs.hide : delaysMs.hidePage;
  }
  return from.isPaused ? 0 : delaysMs.resize;
}

export interface ShownBox {
  readonly widthPx: number;
  readonly heightPx: number;
  /** CSS `object-fit` of the element. */
  readonly fit: string;
  /** Width by height of the video; 0 or NaN while unknown. */
  readonly aspectRatio: number;
  readonly pixelRatio: number;
}

/** More pixels than these cannot be told apart on a moving picture. */
const highestPixelRatio = 2;

/** Height in device pixels of the whole picture inside a box, also of the parts that `object-fit: cover` cuts off. */
export function pictureHeightPx({
  widthPx,
  heightPx,
  fit,
  aspectRatio,
  pixelRatio,
}: ShownBox): number | undefined {
  if (!(widthPx > 0 && heightPx > 0)) return undefined;
  const ratio = aspectRatio > 0 ? aspectRatio : 16 / 9;
  const fromWidthPx = widthPx / ratio;
  const cssPx =
    fit === 'fill' || fit === 'none'
      ? heightPx
      : fit === 'cover'
        ? Math.max(heightPx, fromWidthPx)
        : Math.min(heightPx, fromWidthPx);
  return Math.ceil(cssPx * Math.min(pixelRatio, highestPixelRatio));
}
