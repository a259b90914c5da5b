import type { Conference } from '@parley-rtc/sdk';
import { connectionOf, type ConnectionSnapshot } from '@parley-rtc/sdk/bindings';
import { useMemo, useSyncExternalStore } from 'react';

const never = () => () => {};

/**
 * Our connection to the conference, and the quality of what we publish: enough for a banner. Undefined without a conference.
 * Streams are measured while any component uses this hook.
 */
export function useConnection(conference: Conference): ConnectionSnapshot;
export function useConnection(conference: Conference | undefined): ConnectionSnapshot | undefined;
export function useConnection(conference: Conference | undefined): ConnectionSnapshot | undefined {
  const store = useMemo(() => conference && connectionOf(conference), [conference]);
  const read = store?.getSnapshot ?? (() => undefined);
  return useSyncExternalStore(store?.subscribe ?? never, read, read);
}
