import { atBoundary, type ParleyError } from '@parley-rtc/client';
import type { MetadataEntry } from '@parley-rtc/contract';
import { MuteNotAnnouncedError } from '../errors/mute-not-announced-error.ts';
import type { TrackKind } from '../stream-kinds.ts';
import { latestValue } from '../waiting/latest-value.ts';
import { pause } from '../waiting/pause.ts';
import { muteDeadlineMs, refusedMuteMs } from '../waiting/recovery-policy.ts';
import { settledWithin } from '../waiting/settled-within.ts';
import type { MuteEntries } from './mute-entries.ts';
import type { TrackSlot } from './track-slot.ts';

export interface MuteSwitchOptions {
  readonly kind: TrackKind;
  readonly slot: TrackSlot;
  readonly keepsDevice: boolean;
  readonly entries: MuteEntries;
  readonly streamId: () => string;
  /** Aborts when the stream ends. */
  readonly closing: AbortSignal;
  readonly onProblem: (error: ParleyError) => void;
  /** A moderator muted the kind with this entry. */
  readonly onMutedBy: (entry: MetadataEntry) => void;
}

/**
 * Mutes one kind of a stream. Muting is local and immediate, and the server is notified until it knows. Unmuting opens the
 * device, notifies the server, and only then sends: other participants never hear a microphone that they see muted, and
 * whatever fails on the way leaves it muted.
 */
export class MuteSwitch {
  readonly #options: MuteSwitchOptions;
  #keepsDevice: boolean;
  /** Counts requests, so that a late reaction to one never overrides a newer one. */
  #requests = 0;
  /** What the newest request asked for. */
  #requested: boolean | undefined;
  #running = 0;
  #unmuting: Promise<void> | undefined;
  /** Whether the refusal of the current entry was reported. */
  #isReported = false;
  /** The moderator's entry that keeps the kind muted, until it is unmuted. */
  #mutedBy: MetadataEntry | undefined;
  /** The moderator's entry that was last seen, and the id that the stream then had. */
  #seen: { readonly streamId: string; readonly entry: MetadataEntry | undefined } | undefined;

  constructor(options: MuteSwitchOptions) {
    this.#options = options;
    this.#keepsDevice = options.keepsDevice;
  }

  get isMuted(): boolean {
    return this.#options.slot.isMuted;
  }

  /** The entry of the moderator who muted the kind, also after the stream got another id; undefined if nobody did. */
  get mutedBy(): MetadataEntry | undefined {
    return this.#mutedBy;
  }

  /**
   * Follows the conference's state: `entry` is that of the moderator who mutes this kind of the stream now. A new one counts
   * like a `mute` of our own, and so ends an `unmute` that is still running.
   */
  followModerator(entry: MetadataEntry | undefined): void {
    const { entries, kind, slot, keepsDevice, streamId, onMutedBy } = this.#options;
    const seen = this.#seen;
    this.#seen = { streamId: streamId(), entry };
    const before = seen?.streamId === streamId() ? seen.entry : undefined;
    if (entry && !isSame(entry, before)) {
      this.#mutedBy = entry;
      if (!this.isMuted) this.#keepsDevice = keepsDevice;
      slot.mute(this.#keepsDevice);
      entries.note(kind, true);
      this.#requestQuietly(true);
      onMutedBy(entry);
    } else if (!entry && before && this.#mutedBy) {
      // Removed, although this stream is still muted. A running request announces what it achieves.
      entries.note(kind, false);
      this.announce();
    }
  }

  async mute(keepsDevice: boolean): Promise<void> {
    this.#keepsDevice = keepsDevice;
    this.#options.slot.mute(keepsDevice);
    await this.#inTime(this.#request(true));
  }

  unmute(): Promise<void> {
    return (this.#unmuting ??= this.#unmute());
  }

  /** Mutes a kind whose device was lost; otherwise other participants see frozen video. */
  lose(): void {
    this.#options.slot.mute(this.#keepsDevice);
    this.#requestQuietly(true);
  }

  /** Announces the current state again if the server may not know it: the stream has a new id, or we rejoined. */
  announce(): void {
    const { kind, entries } = this.#options;
    // A running request announces the stream under its new id anyway.
    if (this.#running === 0 && !entries.says(kind, this.isMuted)) this.#requestQuietly(this.isMuted);
  }

  /** The app set `enabled` of the track itself. The track already follows it; other participants have to see it, too. */
  onEnabledByApp(isEnabled: boolean): void {
    // A stream that is muted as well needs `unmute`. Disabling a track again overrides an `unmute` that is still running.
    if (isEnabled ? !this.isMuted : this.#requested !== true) this.#requestQuietly(!isEnabled);
  }

  /** Reports what fails, because the app awaits nothing. */
  #requestQuietly(isMuted: boolean): void {
    const { closing, onProblem } = this.#options;
    atBoundary(isMuted ? 'mute' : 'unmute', () => this.#request(isMuted)).catch((error: ParleyError) => {
      // A refusal was reported already.
      if (!closing.aborted && !(error instanceof MuteNotAnnouncedError)) onProblem(error);
    });
  }

  async #request(isMuted: boolean): Promise<void> {
    this.#requests += 1;
    const request = this.#requests;
    this.#requested = isMuted;
    this.#running += 1;
    this.#isReported = false;
    if (isMuted) this.#unmuting = undefined;
    try {
      await this.#set(isMuted);
    } finally {
      this.#running -= 1;
      // After a failure, the server may have removed the entry although the microphone stays muted.
      if (!isMuted && request === this.#requests) this.announce();
    }
  }

  async #unmute(): Promise<void> {
    const requested = this.#request(false);
    const request = this.#requests;
    try {
      await requested;
    } finally {
      if (request === this.#requests) this.#unmuting = undefined;
    }
  }

  readonly #set = latestValue<boolean>((isMuted, superseded) =>
    isMuted ? this.#announceMuted(superseded) : this.#turnOn(superseded),
  );

  async #announceMuted(superseded: AbortSignal): Promise<void> {
    const { kind, entries, closing } = this.#options;
    try {
      await entries.announce(kind, true, AbortSignal.any([superseded, closing]));
    } catch (cause) {
      if (superseded.aborted || closing.aborted) throw cause;
      throw this.#refused(cause);
    }
  }

  async #turnOn(superseded: AbortSignal): Promise<void> {
    const { kind, slot, entries, closing } = this.#options;
    const signal = AbortSignal.any([superseded, closing]);
    try {
      await slot.open(signal);
      await entries.announce(kind, false, signal, muteDeadlineMs);
      signal.throwIfAborted();
      this.#mutedBy = undefined;
      slot.unmute();
    } catch (error) {
      if (!superseded.aborted) slot.mute(this.#keepsDevice);
      throw error;
    }
  }

  /** Reports a refusal once, and tries again later: the limit of entries may not stay reached. */
  #refused(cause: unknown): ParleyError {
    const { kind, streamId, onProblem } = this.#options;
    const error = new MuteNotAnnouncedError(kind, streamId(), { cause });
    if (!this.#isReported) onProblem(error);
    this.#isReported = true;
    void this.#tryLater(this.#requests);
    return error;
  }

  async #tryLater(request: number): Promise<void> {
    const { closing } = this.#options;
    await pause(refusedMuteMs, closing);
    if (request !== this.#requests || closing.aborted) return;
    // Fails as before, and is then reported no more.
    await this.#set(true).catch(() => {});
  }

  /** Rejects when the server does not answer for long; the announcement goes on. */
  async #inTime(announced: Promise<void>): Promise<void> {
    const { kind, streamId } = this.#options;
    const late = settledWithin(muteDeadlineMs, announced).then((): never => {
      throw new MuteNotAnnouncedError(kind, streamId());
    });
    await Promise.race([announced, late]);
  }
}

function isSame(entry: MetadataEntry, before: MetadataEntry | undefined): boolean {
  return entry.lastModified === before?.lastModified && entry.userEndpointId === before.userEndpointId;
}
