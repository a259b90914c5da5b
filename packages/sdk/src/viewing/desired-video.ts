import type { ViewedVideo } from '@parley-rtc/contract';

/** Why a video is paused: it is not visible (`hidden`), or the app paused or capped it (`chosen`). */
export type VideoPause = 'hidden' | 'chosen';

/** How an element shows its video now. */
export interface ShownElement {
  /** Whether at least a tenth of it is visible, or it covers at least a tenth of the window. */
  readonly isVisible: boolean;
  /** Whether it is in a picture-in-picture window, which stays visible when the page is not. */
  readonly isInPictureInPicture: boolean;
  /** Height of the whole video in device pixels; undefined when unknown. */
  readonly heightPx: number | undefined;
}

/** Everything that determines which video a view requests. */
export interface ViewFacts {
  readonly elements: readonly ShownElement[];
  readonly isPageVisible: boolean;
  /** Whether the app has read `mediaStream`, to show it itself. */
  readonly isTaken: boolean;
  /** The app's explicit choice; `{}` when adapting is off. Overrides everything else. */
  readonly byHand: ViewedVideo | undefined;
}

/** Largest height that the API accepts. */
const highestPx = 16_384;
/** Heights are rounded up to whole steps, so that a tile that grows smoothly sends few requests. */
const heightStepPx = 30;

/** Returns the video to request: paused while not visible, else as high as its largest visible element. */
export function desiredVideo({ elements, isPageVisible, isTaken, byHand }: ViewFacts): ViewedVideo {
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

export function isSameVideo(one: ViewedVideo, other: ViewedVideo): boolean {
  return (one.isPaused ?? false) === (other.isPaused ?? false) && one.maxHeightPx === other.maxHeightPx;
}

/** How long a change must last before it is sent, in milliseconds. Resuming never waits. */
const delaysMs = {
  /** The user may still be resizing the element. */
  resize: 100,
  /** The tile may only be moving. */
  hide: 250,
  /** The user may only glance at another tab. */
  hidePage: 5_000,
  /** The app may attach its first element later. */
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

/** A higher pixel ratio makes no visible difference in video. */
const highestPixelRatio = 2;

/** Returns the height of the whole video inside a box in device pixels, including parts cut off by `object-fit: cover`. */
export function videoHeightPx({
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
