import type { ParleyError } from '@parley-rtc/client';
import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import type { PublishedStream, TrackKind } from '../media/published-stream.ts';
import { type Device, type DeviceKind, listDevices } from './device.ts';
import { type ChoiceReason, chooseDevice, type DeviceIntent, parseIntent } from './device-intent.ts';
import { mediaDevices } from './media-devices.ts';

/** A device has taken the place of another. */
export interface DeviceChange {
  readonly kind: DeviceKind;
  readonly from: Device | undefined;
  readonly to: Device | undefined;
  /** What set it off: the user's wish, a device that came or went, or another default of the system. */
  readonly cause: 'intent' | 'plugged-in' | 'unplugged' | 'system-default';
  /** How `to` fits the intent. */
  readonly reason: ChoiceReason;
}

export interface DevicesOptions {
  /** Where intents are kept. Default: `localStorage`, where the page may use it. `null` keeps nothing. */
  readonly storage?: Pick<Storage, 'getItem' | 'setItem'> | null;
  /** Begins the names of what is stored. Default `parley`. */
  readonly storageKey?: string;
  /** A switch failed; what was used before goes on. */
  readonly onError?: (error: ParleyError) => void;
}

/** The user's devices and wishes. Listens to the browser until it is disposed of. */
export interface Devices extends Disposable {
  /** All devices, as they were listed last. The same array until something changes. */
  readonly getSnapshot: () => readonly Device[];
  /** Calls `listener` after every change of list or choice, with what was switched, until the returned function is called. */
  readonly subscribe: (listener: (changes: readonly DeviceChange[]) => void) => () => void;
  /** Lists again; needed after the first permission, because labels are hidden before. */
  refresh(): Promise<readonly Device[]>;
  intent(kind: DeviceKind): DeviceIntent;
  /** Sets and stores what the user wants. Streams that are followed switch by themselves. */
  setIntent(kind: DeviceKind, intent: DeviceIntent): void;
  /** The device that fits the intent now, and why. */
  choice(kind: DeviceKind): ReturnType<typeof chooseDevice>;
  /** For `publishStream({ camera })`: the device that fits whenever it is opened. */
  readonly camera: () => boolean | MediaTrackConstraints;
  /** For `publishStream({ microphone })`. */
  readonly microphone: () => boolean | MediaTrackConstraints;
  /** Keeps a stream on the devices that fit, until the returned function is called. */
  follow(stream: PublishedStream): () => void;
  /**
   * Plays an element on the speaker that fits, now and after changes, until the returned function is called.
   *
   * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) where the browser chooses the speaker itself.
   */
  playOnSpeaker(element: HTMLMediaElement): Promise<() => void>;
}

const kinds = ['camera', 'microphone', 'speaker'] as const;

/**
 * Looks after devices: what there is, what the user wants, and what follows from both.
 *
 * @throws InsecureOriginError (`ERR_INSECURE_ORIGIN`), UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`).
 */
export async function createDevices(options: DevicesOptions = {}): Promise<Devices> {
  const { storage = usualStorage(), storageKey = 'parley', onError = () => {} } = options;
  const browser = mediaDevices();
  const keyOf = (kind: DeviceKind) => `${storageKey}/device-intent/${kind}`;
  const intents = new Map<DeviceKind, DeviceIntent>();
  for (const kind of kinds) {
    const stored = parseIntent(attempt(() => storage?.getItem(keyOf(kind)) ?? null) ?? null);
    intents.set(kind, stored ?? { mode: 'follow-system' });
  }
  const listeners = new Set<(changes: readonly DeviceChange[]) => void>();
  let devices = await listDevices();

  const intent = (kind: DeviceKind): DeviceIntent => intents.get(kind) ?? { mode: 'follow-system' };
  const choice = (kind: DeviceKind) => chooseDevice(ofKind(devices, kind), intent(kind));
  const constraints = (kind: DeviceKind) => {
    const id = choice(kind).device?.id;
    // Exact: beside the usual sizes, browsers weigh an ideal device no more than an ideal width. What comes of a
    // function may be gone a moment later, so publishing takes any other device then.
    return id ? { deviceId: { exact: id } } : true;
  };

  /** Does `change` and tells what it switched. */
  const changing = (change: () => void, causeOf: (kind: DeviceKind) => DeviceChange['cause']) => {
    const before = kinds.map((kind) => choice(kind).device);
    change();
    const changes = kinds.flatMap((kind, index) => {
      const [from, { device: to, reason }] = [before[index], choice(kind)];
      return from?.id === to?.id && from?.label === to?.label
        ? []
        : [{ kind, from, to, reason, cause: causeOf(kind) }];
    });
    for (const listener of Array.from(listeners)) listener(changes);
  };

  const refresh = async () => {
    const next = await listDevices();
    if (JSON.stringify(next) === JSON.stringify(devices)) return devices;
    const before = devices;
    changing(
      () => {
        devices = next;
      },
      (kind) => {
        const [old, now] = [ofKind(before, kind).length, ofKind(next, kind).length];
        return now > old ? 'plugged-in' : now < old ? 'unplugged' : 'system-default';
      },
    );
    return devices;
  };
  const onDeviceChange = () => void refresh().catch(onError);
  browser.addEventListener('devicechange', onDeviceChange);

  const subscribe: Devices['subscribe'] = (listener) => {
    const own = (changes: readonly DeviceChange[]) => listener(changes);
    listeners.add(own);
    return () => listeners.delete(own);
  };
  const camera = () => constraints('camera');
  const microphone = () => constraints('microphone');

  return {
    getSnapshot: () => devices,
    subscribe,
    refresh,
    intent,
    setIntent(kind, wanted) {
      attempt(() => storage?.setItem(keyOf(kind), JSON.stringify(wanted)));
      changing(
        () => intents.set(kind, wanted),
        () => 'intent',
      );
    },
    choice,
    camera,
    microphone,
    follow(stream) {
      const align = async (kind: TrackKind) => {
        const device = choice(kind === 'video' ? 'camera' : 'microphone').device;
        const track = stream.mediaStream.getTracks().find((one) => one.kind === kind);
        const isThere = !device || track?.getSettings().deviceId === device.id;
        if (!track || isThere || stream.connectionState === 'closed') return;
        await stream.switchTo(kind === 'video' ? { camera } : { microphone });
      };
      const alignAll = () => {
        for (const kind of ['audio', 'video'] as const) align(kind).catch(onError);
      };
      // Labels are known now that a device is open.
      refresh().then(alignAll, onError);
      return subscribe(alignAll);
    },
    async playOnSpeaker(element) {
      if (typeof element.setSinkId !== 'function') throw new UnsupportedBrowserError('setSinkId');
      const sink = () => element.setSinkId(choice('speaker').device?.id ?? '');
      await sink();
      return subscribe(() => void sink().catch(onError));
    },
    [Symbol.dispose]() {
      browser.removeEventListener('devicechange', onDeviceChange);
      listeners.clear();
    },
  };
}

function ofKind(list: readonly Device[], kind: DeviceKind): readonly Device[] {
  return list.filter((device) => device.kind === kind);
}

/** Pages in some frames and modes may not even name it. */
function usualStorage(): Pick<Storage, 'getItem' | 'setItem'> | undefined {
  return attempt(() => globalThis.localStorage);
}

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
