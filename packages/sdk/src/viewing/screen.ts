import { listen } from './listen.ts';
import { pictureHeightPx, type ShownElement } from './video-wish.ts';

/** What is to be seen on the user's screen. */
export interface Screen {
  isPageVisible(): boolean;
  /** Calls `onChange` when the page is shown or hidden, until the returned function is called. */
  watchPage(onChange: () => void): () => void;
  /** How `element` shows its video now. Before the browser has laid it out it counts as visible. */
  look(element: HTMLMediaElement): ShownElement;
  /** Calls `onChange` whenever that changes, until the returned function is called. Does not keep the element alive. */
  watchElement(element: HTMLMediaElement, onChange: (shown: ShownElement) => void): () => void;
}

const leastVisible = 0.1;

/** The screen as the browser tells of it. Where it does not (in Node, in old browsers), everything is visible. */
export const browserScreen: Screen = {
  isPageVisible: () => globalThis.document?.visibilityState !== 'hidden',

  watchPage: (onChange) => {
    globalThis.document?.addEventListener('visibilitychange', onChange);
    return () => globalThis.document?.removeEventListener('visibilitychange', onChange);
  },

  look: (element) => look(element, true),

  watchElement: (element, onChange) => {
    const ref = new WeakRef(element);
    let isInSight = true;
    const tell = () => {
      const present = ref.deref();
      if (present) onChange(look(present, isInSight));
    };
    const intersections = globalThis.IntersectionObserver
      ? new IntersectionObserver(
          (entries) => {
            const last = entries.at(-1);
            if (last) isInSight = isShown(last);
            tell();
          },
          { threshold: [0, leastVisible / 4, leastVisible / 2, leastVisible] },
        )
      : undefined;
    const sizes = globalThis.ResizeObserver ? new ResizeObserver(tell) : undefined;
    intersections?.observe(element);
    sizes?.observe(element);
    const stopListening = listen(element, pictureEvents, tell);
    return () => {
      intersections?.disconnect();
      sizes?.disconnect();
      stopListening();
    };
  },
};

/**
 * Its picture changed shape, or went to a window of its own or back. Whoever moves it to a document picture-in-picture
 * window or back stops it for a moment, of which the observers say nothing when it is as large and visible as before.
 */
const pictureEvents = ['resize', 'enterpictureinpicture', 'leavepictureinpicture', 'playing'];

/** A tenth of the element, or of the window for an element that is larger than that. */
function isShown({
  isIntersecting,
  intersectionRatio,
  intersectionRect,
  rootBounds,
}: IntersectionObserverEntry): boolean {
  if (!isIntersecting) return false;
  const windowArea = rootBounds ? rootBounds.width * rootBounds.height : Infinity;
  return (
    intersectionRatio >= leastVisible ||
    intersectionRect.width * intersectionRect.height >= windowArea * leastVisible
  );
}

function look(element: HTMLMediaElement, isInSight: boolean): ShownElement {
  const isInPictureInPicture =
    globalThis.document?.pictureInPictureElement === element || isInOtherWindow(element);
  return {
    isVisible: isInSight && element.tagName !== 'AUDIO',
    isInPictureInPicture,
    heightPx: isInPictureInPicture ? undefined : heightOf(element),
  };
}

/** As in a document picture-in-picture window, of which this page's observers know nothing. */
function isInOtherWindow({ isConnected, ownerDocument }: HTMLMediaElement): boolean {
  return isConnected && ownerDocument !== globalThis.document && ownerDocument?.defaultView?.closed === false;
}

function heightOf(element: HTMLMediaElement): number | undefined {
  if (typeof globalThis.getComputedStyle !== 'function') return undefined;
  const { videoWidth = 0, videoHeight = 0 } = element as Partial<HTMLVideoElement>;
  return pictureHeightPx({
    widthPx: element.clientWidth,
    heightPx: element.clientHeight,
    fit: getComputedStyle(element).objectFit,
    aspectRatio: videoWidth / videoHeight,
    pixelRatio: globalThis.devicePixelRatio ?? 1,
  });
}
