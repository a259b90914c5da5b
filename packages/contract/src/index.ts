export type * from './types.ts';
export type * from './events.ts';
export type { ConferenceState, MetadataEntry, Participant, Stream } from './conference-state.ts';
export { findParticipant, findStream, UNKNOWN_VERSION } from './conference-state.ts';
export {
  LOBBY_KEY,
  LOCKED_KEY,
  lobbyEntry,
  lobbyInEntry,
  participantOfPermissions,
  permissionsInEntry,
  permissionsKey,
  SERVER_KEY_PREFIX,
  type LobbyEntry,
} from './moderation-keys.ts';
export { mayPublish, ordinaryPermissions, readPermissions, readProfile } from './permissions.ts';
export { decodeEvent, UndecodableEventError } from './decode-event.ts';
export { createdConference, reduce } from './reduce.ts';
export { follow, type AppliedEvent, type Followed } from './follow.ts';
export {
  conferenceFromSimpleView,
  conferenceFromWire,
  conferenceToSimpleView,
  conferenceToWire,
} from './wire.ts';
