import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aMediaStream } from '../../../testing/src/browser/fake-media.ts';
import { AttachedElement } from './attached-element.ts';

/** An element that plays when `play()` is called, and records the calls. */
class FakeElement extends EventTarget {
  srcObject: MediaProvider | null = null;
  paused = true;
  controls = false;
  isConnected = true;
  volume = 1;
  readonly play = vi.fn<() => Promise<void>>(async () => {
    this.paused = false;
    this.dispatchEvent(new Event('playing'));
  });

  pauseByBrowser(): void {
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }

  /** Pauses before it has played, like a browser that saves power. */
  refuse(): never {
    this.pauseByBrowser();
    throw new DOMException('paused', 'AbortError');
  }

  get asMedia(): HTMLMediaElement {
    return this as unknown as HTMLMediaElement;
  }
}

const onBlocked = vi.fn<(error: { readonly code: string }) => void>();
const onDetached = vi.fn<() => void>();
let element: FakeElement;

const attach = (mediaStream: MediaStream = aMediaStream('video')) =>
  new AttachedElement(element.asMedia, {
    mediaStream,
    volume: undefined,
    onBlocked,
    onPlaying: () => {},
    onDetached,
  });

beforeEach(() => {
  vi.useFakeTimers();
  element = new FakeElement();
  onBlocked.mockReset();
  onDetached.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
});

it('shows and plays the stream, and restores the element when detached', () => {
  const before = aMediaStream('video');
  element.srcObject = before;
  const stream = aMediaStream('video');
  const attached = attach(stream);
  expect(element.srcObject).toBe(stream);
  expect(element.play).toHaveBeenCalledOnce();
  attached.detach();
  attached.detach();
  expect(element.srcObject).toBe(before);
  expect(onDetached).toHaveBeenCalledOnce();
});

it('does not restore an element that shows something else by then', () => {
  const attached = attach();
  const other = aMediaStream('video');
  element.srcObject = other;
  attached.detach();
  expect(element.srcObject).toBe(other);
});

it('detaches an element from its previous stream when it is attached again', () => {
  const first = attach();
  const stream = aMediaStream('video');
  attach(stream);
  expect(first.isDetached).toBe(true);
  expect(element.srcObject).toBe(stream);
});

it('reports a failed `play()` only when the browser requires a click', async () => {
  element.play.mockRejectedValueOnce(new DOMException('no', 'AbortError'));
  await attach().play();
  expect(onBlocked).not.toHaveBeenCalled();
  element.play.mockRejectedValueOnce(new DOMException('no', 'NotAllowedError'));
  attach();
  await vi.advanceTimersByTimeAsync(0);
  expect(onBlocked.mock.calls).toMatchObject([[{ code: 'ERR_PLAYBACK_BLOCKED', element }]]);
});

it('plays an element again that the browser pauses, ten times with growing delays', async () => {
  attach();
  element.play.mockClear();
  element.play.mockImplementation(async () => {
    element.dispatchEvent(new Event('playing'));
    element.pauseByBrowser();
  });
  element.pauseByBrowser();
  await vi.advanceTimersByTimeAsync(250);
  expect(element.play).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(499);
  expect(element.play).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(1);
  expect(element.play).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(element.play).toHaveBeenCalledTimes(10);
  expect(vi.getTimerCount()).toBe(0);
});

it('keeps an element paused that has controls, is outside the document, or is detached', async () => {
  const attached = attach();
  element.play.mockClear();
  element.controls = true;
  element.pauseByBrowser();
  await vi.advanceTimersByTimeAsync(60_000);
  element.controls = false;
  element.isConnected = false;
  element.pauseByBrowser();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(element.play).not.toHaveBeenCalled();
  element.isConnected = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(element.play).toHaveBeenCalledOnce();
  attached.detach();
  element.pauseByBrowser();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(element.play).toHaveBeenCalledOnce();
});

it('starts counting from scratch for an element that played for more than ten seconds', async () => {
  attach();
  element.play.mockClear();
  const playThenPauseAfter = async (playedMs: number) => {
    element.dispatchEvent(new Event('playing'));
    await vi.advanceTimersByTimeAsync(playedMs);
    element.pauseByBrowser();
  };
  await playThenPauseAfter(10_000);
  await vi.advanceTimersByTimeAsync(250);
  expect(element.play).toHaveBeenCalledTimes(1);
  await playThenPauseAfter(10_000);
  await vi.advanceTimersByTimeAsync(499);
  expect(element.play).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(element.play).toHaveBeenCalledTimes(2);
  await playThenPauseAfter(10_001);
  await vi.advanceTimersByTimeAsync(250);
  expect(element.play).toHaveBeenCalledTimes(3);
});

it('never waits for more than half a minute', async () => {
  attach();
  element.play.mockClear();
  element.play.mockImplementation(async () => element.refuse());
  element.pauseByBrowser();
  // 250 ms doubled nine times would be 128 s.
  await vi.advanceTimersByTimeAsync(250 * (2 ** 7 - 1) + 3 * 30_000);
  expect(element.play).toHaveBeenCalledTimes(10);
});

it('plays an element again when the page is back, but not one that the user or the app paused', async () => {
  const attached = attach();
  element.play.mockClear();
  attached.wake();
  expect(element.play).not.toHaveBeenCalled();
  element.paused = true;
  attached.wake();
  expect(element.play).toHaveBeenCalledTimes(1);
  element.paused = true;
  element.controls = true;
  attached.wake();
  element.controls = false;
  element.srcObject = aMediaStream('video');
  attached.wake();
  expect(element.play).toHaveBeenCalledTimes(1);
});

it('tries as often as at first once the page is back', async () => {
  const attached = attach();
  element.play.mockImplementation(async () => element.refuse());
  element.pauseByBrowser();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  element.play.mockClear();
  attached.wake();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(element.play).toHaveBeenCalledTimes(11);
});

it('starts at the volume of its view, or keeps its own', () => {
  attach();
  expect(element.volume).toBe(1);
  const options = { mediaStream: aMediaStream('video'), onBlocked, onPlaying: () => {}, onDetached };
  const attached = new AttachedElement(element.asMedia, { ...options, volume: 0 });
  expect(attached.element?.volume).toBe(0);
});

it('reports that it plays, whatever started it, until it is detached', () => {
  const onPlaying = vi.fn<() => void>();
  const options = { mediaStream: aMediaStream('video'), volume: undefined, onBlocked, onDetached };
  const attached = new AttachedElement(element.asMedia, { ...options, onPlaying });
  onPlaying.mockClear();
  element.dispatchEvent(new Event('playing'));
  expect(onPlaying).toHaveBeenCalledTimes(1);
  attached.detach();
  element.dispatchEvent(new Event('playing'));
  expect(onPlaying).toHaveBeenCalledTimes(1);
});

it('does nothing for an element that was detached while it began to play', async () => {
  let refuse: ((error: Error) => void) | undefined;
  element.play.mockReturnValueOnce(new Promise<void>((_, reject) => (refuse = reject)));
  const attached = attach();
  attached.detach();
  refuse?.(new DOMException('no', 'NotAllowedError'));
  await vi.advanceTimersByTimeAsync(0);
  expect(onBlocked).not.toHaveBeenCalled();
  element.play.mockClear();
  await attached.play();
  expect(element.play).not.toHaveBeenCalled();
});

it('rejects with a typed error when the browser refuses or cannot choose an output', async () => {
  const attached = attach();
  await expect(attached.setAudioOutput('x')).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_BROWSER' });
  const cause = new DOMException('no', 'NotFoundError');
  Object.assign(element, { setSinkId: () => Promise.reject(cause) });
  await expect(attached.setAudioOutput('x')).rejects.toMatchObject({ code: 'ERR_AUDIO_OUTPUT', cause });
});
