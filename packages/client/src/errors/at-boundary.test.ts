import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AbortedError,
  clientToken,
  createRtcApi,
  ParleyError,
  redeemTicket,
  setLogLevel,
  setLogSink,
  ticketToken,
  withBoundary,
  type RtcApi,
} from '../index.ts';
import { startHttpTestServer, type HttpTestServer } from '../testing/http-test-server.ts';
import { rejection } from '../testing/rejection.ts';

let server: HttpTestServer;
let api: RtcApi;

beforeAll(async () => {
  server = await startHttpTestServer();
  server.reply({ body: '{"id":"c-1"}' });
  api = createRtcApi({ server: server.url, token: 'secret-1', timeoutMs: 1_000 });
});
afterAll(async () => server.close());

const circular: Record<string, unknown> = {};
circular['self'] = circular;
const hostile = {
  get name(): string {
    throw new Error('hostile');
  },
};
const thrown: readonly unknown[] = [
  new TypeError('a type'),
  new RangeError('a range'),
  new DOMException('not now', 'InvalidStateError'),
  new DOMException('odd', 'ANameOfTheFuture'),
  runInNewContext('new Error("from another realm")'),
  'a text',
  undefined,
  null,
  7n,
  circular,
  hostile,
  Object.create(null),
];

async function expectConverted(cause: unknown): Promise<void> {
  const target = withBoundary({
    now() {
      throw cause;
    },
    async later() {
      throw cause;
    },
  });
  const errors = [await rejection((async () => target.now())()), await rejection(target.later())];
  for (const error of errors) {
    expect(error).toBeInstanceOf(ParleyError);
    expect((error as ParleyError).code).toBe('ERR_UNEXPECTED');
    expect(Object.is((error as Error).cause, cause)).toBe(true);
  }
}

describe('the boundary', () => {
  it('turns whatever was thrown into a ParleyError with it as cause', async () => {
    for (const cause of thrown) await expectConverted(cause);
  });

  it('turns an AbortError of the platform into an AbortedError', async () => {
    const target = withBoundary({ run: async () => AbortSignal.abort().throwIfAborted() });
    expect(await rejection(target.run())).toBeInstanceOf(AbortedError);
  });

  it('changes neither results, `this`, getters nor errors that are ParleyErrors', async () => {
    const error = new AbortedError('run');
    const target = withBoundary({
      count: 1,
      get twice() {
        return this.count * 2;
      },
      next(step: number) {
        return this.count + step;
      },
      async fail() {
        throw error;
      },
    });
    target.count = 4;
    expect([target.twice, target.next(3)]).toEqual([8, 7]);
    expect(await rejection(target.fail())).toBe(error);
  });
});

it('recognizes the errors of another copy of the class', () => {
  class CopiedError extends Error {}
  Object.defineProperty(CopiedError.prototype, Symbol.for('@parley-rtc/ParleyError'), { value: true });
  expect(new CopiedError()).toBeInstanceOf(ParleyError);
  expect(new CopiedError()).not.toBeInstanceOf(AbortedError);
  expect(new Error('other')).not.toBeInstanceOf(ParleyError);
});

describe('every function and method, called with anything', () => {
  const odd = fc.oneof(
    fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
    fc.constantFrom(circular, Symbol('odd'), '\uD83D', Number.NaN, () => {}, 7n),
    fc.record({ conferenceId: fc.anything({ withBigInt: true }), metadata: fc.constant(circular) }),
  );

  it('creates an API or a token source, or throws only a ParleyError', async () => {
    const functions = [createRtcApi, clientToken, ticketToken, redeemTicket, setLogLevel, setLogSink];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...functions), odd, odd, async (create, first, second) => {
        try {
          await (create as (...args: readonly unknown[]) => unknown)(first, second);
        } catch (error) {
          expect(error).toBeInstanceOf(ParleyError);
        }
      }),
      { numRuns: 200 },
    );
    setLogSink(undefined);
  });

  it('rejects only with a ParleyError', async () => {
    const names = Object.keys(api) as (keyof RtcApi)[];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), odd, odd, async (name, first, second) => {
        const call = api[name] as (...args: readonly unknown[]) => Promise<unknown>;
        const outcome = await call(first, second).catch((error: unknown) => ({ error }));
        if (typeof outcome === 'object' && outcome !== null && 'error' in outcome) {
          expect(outcome.error).toBeInstanceOf(ParleyError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
