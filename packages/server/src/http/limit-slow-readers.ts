import type { FastifyInstance } from 'fastify';
import type { Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import { addressKey } from './rates/address-key.ts';

/** Shorter responses are never refused, so that a client can always read why. */
const alwaysSentBytes = 4_096;

/**
 * Limits the memory that clients hold by not reading: a response that is not read in time ends its connection, and an
 * address with too many unread bytes receives no further long response. A push has limits of its own.
 */
export function limitSlowReaders(app: FastifyInstance, limits: Limits): void {
  const unreadBytes = new Map<string, number>();
  const add = (address: string, bytes: number): void => {
    const sum = (unreadBytes.get(address) ?? 0) + bytes;
    if (sum === 0) unreadBytes.delete(address);
    else unreadBytes.set(address, sum);
  };
  app.addHook('onSend', (request, { raw }, payload, done) => {
    if ((typeof payload !== 'string' && !Buffer.isBuffer(payload)) || raw.closed) {
      done();
      return;
    }
    const address = addressKey(request.ip);
    const bytes = Buffer.byteLength(payload);
    if (bytes > alwaysSentBytes) {
      try {
        const sum = (unreadBytes.get(address) ?? 0) + bytes;
        requireWithin(limits, 'unreadBytesPerAddress', sum, 'too_many_requests');
      } catch (refusal) {
        done(refusal as Error);
        return;
      }
    }
    add(address, bytes);
    const timeout = setTimeout(() => raw.destroy(), limits.responseTimeoutMs).unref();
    raw.once('close', () => {
      clearTimeout(timeout);
      add(address, -bytes);
    });
    done();
  });
}
