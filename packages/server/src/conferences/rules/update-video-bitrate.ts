import type {
  ConferenceState,
  HistoryEvent,
  StreamType,
  UpdatePublishedStreamBitrateCommand,
} from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { requireOwnStream, requireParticipant } from './preconditions.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

const carriesVideo: Readonly<Record<StreamType, boolean>> = {
  MIC: false,
  CAM: true,
  SCREEN: true,
  MIC_AND_CAM: true,
  UNKNOWN: false,
};

/** Caps the video of one stream, or of all the endpoint's video streams if none is named (decision 4). */
export function updateVideoBitrate(
  state: ConferenceState,
  command: UpdatePublishedStreamBitrateCommand,
  stamp: Stamp,
): readonly HistoryEvent[] {
  const participant = requireParticipant(state, command.userEndpointId);
  const named =
    command.streamId === undefined
      ? participant.streams
      : [requireOwnStream(state, participant, command.streamId)];
  const streams = named.filter(({ type }) => carriesVideo[type]);
  if (streams.length === 0) {
    throw new RefusalError(
      'not_found',
      'The endpoint publishes no video. Publish CAM, SCREEN or MIC_AND_CAM first.',
    );
  }
  const updates = streams.map((stream) => ({
    type: 'ConferenceStreamBitrateUpdatedEvent' as const,
    userId: participant.userId,
    userEndpointId: participant.id,
    streamId: stream.id,
    videoBitrate: command.videoBitrate,
  }));
  return stampEvents(state, updates, stamp);
}
