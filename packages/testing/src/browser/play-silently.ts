import { replaceProperty } from './replace-property.ts';

/** The time between two frames. */
const frameMs = 66;

/**
 * Makes media elements of a page without media, such as those of jsdom, play: they report that a source has data as soon as
 * they have one. Returns a function that undoes it; does nothing where there are no elements.
 */
export function playSilently(): () => void {
  const { HTMLMediaElement: Element } = globalThis as { readonly HTMLMediaElement?: typeof HTMLMediaElement };
  if (!Element) return () => {};
  const sources = new WeakMap<HTMLMediaElement, MediaProvider | null>();
  const playing = new WeakSet<HTMLMediaElement>();
  const { prototype } = Element;
  const restores = [
    replaceProperty(prototype, 'play', async function play(this: HTMLMediaElement): Promise<void> {
      playing.add(this);
      tell(this, 'play', 'playing');
    }),
    replaceProperty(prototype, 'pause', function pause(this: HTMLMediaElement): void {
      if (playing.delete(this)) tell(this, 'pause');
    }),
    replaceProperty(
      prototype,
      'requestVideoFrameCallback',
      function request(this: HTMLMediaElement, callback: () => void): number {
        const isShowing = () => playing.has(this) && isLive(sources.get(this));
        return Number(setTimeout(() => (isShowing() ? callback() : undefined), frameMs));
      },
    ),
    replaceProperty(prototype, 'cancelVideoFrameCallback', (handle: number) => clearTimeout(handle)),
    replaceAccessor(prototype, 'paused', { get: (element) => !playing.has(element) }),
    replaceAccessor(prototype, 'srcObject', {
      get: (element) => sources.get(element) ?? null,
      set: (element, source) => {
        sources.set(element, source as MediaProvider | null);
        if (source) tell(element, 'loadedmetadata', 'loadeddata', 'canplay');
      },
    }),
  ];
  return () => restores.forEach((restore) => restore());
}

function tell(element: HTMLMediaElement, ...names: readonly string[]): void {
  queueMicrotask(() => {
    for (const name of names) element.dispatchEvent(new Event(name));
  });
}

/** Whether there is something to show. */
function isLive(source: MediaProvider | null | undefined): boolean {
  const tracks = source && 'getVideoTracks' in source ? source.getVideoTracks() : [];
  return tracks.some(({ readyState }) => readyState === 'live');
}

interface Accessor {
  readonly get: (element: HTMLMediaElement) => unknown;
  readonly set?: (element: HTMLMediaElement, value: unknown) => void;
}

function replaceAccessor(owner: HTMLMediaElement, name: string, { get, set }: Accessor): () => void {
  const restore = replaceProperty(owner, name, undefined);
  Object.defineProperty(owner, name, {
    configurable: true,
    get(this: HTMLMediaElement) {
      return get(this);
    },
    ...(set && {
      set(this: HTMLMediaElement, value: unknown) {
        set(this, value);
      },
    }),
  });
  return restore;
}
