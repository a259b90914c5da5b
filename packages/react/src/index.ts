export type { ConferenceStatus } from './conference-status.ts';
export { type ConferenceStay, useConference } from './use-conference.ts';
export { useConferenceState } from './use-conference-state.ts';
export { type StreamView, useStreamView } from './use-stream-view.ts';
