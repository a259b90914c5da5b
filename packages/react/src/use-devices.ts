import {
  createDevices,
  type Device,
  type Devices,
  type DevicesOptions,
  type ParleyError,
} from '@parley-rtc/sdk';
import { manageResource } from '@parley-rtc/sdk/bindings';
import { useEffect, useReducer, useRef, useState } from 'react';

/** The user's devices. */
export interface DevicesInUse {
  /** Set once the devices are listed. Read intents and choices from it while rendering: any change re-renders. */
  readonly devices: Devices | undefined;
  readonly list: readonly Device[];
  /** Why the devices are unavailable. */
  readonly error: ParleyError | undefined;
}

const none: readonly Device[] = [];

/** Tracks the user's devices while the component is mounted. The options are read only on mount. */
export function useDevices(options?: DevicesOptions): DevicesInUse {
  const first = useRef(options);
  const [devices, setDevices] = useState<Devices>();
  const [error, setError] = useState<ParleyError>();
  const [, rerender] = useReducer((count: number) => count + 1, 0);

  useEffect(() => {
    const release = manageResource({
      acquire: () => createDevices(first.current),
      release: (held) => held[Symbol.dispose](),
      onAcquired: (held) => {
        // Subscribe before the next render, so that no change is missed.
        held.subscribe(rerender);
        setDevices(held);
      },
      onFailed: setError,
    });
    return () => {
      release();
      setDevices(undefined);
      setError(undefined);
    };
  }, []);
  return { devices, list: devices?.getSnapshot() ?? none, error };
}
