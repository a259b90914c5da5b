import { listen } from './listen.ts';

const leastVisible = 0.1;

/**
 * Calls `onChange` when the visibility of `element`, or the size of it or its picture-in-picture window, changes, until the
 * returned function is called. Uses the observers of the element's own window, because a page's observers do not see into
 * other windows.
 */
export function observeElement(
  element: HTMLMediaElement,
  onChange: (isInSight: boolean, pictureWindow: PictureInPictureWindow | undefined) => void,
): () => void {
  const own = element.ownerDocument?.defaultView ?? globalThis;
  let isInSight = true;
  let pictureWindow: PictureInPictureWindow | undefined;
  const report = () => onChange(isInSight, pictureWindow);
  const intersections =
    own.IntersectionObserver &&
    new own.IntersectionObserver(
      (entries) => {
        const last = entries.at(-1);
        if (last) isInSight = isShown(last);
        report();
      },
      { threshold: [0, leastVisible / 4, leastVisible / 2, leastVisible] },
    );
  const sizes = own.ResizeObserver && new own.ResizeObserver(report);
  intersections?.observe(element);
  sizes?.observe(element);
  const stopListening = listen(element, pictureEvents, (event) => {
    // Entering provides the window. Leaving may provide it too, which is harmless.
    const { pictureInPictureWindow } = event as Partial<PictureInPictureEvent>;
    if (pictureInPictureWindow) {
      pictureWindow?.removeEventListener('resize', report);
      pictureWindow = pictureInPictureWindow;
      pictureWindow.addEventListener('resize', report);
    }
    report();
  });
  const stopWatching = own === globalThis ? undefined : watchOtherWindow(own, report);
  return () => {
    intersections?.disconnect();
    sizes?.disconnect();
    stopListening();
    pictureWindow?.removeEventListener('resize', report);
    stopWatching?.();
  };
}

/**
 * Events after which the video may have another shape or window. Moving it between documents interrupts playback, which the
 * observers do not report when size and visibility stay the same.
 */
const pictureEvents = ['resize', 'enterpictureinpicture', 'leavepictureinpicture', 'playing'];

/** Whether a tenth of the element is visible, or it covers a tenth of the window. */
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

/** `pagehide` fires before the window has closed, so `onChange` runs one task later. */
function watchOtherWindow(
  other: Pick<Window, 'document' | 'addEventListener' | 'removeEventListener'>,
  onChange: () => void,
): () => void {
  const { document } = other;
  const onClosing = () => setTimeout(onChange);
  document.addEventListener('visibilitychange', onChange);
  other.addEventListener('pagehide', onClosing);
  return () => {
    document.removeEventListener('visibilitychange', onChange);
    other.removeEventListener('pagehide', onClosing);
  };
}
