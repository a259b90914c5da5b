import { Readable } from 'node:stream';
import type { Clock } from '../../clock.ts';
import type { Conferences } from '../../conferences/conferences.ts';
import type { UserEndpoints } from '../../endpoints/user-endpoints.ts';
import { messageReadingOf } from '../../messages/message-reading.ts';
import type { Messages } from '../../messages/messages.ts';
import type { OutsideEvents } from '../../push/outside-events.ts';
import type { Push, Pushes } from '../../push/pushes.ts';
import type { WaitingRequests } from '../../push/waiting-requests.ts';
import type { Handlers } from '../operations.ts';

/** What {@link pushHandlers} needs. */
export interface PushHandlersOptions {
  readonly conferences: Conferences;
  readonly endpoints: UserEndpoints;
  readonly outside: OutsideEvents;
  readonly messages: Messages;
  readonly pushes: Pushes;
  readonly waiting: WaitingRequests;
  readonly clock: Clock;
  /** Receives the masked copy of each sent event. */
  readonly onSent: (event: object) => void;
}

/** How long a reader may take to read what was already sent when its push ends. */
const lastChunkMs = 5_000;

/** Sends events outside the history and messages, and opens the stream that carries them along with the history. */
export function pushHandlers(
  options: PushHandlersOptions,
): Handlers<'sendEvent' | 'sendMessages' | 'openPush'> {
  const { conferences, endpoints, outside, messages, pushes, waiting, clock, onSent } = options;
  return {
    sendEvent: async ({ body, actor }) => {
      const { masked, endpointIds, ...sent } = await conferences.send(body, actor);
      if (outside.publish(body.conferenceId, sent)) onSent(masked);
      return { eventsSent: endpointIds.length };
    },
    sendMessages: ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      return messages.send(body, actor);
    },
    openPush: async ({ params, query, lastEventId, actor, signal }) => {
      const { v: version, versionId } = query;
      const reading = messageReadingOf(query);
      if (reading) endpoints.requireOwn(actor, reading.userEndpointId);
      const start = { version, versionId, lastEventId: lastEventId ?? query.lastEventId, messages: reading };
      const subject = { conferenceId: params.id, endpointId: query.userEndpointId };
      const request = waiting.begin(actor, subject, signal);
      let release = request.end;
      try {
        const letGo = endpoints.holdAlive(actor, query.userEndpointId);
        release = () => {
          request.end();
          letGo();
        };
        const push = await pushes.open(params.id, start, actor, request.signal);
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
    // A reader that does not read never sees the end either.
    const stopTimer = clock.setTimer(() => stream.destroy(), lastChunkMs);
    stream.once('close', stopTimer);
  });
  return stream;
}

function onceAborted(signal: AbortSignal, callback: () => void): void {
  if (signal.aborted) callback();
  else signal.addEventListener('abort', callback, { once: true });
}
