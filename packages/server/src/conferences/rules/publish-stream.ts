import {
  findStream,
  mayPublish,
  ordinaryPermissions,
  type ConferenceState,
  type HistoryEvent,
  type JsonObject,
  type Participant,
  type StreamType,
} from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { removingEntriesOfOthers } from './conventions.ts';
import { requireParticipant } from './preconditions.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

/** A stream that an endpoint is about to publish, with its final id. */
export interface NewStream {
  readonly userEndpointId: string;
  readonly streamId: string;
  readonly type: StreamType;
  readonly metadata: JsonObject | undefined;
  /** Bits per second; 0 means no cap. */
  readonly videoBitrate: number;
}

/** The publisher, if the stream may be announced. */
function requirePublishable(state: ConferenceState, stream: NewStream): Participant {
  const participant = requireParticipant(state, stream.userEndpointId);
  if (stream.type === 'UNKNOWN') {
    throw new RefusalError(
      'invalid_request',
      'conferenceStreamType UNKNOWN cannot be published. Send MIC, CAM, SCREEN or MIC_AND_CAM.',
    );
  }
  if (!mayPublish(participant.permissions ?? ordinaryPermissions, stream.type)) {
    throw new RefusalError(
      'forbidden',
      `You may not publish a stream of type ${stream.type}. Ask a moderator for the permission, or use a token that has it.`,
    );
  }
  if (findStream(state, stream.streamId)) throw streamExists(stream.streamId);
  return participant;
}

/**
 * Announces a stream. Runs before its media are set up and again afterwards, because the publisher may have left in
 * between.
 */
export function publishStream(
  state: ConferenceState,
  stream: NewStream,
  stamp: Stamp,
): readonly HistoryEvent[] {
  const participant = requirePublishable(state, stream);
  const published = {
    type: 'ConferenceStreamPublishedEvent',
    userId: participant.userId,
    userEndpointId: participant.id,
    streamId: stream.streamId,
    streamType: stream.type,
    ...(stream.metadata !== undefined && { metadata: stream.metadata }),
    videoBitrate: stream.videoBitrate,
  } as const;
  return stampEvents(
    state,
    [...removingEntriesOfOthers(state, stream.streamId, participant), published],
    stamp,
  );
}

/** The refusal of a stream id that is in use. */
export function streamExists(streamId: string): RefusalError {
  return new RefusalError(
    'already_exists',
    `Stream "${streamId}" is already published. Unpublish it first, choose another streamId, or omit it.`,
  );
}
