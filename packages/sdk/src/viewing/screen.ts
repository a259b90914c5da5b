import { videoHeightPx, type ShownElement } from './desired-video.ts';
import { observeElement } from './observe-element.ts';

/** Observes what is visible on the user's screen. */
export interface Screen {
  isPageVisible(): boolean;
  /** Calls `onChange` when the page is shown or hidden, until the returned function is called. */
  watchPage(onChange: () => void): () => void;
  /** Returns how `element` shows its video now. Before the browser has laid it out, it counts as visible. */
  look(element: HTMLMediaElement): ShownElement;
  /** Calls `onChange` when the result of `look` changes, until the returned function is called. Does not keep the element alive. */
  watchElement(element: HTMLMediaElement, onChange: (shown: ShownElement) => void): () => void;
}

/** The browser's screen. Where the browser cannot observe it (in Node, in old browsers), everything is visible. */
export const browserScreen: Screen = {
  isPageVisible: () => globalThis.document?.visibilityState !== 'hidden',

  watchPage: (onChange) => {
    globalThis.document?.addEventListener('visibilitychange', onChange);
    return () => globalThis.document?.removeEventListener('visibilitychange', onChange);
  },

  look: (element) => look(element, true),

  watchElement: (element, onChange) => {
    const ref = new WeakRef(element);
    let { ownerDocument } = element;
    const report: Parameters<typeof observeElement>[1] = (isInSight, pictureWindow) => {
      const present = ref.deref();
      if (!present) return;
      const hasMoved = present.ownerDocument !== ownerDocument;
      if (hasMoved) {
        ({ ownerDocument } = present);
        stop();
        stop = observeElement(present, report);
      }
      onChange(look(present, isInSight || hasMoved, pictureWindow));
    };
    let stop = observeElement(element, report);
    return () => stop();
  },
};

function look(
  element: HTMLMediaElement,
  isInSight: boolean,
  pictureWindow?: PictureInPictureWindow,
): ShownElement {
  const { ownerDocument = globalThis.document } = element as Partial<HTMLMediaElement>;
  const isOpen = !ownerDocument || (ownerDocument.defaultView !== null && !ownerDocument.defaultView.closed);
  const isVisible = isInSight && isOpen && element.tagName !== 'AUDIO';
  const isElsewhere = ownerDocument !== globalThis.document && ownerDocument?.visibilityState !== 'hidden';
  const isPictureAlone = globalThis.document?.pictureInPictureElement === element;
  return {
    isVisible,
    isInPictureInPicture: isPictureAlone || (isVisible && isElsewhere),
    heightPx: isPictureAlone ? pictureWindow && heightIn(pictureWindow, element) : heightOf(element),
  };
}

function heightOf(element: HTMLMediaElement): number | undefined {
  if (typeof globalThis.getComputedStyle !== 'function') return undefined;
  const { clientWidth: width, clientHeight: height } = element;
  return heightIn({ width, height }, element, getComputedStyle(element).objectFit);
}

/** Returns the height of the video that `element` shows in a box of this size. */
function heightIn(
  { width, height }: Pick<PictureInPictureWindow, 'width' | 'height'>,
  element: HTMLMediaElement,
  fit = 'contain',
): number | undefined {
  const { videoWidth, videoHeight } = element as HTMLVideoElement;
  return videoHeightPx({
    widthPx: width,
    heightPx: height,
    fit,
    aspectRatio: videoWidth / videoHeight,
    pixelRatio: element.ownerDocument.defaultView?.devicePixelRatio ?? 1,
  });
}
