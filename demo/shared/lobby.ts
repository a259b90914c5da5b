import type { Devices, Preview } from '@parley-rtc/sdk';
import type { DeviceMenus } from './device-menus.ts';
import { hasCode, messageOf } from './message-of.ts';
import type { Sdk } from './sdk.ts';
import { createStore, type Store } from './store.ts';
import type { Wishes } from './wishes.ts';

type Wanted = Pick<Wishes, 'camera' | 'microphone'>;

interface LobbyState {
  /** What to bring into the call. */
  readonly wanted: Wanted;
  /** What camera and microphone give now. */
  readonly mediaStream: MediaStream | undefined;
  readonly isOpening: boolean;
  /** Why a device that is wanted does not work. */
  readonly problems: Readonly<Record<'camera' | 'microphone', string>>;
}

/** Camera and microphone before the call. One for the page. */
export interface Lobby extends Store<LobbyState> {
  /** How loud the microphone is, 0 to 1, ten times a second. Apart from the rest, because it changes so often. */
  readonly level: Store<{ readonly level: number }>;
  /** Opens what is wanted, unless that was done already. */
  readonly open: () => void;
  /** Opens what is wanted now, and frees what is not. Also after a problem, to try again. */
  readonly want: (wanted: Partial<Wanted>) => void;
  /** Closes the lobby, and hands over what it has open, so that the call sends it as it is. */
  readonly takePreview: () => Promise<Preview | undefined>;
}

const noProblems = { camera: '', microphone: '' };
const onlyCamera = { camera: true, microphone: false };
const onlyMicrophone = { camera: false, microphone: true };

/** Opens devices, shows them, and measures the microphone. Reacts to what is chosen in `menus`. */
export function createLobby(sdk: Sdk, menus: DeviceMenus, wishes: Wanted): Lobby {
  const store = createStore<LobbyState>({
    wanted: { camera: wishes.camera, microphone: wishes.microphone },
    mediaStream: undefined,
    isOpening: false,
    problems: noProblems,
  });
  const level = createStore({ level: 0 });
  let preview: Preview | undefined;
  let stopMeter: (() => void) | undefined;
  let stopFollowing: (() => void) | undefined;
  /** Aborts when something else is wanted, or nothing any more. */
  let opening = new AbortController();

  const measure = (mediaStream: MediaStream): void => {
    stopMeter?.();
    level.set({ level: 0 });
    // The ear goes by ratios: speech is about 0.05, which a bar of 0.05 would hardly show.
    const meter = sdk.createLevelMeter(mediaStream, {
      onLevel: (loudness) => level.set({ level: Math.min(1, Math.sqrt(loudness) * 1.5) }),
    });
    stopMeter = () => meter.stop();
  };
  const show = (next: Preview | undefined): void => {
    stopMeter?.();
    preview?.stop();
    preview = next;
    store.set({ mediaStream: next?.mediaStream });
    level.set({ level: 0 });
    if (next?.mediaStream.getAudioTracks().length) measure(next.mediaStream);
  };
  /** What fails is off, and says why. */
  const fail = (error: unknown, kinds: Wanted): void => {
    const { wanted, problems } = store.getSnapshot();
    const text = messageOf(error);
    store.set({
      wanted: {
        camera: wanted.camera && !kinds.camera,
        microphone: wanted.microphone && !kinds.microphone,
      },
      problems: {
        camera: kinds.camera ? text : problems.camera,
        microphone: kinds.microphone ? text : problems.microphone,
      },
    });
  };

  /** Both with one question to the user; when that fails, each alone, to learn which of them works. */
  const capture = async (devices: Devices, wanted: Wanted, signal: AbortSignal) => {
    const open = ({ camera, microphone }: Wanted) =>
      sdk.createPreview({
        ...(camera && { camera: devices.camera }),
        ...(microphone && { microphone: devices.microphone }),
        signal,
      });
    if (!wanted.camera && !wanted.microphone) return undefined;
    try {
      return await open(wanted);
    } catch (error) {
      if (signal.aborted) throw error;
      // Whoever closed the question does not want to be asked twice more.
      if (!wanted.camera || !wanted.microphone || hasCode(error, 'ERR_DEVICE_DISMISSED')) {
        fail(error, wanted);
        return undefined;
      }
    }
    const opened: Preview[] = [];
    for (const alone of [onlyCamera, onlyMicrophone]) {
      await open(alone).then(
        (one) => opened.push(one),
        (error: unknown) => {
          if (!signal.aborted) fail(error, alone);
        },
      );
    }
    const [first, ...others] = opened;
    for (const other of others) other.stop();
    return first;
  };

  const open = async (): Promise<void> => {
    opening.abort();
    opening = new AbortController();
    stopFollowing?.();
    const { signal } = opening;
    store.set({ isOpening: true, problems: noProblems });
    try {
      const devices = await menus.devices;
      const next = await capture(devices, store.getSnapshot().wanted, signal);
      if (signal.aborted) return next?.stop();
      show(next);
      // Labels are hidden until a device was allowed.
      await devices.refresh();
      if (signal.aborted) return;
      stopFollowing = devices.subscribe(() => void follow(devices));
    } catch (error) {
      if (signal.aborted) return;
      fail(error, store.getSnapshot().wanted);
    }
    store.set({ isOpening: false });
  };
  let opened: Promise<void> | undefined;
  const want: Lobby['want'] = (wanted) => {
    store.set({ wanted: { ...store.getSnapshot().wanted, ...wanted } });
    opened = open();
  };

  /** Shows the devices that are chosen now, and opens what could not be had before. */
  const follow = async (devices: Devices): Promise<void> => {
    const { mediaStream } = preview ?? {};
    const tracks = { camera: mediaStream?.getVideoTracks()[0], microphone: mediaStream?.getAudioTracks()[0] };
    const { wanted, problems } = store.getSnapshot();
    const isBack = (kind: keyof Wanted) => problems[kind] !== '' && devices.choice(kind).device !== undefined;
    const [isCameraBack, isMicrophoneBack] = [isBack('camera'), isBack('microphone')];
    if (isCameraBack || isMicrophoneBack) {
      want({ camera: wanted.camera || isCameraBack, microphone: wanted.microphone || isMicrophoneBack });
      return;
    }
    if (!preview || !mediaStream) return;
    const isOther = (kind: keyof Wanted) => {
      const wanted = devices.choice(kind).device?.id;
      return wanted !== undefined && tracks[kind] && tracks[kind].getSettings().deviceId !== wanted;
    };
    const camera = isOther('camera') ?? false;
    const microphone = isOther('microphone') ?? false;
    if (!camera && !microphone) return;
    try {
      await preview.switchTo({
        ...(camera && { camera: devices.camera }),
        ...(microphone && { microphone: devices.microphone }),
      });
      store.set({ problems: noProblems });
      if (microphone) measure(mediaStream);
    } catch (error) {
      fail(error, { camera, microphone });
    }
  };

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    level,
    open() {
      opened ??= open();
    },
    want,
    async takePreview() {
      await opened;
      opened = undefined;
      stopFollowing?.();
      stopMeter?.();
      const taken = preview;
      preview = undefined;
      store.set({ mediaStream: undefined });
      return taken;
    },
  };
}
