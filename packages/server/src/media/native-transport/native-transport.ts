import { randomBytes } from 'node:crypto';
import { announcedCandidates } from '../transport/announced-candidates.ts';
import {
  TransportSetupError,
  type LocalTransportParameters,
  type RemoteTransportParameters,
  type RtpTransport,
  type RtpTransportEvents,
  type RtpTransportState,
} from '../transport/rtp-transport.ts';
import {
  bindingSuccess,
  isAuthentic,
  roleConflict,
  unknownAttributes,
  type BindingRequest,
} from './binding-request.ts';
import { hostCandidates } from './host-candidates.ts';
import type { NativeSocket, SocketPeer } from './native-socket.ts';
import { remoteOf } from './packet-records.ts';

export interface NativeTransportOptions {
  readonly socket: NativeSocket;
  /** The address that the socket is bound to; absent means all interfaces. */
  readonly bindAddress?: string | undefined;
  /** Address that peers receive instead of ours. */
  readonly announcedAddress?: string | undefined;
  /** How long DTLS may take once the peer's first check came. Default: 15 s. */
  readonly dtlsDeadlineMs?: number | undefined;
}

/** Lengths in bytes that need no padding in base64, whose alphabet is that of ICE (RFC 8839, section 5.4). */
const ufragBytes = 6;
const pwdBytes = 18;

const usualDtlsDeadlineMs = 15_000;
/** Browsers have tried every pair of candidates by then. */
const firstCheckDeadlineMs = 30_000;
/** Browsers check at least every 6 seconds (RFC 7675, section 5.1), so two checks were lost. */
const interruptedAfterMs = 13_000;
/** Consent to send expires (RFC 7675, section 5.1). */
const consentMs = 30_000;
/** A gap between two looks at the clock that only a suspended process has. */
const ownPauseMs = 5_000;

/**
 * One peer on a {@link NativeSocket}, as an ICE-lite agent: the peer's checks find the path, prove that the peer knows
 * our password, and renew its consent. We never send to an address from which no such check came.
 */
export class NativeTransport implements RtpTransport, SocketPeer {
  readonly iceUfrag: string = randomBytes(ufragBytes).toString('base64');
  readonly #icePwd = randomBytes(pwdBytes).toString('base64');
  readonly #options: NativeTransportOptions;
  readonly #events: RtpTransportEvents;
  #remoteUfrag = '';
  #id: number | undefined;
  #state: RtpTransportState | 'new' | 'connecting' | 'closed' = 'new';
  /** When the peer's first check is due, or DTLS's end, or the last valid check came; all in milliseconds. */
  #openedMs = 0;
  #firstCheckMs: number | undefined;
  #lastCheckMs = 0;
  #watchedMs: number | undefined;

  constructor(options: NativeTransportOptions, events: RtpTransportEvents) {
    this.#options = options;
    this.#events = events;
  }

  // oxlint-disable-next-line require-await -- The interface is asynchronous for transports that gather.
  async open(remote: RemoteTransportParameters): Promise<LocalTransportParameters> {
    if (this.#state !== 'new') throw new Error('A transport opens once.');
    const { socket, bindAddress, announcedAddress } = this.#options;
    const { iceUfrag, fingerprint, setup = 'active' } = remote;
    this.#remoteUfrag = iceUfrag;
    const added = this.#add(socket, setup === 'active', fingerprint);
    this.#id = added.id;
    this.#state = 'connecting';
    this.#openedMs = performance.now();
    return {
      iceUfrag: this.iceUfrag,
      icePwd: this.#icePwd,
      fingerprint: added.fingerprint,
      isIceLite: true,
      candidates: announcedCandidates(hostCandidates(socket.port, bindAddress), {
        announcedAddress,
        isBoundToAll: bindAddress === undefined,
      }),
    };
  }

  /** Does nothing: the peer's own checks tell where it is. */
  addCandidate(): void {}

  send(packet: Uint8Array): boolean {
    if ((this.#state !== 'open' && this.#state !== 'interrupted') || this.#id === undefined) return false;
    return this.#options.socket.send(this.#id, packet);
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#release();
  }

  onCheck(request: BindingRequest, path: Buffer): void {
    const { socket } = this.#options;
    if (this.#id === undefined || request.remoteUfrag !== this.#remoteUfrag) return;
    if (!isAuthentic(request, this.#icePwd)) return;
    if (request.unknown.length > 0) return socket.answer(path, unknownAttributes(request, this.#icePwd));
    // A lite side is always the controlled one.
    if (request.isControlled) return socket.answer(path, roleConflict(request, this.#icePwd));
    socket.answer(path, bindingSuccess(request, remoteOf(path), this.#icePwd));
    socket.admit(this.#id, path, request.isNominating);
    this.#lastCheckMs = performance.now();
    if (this.#firstCheckMs === undefined) {
      this.#firstCheckMs = this.#lastCheckMs;
      socket.expectHandshake(this.#id);
    }
    if (this.#state === 'interrupted') this.#enter('open');
  }

  onConnected(): void {
    this.#enter('open');
  }

  onEnded(): void {
    this.#enter('lost');
  }

  onPacket(packet: Buffer): void {
    if (this.#state === 'open' || this.#state === 'interrupted') this.#events.onPacket(packet);
  }

  watch(nowMs: number): void {
    const pauseMs = nowMs - (this.#watchedMs ?? nowMs);
    this.#watchedMs = nowMs;
    // Checks that came while this process was suspended are read after this.
    if (pauseMs >= ownPauseMs) this.#lastCheckMs += pauseMs;
    if (this.#isOverdue(nowMs)) this.#enter('lost');
    else if (this.#state === 'open' && nowMs - this.#lastCheckMs >= interruptedAfterMs) {
      this.#enter('interrupted');
    }
  }

  #isOverdue(nowMs: number): boolean {
    const { dtlsDeadlineMs = usualDtlsDeadlineMs } = this.#options;
    if (this.#state !== 'connecting') return nowMs - this.#lastCheckMs >= consentMs;
    return this.#firstCheckMs === undefined
      ? nowMs - this.#openedMs >= firstCheckDeadlineMs
      : nowMs - this.#firstCheckMs >= dtlsDeadlineMs;
  }

  #add(socket: NativeSocket, isServer: boolean, fingerprint: RemoteTransportParameters['fingerprint']) {
    try {
      return socket.add(this, isServer, fingerprint);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TransportSetupError(`The transport could not be set up: ${reason}`, { cause });
    }
  }

  #enter(state: RtpTransportState): void {
    if (this.#state === 'closed' || this.#state === 'lost' || this.#state === state) return;
    this.#state = state;
    if (state === 'lost') this.#release();
    this.#events.onStateChange(state);
  }

  #release(): void {
    if (this.#id !== undefined) this.#options.socket.remove(this.#id);
    this.#id = undefined;
  }
}
