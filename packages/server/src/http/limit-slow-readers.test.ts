import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { defaultLimits } from '../limits/limits.ts';
import { answerErrors } from './error-answers.ts';
import { limitSlowReaders } from './limit-slow-readers.ts';

/** A server that answers with as many bytes as the path says, while `limit` bytes may be unread. */
function setUp(limit: number) {
  const app = fastify();
  answerErrors(app, () => {});
  limitSlowReaders(app, { ...defaultLimits, unreadBytesPerAddress: limit });
  app.get<{ Params: { bytes: string } }>('/:bytes', ({ params }) => 'x'.repeat(Number(params.bytes)));
  return async (bytes: number, remoteAddress = '192.0.2.1') =>
    (await app.inject({ url: `/${bytes}`, remoteAddress })).statusCode;
}

it('sends answers of up to 4,096 bytes, however much is unread', async () => {
  const ask = setUp(0);
  expect([await ask(4_096), await ask(4_097)]).toEqual([200, 429]);
});

it('counts what an address has not read, until that is read', async () => {
  const ask = setUp(10_000);
  expect([await ask(10_000), await ask(10_000), await ask(10_001)]).toEqual([200, 200, 429]);
});

it('counts answers that are on their way at the same time, for each address', async () => {
  const ask = setUp(10_000);
  const statuses = await Promise.all([ask(6_000), ask(4_000), ask(6_000), ask(6_000, '192.0.2.2')]);
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
});
