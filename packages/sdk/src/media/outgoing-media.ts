import type { ParleyError } from '@parley-rtc/client';
import { StreamTypeMismatchError } from '../errors/media-errors.ts';
import { addTracks } from './add-tracks.ts';
import { applyEncodings } from './apply-encodings.ts';
import { type Captured, tracksOf } from './capture.ts';
import { startBitrateFor } from './encodings-for.ts';
import { type AnnounceMute, MuteSwitch } from './mute-switch.ts';
import type { PublishOptions } from './publish-options.ts';
import type { TrackKind } from './published-stream.ts';
import { TrackSlot } from './track-slot.ts';
import { tuneAnswer } from './tune-answer.ts';
import { planVideo } from './video-plan.ts';

export interface OutgoingMediaOptions {
  readonly captured: Captured;
  readonly options: PublishOptions;
  readonly streamId: () => string;
  /** Tells everybody that tracks of a kind are muted or not. */
  readonly announceMute: AnnounceMute;
  /** Encrypts what a new transceiver sends, if that is wanted. */
  readonly protect: (transceiver: RTCRtpTransceiver) => void;
  readonly onProblem: (error: ParleyError) => void;
}

const kinds = ['audio', 'video'] as const;

/** The tracks of one stream of ours on their way into its connection: where they come from, and how they are encoded. */
export class OutgoingMedia {
  readonly muting: MuteSwitch;
  readonly #options: OutgoingMediaOptions;
  readonly #plan: ReturnType<typeof planVideo>;
  readonly #slots: Partial<Record<TrackKind, TrackSlot>> = {};
  #senders: Partial<Record<TrackKind, RTCRtpSender>> = {};

  constructor(outgoing: OutgoingMediaOptions) {
    const { captured, options, announceMute } = outgoing;
    this.#options = outgoing;
    this.#plan = planVideo(captured.type, options);
    for (const kind of kinds) {
      const [track] = tracksOf(captured.mediaStream, kind);
      if (track) this.#slots[kind] = this.#slotFor(kind, track);
    }
    this.muting = new MuteSwitch(this.#slots, announceMute);
  }

  /** Adds the tracks to a new connection. */
  addTo(peer: RTCPeerConnection): void {
    const { captured, options, protect } = this.#options;
    this.#senders = addTracks(peer, captured.mediaStream, this.#plan, options, captured.isOurs, protect);
  }

  /** The answer as the browser is to see it: with our wishes about its encoders. */
  tune(sdpAnswer: string): string {
    const { dtx = true } = this.#options.options;
    const video = this.#video;
    const startBitrateBps = video && startBitrateFor(this.#plan.encodingsOf(video), this.#plan.isScreen);
    return tuneAnswer(sdpAnswer, { dtx, ...(startBitrateBps && { startBitrateBps }) });
  }

  /**
   * Sets the encodings once more after an answer: a server without simulcast leaves one layer, the smallest, which is
   * the largest from then on.
   */
  async encode(): Promise<void> {
    const video = this.#video;
    if (!this.#senders.video || !video) return;
    await applyEncodings(
      this.#senders.video,
      this.#plan.encodingsOf(video),
      this.#plan.degradationPreference,
    );
  }

  async limitVideo(bitrateBps: number): Promise<void> {
    this.#plan.maxBitrateBps = bitrateBps;
    await this.encode();
  }

  /** Where the tracks of a kind come from. @throws StreamTypeMismatchError when there are none. */
  slotOf(kind: TrackKind): TrackSlot {
    const slot = this.#slots[kind];
    if (slot) return slot;
    throw new StreamTypeMismatchError(`This stream has no ${kind}.`, 'Publish another one for it.');
  }

  /** Stops sending anything, or goes on; mute is another matter. */
  setHeld(isHeld: boolean): void {
    for (const slot of Object.values(this.#slots)) slot.setHeld(isHeld);
  }

  close(): void {
    for (const slot of Object.values(this.#slots)) slot.close();
  }

  get #video(): MediaStreamTrack | undefined {
    return tracksOf(this.#options.captured.mediaStream, 'video')[0];
  }

  /** What cannot be told now is seen by the others as a picture that stands still. */
  async #muteLost(kind: TrackKind): Promise<void> {
    try {
      await this.muting.set(kind, true, true);
    } catch (error) {
      this.#options.onProblem(error as ParleyError);
    }
  }

  #slotFor(kind: TrackKind, track: MediaStreamTrack): TrackSlot {
    const { captured, streamId, onProblem } = this.#options;
    const { mediaStream, type, wishes, isOurs } = captured;
    return new TrackSlot({
      streamId,
      kind,
      track,
      wish: wishes[kind],
      isOurs,
      send: async (next, before) => {
        await this.#senders[kind]?.replaceTrack(next);
        mediaStream.removeTrack(before);
        mediaStream.addTrack(next);
        if (kind === 'video') await this.encode();
      },
      onLost: (error) => {
        // The browser's own "stop sharing" ends the whole stream.
        if (type === 'SCREEN' && kind === 'video') return;
        onProblem(error);
        void this.#muteLost(kind);
      },
    });
  }
}
