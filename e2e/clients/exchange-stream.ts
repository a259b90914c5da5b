import { setTimeout as pause } from 'node:timers/promises';
import type { ApiGuest } from '../support/api-guest.ts';
import type { ClientPeer, Counts, MediaClient, MediaKind, PeerRequest } from './media-client.ts';

export type StreamType = 'MIC' | 'CAM' | 'MIC_AND_CAM';

/** One client that publishes, and one that views. */
export interface Exchange {
  readonly publisher: string;
  readonly viewer: string;
  readonly type: StreamType;
  readonly bundlePolicy: PeerRequest['bundlePolicy'];
  /** What the viewer received. */
  readonly counts: Counts;
  /** Whether that is enough of every kind of the stream, and nothing else. */
  readonly isComplete: boolean;
  /** Why it failed, if something threw. */
  readonly error?: string;
}

const kindsOf: Readonly<Record<StreamType, readonly MediaKind[]>> = {
  MIC: ['audio'],
  CAM: ['video'],
  MIC_AND_CAM: ['audio', 'video'],
};
const enough: Counts = { audio: 20, video: 5 };
const deadlineMs = 20_000;
const pollMs = 200;

/**
 * Publishes a stream with one client and views it with others, by nothing but the REST API. Viewers offer to receive
 * audio and video, whatever the stream carries.
 */
export async function exchangeStream(
  guest: ApiGuest,
  publisher: MediaClient,
  viewers: readonly MediaClient[],
  shape: Pick<Exchange, 'type' | 'bundlePolicy'>,
): Promise<Exchange[]> {
  const streamId = crypto.randomUUID();
  const { type, bundlePolicy } = shape;
  const open: ClientPeer[] = [];
  const start = async (client: MediaClient, request: PeerRequest, operation: string, command: object) => {
    const peer = await client.open(request);
    open.push(peer);
    const answer = await guest.do(operation, { streamId, sdpOffer: peer.offer, ...command });
    await peer.accept((answer as { sdpAnswer: string }).sdpAnswer);
    return peer;
  };
  const view = async (viewer: MediaClient): Promise<Exchange> => {
    const exchange = { publisher: publisher.name, viewer: viewer.name, ...shape };
    try {
      const request = { role: 'view', kinds: ['audio', 'video'], bundlePolicy } as const;
      const peer = await start(viewer, request, 'viewStream', { viewerId: crypto.randomUUID() });
      return { ...exchange, ...(await received(peer, kindsOf[type])) };
    } catch (error) {
      return { ...exchange, counts: { audio: 0, video: 0 }, isComplete: false, error: String(error) };
    }
  };
  try {
    const request = { role: 'publish', kinds: kindsOf[type], bundlePolicy } as const;
    await start(publisher, request, 'publishStream', { conferenceStreamType: type });
    return await Promise.all(viewers.map(view));
  } catch (error) {
    return viewers.map(({ name: viewer }) => ({
      publisher: publisher.name,
      viewer,
      ...shape,
      counts: { audio: 0, video: 0 },
      isComplete: false,
      error: String(error),
    }));
  } finally {
    await guest.do('unpublishStream', { streamId }).catch(() => {});
    await Promise.allSettled(open.map((peer) => peer.close()));
  }
}

/** Waits until enough has arrived of each kind, at most for the deadline. */
async function received(
  peer: ClientPeer,
  kinds: readonly MediaKind[],
): Promise<Pick<Exchange, 'counts' | 'isComplete'>> {
  const startMs = performance.now();
  for (;;) {
    const counts = await peer.count();
    const isComplete = kinds.every((kind) => counts[kind] >= enough[kind]);
    if (isComplete || performance.now() - startMs > deadlineMs) return { counts, isComplete };
    await pause(pollMs);
  }
}
