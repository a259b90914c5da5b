import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { aMediaStream } from '../testing/fake-media.ts';
import { AttachedElement } from './attached-element.ts';

/** An element that plays as told, and tells it. */
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

test('shows and plays the stream, and gives the element back as it was', () => {
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

test('leaves an element alone that shows something else by then', () => {
  const attached = attach();
  const other = aMediaStream('video');
  element.srcObject = other;
  attached.detach();
  expect(element.srcObject).toBe(other);
});

test('an element that is attached anew is detached from what it showed before', () => {
  const first = attach();
  const stream = aMediaStream('video');
  attach(stream);
  expect(first.isDetached).toBe(true);
  expect(element.srcObject).toBe(stream);
});

test('tells when the browser wants a click first, and only then', async () => {
  element.play.mockRejectedValueOnce(new DOMException('no', 'AbortError'));
  await attach().play();
  expect(onBlocked).not.toHaveBeenCalled();
  element.play.mockRejectedValueOnce(new DOMException('no', 'NotAllowedError'));
  attach();
  await vi.advanceTimersByTimeAsync(0);
  expect(onBlocked.mock.calls).toMatchObject([[{ code: 'ERR_PLAYBACK_BLOCKED', element }]]);
});

test('plays again what the browser pauses, ten times with growing pauses', async () => {
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

test('leaves an element paused that the user controls, that is out of the page, or that is detached', async () => {
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

test('an output that the browser refuses, or cannot choose, is a typed error', async () => {
  const attached = attach();
  await expect(attached.setAudioOutput('x')).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_BROWSER' });
  const cause = new DOMException('no', 'NotFoundError');
  Object.assign(element, { setSinkId: () => Promise.reject(cause) });
  await expect(attached.setAudioOutput('x')).rejects.toMatchObject({ code: 'ERR_AUDIO_OUTPUT', cause });
});
