import { isRtcp } from '../wire/rtp-packet.ts';
import { ReportTimer } from './report-timer.ts';
import type { CreateRtpTransport, RtpTransport } from './rtp-transport.ts';
import { isGone, silenceLimits } from './silence-rule.ts';

/** The state of one transport. Packets only set flags; times are recorded at the next tick. */
class Watched {
  readonly lose: () => void;
  readonly reportTimer: ReportTimer = new ReportTimer();
  heardAny = false;
  heardRtcp = false;
  sentMedia = false;
  isSender = false;
  heardMs: number | undefined;
  rtcpMs: number | undefined;
  longestRoundMs: number | undefined;
  sentMs: number | undefined;
  sendingSinceMs: number | undefined;

  constructor(lose: () => void) {
    this.lose = lose;
  }

  get hasReportTimer(): boolean {
    return this.reportTimer.isProven;
  }

  tick(nowMs: number): void {
    if (this.heardAny) this.heardMs = nowMs;
    if (this.heardRtcp) {
      const roundMs = this.rtcpMs === undefined ? undefined : nowMs - this.rtcpMs;
      if (roundMs !== undefined) this.longestRoundMs = Math.max(this.longestRoundMs ?? 0, roundMs);
      this.rtcpMs = nowMs;
    }
    if (this.sentMedia) {
      this.sendingSinceMs ??= nowMs;
      this.sentMs = nowMs;
    } else if (this.sentMs !== undefined && nowMs - this.sentMs >= silenceLimits.sendingGapMs) {
      this.sendingSinceMs = undefined;
    }
    this.heardAny = this.heardRtcp = this.sentMedia = false;
  }

  /** A pause of this process is not a peer's silence. */
  forgive(pauseMs: number): void {
    if (this.heardMs !== undefined) this.heardMs += pauseMs;
    if (this.rtcpMs !== undefined) this.rtcpMs += pauseMs;
    if (this.sentMs !== undefined) this.sentMs += pauseMs;
    if (this.sendingSinceMs !== undefined) this.sendingSinceMs += pauseMs;
  }
}

/** Creates transports that become `lost` when a peer that reports on a timer falls silent, before the engine notices. */
export class SilenceWatch {
  readonly #create: CreateRtpTransport;
  readonly #watched = new Set<Watched>();
  #lastTickMs: number | undefined;

  constructor(create: CreateRtpTransport) {
    this.#create = create;
  }

  readonly createTransport: CreateRtpTransport = (events): RtpTransport => {
    let isLost = false;
    const watched = new Watched(() => {
      isLost = true;
      this.#watched.delete(watched);
      events.onStateChange('lost');
    });
    const transport = this.#create({
      onPacket: (packet) => {
        watched.heardAny = true;
        watched.reportTimer.heard(packet);
        if (isRtcp(packet)) watched.heardRtcp = true;
        else watched.isSender = true;
        events.onPacket(packet);
      },
      onStateChange: (state) => {
        if (isLost) return;
        if (state === 'open') this.#watched.add(watched);
        if (state === 'lost') this.#watched.delete(watched);
        events.onStateChange(state);
      },
    });
    return {
      open: (remote) => transport.open(remote),
      addCandidate: (candidate) => transport.addCandidate(candidate),
      send: (packet) => {
        const isSent = transport.send(packet);
        if (isSent && isRtcp(packet)) watched.reportTimer.sent(packet);
        else if (isSent) watched.sentMedia = true;
        return isSent;
      },
      close: () => {
        this.#watched.delete(watched);
        transport.close();
      },
    };
  };

  /** Call it every 20 ms or so. */
  tick(nowMs: number): void {
    const pauseMs = nowMs - (this.#lastTickMs ?? nowMs);
    this.#lastTickMs = nowMs;
    for (const watched of this.#watched) {
      if (pauseMs >= silenceLimits.ownPauseMs) watched.forgive(pauseMs);
      watched.tick(nowMs);
      if (isGone(watched, nowMs)) watched.lose();
    }
  }
}
