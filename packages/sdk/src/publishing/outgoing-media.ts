import { withDeadline, type ParleyError } from '@parley-rtc/client';
import type { MetadataEntry } from '@parley-rtc/contract';
import { tracksOf } from '../devices/capture.ts';
import { startsMuted, type Captured } from '../devices/media-source.ts';
import { applyEncodings } from '../encoding/apply-encodings.ts';
import { startBitrateFor } from '../encoding/encodings-for.ts';
import { tuneAnswer } from '../encoding/tune-answer.ts';
import { StreamTypeMismatchError } from '../errors/media-errors.ts';
import type { TrackKind } from '../stream-kinds.ts';
import { latestValue } from '../waiting/latest-value.ts';
import { frameSizeIntervalMs } from '../waiting/recovery-policy.ts';
import { repeatEvery } from '../waiting/repeat-every.ts';
import { addTracks } from './add-tracks.ts';
import { contentHintFor } from './content-hint.ts';
import { isSameSize, sentFrameSize, settledSize } from './frame-size.ts';
import { MuteEntries } from './mute-entries.ts';
import { MuteSwitch } from './mute-switch.ts';
import type { PublishCalls } from './publish-calls.ts';
import type { PublishOptions } from './publish-options.ts';
import { TrackSlot } from './track-slot.ts';
import { planVideo, type FrameSize, type VideoPlan } from './video-plan.ts';

export interface OutgoingMediaOptions {
  readonly captured: Captured;
  readonly options: PublishOptions;
  readonly streamId: () => string;
  readonly calls: Pick<PublishCalls, 'setMuted'>;
  readonly isHeld: () => boolean;
  readonly onScreenEnded: () => void;
  /** Another track is sent from now on. */
  readonly onTrackReplaced: () => void;
  /** The entry with which a moderator mutes a kind of the stream with this id, as the state says now. */
  readonly mutedBy: (streamId: string, kind: TrackKind) => MetadataEntry | undefined;
  readonly onMutedBy: (kind: TrackKind, entry: MetadataEntry) => void;
  /** Encrypts what a new transceiver sends, if the conference is encrypted. */
  readonly encrypt: (transceiver: RTCRtpTransceiver) => void;
  readonly onProblem: (error: ParleyError) => void;
}

const kinds = ['audio', 'video'] as const;

/** One kind of a stream: where it comes from, and whether it is muted. */
interface Outgoing {
  readonly slot: TrackSlot;
  readonly muting: MuteSwitch;
}

/** The tracks of one published stream: their sources, and how they are encoded. */
export class OutgoingMedia {
  readonly entries: MuteEntries;
  readonly #options: OutgoingMediaOptions;
  readonly #plan: VideoPlan;
  readonly #closing = new AbortController();
  readonly #outgoing: Partial<Record<TrackKind, Outgoing>> = {};
  #stopWatching = () => {};
  #senders: Partial<Record<TrackKind, RTCRtpSender>> = {};
  /** What every new connection sends. */
  readonly #tracks: Record<TrackKind, MediaStreamTrack | undefined> = { audio: undefined, video: undefined };
  /** Aborts when the current connection is replaced or closed. */
  #connected = new AbortController();
  /** The simulcast layers that are viewed; undefined until the server names them. */
  #activeRids: readonly string[] | undefined;

  constructor(options: OutgoingMediaOptions) {
    const { captured, calls, streamId } = options;
    this.#options = options;
    this.#plan = planVideo(captured.type, options.options);
    this.entries = new MuteEntries(streamId, calls.setMuted);
    for (const kind of kinds) {
      const [track] = tracksOf(captured.mediaStream, kind);
      if (track || captured.requests[kind] !== undefined) this.#outgoing[kind] = this.#create(kind, track);
    }
    this.#plan.size = settledSize(...tracksOf(captured.mediaStream, 'video'));
  }

  /** The limit of all video layers together, in bits per second; 0 for none. */
  get videoBitrateBps(): number {
    return this.#plan.maxBitrateBps;
  }

  /** The kinds that other participants must see as muted. */
  get mutedKinds(): readonly TrackKind[] {
    return kinds.filter((kind) => this.#outgoing[kind]?.muting.isMuted);
  }

  /** Opens devices that ended since they were captured. @throws TrackEndedError (`ERR_TRACK_ENDED`) if that is impossible. */
  async begin(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#all.map(({ slot }) => slot.begin(signal)));
  }

  /** Follows the sources from now on: their end, and the size of the video. */
  watch(): void {
    if (!this.#closing.signal.aborted) {
      this.#stopWatching = repeatEvery(frameSizeIntervalMs, () => this.#watch());
    }
  }

  /** Adds the tracks to a new connection. */
  addTo(peer: RTCPeerConnection): void {
    const { captured, options, encrypt } = this.#options;
    const tracks = kinds.flatMap((kind) => {
      return this.#outgoing[kind] ? [{ kind, track: this.#tracks[kind] }] : [];
    });
    this.#connected.abort();
    this.#connected = new AbortController();
    // The server has not said yet which layers of the new connection are viewed.
    this.#activeRids = undefined;
    this.#senders = addTracks(peer, captured.mediaStream, tracks, this.#plan, options, encrypt);
  }

  /** Adds encoder settings to the server's answer. */
  tune(sdpAnswer: string): string {
    const { dtx = true } = this.#options.options;
    const startBitrateBps =
      this.#outgoing.video && startBitrateFor(this.#plan.encodings(), this.#plan.isScreen);
    return tuneAnswer(sdpAnswer, { dtx, ...(startBitrateBps && { startBitrateBps }) });
  }

  /**
   * Sets the encodings again after an answer. A server without simulcast keeps only the smallest layer, which must then carry
   * the full size.
   */
  async encode(): Promise<void> {
    await this.#encode();
  }

  async limitVideo(bitrateBps: number): Promise<void> {
    this.#plan.maxBitrateBps = bitrateBps;
    await this.#encode();
  }

  /** Sends only the simulcast layers that are viewed. */
  setActiveLayers(rids: readonly string[]): void {
    this.#activeRids = rids;
    void this.#encode();
  }

  /** Returns the source of a kind. @throws StreamTypeMismatchError when the stream has no such track. */
  slotOf(kind: TrackKind): TrackSlot {
    return this.#of(kind).slot;
  }

  /** Returns the mute switch of a kind. @throws StreamTypeMismatchError when the stream has no such track. */
  mutingOf(kind: TrackKind): MuteSwitch {
    return this.#of(kind).muting;
  }

  /** The entry of the moderator who muted a kind; undefined if nobody did. */
  mutedBy(kind: TrackKind): MetadataEntry | undefined {
    return this.#outgoing[kind]?.muting.mutedBy;
  }

  /** Mutes what a moderator mutes now, under the id that the stream now has. */
  followMutes(): void {
    const { mutedBy, streamId } = this.#options;
    for (const kind of kinds) this.#outgoing[kind]?.muting.followModerator(mutedBy(streamId(), kind));
  }

  isMuted(kind: TrackKind): boolean {
    return this.#outgoing[kind]?.muting.isMuted ?? false;
  }

  /** Returns the id of the device that captures a kind; undefined if none is open. */
  deviceIdOf(kind: TrackKind): string | undefined {
    const track = this.#outgoing[kind]?.slot.captured;
    return track?.readyState === 'live' ? track.getSettings().deviceId : undefined;
  }

  /** Announces what is muted, if the server does not know it yet. */
  announceMuted(): void {
    for (const { muting } of this.#all) muting.announce();
  }

  /** Stops sending, or sends again. Independent of mute. */
  setHeld(isHeld: boolean): void {
    for (const { slot } of this.#all) slot.setHeld(isHeld);
  }

  /** The page is back: opens devices again that the system silenced. */
  check(): void {
    for (const { slot } of this.#all) slot.checkInterrupted();
  }

  stop(): void {
    this.#closing.abort();
    this.#connected.abort();
    this.#stopWatching();
    for (const { slot } of this.#all) slot.close();
  }

  readonly #encode = latestValue<void>(async () => {
    const { video } = this.#senders;
    if (!video) return;
    const { degradationPreference } = this.#plan;
    await this.#whileConnected(() =>
      applyEncodings(video, this.#plan.encodings(), degradationPreference, this.#activeRids),
    );
  });

  /** Sends `next`, also over a connection that replaces the current one meanwhile. */
  async #send(kind: TrackKind, next: MediaStreamTrack): Promise<void> {
    const before = this.#tracks[kind];
    this.#tracks[kind] = next;
    this.#options.onTrackReplaced();
    try {
      await this.#whileConnected(async () => this.#senders[kind]?.replaceTrack(next));
    } catch (error) {
      this.#tracks[kind] = before;
      throw error;
    }
  }

  /** Stops waiting when the connection is gone: its part no longer matters, and a closed connection may never finish it. */
  async #whileConnected(work: () => Promise<void>): Promise<void> {
    const { signal } = this.#connected;
    try {
      await withDeadline({ operation: 'publishStream', signals: [signal] }, work);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  get #all(): readonly Outgoing[] {
    return Object.values(this.#outgoing);
  }

  #of(kind: TrackKind): Outgoing {
    const outgoing = this.#outgoing[kind];
    if (outgoing) return outgoing;
    throw new StreamTypeMismatchError(`This stream has no ${kind}.`, `Publish another stream with ${kind}.`);
  }

  /** Encodes for the new size when the video grew or shrank: a window was resized, or another tab is shared. */
  async #watch(): Promise<void> {
    for (const { slot } of this.#all) slot.checkEnded();
    const slot = this.#outgoing.video?.slot;
    const sender = this.#senders.video;
    if (!slot || !sender || slot.captured?.readyState !== 'live') return;
    const size = await sentFrameSize(sender, slot.sent, slot.captured);
    if (!isSameSize(size, this.#plan.size)) await this.#resize(size);
  }

  async #resize(size: FrameSize): Promise<void> {
    this.#plan.size = size;
    await this.#encode();
  }

  #create(kind: TrackKind, track: MediaStreamTrack | undefined): Outgoing {
    const { captured, options, streamId, isHeld, onScreenEnded, onMutedBy, onProblem } = this.#options;
    const { mediaStream, type } = captured;
    const isMuted = startsMuted(options.muted, kind);
    const keepsDevice = kind === 'audio';
    this.#tracks[kind] = track;
    const slot = new TrackSlot({
      streamId,
      kind,
      track,
      request: captured.requests[kind],
      isOurs: captured.isOurs,
      contentHint: contentHintFor(kind, captured, options),
      isMuted,
      keepsDevice,
      isHeld: isHeld(),
      send: async (next, before, source) => {
        await this.#send(kind, next);
        if (before) mediaStream.removeTrack(before);
        mediaStream.addTrack(next);
        if (kind === 'video') await this.#resize(settledSize(next, source));
      },
      onLost: (error) => {
        // A shared tab takes its audio with it, which ends first; no microphone is gone.
        if (type === 'SCREEN' && kind === 'audio') return;
        if (type === 'SCREEN') return onScreenEnded();
        onProblem(error);
        muting.lose();
      },
      onEnabledByApp: (isEnabled) => muting.onEnabledByApp(isEnabled),
    });
    const { entries } = this;
    const closing = this.#closing.signal;
    const muting = new MuteSwitch({
      kind,
      slot,
      keepsDevice,
      entries,
      streamId,
      closing,
      onProblem,
      onMutedBy: (entry) => onMutedBy(kind, entry),
    });
    return { slot, muting };
  }
}
