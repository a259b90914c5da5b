import { selectPermissions, type Conference, type Permissions } from '@parley-rtc/sdk';
import { useConferenceState } from './use-conference-state.ts';

/** What we may do, also after a moderator or our token changes it. Undefined without a conference. The server makes the final decision. */
export function usePermissions(conference: Conference): Permissions;
export function usePermissions(conference: Conference | undefined): Permissions | undefined;
export function usePermissions(conference: Conference | undefined): Permissions | undefined {
  return useConferenceState(conference, selectPermissions);
}
