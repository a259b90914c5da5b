import type { Clock } from '../clock.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { dropParticipant } from '../conferences/rules/leave-conference.ts';
import { endpointKeyOf } from '../endpoints/endpoint.ts';
import type { UserEndpoints } from '../endpoints/user-endpoints.ts';
import type { Sharing } from '../event-log/sharing.ts';
import { repeatEvery } from '../repeat-every.ts';

const intervalMs = 30_000;

/**
 * Regularly removes participants without an endpoint, until the returned function is called: the node that dropped the endpoint
 * died before it recorded that.
 */
export function dropGhosts(
  clock: Clock,
  sharing: Pick<Sharing, 'canJudgeSilence'>,
  conferences: Pick<Conferences, 'ongoing' | 'record'>,
  endpoints: Pick<UserEndpoints, 'has'>,
  onError: (error: unknown) => void,
): () => void {
  let suspects = new Set<string>();
  const sweep = async (): Promise<void> => {
    const former = suspects;
    suspects = new Set();
    if (!sharing.canJudgeSilence()) return;
    for (const { id: conferenceId, organizationId = '', participants } of conferences.ongoing()) {
      for (const { id: userEndpointId } of participants) {
        if (endpoints.has({ organizationId, id: userEndpointId })) continue;
        const key = `${conferenceId} ${endpointKeyOf({ organizationId, id: userEndpointId })}`;
        // Another node may be recording it now.
        suspects.add(key);
        if (!former.has(key)) continue;
        await conferences.record(conferenceId, (state, stamp) =>
          endpoints.has({ organizationId, id: userEndpointId })
            ? []
            : dropParticipant(state, { userEndpointId, reason: 'Missed keep-alives' }, stamp),
        );
      }
    }
  };
  return repeatEvery(clock, intervalMs, sweep, onError);
}
