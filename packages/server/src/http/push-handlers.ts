import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Conferences } from '../conferences/conferences.ts';
import type { UserEndpoints } from '../endpoints/user-endpoints.ts';
import type { OutsideEvents } from '../push/outside-events.ts';
import type { Push, Pushes } from '../push/pushes.ts';
import type { Handlers } from './operations.ts';

/** What {@link pushHandlers} needs. */
export interface PushHandlersOptions {
  readonly conferences: Conferences;
  readonly endpoints: UserEndpoints;
  readonly outside: OutsideEvents;
  readonly pushes: Pushes;
  readonly clock: Clock;
  /** Given the masked copy of each event that was sent. */
  readonly onSent: (event: object) => void;
}

/** How long a reader may take for what was on its way when its push was over. */
const lastChunkMs = 5_000;

/** Events outside the history: sending them, and the stream that carries them beside the history. */
export function pushHandlers(options: PushHandlersOptions): Handlers<'sendEvent' | 'openPush'> {
  const { conferences, endpoints, outside, pushes, clock, onSent } = options;
  return {
    sendEvent: async ({ body, actor }) => {
      const { masked, endpointIds, ...sent } = await conferences.send(body, actor);
      outside.publish(body.conferenceId, sent);
      onSent(masked);
      return { eventsSent: endpointIds.length };
    },
    openPush: async ({ params, query, lastEventId, actor, signal }) => {
      const start = { version: query.v, lastEventId: lastEventId ?? query.lastEventId };
      const release = endpoints.holdAlive(actor, query.userEndpointId);
      try {
        const push = await pushes.open(params.id, start, actor, signal);
        onceAborted(push.over, release);
        return streamOf(push, clock);
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

function streamOf({ chunks, over }: Push, clock: Clock): Readable {
  const stream = Readable.from(chunks);
  onceAborted(over, () => {
    if (stream.closed) return;
    // Who does not read does not see the end either.
    const stopTimer = clock.setTimer(() => stream.destroy(), lastChunkMs);
    stream.once('close', stopTimer);
  });
  return stream;
}

function onceAborted(signal: AbortSignal, callback: () => void): void {
  if (signal.aborted) callback();
  else signal.addEventListener('abort', callback, { once: true });
}
