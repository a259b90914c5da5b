import * as sdk from '@parley-rtc/sdk';
import { useEffect, useState } from 'react';
import { type Call, createCall } from '../shared/call.ts';
import type { Entry } from '../shared/get-in.ts';
import { page } from './page.ts';

/** What we do in a conference, for as long as the component is mounted; undefined for a moment. */
export function useCall(conference: sdk.Conference, { token }: Entry): Call | undefined {
  const [call, setCall] = useState<Call>();
  useEffect(() => {
    const unmounted = new AbortController();
    // In a moment, because StrictMode mounts twice, and what is sent should be sent once.
    queueMicrotask(() => {
      if (unmounted.signal.aborted) return;
      const created = createCall(sdk, { ...page, conference, token });
      setCall(created);
      unmounted.signal.addEventListener('abort', created.close);
    });
    return () => unmounted.abort();
  }, [conference, token]);
  return call;
}
