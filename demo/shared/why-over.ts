import { hasCode } from './message-of.ts';

/** Says why the user is out of the call. `problem` is the last error of the conference. */
export function whyOver(connection: 'left' | 'ended' | 'removed', problem: unknown): string {
  if (connection === 'ended') return 'The call has ended';
  if (connection === 'removed') return 'The host removed you from the call';
  return hasCode(Object(problem), 'ERR_ENDPOINT_LOST') ? 'You were disconnected' : 'You left the call';
}
