import { parseIntent, type DeviceIntent } from './device-intent.ts';
import { deviceKinds, type DeviceKind } from './device.ts';

export type IntentStorage = Pick<Storage, 'getItem' | 'setItem'>;

/** The user's intent for each kind of device, kept between visits. */
export interface StoredIntents {
  get(kind: DeviceKind): DeviceIntent;
  set(kind: DeviceKind, intent: DeviceIntent): void;
}

/** Reads the intents in `storage`. Without storage, or when the page may not use it, intents last for this visit only. */
export function storedIntents(storage: IntentStorage | null | undefined, storageKey: string): StoredIntents {
  const keyOf = (kind: DeviceKind) => `${storageKey}/device-intent/${kind}`;
  const read = (kind: DeviceKind) => parseIntent(attempt(() => storage?.getItem(keyOf(kind))) ?? null);
  const intents = new Map(deviceKinds.map((kind) => [kind, read(kind)]));
  return {
    get: (kind) => intents.get(kind) ?? { mode: 'follow-system' },
    set(kind, intent) {
      intents.set(kind, intent);
      attempt(() => storage?.setItem(keyOf(kind), JSON.stringify(intent)));
    },
  };
}

/** Returns `localStorage` if the page may use it; in some frames and modes even reading the property throws. */
export function pageStorage(): IntentStorage | undefined {
  return attempt(() => globalThis.localStorage);
}

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
