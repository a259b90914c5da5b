import type { Conferences } from './conferences/conferences.ts';
import { resumeConference } from './conferences/resume-conference.ts';
import type { UserEndpoints } from './endpoints/user-endpoints.ts';

/**
 * Takes up conferences and endpoints where the former process left them. Streams, whose media died with it, are
 * withdrawn by events; endpoints stay inside and have the full time to be heard of again.
 */
export async function resumeAfterRestart(conferences: Conferences, endpoints: UserEndpoints): Promise<void> {
  const states = await conferences.load();
  const participants = states.flatMap((state) => state.participants);
  const sickIds = new Set(participants.filter(({ state }) => state === 'SICK').map(({ id }) => id));
  const knownIds = endpoints.restore((id) => sickIds.has(id));
  await Promise.all(
    states.map(({ id }) =>
      conferences.record(id, (state, stamp) => resumeConference(state, knownIds, stamp)),
    ),
  );
}
