export type { ConferenceStatus } from '@parley-rtc/sdk/bindings';
export { type ConferenceStay, useConference } from './use-conference.ts';
export { useConferenceState } from './use-conference-state.ts';
export { type StreamView, useStreamView } from './use-stream-view.ts';
