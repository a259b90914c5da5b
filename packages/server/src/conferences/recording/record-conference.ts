import type {
  ConferenceState,
  HistoryEvent,
  RecordingEndReason,
  StartRecordingCommand,
  StopRecordingCommand,
} from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { endingOwnRecorders, ownRecorderPrefix } from '../rules/conventions.ts';
import { requirePermission } from '../rules/permissions.ts';
import { requireParticipant } from '../rules/preconditions.ts';
import type { RuleContext, Stamp } from '../rules/rule-context.ts';
import { stampEvents } from '../rules/stamp-events.ts';

const update = { type: 'ConferenceMetadataUpdatedEvent' } as const;

/** Announces a recording to everyone. */
export function startRecording(
  state: ConferenceState,
  { userEndpointId, recordingId }: StartRecordingCommand & { readonly recordingId: string },
  context: RuleContext,
): readonly HistoryEvent[] {
  const { userId } = requireParticipant(state, userEndpointId);
  requirePermission(state, context, userEndpointId, 'record');
  const key = `${ownRecorderPrefix}${recordingId}`;
  const content = { ...update, userId, userEndpointId, key, operation: 'SET', value: '{"on":true}' } as const;
  return stampEvents(state, [content], context);
}

/** Announces the end of the server's recording. Refuses with `not_recording` if none is running. */
export function stopRecording(
  state: ConferenceState,
  { userEndpointId }: StopRecordingCommand,
  context: RuleContext,
): readonly HistoryEvent[] {
  const { userId } = requireParticipant(state, userEndpointId);
  requirePermission(state, context, userEndpointId, 'record');
  const keys = ownKeysIn(state);
  if (keys.length === 0) {
    throw new RefusalError(
      'not_recording',
      'The server is not recording this conference. There is nothing to stop.',
    );
  }
  const contents = keys.map(
    (key) => ({ ...update, userId, userEndpointId, key, operation: 'REMOVE' }) as const,
  );
  return stampEvents(state, contents, context);
}

/** Announces that the server ended a recording by itself, and why. */
export function endRecording(
  state: ConferenceState,
  recordingId: string,
  reason: RecordingEndReason,
  stamp: Stamp,
): readonly HistoryEvent[] {
  if (state.ended) return [];
  return stampEvents(state, endingOwnRecorders(state, reason, recordingId), stamp);
}

function ownKeysIn({ metadata }: ConferenceState): readonly string[] {
  return Object.keys(metadata).filter((key) => key.startsWith(ownRecorderPrefix));
}
