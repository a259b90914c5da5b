import type {
  ConferenceState,
  HistoryEvent,
  RecordingEndReason,
  StartRecordingCommand,
  StopRecordingCommand,
} from '@parley-rtc/contract';
import type { Actor } from '../../actor.ts';
import { RefusalError } from '../../refusal.ts';
import { isCreator, requireParticipant } from './preconditions.ts';
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

/** Announces the end of the server's recording. Refuses with `not_recording` if none is running. */
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

/**
 * Announces that the server ended a recording by itself: first why, for those who read the entry, then its removal, which is
 * all that other clients read.
 */
export function endRecording(
  state: ConferenceState,
  recordingId: string,
  reason: RecordingEndReason,
  stamp: Stamp,
): readonly HistoryEvent[] {
  if (state.ended) return [];
  return stampEvents(state, removing(state, `${ownRecorderPrefix}${recordingId}`, reason), stamp);
}

/** Ends the recordings that a former process left running. */
export function removingOwnRecorders(state: ConferenceState): readonly EventContent[] {
  return removing(state, ownRecorderPrefix, 'interrupted');
}

/** Refuses with `forbidden` when the actor may not start or stop recordings of the conference. */
function requireMayRecord(state: ConferenceState, actor: Actor): void {
  if (actor.rights.has('moderate') || isCreator(state, actor)) return;
  throw new RefusalError(
    'forbidden',
    "Only the conference's creator and moderators may record it. Use a token with such a role.",
  );
}

const update = { type: 'ConferenceMetadataUpdatedEvent' } as const;

/** In the name of whoever started the recording. */
function removing(
  { metadata }: ConferenceState,
  prefix: string,
  reason: RecordingEndReason,
): readonly EventContent[] {
  const value = JSON.stringify({ on: false, reason });
  return Object.entries(metadata)
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([key, { userId = '', userEndpointId = '' }]) => {
      const entry = { ...update, userId, userEndpointId, key };
      return [
        { ...entry, operation: 'SET', value },
        { ...entry, operation: 'REMOVE' },
      ];
    });
}
