import {
  createLevelMeter,
  createPreview,
  type Devices,
  type ParleyError,
  type Preview,
} from '@parley-rtc/sdk';
import { asksFor } from '../page/asks-for.ts';
import { backgrounds, type Background } from '../page/backgrounds.ts';
import { deviceSource } from '../page/device-source.ts';
import { pageDevices } from '../page/page-devices.ts';
import { remember, selectionBefore, type MediaSelection } from '../page/remembered.ts';
import { shownLevel } from '../page/shown-level.ts';
import { createStore, type Store } from '../page/store.ts';

export interface LobbyState {
  readonly selection: MediaSelection;
  /** The preview of camera and microphone, also after the call has taken it over; undefined while neither is open. */
  readonly mediaStream: MediaStream | undefined;
  /** What to show of it: the same, or its video with the chosen background. */
  readonly shownStream: MediaStream | undefined;
  readonly isOpening: boolean;
  /** Whether the browser asks the user to allow the devices that open. False where the browser does not say. */
  readonly isAsking: boolean;
  /** Whether `takePreview` waits for the devices. */
  readonly isTaking: boolean;
  /** Why a device that the user selected does not work. */
  readonly problems: Readonly<Partial<Record<keyof MediaSelection, ParleyError>>>;
}

/** Camera and microphone before a call. */
export interface LobbyStore extends Store<LobbyState> {
  /** The microphone's level from 0 to 1, ten times a second: a store of its own, because it changes so often. */
  readonly level: Store<{ readonly level: number }>;
  /** Opens the selected devices, unless they are open already. */
  readonly open: () => void;
  /** Changes the selection and opens or releases devices. Tries devices again that failed. Remembers the selection. */
  readonly select: (change: Partial<MediaSelection>) => void;
  /** Hands the preview over to the call, which publishes it without opening the devices again; undefined without one. */
  readonly takePreview: () => Promise<Preview | undefined>;
  /**
   * Does without the devices that are still opening, such as while the browser's permission prompt is open: `takePreview`
   * resolves without them. Later visits begin with the selection before.
   */
  readonly skip: () => void;
  /** Releases the devices. `open` opens them again. */
  readonly close: () => void;
}

const onlyCamera = { camera: true, microphone: false };
const notOpening = { isOpening: false, isAsking: false };
const onlyMicrophone = { camera: false, microphone: true };

/** Opens devices, previews them and measures the microphone. Follows the user's choices in `pageDevices`. */
export function createLobby(initial: MediaSelection = selectionBefore()): LobbyStore {
  const store = createStore<LobbyState>({
    selection: initial,
    mediaStream: undefined,
    shownStream: undefined,
    isOpening: false,
    isAsking: false,
    isTaking: false,
    problems: {},
  });
  const level = createStore({ level: 0 });
  let preview: Preview | undefined;
  /** Aborts when what is shown needs another background, or none. */
  let drawing = new AbortController();
  let drawn: Background | undefined;
  let stopBackgrounds: (() => void) | undefined;
  let stopMeter: (() => void) | undefined;
  let stopFollowing: (() => void) | undefined;
  let opened: Promise<void> | undefined;
  /** Aborts when the selection changes. */
  let opening = new AbortController();

  const measure = (mediaStream: MediaStream): void => {
    stopMeter?.();
    const meter = createLevelMeter(mediaStream, {
      onLevel: (loudness) => level.set({ level: shownLevel(loudness) }),
    });
    stopMeter = () => meter.stop();
  };
  const show = (next: Preview | undefined): void => {
    stopMeter?.();
    preview?.stop();
    preview = next;
    store.set({ mediaStream: next?.mediaStream });
    void draw();
    level.set({ level: 0 });
    if (next?.mediaStream.getAudioTracks().length) measure(next.mediaStream);
  };
  /** Shows the preview as others would see it. */
  const draw = async (): Promise<void> => {
    drawing.abort();
    drawing = new AbortController();
    const { signal } = drawing;
    const { chosen } = backgrounds.getSnapshot();
    const [track] = preview?.mediaStream.getVideoTracks() ?? [];
    drawn = chosen;
    store.set({ shownStream: preview?.mediaStream });
    if (!track || !chosen) return;
    backgrounds.setStarting(true);
    try {
      const processor = await chosen.create();
      const processed = await processor.process(track, signal);
      if (signal.aborted) return processed.stop();
      store.set({ shownStream: new MediaStream([processed]) });
    } catch (error) {
      if (signal.aborted) return;
      store.set({ problems: { ...store.getSnapshot().problems, camera: error as ParleyError } });
      backgrounds.choose(undefined);
    } finally {
      if (!signal.aborted) backgrounds.setStarting(false);
    }
  };
  const followBackgrounds = (): void => {
    stopBackgrounds ??= backgrounds.subscribe(() => {
      if (preview && backgrounds.getSnapshot().chosen !== drawn) void draw();
    });
  };
  /** Turns failed devices off and shows why. */
  const fail = (error: ParleyError, kinds: MediaSelection): void => {
    const { selection, problems } = store.getSnapshot();
    store.set({
      selection: {
        camera: selection.camera && !kinds.camera,
        microphone: selection.microphone && !kinds.microphone,
      },
      problems: {
        ...problems,
        ...(kinds.camera && { camera: error }),
        ...(kinds.microphone && { microphone: error }),
      },
    });
  };

  /** Opens both devices with one permission prompt. If that fails, opens each alone to find out which one works. */
  const capture = async (devices: Devices, selection: MediaSelection, signal: AbortSignal) => {
    const open = (wanted: MediaSelection): Promise<Preview> =>
      createPreview({ ...deviceSource(wanted, devices), signal });
    if (!selection.camera && !selection.microphone) return undefined;
    try {
      return await open(selection);
    } catch (error) {
      if (signal.aborted) throw error;
      const problem = error as ParleyError;
      // A user who dismissed the prompt should not see two more of them.
      if (!selection.camera || !selection.microphone || problem.code === 'ERR_DEVICE_DISMISSED') {
        fail(problem, selection);
        return undefined;
      }
    }
    const ready: Preview[] = [];
    for (const alone of [onlyCamera, onlyMicrophone]) {
      await open(alone).then(
        (one) => ready.push(one),
        (error: unknown) => {
          if (!signal.aborted) fail(error as ParleyError, alone);
        },
      );
    }
    const [first, ...rest] = ready;
    for (const unneeded of rest) unneeded.stop();
    return first;
  };

  const noticePrompt = async (signal: AbortSignal): Promise<void> => {
    const isAsking = await asksFor(store.getSnapshot().selection);
    if (!signal.aborted && store.getSnapshot().isOpening) store.set({ isAsking });
  };
  const open = async (): Promise<void> => {
    opening.abort();
    opening = new AbortController();
    stopFollowing?.();
    const { signal } = opening;
    store.set({
      isOpening: true,
      problems: {},
      ...(!preview && { mediaStream: undefined, shownStream: undefined }),
    });
    void noticePrompt(signal);
    try {
      const devices = await pageDevices().ready();
      const next = await capture(devices, store.getSnapshot().selection, signal);
      if (signal.aborted) return next?.stop();
      show(next);
      // Browsers hide device labels until the user has allowed a device.
      await devices.refresh();
      if (signal.aborted) return;
      stopFollowing = devices.subscribe(() => void follow(devices));
    } catch (error) {
      if (signal.aborted) return;
      fail(error as ParleyError, store.getSnapshot().selection);
    }
    store.set(notOpening);
  };
  const select: LobbyStore['select'] = (change) => {
    const selection = { ...store.getSnapshot().selection, ...change };
    store.set({ selection });
    remember({ isCameraOn: selection.camera, isMicrophoneOn: selection.microphone });
    opened = open();
  };

  /** Switches to newly chosen devices, and opens devices that failed before and are back. */
  const follow = async (devices: Devices): Promise<void> => {
    const { selection, problems } = store.getSnapshot();
    const isBack = (kind: keyof MediaSelection): boolean =>
      problems[kind] !== undefined && devices.choice(kind).device !== undefined;
    const back = { camera: isBack('camera'), microphone: isBack('microphone') };
    if (back.camera || back.microphone) {
      select({
        camera: selection.camera || back.camera,
        microphone: selection.microphone || back.microphone,
      });
      return;
    }
    if (!preview) return;
    const { mediaStream } = preview;
    const tracks = { camera: mediaStream.getVideoTracks()[0], microphone: mediaStream.getAudioTracks()[0] };
    const isOther = (kind: keyof MediaSelection): boolean => {
      const chosenId = devices.choice(kind).device?.id;
      const track = tracks[kind];
      return chosenId !== undefined && track !== undefined && track.getSettings().deviceId !== chosenId;
    };
    const other = { camera: isOther('camera'), microphone: isOther('microphone') };
    if (!other.camera && !other.microphone) return;
    try {
      await preview.switchTo(deviceSource(other, devices));
      store.set({ problems: {} });
      if (other.camera) void draw();
      if (other.microphone) measure(mediaStream);
    } catch (error) {
      fail(error as ParleyError, other);
    }
  };
  const stopWatching = (): void => {
    stopBackgrounds?.();
    stopBackgrounds = undefined;
    drawing.abort();
    stopFollowing?.();
    stopMeter?.();
    opened = undefined;
  };

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    level: { getSnapshot: level.getSnapshot, subscribe: level.subscribe },
    open: () => {
      followBackgrounds();
      opened ??= open();
    },
    select,
    takePreview: async () => {
      store.set({ isTaking: store.getSnapshot().isOpening });
      await opened;
      store.set({ isTaking: false });
      stopWatching();
      const taken = preview;
      preview = undefined;
      return taken;
    },
    skip: () => {
      if (!store.getSnapshot().isOpening) return;
      opening.abort();
      store.set({ ...notOpening, selection: { camera: false, microphone: false }, problems: {} });
    },
    close: () => {
      opening.abort();
      stopWatching();
      show(undefined);
      store.set(notOpening);
    },
  };
}
