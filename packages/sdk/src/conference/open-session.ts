import { HttpError, type PushStart } from '@parley-rtc/client';
import { UNKNOWN_VERSION, type ConferenceState } from '@parley-rtc/contract';
import { LongPollFeed } from '../signalling/long-poll-feed.ts';
import type * as PushModule from '../signalling/push-feed.ts';
import type { SessionOptions } from './session-options.ts';
import { Session } from './session.ts';

/** Loads the code for the push, which only some servers support. */
export type LoadPush = () => Promise<Pick<typeof PushModule, 'pushFeed'>>;

export interface OpenSessionOptions extends Omit<SessionOptions, 'startFeed'> {
  readonly readSnapshot: (signal: AbortSignal) => Promise<ConferenceState>;
  readonly loadPush: LoadPush | undefined;
}

/**
 * Starts to follow a conference that we have joined. It has its own file so that joining can load it, and with it all code
 * that a call needs, while waiting for the server.
 */
export function openSession({ readSnapshot, loadPush, ...options }: OpenSessionOptions): Session {
  const { api } = options;
  const { id } = options.conference;
  const session: Session = new Session({
    ...options,
    startFeed: (sink) =>
      new LongPollFeed({
        ...sink,
        log: options.logs('feed'),
        poll: ({ version, versionId }, signal) => {
          return withMessages(session, (reader) =>
            api.getEvents(id, version, { signal, versionId, ...reader }),
          );
        },
        readSnapshot,
        loadPush:
          loadPush &&
          (async (verbs) => {
            const { pushFeed } = await loadPush();
            return pushFeed({
              ...verbs,
              open: (lastEventId, signal) => {
                const { version, versionId } = sink.conference();
                const here = version !== UNKNOWN_VERSION && {
                  version,
                  ...(versionId !== undefined && { versionId }),
                };
                const place = { ...here, ...(lastEventId !== undefined && { lastEventId }) };
                const { endpointId: userEndpointId } = session;
                return withMessages(session, (reader) =>
                  api.openPush(id, { ...place, userEndpointId, ...reader }, { signal }),
                );
              },
            });
          }),
      }),
  });
  return session;
}

/** Who reads messages, and from where. */
type Reader = Pick<PushStart, 'messages' | 'userEndpointId'>;

/**
 * Asks for our messages as well, if somebody listens. The server refuses that to an endpoint that it has dropped; the events
 * alone say so, and after we have rejoined, the feed asks for messages again.
 */
async function withMessages<Answer>(
  { endpointId: userEndpointId, messages: messaging }: Session,
  ask: (reader: Reader) => Promise<Answer>,
): Promise<Answer> {
  const messages = messaging.ask();
  if (messages === undefined) return ask({});
  try {
    return await ask({ userEndpointId, messages });
  } catch (error) {
    if (!(error instanceof HttpError) || error.serverError !== 'not_joined') throw error;
    return ask({});
  }
}
