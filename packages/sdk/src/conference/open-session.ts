import { UNKNOWN_VERSION, type ConferenceState } from '@parley-rtc/contract';
import { LongPollFeed } from '../signalling/long-poll-feed.ts';
import type * as PushModule from '../signalling/push-feed.ts';
import { Session, type SessionOptions } from './session.ts';

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
          const { start: messages } = session.messages.inbox;
          const reader = messages !== undefined && { messages, userEndpointId: session.endpointId };
          return api.getEvents(id, version, { signal, versionId, ...reader });
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
                const { start: messages } = session.messages.inbox;
                const reader = { userEndpointId: session.endpointId, messages };
                return api.openPush(id, { ...place, ...reader }, { signal });
              },
            });
          }),
      }),
  });
  return session;
}
