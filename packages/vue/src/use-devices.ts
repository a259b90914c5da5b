import {
  createDevices,
  type Device,
  type Devices,
  type DevicesOptions,
  type ParleyError,
} from '@parley-rtc/sdk';
import { manageResource } from '@parley-rtc/sdk/bindings';
import { onScopeDispose, shallowRef, triggerRef, type ShallowRef } from 'vue';

/** The user's devices. */
export interface DevicesInUse {
  /** Set once the devices are listed. Triggers on every change of the list, intents and choices: read them from it. */
  readonly devices: Readonly<ShallowRef<Devices | undefined>>;
  readonly list: Readonly<ShallowRef<readonly Device[]>>;
  /** Why the devices are unavailable. */
  readonly error: Readonly<ShallowRef<ParleyError | undefined>>;
}

/** Tracks the user's devices while the scope lives. */
export function useDevices(options?: DevicesOptions): DevicesInUse {
  const devices = shallowRef<Devices>();
  const list = shallowRef<readonly Device[]>([]);
  const error = shallowRef<ParleyError>();
  // There are no devices during server-side rendering.
  if (typeof window === 'undefined') return { devices, list, error };
  const release = manageResource({
    acquire: () => createDevices(options),
    release: (held) => held[Symbol.dispose](),
    onAcquired: (held) => {
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
  onScopeDispose(release);
  return { devices, list, error };
}
