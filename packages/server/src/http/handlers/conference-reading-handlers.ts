import { conferenceToSimpleView, conferenceToWire, type ConferenceEvent } from '@parley-rtc/contract';
import type { Conferences } from '../../conferences/conferences.ts';
import type { UserEndpoints } from '../../endpoints/user-endpoints.ts';
import { messageReadingOf } from '../../messages/message-reading.ts';
import type { Messages } from '../../messages/messages.ts';
import { readWithMessages } from '../../messages/read-with-messages.ts';
import type { WaitingRequests } from '../../push/waiting-requests.ts';
import type { Handlers } from '../operations.ts';
import { oncePerState } from '../shared-answers.ts';

type Names = 'getActive' | 'getConference' | 'getSimpleView' | 'getEvents';

/** Reads of conferences and their events. */
export function conferenceReadingHandlers(
  conferences: Conferences,
  endpoints: UserEndpoints,
  messages: Messages,
  waiting: WaitingRequests,
): Handlers<Names> {
  const wireOf = oncePerState(conferenceToWire);
  const simpleViewOf = oncePerState(conferenceToSimpleView);
  return {
    getActive: async ({ actor }) => (await conferences.active(actor)).map(conferenceToWire),
    getConference: async ({ params, actor }) => wireOf(await conferences.get(params.id, actor)),
    getSimpleView: async ({ params, actor }) => simpleViewOf(await conferences.get(params.id, actor)),
    getEvents: async ({ params, query, actor, signal }) => {
      const reading = messageReadingOf(query);
      if (reading) endpoints.requireOwn(actor, reading.userEndpointId);
      const subject = { conferenceId: params.id, endpointId: query.userEndpointId };
      const request = waiting.begin(actor, subject, signal);
      const position = { version: query.v, versionId: query.versionId };
      const readEvents = (waitSignal: AbortSignal) =>
        conferences.events(params.id, position, actor, waitSignal);
      const read = async (): Promise<readonly ConferenceEvent[]> => {
        if (!reading) return readEvents(request.signal);
        const reader = await messages.open(params.id, reading, actor);
        const wait = { conferenceId: params.id, reader, signal: request.signal };
        return readWithMessages(messages, wait, readEvents);
      };
      try {
        const release = endpoints.holdAlive(actor, query.userEndpointId);
        return await read().finally(release);
      } finally {
        request.end();
      }
    },
  };
}
