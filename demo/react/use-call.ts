import * as sdk from '@parley-rtc/sdk';
import { useEffect, useState } from 'react';
import { createCall, type Call } from '../shared/call.ts';
import { page } from './page.ts';

/** Creates the call's actions and closes them on unmount. Undefined on the first render. */
export function useCall(conference: sdk.Conference): Call | undefined {
  const [call, setCall] = useState<Call>();
  useEffect(() => {
    const unmounted = new AbortController();
    // Delayed because StrictMode mounts twice, and the devices should be published once.
    queueMicrotask(() => {
      if (unmounted.signal.aborted) return;
      const created = createCall(sdk, { ...page, conference });
      setCall(created);
      unmounted.signal.addEventListener('abort', created.close);
    });
    return () => unmounted.abort();
  }, [conference]);
  return call;
}
