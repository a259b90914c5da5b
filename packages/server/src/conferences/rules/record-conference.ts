import type {
  ConferenceState,
  HistoryEvent,
  StartRecordingCommand,
  StopRecordingCommand,
} from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { requireMayRecord } from './may-record.ts';
import { requireParticipant } from './preconditions.ts';
import type { RuleContext, Stamp } from './rule-context.ts';
import { stampEvents, type EventContent } from './stamp-events.ts';

/**
 * Starts the metadata keys of the server's own recordings. Other keys that start with `RECORDER` belong to recorders
 * outside this server, so it never touches them.
 */
export const ownRecorderPrefix = 'RECORDER/server/';

/** The id of the server's recording that runs; undefined if none does. */
export function runningRecordingOf({ metadata }: ConferenceState): string | undefined {
  const key = Object.keys(metadata).find((name) => name.startsWith(ownRecorderPrefix));
  return key?.slice(ownRecorderPrefix.length);
}

/** Announces a recording to everyone; no event if one is running. */
export function startRecording(
  state: ConferenceState,
  { userEndpointId, recordingId }: StartRecordingCommand & { readonly recordingId: string },
  context: RuleContext,
): readonly HistoryEvent[] {
  const { userId } = requireParticipant(state, userEndpointId);
  requireMayRecord(state, context.actor);
  if (runningRecordingOf(state) !== undefined) return [];
  const key = `${ownRecorderPrefix}${recordingId}`;
  const content = { ...update, userId, userEndpointId, key, operation: 'SET', value: '{"on":true}' } as const;
  return stampEvents(state, [content], context);
}

/** Announces the end of the server's recording. Refuses with `not_found` if none is running. */
export function stopRecording(
  state: ConferenceState,
  { userEndpointId }: StopRecordingCommand,
  context: RuleContext,
): readonly HistoryEvent[] {
  const { userId } = requireParticipant(state, userEndpointId);
  requireMayRecord(state, context.actor);
  const keys = Object.keys(state.metadata).filter((key) => key.startsWith(ownRecorderPrefix));
  if (keys.length === 0) {
    throw new RefusalError(
      'not_found',
      'The server is not recording this conference. There is nothing to stop.',
    );
  }
  const contents = keys.map(
    (key) => ({ ...update, userId, userEndpointId, key, operation: 'REMOVE' }) as const,
  );
  return stampEvents(state, contents, context);
}

/** Announces that the server ended a recording by itself. */
export function endRecording(
  state: ConferenceState,
  recordingId: string,
  stamp: Stamp,
): readonly HistoryEvent[] {
  if (state.ended) return [];
  const key = `${ownRecorderPrefix}${recordingId}`;
  return stampEvents(
    state,
    removing(state, (name) => name === key),
    stamp,
  );
}

/** Removes the entries of recordings that a former process left running. */
export function removingOwnRecorders(state: ConferenceState): readonly EventContent[] {
  return removing(state, (key) => key.startsWith(ownRecorderPrefix));
}

const update = { type: 'ConferenceMetadataUpdatedEvent' } as const;

/** In the name of whoever started the recording. */
function removing(
  { metadata }: ConferenceState,
  isRemoved: (key: string) => boolean,
): readonly EventContent[] {
  return Object.entries(metadata)
    .filter(([key]) => isRemoved(key))
    .map(([key, { userId = '', userEndpointId = '' }]) => ({
      ...update,
      userId,
      userEndpointId,
      key,
      operation: 'REMOVE',
    }));
}
