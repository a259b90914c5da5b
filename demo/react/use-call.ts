import * as sdk from '@parley-rtc/sdk';
import { useEffect, useState } from 'react';
import { createCall, type Call } from '../shared/call.ts';
import type { CallJoinOptions } from '../shared/get-join-options.ts';
import { page } from './page.ts';

/** Creates the call's actions and closes them on unmount. Undefined on the first render. */
export function useCall(conference: sdk.Conference, { token }: CallJoinOptions): Call | undefined {
  const [call, setCall] = useState<Call>();
  useEffect(() => {
    const unmounted = new AbortController();
    // Delayed because StrictMode mounts twice, and the devices should be published once.
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
