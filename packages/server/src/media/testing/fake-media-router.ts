import type { IceCandidate, ViewedVideo } from '@parley-rtc/contract';
import type { MediaKind } from '../codecs/codec.ts';
import {
  MediaError,
  type ChangedLayers,
  type LostPeer,
  type MediaRouter,
  type PeerFacts,
  type PublishRequest,
  type RecorderReport,
  type RecordRequest,
  type ViewRequest,
} from '../media-router.ts';

/**
 * A media router without media, for tests of the code around it: fulfills the interface and exposes what it received.
 * An offer that does not start with `v=0` is a bad one.
 */
export class FakeMediaRouter implements MediaRouter {
  /** The published streams, by stream key. */
  readonly streams: Map<string, PublishRequest> = new Map();
  /** The viewer ids of each stream. */
  readonly views: Map<string, Set<string>> = new Map();
  readonly candidates: IceCandidate[] = [];
  readonly videoBitrates: Map<string, number> = new Map();
  /** The kinds that are not forwarded, by stream key. */
  readonly mutedKinds: Map<string, readonly MediaKind[]> = new Map();
  /** The requested video of each view, by viewer id. */
  readonly viewedVideos: Map<string, ViewedVideo> = new Map();
  /** The running recorders, by stream key. */
  readonly recorders: Map<string, RecordRequest> = new Map();
  /** The result of {@link facts}. */
  peerFacts: readonly PeerFacts[] = [];
  isClosed: boolean = false;
  readonly #layerListeners = new Set<(changed: ChangedLayers) => void>();
  readonly #listeners = new Set<(lost: LostPeer) => void>();
  readonly #recordedFiles = new Map<string, RecorderReport['files']>();
  readonly #recordListeners = new Set<(report: RecorderReport) => void>();
  #held: (() => void)[] | undefined;

  /** Holds back all responses until the returned function is called. */
  pause(): () => void {
    const held: (() => void)[] = [];
    this.#held = held;
    return () => {
      this.#held = undefined;
      for (const go of held) go();
    };
  }

  /** Number of responses held back. */
  get heldCount(): number {
    return this.#held?.length ?? 0;
  }

  /** Simulates the loss of a peer. */
  lose(lost: LostPeer): void {
    for (const listener of this.#listeners) listener(lost);
  }

  /** Simulates a change of the viewed layers. */
  changeLayers(changed: ChangedLayers): void {
    for (const listener of this.#layerListeners) listener(changed);
  }

  async publish(request: PublishRequest): Promise<{ readonly sdpAnswer: string }> {
    requireReadable(request.sdpOffer);
    await this.#pass();
    this.streams.set(request.streamKey, request);
    return { sdpAnswer: `v=0 answer to ${request.streamKey}` };
  }

  addPublishCandidates(streamKey: string, candidates: readonly IceCandidate[]): void {
    this.#requireStream(streamKey);
    this.candidates.push(...candidates);
  }

  unpublish(streamKey: string): void {
    this.stopRecording(streamKey);
    this.streams.delete(streamKey);
    this.views.delete(streamKey);
  }

  setVideoBitrate(streamKey: string, videoBitrateBps: number): void {
    this.#requireStream(streamKey);
    this.videoBitrates.set(streamKey, videoBitrateBps);
  }

  setMuted(streamKey: string, kinds: readonly MediaKind[]): void {
    if (this.streams.has(streamKey)) this.mutedKinds.set(streamKey, kinds);
  }

  async view(request: ViewRequest): Promise<{ readonly sdpAnswer: string }> {
    requireReadable(request.sdpOffer);
    this.#requireStream(request.streamKey);
    await this.#pass();
    const viewers = this.views.get(request.streamKey) ?? new Set();
    this.views.set(request.streamKey, viewers.add(request.viewerId));
    if (request.video) this.viewedVideos.set(request.viewerId, request.video);
    return { sdpAnswer: `v=0 answer to ${request.viewerId}` };
  }

  addViewCandidates(streamKey: string, viewerId: string, candidates: readonly IceCandidate[]): void {
    this.#requireView(streamKey, viewerId);
    this.candidates.push(...candidates);
  }

  setViewedVideo(streamKey: string, viewerId: string, video: ViewedVideo): void {
    this.#requireView(streamKey, viewerId);
    this.viewedVideos.set(viewerId, video);
  }

  stopView(streamKey: string, viewerId: string): void {
    this.views.get(streamKey)?.delete(viewerId);
  }

  onPeerLost(listener: (lost: LostPeer) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onLayersChanged(listener: (changed: ChangedLayers) => void): () => void {
    this.#layerListeners.add(listener);
    return () => this.#layerListeners.delete(listener);
  }

  record(request: RecordRequest): void {
    this.#requireStream(request.streamKey);
    this.recorders.set(request.streamKey, request);
  }

  stopRecording(streamKey: string): void {
    const recorder = this.recorders.get(streamKey);
    this.recorders.delete(streamKey);
    if (!recorder) return;
    const { recorderId } = recorder;
    this.reportRecorder({ recorderId, files: this.#recordedFiles.get(recorderId) ?? [], isEnded: true });
  }

  onRecorded(listener: (report: RecorderReport) => void): () => void {
    this.#recordListeners.add(listener);
    return () => this.#recordListeners.delete(listener);
  }

  /** Simulates what a recorder reports. */
  reportRecorder(report: RecorderReport): void {
    this.#recordedFiles.set(report.recorderId, report.files);
    for (const listener of this.#recordListeners) listener(report);
  }

  facts(): Promise<readonly PeerFacts[]> {
    return Promise.resolve(this.peerFacts);
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.streams.clear();
    this.views.clear();
    return Promise.resolve();
  }

  async #pass(): Promise<void> {
    const held = this.#held;
    if (held) await new Promise<void>((resolve) => held.push(resolve));
  }

  #requireView(streamKey: string, viewerId: string): void {
    if (!this.views.get(streamKey)?.has(viewerId)) throw new MediaError('unknown_view', 'No such view.');
  }

  #requireStream(streamKey: string): void {
    if (!this.streams.has(streamKey)) throw new MediaError('unknown_stream', 'No such stream.');
  }
}

function requireReadable(sdpOffer: string): void {
  if (!sdpOffer.startsWith('v=0')) throw new MediaError('bad_offer', 'The offer is not SDP.');
}
