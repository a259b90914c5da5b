import { runInNewContext } from 'node:vm';
import { ParleyError } from '@parley-rtc/client';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { useFakeBrowser } from '../testing/fake-browser.ts';
import { joinAs } from '../testing/join-as.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { Conference } from './conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

const circular: Record<string, unknown> = {};
circular['self'] = circular;

const odd = fc.oneof(
  fc.anything({ withBigInt: true, withNullPrototype: true }),
  fc.constantFrom<unknown>(circular, Symbol('odd'), '\uD83D', Number.NaN, -1, () => {}, 7n, undefined, null),
  fc.constantFrom<unknown>(
    { camera: { width: 'wide' } },
    { camera: true, videoBitrateBps: Number.NaN },
    { camera: true, metadata: circular },
    { mediaStream: {}, type: 'CAM' },
    { mediaStream: {}, type: 'toString' },
    { preview: {} },
    { signal: {} },
    { signal: AbortSignal.abort(circular) },
  ),
);

const thrown: readonly unknown[] = [
  new DOMException('odd', 'ANameOfTheFuture'),
  new RangeError('range'),
  runInNewContext('new TypeError("another realm")'),
  'a text',
  undefined,
  circular,
];

/** Calls a method with anything; returns what it throws or rejects with, or nothing. */
async function failureOf(target: object, method: string, args: readonly unknown[]): Promise<unknown[]> {
  const call = (target as Record<string, (...args: readonly unknown[]) => unknown>)[method];
  try {
    const result = call?.apply(target, [...args]);
    const settled = Promise.resolve(result).then(
      () => [],
      (error: unknown) => [error],
    );
    await vi.advanceTimersByTimeAsync(16_000);
    return await settled;
  } catch (error) {
    return [error];
  }
}

function methodsOf(target: object): readonly string[] {
  return Object.getOwnPropertyNames(target).filter((name) => {
    const { value } = Object.getOwnPropertyDescriptor(target, name) ?? {};
    return typeof value === 'function' && name !== 'constructor';
  });
}

it('every method of the public objects, called with anything, fails only with a ParleyError', async () => {
  const ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  const stream = await ada.publishStream({ camera: true });
  await vi.advanceTimersByTimeAsync(0);
  const view = await bob.viewStream(stream.id);
  const ending = ['leave', 'end', 'unpublish', 'stop'];
  const targets = [ada, stream, view].flatMap((target) => {
    const owner = target === ada ? Conference.prototype : target;
    return methodsOf(owner)
      .filter((method) => !ending.includes(method))
      .map((method) => [target, method] as const);
  });
  expect(targets.map(([, method]) => method)).toContain('publishStream');
  // Each method gets its turns: chosen at random, one of many would be left out now and then.
  for (const [target, method] of targets) {
    await fc.assert(
      fc.asyncProperty(odd, odd, async (first, second) => {
        for (const error of await failureOf(target, method, [first, second])) {
          expect(error).toBeInstanceOf(ParleyError);
        }
      }),
      { numRuns: 6 },
    );
  }
});

it.each(['createOffer', 'setLocalDescription', 'setRemoteDescription', 'setConfiguration', 'addTransceiver'])(
  'a peer connection that fails at %s with anything makes publishing fail with a ParleyError',
  async (step) => {
    const ada = await joinAs(server, 'ada');
    for (const cause of thrown) {
      const spy = vi.spyOn(RTCPeerConnection.prototype, step as 'createOffer').mockImplementation(() => {
        throw cause;
      });
      const [error] = await failureOf(ada, 'publishStream', [{ camera: true }]);
      expect(error).toBeInstanceOf(ParleyError);
      spy.mockRestore();
    }
    expect(server.conference?.participants[0]?.streams).toEqual([]);
  },
);

it('media devices that fail with anything make publishing fail with a ParleyError', async () => {
  const ada = await joinAs(server, 'ada');
  for (const cause of thrown) {
    useFakeBrowser({ getUserMedia: async () => Promise.reject(cause) });
    const [error] = await failureOf(ada, 'publishStream', [{ camera: true }]);
    expect(error).toBeInstanceOf(ParleyError);
  }
});

it('joining and creating with anything fails only with a ParleyError', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('join', 'create'), odd, async (method, options) => {
      for (const error of await failureOf(Conference, method, [options])) {
        expect(error).toBeInstanceOf(ParleyError);
      }
    }),
    { numRuns: 60 },
  );
});
