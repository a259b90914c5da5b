import {
  createDevices,
  type Device,
  type Devices,
  type DevicesOptions,
  type ParleyError,
} from '@parley-rtc/sdk';
import { useEffect, useReducer, useRef, useState } from 'react';
import { hold } from '@parley-rtc/sdk/bindings';

/** The user's devices, as a component sees them. */
export interface DevicesInUse {
  /** There once they are listed. Ask it for intents and choices while rendering: any change renders again. */
  readonly devices: Devices | undefined;
  readonly list: readonly Device[];
  /** Why they cannot be had. */
  readonly error: ParleyError | undefined;
}

const none: readonly Device[] = [];

/** Looks after the user's devices while the component is mounted. The options count at the first moment. */
export function useDevices(options?: DevicesOptions): DevicesInUse {
  const first = useRef(options);
  const [devices, setDevices] = useState<Devices>();
  const [error, setError] = useState<ParleyError>();
  const [, renderAgain] = useReducer((count: number) => count + 1, 0);

  useEffect(
    () =>
      hold({
        acquire: () => createDevices(first.current),
        release: (held) => held[Symbol.dispose](),
        onHeld: (held) => {
          // At once, so that no change is missed between two renders.
          held.subscribe(renderAgain);
          setDevices(held);
        },
        onFailed: setError,
      }),
    [],
  );
  return { devices, list: devices?.getSnapshot() ?? none, error };
}
