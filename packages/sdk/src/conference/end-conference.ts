import { NotFoundError, withDeadline, type RtcApi } from '@parley-rtc/client';
import { reduce, UNKNOWN_VERSION, type ConferenceState } from '@parley-rtc/contract';
import type { OwnIds } from './metadata-calls.ts';

/** How long ending a conference may take, including rejoining first if the server has dropped us. */
const endTimeoutMs = 15_000;

export interface EndOptions {
  readonly reason: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Rejoins. Resolves with whether there is still a conference to end. */
  readonly rejoin: (cause: NotFoundError, signal: AbortSignal) => Promise<boolean>;
}

/** Ends the conference for all participants. Resolves, too, if somebody else has ended it already. */
export async function endConference(
  api: Pick<RtcApi, 'end'>,
  own: OwnIds,
  { reason, signal, rejoin }: EndOptions,
): Promise<void> {
  const deadline = { operation: 'end', signals: [signal], timeoutMs: endTimeoutMs };
  await withDeadline(deadline, async ({ signal }) => {
    const end = () => api.end({ ...own, ...(reason !== undefined && { reason }) }, { signal });
    try {
      await end();
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      // Either the conference is over, or the server dropped our endpoint and we have not noticed. Rejoining tells.
      if (await rejoin(error, signal)) await end();
    }
  });
}

/** Returns the conference as the end event, which is still on its way, will leave it. */
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
