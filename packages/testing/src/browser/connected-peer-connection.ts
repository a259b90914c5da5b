import { streamIn } from '../fake-sdp.ts';
import type { FakeTrack } from './fake-media.ts';
import { FakePeerConnection } from './fake-peer-connection.ts';
import type { MediaLink, MediaLinks } from './media-links.ts';
import { statsOf } from './stats-of.ts';

/** Where the peer connections of a page get their media from. */
export interface PeerSurroundings {
  readonly links: MediaLinks;
  /** How loud our own microphone is, 0 to 1. */
  readonly ownLevel: () => number;
}

/**
 * Returns a class of peer connections that connect by themselves as soon as they have an answer, and carry the media that
 * `links` knows: what a page would receive, and what it sends, for other pages of the same browser.
 */
export function connectedPeerConnections({ links, ownLevel }: PeerSurroundings): typeof FakePeerConnection {
  return class ConnectedPeerConnection extends FakePeerConnection implements MediaLink {
    #streamId: string | undefined;
    #flowingSinceMs: number | undefined;
    #flowedMs = 0;
    #failing: ReturnType<typeof setTimeout> | undefined;

    get direction(): 'publish' | 'view' {
      return this.getTransceivers().some(({ direction }) => direction === 'recvonly') ? 'view' : 'publish';
    }

    get streamId(): string | undefined {
      return this.#streamId;
    }

    override addTransceiver(
      ...added: Parameters<FakePeerConnection['addTransceiver']>
    ): ReturnType<FakePeerConnection['addTransceiver']> {
      const transceiver = super.addTransceiver(...added);
      const getStats = () => this.getStats();
      Object.assign(transceiver.sender, { getStats });
      Object.assign(transceiver.receiver, { getStats, getSynchronizationSources: () => [] });
      return Object.assign(transceiver, { setCodecPreferences: () => {} });
    }

    override async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
      await super.setLocalDescription(description);
      this.findCandidate('candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host');
    }

    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      await super.setRemoteDescription(description);
      this.#streamId = streamIn(description.sdp ?? '');
      links.add(this);
      if (this.direction === 'view') this.#receive();
      else this.#send();
      this.endGathering();
      queueMicrotask(() => this.#connect());
    }

    override async getStats(): Promise<ReadonlyMap<string, unknown>> {
      const kinds = this.getTransceivers().flatMap(({ kind, currentDirection }) =>
        currentDirection === null || currentDirection === 'inactive' ? [] : [kind],
      );
      const sinceMs = this.#flowingSinceMs;
      const flowedMs = this.#flowedMs + (sinceMs === undefined ? 0 : performance.now() - sinceMs);
      const { direction } = this;
      const audioLevel =
        sinceMs === undefined
          ? 0
          : direction === 'publish'
            ? ownLevel()
            : (links.media.get(this.#streamId ?? '')?.level() ?? 0);
      return statsOf({ direction, kinds, flowedMs, audioLevel });
    }

    override close(): void {
      this.#pause();
      clearTimeout(this.#failing);
      links.remove(this);
      super.close();
    }

    breakOff(how: 'disconnected' | 'failed'): void {
      if (this.connectionState === 'closed' || this.connectionState === 'failed') return;
      this.#pause();
      clearTimeout(this.#failing);
      this.moveIceTo(how);
      this.moveTo(how);
      if (how === 'disconnected') {
        this.#failing = setTimeout(() => this.breakOff('failed'), links.failsAfterMs);
      }
    }

    recover(): void {
      if (this.connectionState === 'disconnected' || this.connectionState === 'connecting') this.#connect();
    }

    #connect(): void {
      if (this.connectionState === 'closed') return;
      clearTimeout(this.#failing);
      if (links.isNetworkLost) {
        this.moveTo('connecting');
        this.#failing = setTimeout(() => this.breakOff('failed'), links.failsAfterMs);
        return;
      }
      this.#flowingSinceMs ??= performance.now();
      this.moveIceTo('connected');
      this.moveTo('connected');
    }

    #pause(): void {
      if (this.#flowingSinceMs !== undefined) this.#flowedMs += performance.now() - this.#flowingSinceMs;
      this.#flowingSinceMs = undefined;
    }

    /** Exchanges the tracks of the receivers for those of the stream. */
    #receive(): void {
      const media = links.media.get(this.#streamId ?? '');
      for (const { kind, receiver } of this.getTransceivers()) {
        const track = media?.[kind] as FakeTrack | undefined;
        if (track) Object.assign(receiver, { track });
      }
    }

    /** Makes what we send available to other pages of the same browser. */
    #send(): void {
      if (this.#streamId === undefined) return;
      const trackOf = (kind: 'audio' | 'video') =>
        (this.getTransceivers().find((one) => one.kind === kind)?.sender.track ?? undefined) as
          MediaStreamTrack | undefined;
      links.media.set(this.#streamId, {
        audio: trackOf('audio'),
        video: trackOf('video'),
        level: ownLevel,
      });
    }
  };
}
