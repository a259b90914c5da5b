export type { ConferenceStatus } from '@parley-rtc/sdk/bindings';
export { type ConferenceStay, useConference } from './use-conference.ts';
export { useConferenceState } from './use-conference-state.ts';
export { type StreamView, useStreamView } from './use-stream-view.ts';
export { useActiveSpeakers } from './use-active-speakers.ts';
export { useConferenceEvent } from './use-conference-event.ts';
export { type DevicesInUse, useDevices } from './use-devices.ts';
export { useStreamQuality } from './use-stream-quality.ts';
export { type Messages, useMessages } from './use-messages.ts';
export type {
  ConnectionSnapshot,
  KindState,
  PublicationOptions,
  PublicationState,
} from '@parley-rtc/sdk/bindings';
export { type Publication, usePublication } from './use-publication.ts';
export { type PlaybackInUse, usePlayback } from './use-playback.ts';
export { useConnection } from './use-connection.ts';
export { usePermissions } from './use-permissions.ts';
export { type ModerationInUse, useModeration } from './use-moderation.ts';
export { useWaitingRoom, type WaitingRoomInUse } from './use-waiting-room.ts';
export { type RecordingInUse, useRecording } from './use-recording.ts';
