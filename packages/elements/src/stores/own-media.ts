import { watchMedia, type Conference, type ParleyError, type PublishedStream } from '@parley-rtc/sdk';
import { createPublication, type PublicationOptions, type PublicationStore } from '@parley-rtc/sdk/bindings';
import { deviceSource } from '../page/device-source.ts';
import { chosenSpeakerId, pageDevices } from '../page/page-devices.ts';
import { remember } from '../page/remembered.ts';
import { createStore, type Store } from '../page/store.ts';
import { followBackground } from './follow-background.ts';

/** What the user should know about the own microphone and camera. */
export interface OwnWarnings {
  readonly isSpeakingMuted: boolean;
  readonly isMicrophoneSilent: boolean;
}

/** One's own media in a call. */
export interface OwnMedia {
  /** Camera and microphone. */
  readonly camera: PublicationStore;
  readonly screen: PublicationStore;
  readonly warnings: Store<OwnWarnings>;
  readonly close: () => void;
}

/**
 * Creates one's own publications. `camera` takes over what the option `publish` of `join` publishes, and otherwise publishes
 * nothing before it is toggled. What the app publishes itself counts as well.
 */
export function createOwnMedia(conference: Conference, onError: (error: ParleyError) => void): OwnMedia {
  const camera = createPublication(conference);
  const screen = createPublication(conference);
  const warnings = createStore<OwnWarnings>({ isSpeakingMuted: false, isMicrophoneSilent: false });
  let watched: PublishedStream | undefined;
  let stopWatching: (() => void) | undefined;
  const background = followBackground(camera, onError);
  const watch = (): void => {
    const { stream, state, audio, video } = camera.getSnapshot();
    // The next call on this page begins as the user left this one.
    if ((state === 'on' || state === 'muted') && !background.isHidingCamera()) {
      remember({ isCameraOn: video === 'on', isMicrophoneOn: audio === 'on' });
    }
    if (stream === watched) return;
    stopWatching?.();
    warnings.set({ isSpeakingMuted: false, isMicrophoneSilent: false });
    watched = stream;
    stopWatching =
      stream &&
      watchMedia(stream, {
        onChange: (warning, isActive) => {
          if (warning === 'speaking-while-muted') warnings.set({ isSpeakingMuted: isActive });
          if (warning === 'silent-microphone') warnings.set({ isMicrophoneSilent: isActive });
        },
      });
  };
  const stops = [
    camera.connect(cameraOptions),
    screen.connect(() => ({ screen: true, adopt: true })),
    camera.subscribe(watch),
    background.stop,
    ...[camera, screen].map((publication) => reportErrors(publication, onError)),
    followSpeaker(conference, onError),
  ];
  return {
    camera,
    screen,
    warnings: { getSnapshot: warnings.getSnapshot, subscribe: warnings.subscribe },
    close: () => {
      for (const stop of stops) stop();
      stopWatching?.();
    },
  };
}

function cameraOptions(): PublicationOptions {
  const { devices } = pageDevices().getSnapshot();
  return {
    ...deviceSource({ camera: true, microphone: true }, devices),
    allowMissing: true,
    fromJoin: true,
    adopt: true,
    devices,
  };
}

function reportErrors(publication: PublicationStore, onError: (error: ParleyError) => void): () => void {
  let reported = new Set<ParleyError>();
  return publication.subscribe(() => {
    const { error, missing } = publication.getSnapshot();
    // A device that is missing fails nothing, but the user wanted it.
    const errors = new Set([error, missing.video, missing.audio].filter((one) => one !== undefined));
    for (const one of errors) if (!reported.has(one)) onError(one);
    reported = errors;
  });
}

/** Plays everyone through the speaker that the user chose, now and after changes. */
function followSpeaker(conference: Conference, onError: (error: ParleyError) => void): () => void {
  let usedId = '';
  const follow = async (): Promise<void> => {
    const outputId = chosenSpeakerId();
    if (outputId === usedId) return;
    usedId = outputId;
    await conference.setAudioOutput(outputId);
  };
  const update = (): void => void follow().catch((error: unknown) => onError(error as ParleyError));
  let stopChoices: (() => void) | undefined;
  const connect = (): void => {
    const { devices } = pageDevices().getSnapshot();
    if (!devices || stopChoices) return;
    stopChoices = devices.subscribe(update);
    update();
  };
  const stopList = pageDevices().subscribe(connect);
  connect();
  return () => {
    stopList();
    stopChoices?.();
  };
}
