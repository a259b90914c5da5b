import { isDeepStrictEqual } from 'node:util';
import type { EnterCommand, WireConference } from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import type { Handlers } from '../operations.ts';

type Steps = Handlers<'registerUserEndpoint' | 'join' | 'updateParticipantMetadata' | 'getConference'>;

/** Entering in one round trip: the handlers of its steps, one after the other. */
export function enterHandlers(steps: Steps): Handlers<'enter'> {
  return {
    enter: async (call) => {
      const { conferenceId, userEndpointId, metadata, keepAliveSeconds } = call.body;
      const own = { conferenceId, userEndpointId };
      const read = async () =>
        steps.getConference({ ...call, body: undefined, params: { id: conferenceId } });
      await steps.registerUserEndpoint({ ...call, body: { userEndpointId, keepAliveSeconds } });
      try {
        await steps.join({ ...call, body: { ...own, ...(metadata && { metadata }) } });
      } catch (error) {
        if (!(error instanceof RefusalError) || error.code !== 'already_joined') throw error;
        // A repetition changes nothing.
        if (metadata && !isDeepStrictEqual(metadataIn(await read(), call.body), metadata)) {
          await steps.updateParticipantMetadata({ ...call, body: { ...own, newMetadata: metadata } });
        }
      }
      return { userEndpointId, conference: await read() };
    },
  };
}

function metadataIn({ participants }: WireConference, { userEndpointId }: EnterCommand): unknown {
  return participants?.find(({ id }) => id === userEndpointId)?.metadata;
}
