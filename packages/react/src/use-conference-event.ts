import type { Conference, ConferenceEvents, ConferenceListener } from '@parley-rtc/sdk';
import { useEffect, useRef } from 'react';

/**
 * Calls `listener` at every such event of the conference while the component is mounted; always the newest one, so it
 * needs no memo. Without a conference nothing is heard.
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
