import { createDevices, type Devices, type ParleyError } from '@parley-rtc/sdk';
import { createStore, type Store } from '../page/store.ts';

/** The devices of this page, once they can be listed. */
export interface PageDevices {
  /** Undefined until the browser has listed them, and where it cannot. */
  readonly devices: Devices | undefined;
  /** Why they cannot be listed, or why the last switch failed. */
  readonly error: ParleyError | undefined;
}

export interface PageDevicesStore extends Store<PageDevices> {
  /** Rejects with a ParleyError if the page cannot use devices. */
  readonly ready: () => Promise<Devices>;
}

let ofThisPage: PageDevicesStore | undefined;

/** The devices of the page: one list for the lobby, all menus and every call, created with its first use. */
export function pageDevices(): PageDevicesStore {
  return (ofThisPage ??= createPageDevices());
}

/** The id of the speaker that the user chose; '' for the system's, also while the chosen one is not connected. */
export function chosenSpeakerId(): string {
  const choice = pageDevices().getSnapshot().devices?.choice('speaker');
  return choice?.reason === 'chosen' ? (choice.device?.id ?? '') : '';
}

function createPageDevices(): PageDevicesStore {
  const store = createStore<PageDevices>({ devices: undefined, error: undefined });
  const fail = (error: ParleyError): void => store.set({ error });
  let opening: Promise<Devices> | undefined;
  const open = async (): Promise<Devices> => {
    const devices = await createDevices({ onError: fail });
    store.set({ devices, error: undefined });
    return devices;
  };
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    ready: () => {
      opening ??= open();
      opening.catch((error: unknown) => {
        // A page that was insecure or too old stays so, but a refused list may be granted later.
        opening = undefined;
        fail(error as ParleyError);
      });
      return opening;
    },
  };
}
