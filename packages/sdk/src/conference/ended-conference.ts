import { type ConferenceState, reduce, UNKNOWN_VERSION } from '@parley-rtc/contract';

/** The conference after we have ended it, as the event that others get will make it. */
export function endedConference(conference: ConferenceState, reason: string | undefined): ConferenceState {
  const { id, version } = conference;
  return reduce(conference, {
    type: 'ConferenceEndedEvent',
    id: '',
    timestamp: new Date().toISOString(),
    conferenceId: id,
    conferenceVersion: version === UNKNOWN_VERSION ? 0 : version,
    ...(reason !== undefined && { reason }),
  });
}
