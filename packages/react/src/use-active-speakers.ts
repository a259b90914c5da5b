import type { ActiveSpeaker, Conference } from '@parley-rtc/sdk';
import { useEffect, useState } from 'react';

const nobody: readonly ActiveSpeaker[] = [];

/** Who speaks, the loudest first. Renders again when that, or how loud, has changed. Listens while any component asks. */
export function useActiveSpeakers(conference: Conference | undefined): readonly ActiveSpeaker[] {
  const [speakers, setSpeakers] = useState(nobody);
  useEffect(() => {
    const off = conference?.on('active-speakers-changed', (changed) => setSpeakers(changed.speakers));
    return () => {
      off?.();
      setSpeakers(nobody);
    };
  }, [conference]);
  return speakers;
}
