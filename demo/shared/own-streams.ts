import {
  type Conference,
  type ConferenceSnapshot,
  type PublishedStream,
  selectSelf,
  type TrackKind,
} from '@parley-rtc/sdk';
import type { Wishes } from './wishes.ts';

type Devices = Pick<Wishes, 'camera' | 'microphone'>;

/** Sends camera, microphone or both; nothing when neither is wanted. */
export async function publishDevices(
  conference: Conference,
  { camera, microphone }: Devices,
  signal?: AbortSignal,
): Promise<PublishedStream | undefined> {
  if (!camera && !microphone) return undefined;
  return conference.publishStream({ camera, microphone, ...(signal && { signal }) });
}

/**
 * Mutes or unmutes what we send. A device that we do not send yet comes in with a new stream, which takes the place of
 * the old one. Resolves with the stream that is sent then.
 */
export async function switchDevice(
  conference: Conference,
  stream: PublishedStream | undefined,
  kind: TrackKind,
): Promise<PublishedStream | undefined> {
  if (isLive(stream) && hasTrack(stream, kind)) {
    await (stream.isMuted(kind) ? stream.unmute(kind) : stream.mute(kind));
    return stream;
  }
  const isSent = (other: TrackKind) => isLive(stream) && hasTrack(stream, other) && !stream.isMuted(other);
  const next = await publishDevices(conference, {
    camera: kind === 'video' || isSent('video'),
    microphone: kind === 'audio' || isSent('audio'),
  });
  await stream?.unpublish();
  return next;
}

/** Starts or stops sharing the screen. Resolves with the stream that is sent then. */
export async function switchScreen(
  conference: Conference,
  stream: PublishedStream | undefined,
): Promise<PublishedStream | undefined> {
  if (isLive(stream)) {
    await stream.unpublish();
    return undefined;
  }
  const next = await conference.publishStream({ screen: true });
  // The browser has a button of its own to stop sharing.
  next.mediaStream.getVideoTracks()[0]?.addEventListener('ended', () => void next.unpublish());
  return next;
}

/** Whether the others get this kind of our stream now, as the conference has it. */
export function isOn(
  snapshot: ConferenceSnapshot,
  stream: PublishedStream | undefined,
  kind: TrackKind,
): boolean {
  if (!stream || !hasTrack(stream, kind)) return false;
  const isThere = selectSelf(snapshot)?.streams.some(({ id }) => id === stream.id) ?? false;
  return isThere && !(`TRACK_MUTED/${kind}/${stream.id}` in snapshot.conference.metadata);
}

function isLive(stream: PublishedStream | undefined): stream is PublishedStream {
  return stream !== undefined && stream.connectionState !== 'closed';
}

function hasTrack({ mediaStream }: PublishedStream, kind: TrackKind): boolean {
  return mediaStream.getTracks().some((track) => track.kind === kind);
}
