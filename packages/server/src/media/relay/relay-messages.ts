import type { AcceptedMedia } from '../accepted-media.ts';
import type { MediaKind } from '../codecs/codec.ts';
import { codecs } from '../codecs/codecs.ts';
import type { CappingView } from '../outgoing/source-cap.ts';

/** What the router that has a stream says about it: at first, after each change, and every second. */
export interface RelayState {
  readonly media: readonly RelayedMedia[];
  readonly mutedKinds: readonly MediaKind[];
  /** Height of each layer of the video in the publisher's order, in pixels; null while it is not known. */
  readonly heightsPx: readonly (number | null | undefined)[];
  /** What the publisher would send without its viewers' cap, in bits per second; absent if it is not capped. */
  readonly uncappedBps?: number;
}

/** What the views at the other router need: at first, after each change, and every half second. */
export interface RelayDemand {
  /** What matters about the video's layers; absent if the publisher names none, and all are sent. */
  readonly layers?: LayerDemand;
  /** What all views there together mean for the publisher's bitrate. */
  readonly capping: CappingView;
}

/** Indexes of layers, in the publisher's order. */
interface LayerDemand {
  /** To send: those that are needed, or were until a few seconds ago. */
  readonly sent: readonly number[];
  /** A view may need them now. */
  readonly needed: readonly number[];
}

/** One section of the stream, with its codec by name. How retransmissions look stays with the router that repairs. */
export type RelayedMedia = Omit<AcceptedMedia, 'codec' | 'repairedSsrcs'> & { readonly codec: string };

export function writeMedia(media: readonly AcceptedMedia[]): RelayedMedia[] {
  return media.map(({ codec, repairedSsrcs: _, ...rest }) => ({ ...rest, codec: codec.name }));
}

/** @throws Error when the other router forwards a codec that this one does not know */
export function readMedia(media: readonly RelayedMedia[]): AcceptedMedia[] {
  return media.map(({ codec: name, ...rest }) => {
    const codec = codecs.find((row) => row.name === name && row.kind === rest.kind);
    if (!codec) throw new Error(`The other router forwards ${rest.kind} in the unknown codec ${name}.`);
    return { ...rest, codec };
  });
}

export function writeMessage(message: RelayState | RelayDemand): Buffer {
  return Buffer.from(JSON.stringify(message));
}

/** Reads what {@link writeMessage} wrote at a router of the same version. */
export function readMessage<Message extends RelayState | RelayDemand>(content: Buffer): Message {
  return JSON.parse(content.toString()) as Message;
}

/**
 * Several views as one: what the best of them can receive, because a view that could show more is never made to see less.
 */
export function mergeCapping(views: readonly CappingView[]): CappingView {
  const watching = views.filter(({ isWatching }) => isWatching);
  const roomsBps = watching.flatMap(({ videoBps }) => videoBps ?? []);
  const isKnown = watching.length > 0 && roomsBps.length === watching.length;
  return { isWatching: watching.length > 0, videoBps: isKnown ? Math.max(...roomsBps) : undefined };
}
