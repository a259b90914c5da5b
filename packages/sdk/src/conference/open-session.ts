import { type ConferenceState, UNKNOWN_VERSION } from '@parley-rtc/contract';
import { LongPollFeed } from '../signalling/long-poll-feed.ts';
import type * as PushModule from '../signalling/push-feed.ts';
import { Session, type SessionOptions } from './session.ts';

/** Fetches what only a server with a push needs. */
export type LoadPush = () => Promise<Pick<typeof PushModule, 'pushFeed'>>;

export interface OpenSessionOptions extends Omit<SessionOptions, 'startFeed'> {
  readonly readSnapshot: (signal: AbortSignal) => Promise<ConferenceState>;
  readonly loadPush: LoadPush | undefined;
}

/**
 * Begins to follow a conference that we are in. With all that a stay is made of in a file of its own, which is fetched
 * while the server is asked to let us in.
 */
export function openSession({ readSnapshot, loadPush, ...options }: OpenSessionOptions): Session {
  const { api } = options;
  const { id } = options.conference;
  const session: Session = new Session({
    ...options,
    startFeed: (sink) =>
      new LongPollFeed({
        ...sink,
        poll: (version, signal) => api.getEvents(id, version, { signal }),
        readSnapshot,
        loadPush:
          loadPush &&
          (async (verbs) => {
            const { pushFeed } = await loadPush();
            return pushFeed({
              ...verbs,
              open: (lastEventId, signal) => {
                const { version } = sink.conference();
                const place =
                  lastEventId !== undefined ? { lastEventId } : version !== UNKNOWN_VERSION && { version };
                return api.openPush(id, { ...place, userEndpointId: session.endpointId }, { signal });
              },
            });
          }),
      }),
  });
  return session;
}
