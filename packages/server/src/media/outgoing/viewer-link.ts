import type { AcceptedMedia } from '../accepted-media.ts';
import { LinkEstimate } from '../bandwidth/link-estimate.ts';
import { LinkMember } from '../bandwidth/link-member.ts';
import { Pacer, pacingIntervalMs } from '../bandwidth/pacer.ts';
import { RateMeter } from '../bandwidth/rate-meter.ts';
import type { LinkDemand } from '../bandwidth/share-link.ts';
import { SharedLink } from '../bandwidth/shared-link.ts';
import { ViewerEstimate } from '../bandwidth/viewer-estimate.ts';
import { stampPacket } from '../wire/packet-stamp.ts';
import type { TransportArrivals } from '../wire/parse-transport-feedback.ts';
import type { ReportBlock } from '../wire/rtcp.ts';

/** What {@link ViewerLink} needs. */
export interface ViewerLinkOptions {
  readonly media: readonly AcceptedMedia[];
  /** What this view shares with other views of the viewer. Default: nothing. */
  readonly shared?: SharedLink | undefined;
  /** Passes a packet to the transport; false if it is not open. */
  readonly send: (packet: Uint8Array) => boolean;
  /** Sends a packet that is useless to the viewer, to probe the link's capacity. Returns whether there was one. */
  readonly sendFiller: (nowMs: number) => boolean;
  /** Called when queued video was dropped because there was too much of it. */
  readonly onOverflow: () => void;
  /** The first transport-wide number. Default 0. */
  readonly firstTransportNumber?: number | undefined;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** The capacity of a link, as far as it is known. */
export interface LinkLimit {
  /** Bits per second for this view; undefined while no limit is known. */
  readonly bitrateBps: number | undefined;
  /** Bits per second for all views on the link together; undefined for a view that has the link for itself. */
  readonly capacityBps?: number | undefined;
  /** Whether anything beyond the limit would harm audio. */
  readonly isFull: boolean;
  /** Whether the link has proved that capacity; otherwise the limit grows on its own until packets are lost. */
  readonly isSeen: boolean;
}

/**
 * Pacing exceeds the estimate by this factor, so that frames arrive in time; a queue here is better than one on the
 * path.
 */
const paceAboveEstimate = 1.2;
/** A view that sends no video has no share for it; when it starts, its first packets must not wait for minutes. */
const leastPaceBps = 50_000;
/** Maximum number of probe packets per timer. */
const maxFillers = 20;

/**
 * The path to one viewer: audio leaves immediately, video at the pace that the link carries. Derives that pace from
 * the viewer's feedback, and probes for more when it would be useful.
 */
export class ViewerLink {
  readonly #options: ViewerLinkOptions;
  /** From transport-wide feedback; absent for viewers that send none. */
  readonly #estimate: LinkEstimate | undefined;
  /** From REMB and reports, for viewers without transport-wide feedback. */
  readonly #reported = new ViewerEstimate();
  readonly #shared: SharedLink;
  readonly #member: LinkMember;
  readonly #pacer: Pacer;
  /** Rate of all sent packets, including repairs. */
  readonly #sentRate = new RateMeter();
  readonly #audioRate = new RateMeter();
  readonly #audioIds: AcceptedMedia['extensionIds'];
  readonly #videoIds: AcceptedMedia['extensionIds'];
  #sentBytes = 0;
  /** The bytes that a probe should have sent so far, and the time of that calculation. */
  #probedBytes = 0;
  #probedMs = 0;
  /** The rate before the probe. */
  #flowedBps = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ViewerLinkOptions) {
    this.#options = options;
    this.#shared = options.shared ?? new SharedLink();
    this.#audioIds = options.media.find(({ kind }) => kind === 'audio')?.extensionIds ?? {};
    this.#videoIds = options.media.find(({ kind }) => kind === 'video')?.extensionIds ?? {};
    if (this.#videoIds['transport-cc'] !== undefined) {
      const { control } = this.#shared;
      const othersBps = (windowMs: number): number => {
        return this.#shared.othersBps(this.#member, windowMs, this.#options.now());
      };
      this.#estimate = new LinkEstimate({ control, othersBps }, options.firstTransportNumber);
    }
    this.#member = new LinkMember({
      arrivedBps: (windowMs, nowMs) => this.#estimate?.freshlyArrivedBps(windowMs, nowMs) ?? 0,
    });
    this.#pacer = new Pacer((packet, nowMs) => this.#emit(packet, this.#videoIds, nowMs));
  }

  /** The transport-wide number of the next packet, not wrapped. */
  get nextTransportNumber(): number {
    return this.#estimate?.nextNumber ?? 0;
  }

  /** Of the link, this view's share. */
  limit(nowMs: number): LinkLimit {
    return this.#estimate
      ? {
          bitrateBps: this.#shared.shareOf(this.#member, nowMs),
          capacityBps: this.#shared.isShared ? this.#shared.control.bitrateBps : undefined,
          isFull: this.#shared.control.isFull,
          isSeen: true,
        }
      : { bitrateBps: this.#reported.bitrateBps, isFull: false, isSeen: false };
  }

  /** The bitrate of audio, as far as the limit includes it. */
  audioBps(nowMs: number): number {
    const isCounted = this.#estimate === undefined || this.#audioIds['transport-cc'] !== undefined;
    return isCounted ? this.#audioRate.bitsPerSecond(nowMs) : 0;
  }

  /** Sends a packet of audio, which never waits. */
  sendAudio(packet: Buffer, nowMs: number): boolean {
    const paceBps = this.#paceBps(nowMs);
    if (paceBps !== undefined) this.#pacer.spend(packet.length, paceBps, nowMs);
    this.#audioRate.add(packet.length, nowMs);
    return this.#emit(packet, this.#audioIds, nowMs);
  }

  /** Sends a packet of video, immediately or when it is due. */
  sendVideo(packet: Buffer, nowMs: number): boolean {
    const paceBps = this.#paceBps(nowMs);
    if (paceBps === undefined) return this.#emit(packet, this.#videoIds, nowMs);
    const outcome = this.#pacer.offer(packet, paceBps, nowMs);
    if (outcome === 'waits') this.#arm();
    else if (outcome === 'overflow') this.#options.onOverflow();
    return outcome !== 'overflow';
  }

  /** Drops the queued video. */
  clearVideo(): void {
    this.#pacer.clear();
  }

  /** Sets what this view would use of the link, once it is connected and until {@link close}. */
  use(demand: LinkDemand): void {
    if (this.#estimate && !this.#isClosed) this.#shared.use(this.#member, demand);
  }

  /** Leaves the link to the other views, for good. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#shared.remove(this.#member);
  }

  /** Sets the bitrate that the next better layer needs; undefined if there is none. */
  aim(targetBps: number | undefined, nowMs: number): void {
    if (!this.#estimate) return;
    const limitBps = this.#shared.shareOf(this.#member, nowMs);
    const isBeyond = targetBps !== undefined && limitBps !== undefined && limitBps < targetBps;
    this.#shared.aim(this.#member, isBeyond ? targetBps : undefined, nowMs);
  }

  /** Takes transport-wide feedback; returns whether the limit changed. */
  receiveArrivals(arrivals: TransportArrivals, nowMs: number): boolean {
    const estimate = this.#estimate;
    if (!estimate) return false;
    this.#member.answered();
    const { probes } = this.#shared;
    const sentBps = this.#sentRate.bitsPerSecond(nowMs);
    const hasFallen = estimate.receive(arrivals, { sentBps, isProbing: probes.isRunning }, nowMs);
    const isProbed = probes.isRunning && this.#shared.isProber(this.#member);
    const provenBps = isProbed
      ? probes.judge(estimate.state, (windowMs) => estimate.arrivedBps(windowMs), nowMs)
      : undefined;
    if (provenBps !== undefined) estimate.proven(provenBps);
    if (hasFallen) probes.postpone(nowMs);
    const hasFailed = isProbed && !probes.isRunning && provenBps === undefined;
    const isDisproven = hasFailed && estimate.disproven(this.#flowedBps, nowMs);
    return hasFallen || isDisproven || provenBps !== undefined;
  }

  /** Takes the viewer's own estimate (REMB). */
  receiveEstimate(bitrateBps: number, nowMs: number): void {
    this.#reported.reported(bitrateBps, nowMs);
  }

  /** Takes reports on our streams. */
  receiveReports(reports: readonly ReportBlock[], nowMs: number): void {
    this.#reported.lost(reports, this.#sentRate.bitsPerSecond(nowMs), nowMs);
  }

  /** Does what is due. Call it every 20 ms or so. */
  tick(nowMs: number): void {
    const { probes } = this.#shared;
    if (this.#shared.isShared && this.#member.shouldAsk(nowMs)) this.#options.sendFiller(nowMs);
    probes.tick(nowMs);
    if (!this.#shared.isProber(this.#member)) return;
    const flowingBps = this.#sentRate.bitsPerSecond(nowMs);
    if (!probes.begin(flowingBps, nowMs)) return;
    this.#flowedBps = flowingBps;
    this.#probedBytes = this.#sentBytes;
    this.#probedMs = nowMs;
    this.#arm();
  }

  #paceBps(nowMs: number): number | undefined {
    const shareBps = this.#estimate && this.#shared.shareOf(this.#member, nowMs);
    if (shareBps === undefined) return undefined;
    const limitBps = Math.max(shareBps, leastPaceBps);
    // No faster than the link carries while it is overloaded, so that its queue empties.
    if (this.#estimate?.state.isOverused) return limitBps;
    return Math.max(limitBps, this.#probeBps(nowMs)) * paceAboveEstimate;
  }

  #probeBps(nowMs: number): number {
    return this.#shared.isProber(this.#member) ? this.#shared.probes.rateAt(nowMs) : 0;
  }

  #arm(): void {
    if (this.#timer || this.#isClosed) return;
    this.#timer = setTimeout(() => this.#onTimer(), pacingIntervalMs).unref();
  }

  #onTimer(): void {
    this.#timer = undefined;
    const nowMs = this.#options.now();
    const paceBps = this.#paceBps(nowMs);
    if (paceBps !== undefined) this.#pacer.drain(paceBps, nowMs);
    const probeBps = this.#probeBps(nowMs);
    if (probeBps > 0) this.#fill(probeBps, nowMs);
    if (this.#pacer.queuedBytes > 0 || probeBps > 0) this.#arm();
  }

  /** Sends filler packets for the part of the probe's rate that the media leave unused. */
  #fill(probeBps: number, nowMs: number): void {
    this.#probedBytes += (probeBps * (nowMs - this.#probedMs)) / 8_000;
    this.#probedMs = nowMs;
    for (let count = 0; count < maxFillers; count += 1) {
      if (this.#sentBytes + this.#pacer.queuedBytes >= this.#probedBytes) return;
      if (!this.#options.sendFiller(nowMs)) return;
    }
  }

  #emit(packet: Buffer, ids: AcceptedMedia['extensionIds'], nowMs: number): boolean {
    let number = 0;
    if (this.#estimate && ids['transport-cc'] !== undefined) {
      number = this.#estimate.sent(packet.length, nowMs);
      this.#member.sent(nowMs);
    }
    stampPacket(packet, ids, number, nowMs);
    this.#sentRate.add(packet.length, nowMs);
    this.#sentBytes += packet.length;
    return this.#options.send(packet);
  }
}
