import { atBoundary, createLogs, withBoundary, type ParleyError } from '@parley-rtc/client';
import { moveToOutput } from '../audio-output.ts';
import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import { ListenerError } from '../errors/conference-errors.ts';
import type { TrackKind } from '../stream-kinds.ts';
import { latestValue } from '../waiting/latest-value.ts';
import { Listeners } from '../waiting/listeners.ts';
import { deviceChoices, type DeviceChange, type DeviceChoices } from './device-choices.ts';
import type { DeviceChoice } from './device-intent.ts';
import { listDevices, type DeviceKind } from './device.ts';
import { mediaDevices } from './media-devices.ts';
import type { DeviceSource } from './media-source.ts';
import { pageStorage, storedIntents, type IntentStorage } from './stored-intents.ts';

export interface DevicesOptions {
  /** Where to store intents. Default: `localStorage`, if the page may use it. `null` stores nothing. */
  readonly storage?: IntentStorage | null;
  /** Prefix of the keys in `storage`. Default `parley`. */
  readonly storageKey?: string;
  /**
   * Receives errors that no promise reports: a failed switch (the previous device stays in use), and what a subscriber
   * threw, as a `ListenerError` (`ERR_LISTENER`) of `devices`. Without it, a subscriber's error becomes an uncaught error.
   */
  readonly onError?: (error: ParleyError) => void;
}

/** The kinds of track that each kind of device captures. */
const trackKinds: Readonly<Record<DeviceKind, readonly TrackKind[]>> = {
  camera: ['video'],
  microphone: ['audio'],
  speaker: [],
};

/** The part of a `PublishedStream` that `Devices.follow` needs. */
export interface FollowedStream {
  readonly mediaStream: MediaStream;
  readonly connectionState: RTCPeerConnectionState;
  /** The id of the device that captures a kind. Default: that of the track in `mediaStream`. */
  deviceIdOf?(kind: TrackKind): string | undefined;
  switchTo(devices: DeviceSource): Promise<void>;
}

/** The user's devices and intents. Listens to the browser until disposed. */
export interface Devices extends DeviceChoices, Disposable {
  /** Calls `listener` with the switches after every change of list or choices, until the returned function is called. */
  readonly subscribe: (listener: (changes: readonly DeviceChange[]) => void) => () => void;
  /** Pass it as `publishStream({ camera })`: requests the device that fits each time the camera is opened. */
  readonly camera: () => boolean | MediaTrackConstraints;
  /** Pass it as `publishStream({ microphone })`: requests the device that fits each time the microphone is opened. */
  readonly microphone: () => boolean | MediaTrackConstraints;
  /** Keeps a stream on the devices that fit the intents, until the returned function is called. */
  follow(stream: FollowedStream): () => void;
  /**
   * Plays an element on the speaker that fits the intent, now and after changes, until the returned function is called.
   *
   * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) where the browser chooses the speaker itself;
   * AudioOutputError (`ERR_AUDIO_OUTPUT`) when it refuses the speaker.
   */
  playOnSpeaker(element: HTMLMediaElement): Promise<() => void>;
}

/**
 * Lists the devices, stores the user's intents, and chooses which devices to use.
 *
 * @throws InsecureOriginError (`ERR_INSECURE_ORIGIN`), UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`).
 */
export function createDevices(options: DevicesOptions = {}): Promise<Devices> {
  return atBoundary('createDevices', () => watchDevices(options));
}

async function watchDevices(options: DevicesOptions): Promise<Devices> {
  const { storage = pageStorage(), storageKey = 'parley', onError } = options;
  const browser = mediaDevices();
  const listeners = new Listeners<readonly DeviceChange[]>((cause) => {
    // Stays uncaught, because the app passed no error handler.
    if (!onError) throw cause;
    onError(new ListenerError('devices', { cause }));
  });
  const choices = deviceChoices(await listDevices(), storedIntents(storage, storageKey), listeners);
  const subscribe: Devices['subscribe'] = (listener) => listeners.add(listener);
  const log = createLogs()('devices');
  const onFailure = (error: ParleyError) => {
    log('warn', 'not switched', {}, error);
    onError?.(error);
  };
  listeners.add((changes) => {
    for (const { kind, cause, reason } of changes) log('info', 'device changed', { kind, cause, reason });
  });
  const onDeviceChange = () => void choices.refresh().catch(onFailure);
  browser.addEventListener('devicechange', onDeviceChange);
  const devices: Devices = {
    ...choices,
    subscribe,
    camera: () => constraints(choices.choice('camera')),
    microphone: () => constraints(choices.choice('microphone')),
    follow(stream) {
      let isOver = false;
      const align = async (kind: TrackKind) => {
        const { device } = choices.choice(kind === 'video' ? 'camera' : 'microphone');
        const track = stream.mediaStream.getTracks().find((one) => one.kind === kind);
        // A processed track has an id of its own.
        const deviceId = stream.deviceIdOf ? stream.deviceIdOf(kind) : track?.getSettings().deviceId;
        const isThere = !device || deviceId === device.id;
        if (!track || isThere || stream.connectionState === 'closed') return;
        await stream.switchTo(
          kind === 'video' ? { camera: devices.camera } : { microphone: devices.microphone },
        );
      };
      const alignAll = (kinds: readonly TrackKind[]) => {
        for (const kind of kinds) align(kind).catch(onFailure);
      };
      // Labels are known now that a device is open.
      const alignFirst = () => {
        if (!isOver) alignAll(['audio', 'video']);
      };
      choices.refresh().then(alignFirst, onFailure);
      // Choosing a microphone must not touch the camera.
      const stop = subscribe((changes) => alignAll(changes.flatMap(({ kind }) => trackKinds[kind])));
      return () => {
        isOver = true;
        stop();
      };
    },
    async playOnSpeaker(element) {
      if (typeof element.setSinkId !== 'function') throw new UnsupportedBrowserError('setSinkId');
      const play = latestValue<void>(() =>
        moveToOutput(element, choices.choice('speaker').device?.id ?? '', 'playOnSpeaker'),
      );
      // First, because the user may choose another speaker while the element moves.
      const stop = subscribe(() => void play().catch(onFailure));
      try {
        await play();
      } catch (error) {
        stop();
        throw error;
      }
      return stop;
    },
    [Symbol.dispose]() {
      browser.removeEventListener('devicechange', onDeviceChange);
      listeners.clear();
    },
  };
  return withBoundary(devices);
}

/**
 * Returns the constraints that open a device. They are exact, because browsers weigh an ideal device no more than an ideal
 * width. Publishing falls back to any other device if this one is gone by then.
 */
function constraints({ device }: DeviceChoice): boolean | MediaTrackConstraints {
  return device?.id ? { deviceId: { exact: device.id } } : true;
}
