import type { ActiveSpeaker, Conference } from '@parley-rtc/sdk';
import { useEffect, useState } from 'react';

const noSpeakers: readonly ActiveSpeaker[] = [];

/** The active speakers, loudest first. Re-renders when the speakers or their levels change. Listens while mounted. */
export function useActiveSpeakers(conference: Conference | undefined): readonly ActiveSpeaker[] {
  const [speakers, setSpeakers] = useState(noSpeakers);
  useEffect(() => {
    const off = conference?.on('active-speakers-changed', (changed) => setSpeakers(changed.speakers));
    return () => {
      off?.();
      setSpeakers(noSpeakers);
    };
  }, [conference]);
  return speakers;
}
