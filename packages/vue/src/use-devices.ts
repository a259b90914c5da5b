import {
  createDevices,
  type Device,
  type Devices,
  type DevicesOptions,
  type ParleyError,
} from '@parley-rtc/sdk';
import { hold } from '@parley-rtc/sdk/bindings';
import { onScopeDispose, type ShallowRef, shallowRef, triggerRef } from 'vue';

/** The user's devices, as a component sees them. */
export interface DevicesInUse {
  /** There once they are listed. Triggers at every change of list, intents and choices, so ask it for these. */
  readonly devices: Readonly<ShallowRef<Devices | undefined>>;
  readonly list: Readonly<ShallowRef<readonly Device[]>>;
  /** Why they cannot be had. */
  readonly error: Readonly<ShallowRef<ParleyError | undefined>>;
}

/** Looks after the user's devices while the scope lives. */
export function useDevices(options?: DevicesOptions): DevicesInUse {
  const devices = shallowRef<Devices>();
  const list = shallowRef<readonly Device[]>([]);
  const error = shallowRef<ParleyError>();
  // Nobody has devices where a page is only rendered.
  if (typeof window === 'undefined') return { devices, list, error };
  const letGo = hold({
    acquire: () => createDevices(options),
    release: (held) => held[Symbol.dispose](),
    onHeld: (held) => {
      devices.value = held;
      list.value = held.getSnapshot();
      held.subscribe(() => {
        list.value = held.getSnapshot();
        triggerRef(devices);
      });
    },
    onFailed: (failure) => {
      error.value = failure;
    },
  });
  onScopeDispose(letGo);
  return { devices, list, error };
}
