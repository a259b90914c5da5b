import { listen } from './listen.ts';

const leastVisible = 0.1;

/**
 * Calls `onChange` whenever the size of `element` or of its picture-in-picture window changes, or whether it is in
 * sight, until the returned function is called. Asks in the name of the element's own window, because a page's observers
 * know nothing of other windows.
 */
export function observeElement(
  element: HTMLMediaElement,
  onChange: (isInSight: boolean, pictureWindow: PictureInPictureWindow | undefined) => void,
): () => void {
  const own = element.ownerDocument?.defaultView ?? globalThis;
  let isInSight = true;
  let pictureWindow: PictureInPictureWindow | undefined;
  const tell = () => onChange(isInSight, pictureWindow);
  const intersections =
    own.IntersectionObserver &&
    new own.IntersectionObserver(
      (entries) => {
        const last = entries.at(-1);
        if (last) isInSight = isShown(last);
        tell();
      },
      { threshold: [0, leastVisible / 4, leastVisible / 2, leastVisible] },
    );
  const sizes = own.ResizeObserver && new own.ResizeObserver(tell);
  intersections?.observe(element);
  sizes?.observe(element);
  const stopListening = listen(element, pictureEvents, (event) => {
    // Only the event of entering gives it; that of leaving may too, when nobody looks at it any more.
    const { pictureInPictureWindow } = event as Partial<PictureInPictureEvent>;
    if (pictureInPictureWindow) {
      pictureWindow?.removeEventListener('resize', tell);
      pictureWindow = pictureInPictureWindow;
      pictureWindow.addEventListener('resize', tell);
    }
    tell();
  });
  const stopWatching = own === globalThis ? undefined : watchOtherWindow(own, tell);
  return () => {
    intersections?.disconnect();
    sizes?.disconnect();
    stopListening();
    pictureWindow?.removeEventListener('resize', tell);
    stopWatching?.();
  };
}

/**
 * Its picture changed shape, or went to a window of its own or back. Whoever moves it to another document or back stops
 * it for a moment, of which the observers say nothing when it is as large and visible as before.
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

/** A window that closes says so before it has closed. */
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
