import { expect, test, vi } from 'vitest';
import { aMediaStream } from '../testing/fake-media.ts';
import { attachMedia } from './attach-media.ts';

function anElement(play: () => Promise<void> = async () => {}): HTMLMediaElement {
  return { srcObject: null, play } as unknown as HTMLMediaElement;
}

const fails = (name: string) => anElement(() => Promise.reject(new DOMException('no', name)));

const onBlocked = vi.fn<(error: { readonly code: string }) => void>();

test('shows and plays the stream until it is detached', () => {
  const play = vi.fn<() => Promise<void>>(async () => {});
  const element = anElement(play);
  const stream = aMediaStream('video');
  const detach = attachMedia(element, stream, onBlocked);
  expect(element.srcObject).toBe(stream);
  expect(play).toHaveBeenCalledOnce();
  detach();
  expect(element.srcObject).toBeNull();
});

test('leaves an element alone that shows something else by then', () => {
  const element = anElement();
  const detach = attachMedia(element, aMediaStream('video'), onBlocked);
  const other = aMediaStream('video');
  attachMedia(element, other, onBlocked);
  detach();
  expect(element.srcObject).toBe(other);
});

test('tells when the browser wants a click first, and only then', async () => {
  attachMedia(fails('AbortError'), aMediaStream(), onBlocked);
  const blocked = fails('NotAllowedError');
  attachMedia(blocked, aMediaStream(), onBlocked);
  await vi.waitFor(() => expect(onBlocked).toHaveBeenCalled());
  expect(onBlocked.mock.calls).toMatchObject([[{ code: 'ERR_PLAYBACK_BLOCKED', element: blocked }]]);
});
