import type { Conference, ConferenceEvents, ConferenceListener } from '@parley-rtc/sdk';
import { useEffect, useRef } from 'react';

/**
 * Calls `listener` for each event `name` of the conference while the component is mounted. Always calls the latest
 * listener, so it needs no memo. Without a conference, it does nothing.
 */
export function useConferenceEvent<Name extends keyof ConferenceEvents>(
  conference: Conference | undefined,
  name: Name,
  listener: ConferenceListener<Name>,
): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => conference?.on(name, (payload) => latest.current(payload)), [conference, name]);
}
