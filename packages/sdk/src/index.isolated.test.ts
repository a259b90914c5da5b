import { ParleyError } from '@parley-rtc/client';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import * as encryption from './encryption.ts';
import * as parley from './index.ts';
import { Conference, type AnyParleyError } from './index.ts';
import { useFakeBrowser } from './testing/fake-browser.ts';

afterEach(() => vi.unstubAllGlobals());

it('can be imported outside a browser, without side effects', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const before = Object.keys(globalThis);
  vi.resetModules();
  const parley = await import('./index.ts');
  expect(Object.keys(globalThis)).toEqual(before);
  expect(timers).not.toHaveBeenCalled();
  expect(Object.keys(parley)).toContain('Conference');
});

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** Functions that calculate from what the SDK itself returned: they have nothing to reject. */
const calculations = /^(select|find|displayNameOf$|encodingsFor$|videoFrameProcessor$|serveMediaEncryption$)/;

/** The functions of the package that act; classes are not called. */
const actions = Object.entries({ ...parley, ...encryption }).filter(
  (entry): entry is [string, AnyFunction] =>
    typeof entry[1] === 'function' && !/^class\b/.test(String(entry[1])) && !calculations.test(entry[0]),
);

/** Not enumerable, so that it can be printed. */
const hostile: unknown = Object.defineProperty({}, 'server', {
  get(): string {
    throw new RangeError('hostile');
  },
});
const odd = fc.oneof(
  fc.anything({ withBigInt: true, withNullPrototype: true }),
  fc.constantFrom<unknown>(hostile, undefined, null, 7n, Symbol('odd'), { camera: true, signal: {} }),
  fc.constantFrom<unknown>({ server: 'no url', ticket: 7n }, { mediaStream: {} }, { storage: hostile }),
);

it('every function that acts, called with anything, fails only with a ParleyError', async () => {
  useFakeBrowser();
  const tried = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...actions), odd, odd, async ([name, act], first, second) => {
      tried.add(name);
      try {
        await act(first, second);
      } catch (error) {
        expect(error).toBeInstanceOf(ParleyError);
      }
    }),
    { numRuns: 300 },
  );
  expect([...tried]).toEqual(expect.arrayContaining(['createDevices', 'createPreview', 'watchMedia']));
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
