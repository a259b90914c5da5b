import { expect, it, vi } from 'vitest';
import { Conference, type AnyParleyError } from './index.ts';

it('can be imported outside a browser, without side effects', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const before = Object.keys(globalThis);
  vi.resetModules();
  const parley = await import('./index.ts');
  expect(Object.keys(globalThis)).toEqual(before);
  expect(timers).not.toHaveBeenCalled();
  expect(Object.keys(parley)).toContain('Conference');
});

/** The example of the README, for the compiler to check. */
export async function example(page: {
  server: string;
  conferenceId: string;
  fetchToken: () => Promise<string>;
  signal: AbortSignal;
  video: HTMLVideoElement;
}): Promise<void> {
  const { server, conferenceId, fetchToken, signal, video } = page;
  await using conference = await Conference.join({
    server,
    conferenceId,
    token: () => fetchToken(),
    metadata: { name: 'Ada' },
    signal,
  });
  conference.on('stream-published', async ({ stream }) => {
    const view = await conference.viewStream(stream.id);
    view.attach(video);
  });
  conference.on('stream-unpublished', ({ stream }) => void stream.participant.userId);
  const mine = await conference.publishStream({ camera: true, microphone: true });
  await mine.mute('audio');
  await conference.leave();
}

/** Lets the compiler check that an error's code determines its class. */
export function advice(error: AnyParleyError): string {
  return error.code === 'ERR_DEVICE_DENIED' ? `${error.kind}: ${error.hint}` : error.hint;
}

/** Code that must not compile. */
export async function misuse(conference: Conference): Promise<void> {
  // @ts-expect-error -- an unknown event
  conference.on('stream-publish', () => {});
  // @ts-expect-error -- own media needs a type
  await conference.publishStream({ mediaStream: new MediaStream() });
  // @ts-expect-error -- metadata of the conference is text
  await conference.setMetadata('key', 1);
}
