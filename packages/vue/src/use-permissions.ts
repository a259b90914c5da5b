import { selectPermissions, type Conference, type Permissions } from '@parley-rtc/sdk';
import type { ComputedRef, MaybeRefOrGetter } from 'vue';
import { useConferenceState } from './use-conference-state.ts';

/** What we may do, also after a moderator or our token changes it. Undefined without a conference. The server makes the final decision. */
export function usePermissions(conference: Conference | (() => Conference)): ComputedRef<Permissions>;
export function usePermissions(
  conference: MaybeRefOrGetter<Conference | undefined>,
): ComputedRef<Permissions | undefined>;
export function usePermissions(
  conference: MaybeRefOrGetter<Conference | undefined>,
): ComputedRef<Permissions | undefined> {
  return useConferenceState(conference, selectPermissions);
}
