import type { Listeners } from '../waiting/listeners.ts';
import { chooseDevice, type ChoiceReason, type DeviceChoice, type DeviceIntent } from './device-intent.ts';
import { deviceKinds, listDevices, type Device, type DeviceKind } from './device.ts';
import type { StoredIntents } from './stored-intents.ts';

/** A switch from one device to another. */
export interface DeviceChange {
  readonly kind: DeviceKind;
  readonly from: Device | undefined;
  readonly to: Device | undefined;
  /** The trigger: a new intent, a device that was plugged in or unplugged, or a new system default. */
  readonly cause: 'intent' | 'plugged-in' | 'unplugged' | 'system-default';
  /** How `to` fits the intent. */
  readonly reason: ChoiceReason;
}

/** Available devices, the user's intents, and the devices that fit them. */
export interface DeviceChoices {
  /** Returns all devices as last listed; the same array until something changes. */
  readonly getSnapshot: () => readonly Device[];
  /** Lists the devices again. Needed after the first granted permission, because the browser hides labels until then. */
  refresh(): Promise<readonly Device[]>;
  /** Returns the user's intent. Default: `follow-system`. */
  intent(kind: DeviceKind): DeviceIntent;
  /** Sets and stores the user's intent. Streams passed to `follow` switch automatically. */
  setIntent(kind: DeviceKind, intent: DeviceIntent): void;
  /** Returns the device that fits the intent now, and why. */
  choice(kind: DeviceKind): DeviceChoice;
}

/** Creates the choices among `devices`, which were just listed. Calls `listeners` with the switches after every change. */
export function deviceChoices(
  devices: readonly Device[],
  intents: StoredIntents,
  listeners: Listeners<readonly DeviceChange[]>,
): DeviceChoices {
  const choice = (kind: DeviceKind) => chooseDevice(ofKind(devices, kind), intents.get(kind));
  const change = (apply: () => void, causeOf: (kind: DeviceKind) => DeviceChange['cause']) => {
    const before = deviceKinds.map((kind) => choice(kind).device);
    apply();
    const changes = deviceKinds.flatMap((kind, index) => {
      const [from, { device: to, reason }] = [before[index], choice(kind)];
      return from?.id === to?.id && from?.label === to?.label
        ? []
        : [{ kind, from, to, reason, cause: causeOf(kind) }];
    });
    listeners.call(changes);
  };
  /** Counts readings of the list, which may end in another order than they began. */
  let readings = 0;
  let shown = 0;
  return {
    getSnapshot: () => devices,
    async refresh() {
      readings += 1;
      const reading = readings;
      const next = await listDevices();
      const before = devices;
      if (reading < shown) return before;
      shown = reading;
      if (JSON.stringify(next) === JSON.stringify(before)) return before;
      change(
        () => void (devices = next),
        (kind) => {
          const growth = ofKind(next, kind).length - ofKind(before, kind).length;
          return growth > 0 ? 'plugged-in' : growth < 0 ? 'unplugged' : 'system-default';
        },
      );
      return devices;
    },
    intent: (kind) => intents.get(kind),
    setIntent(kind, intent) {
      change(
        () => intents.set(kind, intent),
        () => 'intent',
      );
    },
    choice,
  };
}

function ofKind(devices: readonly Device[], kind: DeviceKind): readonly Device[] {
  return devices.filter((device) => device.kind === kind);
}
