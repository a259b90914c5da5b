import { startsMuted } from '../devices/media-source.ts';
import type { PublishOptions } from '../publishing/publish-options.ts';
import type { TrackKind } from '../stream-kinds.ts';
import type { PublicationSnapshot } from './publication-state.ts';

/** Whether an object says what to publish. */
export function isSource(options: object): boolean {
  return ['camera', 'microphone', 'screen', 'preview', 'mediaStream'].some((source) => source in options);
}

/** Whether the options ask for the device of a kind. */
export function requestsDevice(options: PublishOptions | undefined, kind: TrackKind): boolean {
  if (!options) return false;
  const { camera, microphone } = devicesIn(options);
  return Boolean(kind === 'video' ? camera : microphone);
}

/**
 * Returns the options for publishing next to, or instead of, what `current` describes. What the user muted stays muted. With
 * `only`, no device opens that the user has not turned on: just that kind's, and those of the kinds already published.
 */
export function optionsFor(
  options: PublishOptions,
  current: Pick<PublicationSnapshot, TrackKind>,
  only: TrackKind | undefined,
): PublishOptions {
  const isPublished = (kind: TrackKind) => current[kind] !== 'off';
  const isMuted = (kind: TrackKind) => {
    if (kind === only) return false;
    return isPublished(kind) ? current[kind] === 'muted' : startsMuted(options.muted, kind);
  };
  const muted = { audio: isMuted('audio'), video: isMuted('video') };
  const { camera = false, microphone = false } = devicesIn(options);
  if (!only || (!camera && !microphone)) return { ...options, muted };
  const isTaken = (kind: TrackKind) => kind === only || isPublished(kind);
  return {
    ...options,
    camera: isTaken('video') && camera,
    microphone: isTaken('audio') && microphone,
    muted,
  };
}

function devicesIn(
  options: PublishOptions,
): Pick<Extract<PublishOptions, { camera?: unknown }>, 'camera' | 'microphone'> {
  return 'mediaStream' in options || 'preview' in options || 'screen' in options ? {} : options;
}
