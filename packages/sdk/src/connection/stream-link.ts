import {
  ForbiddenError,
  NotFoundError,
  withDeadline,
  type Log,
  type Logs,
  type ParleyError,
} from '@parley-rtc/client';
import { MediaConnectionError, NegotiationError, StreamNotFoundError } from '../errors/media-errors.ts';
import { NotPermittedError } from '../errors/moderation-errors.ts';
import { isRefused } from '../waiting/is-refused.ts';
import { withdrawalHeadStartMs } from '../waiting/recovery-policy.ts';
import { serialQueue } from '../waiting/serial-queue.ts';
import { settledWithin } from '../waiting/settled-within.ts';
import { ConnectionKeeper, type RestartResult } from './connection-keeper.ts';
import { isOfferRefused } from './is-offer-refused.ts';
import { PeerLink, type PeerLinkOptions } from './peer-link.ts';

/** How long one negotiation may take, from offer to applied answer. */
const negotiationTimeoutMs = 15_000;

/**
 * The purpose of a negotiation: a stream that is new to the server (`open`), a new path for a stream that it knows
 * (`restart`), a stream that it has lost (`reopen`), or a connection to another server that takes the stream over (`move`).
 */
export type Purpose = 'open' | 'restart' | 'reopen' | 'move';

/** The API calls shared by published streams and views. `id` identifies the stream or view. */
export interface LinkCalls {
  /** Resolves to whether the server knows the id. Never rejects. */
  readonly sendCandidates: (id: string, candidates: readonly RTCIceCandidateInit[]) => Promise<boolean>;
  /** Ends the stream or view at the server. Never rejects. Undefined when the server does that itself, because we leave. */
  readonly withdraw: (id: string) => Promise<unknown> | undefined;
}

/** The parts of the conference that a link needs, for a published stream or a view. */
export interface LinkContext extends Pick<PeerLinkOptions, 'iceConfiguration'> {
  readonly calls: LinkCalls;
  readonly logs: Logs;
  /** Aborts when the link must close, at any time. */
  readonly signal: AbortSignal;
  /** Whether the server counts us as present. While it does not, a lost connection does not close the link. */
  readonly isInside: () => boolean;
  /** A connection was created; nothing is negotiated yet. */
  readonly onPeer: (peer: RTCPeerConnection) => void;
  readonly onProblem: (error: ParleyError) => void;
  /** The link has closed, for any reason. Called once. */
  readonly onClosed: () => void;
}

export interface StreamLinkOptions {
  readonly context: LinkContext;
  /** Names the stream in every line. */
  readonly log: Log;
  readonly direction: 'publish' | 'view';
  /** The id by which the server knows the stream or view. */
  readonly id: () => string;
  /** The viewed stream. Default: `id`. */
  readonly streamId?: string;
  /** The app's own signal, which aborts only opening. */
  readonly signal: AbortSignal | undefined;
  /** Offers again after the path, or the server's stream or view, was lost, and applies the answer. */
  readonly offer: (purpose: Exclude<Purpose, 'open'>, signal: AbortSignal) => Promise<void>;
  /** The server refused a new path because it does not know the stream. */
  readonly onForgotten?: () => void;
  /** Frees the media of the link. Called before {@link LinkContext.onClosed}. */
  readonly onClosed: () => void;
}

/** The connection that carries one stream, kept alive until it is closed: see {@link ConnectionKeeper}. */
export class StreamLink {
  /** Whether the server may know the stream. Set this before sending the first offer. */
  isKnownToServer = false;
  readonly #options: StreamLinkOptions;
  readonly #closing = new AbortController();
  readonly #queue = serialQueue();
  readonly #keeper: ConnectionKeeper;
  #connection: PeerLink;
  /** Carries the media until the current connection does. */
  #former: PeerLink | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: StreamLinkOptions) {
    this.#options = options;
    this.#keeper = new ConnectionKeeper({
      connectionState: () => this.#connection.state,
      hasPath: () => this.#connection.hasPath,
      restart: (timeoutMs) => this.#restart(timeoutMs),
      onLost: () => this.fail(),
      log: options.log,
    });
    this.#connection = this.#connect();
    const { signal } = options.context;
    signal.addEventListener('abort', () => {
      // The server has closed it already, so a call would only fill the console with 404s.
      const { reason } = signal as { readonly reason: unknown };
      if (reason instanceof StreamNotFoundError || reason instanceof NotPermittedError) {
        this.isKnownToServer = false;
      }
      void this.close();
    });
  }

  /** The current connection; {@link reconnect} replaces it. */
  get connection(): PeerLink {
    return this.#connection;
  }

  get peer(): RTCPeerConnection {
    return this.#connection.peer;
  }

  /** As apps see it: `closed` from the moment of closing, also while the server is told over the connection that is still there. */
  get state(): RTCPeerConnectionState {
    return this.isClosed ? 'closed' : this.peer.connectionState;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Aborts when the link is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Runs `work`, the first negotiation. On any failure the link closes and withdraws a stream that the server may know. */
  async establish<Opened>(work: (signal: AbortSignal) => Promise<Opened>): Promise<Opened> {
    const { context, signal } = this.#options;
    try {
      const opened = await this.#inTurn(work, negotiationTimeoutMs, [context.signal, signal]);
      // Gathering may have ended without a candidate before the answer. Report that only after the app has the stream.
      if (this.#connection.state === 'failed') setTimeout(() => this.#keeper.onState());
      return opened;
    } catch (error) {
      // After a refusal nothing needs withdrawing. After any other failure the server may have accepted the offer.
      if (isOfferRefused(error)) this.isKnownToServer = false;
      void this.close();
      throw error;
    }
  }

  /** Negotiates again, after all earlier negotiations. The link stays open when this fails. */
  negotiate(purpose: Exclude<Purpose, 'open'>, timeoutMs: number = negotiationTimeoutMs): Promise<void> {
    return this.#inTurn(
      (signal) => this.#options.offer(purpose, signal),
      Math.min(timeoutMs, negotiationTimeoutMs),
    );
  }

  /** Whether a new path needs a new connection in this browser. */
  get needsReconnect(): boolean {
    return this.#connection.peer.remoteDescription !== null && !PeerLink.canRestart;
  }

  /** Replaces the connection with a new one, which has no media yet. */
  reconnect(): void {
    this.retire();
    this.#connection.disconnect();
    this.#connection = this.#connect();
  }

  /** Replaces the connection as {@link reconnect} does, but the former one carries the media until {@link retire}. */
  succeed(): void {
    // An earlier attempt carries nothing.
    if (this.#former) this.#connection.disconnect();
    else this.#former = this.#connection;
    this.#connection = this.#connect();
  }

  /** Whether a former connection still carries the media. */
  get hasFormer(): boolean {
    return this.#former !== undefined;
  }

  /** Ends the former connection, if there is one. */
  retire(): void {
    this.#former?.disconnect();
    this.#former = undefined;
  }

  /** Checks the connection immediately: the network or the page is back. */
  check(): void {
    this.#keeper.check();
  }

  /** Closes the link because its connection cannot be recovered, or because the server forbids it (`cause`). */
  fail(cause?: unknown): void {
    const { context, direction, id, streamId = id() } = this.#options;
    if (!context.isInside()) return;
    const error =
      cause instanceof ForbiddenError
        ? new NotPermittedError(direction, { streamId, cause })
        : new MediaConnectionError(streamId, direction);
    context.onProblem(error);
    void this.close(error);
  }

  /**
   * Closes the connection immediately, and resolves once the server knows. `reason` becomes the rejection of a
   * negotiation that still runs. Calling it again is fine.
   */
  close(reason?: ParleyError): Promise<void> {
    return (this.#closed ??= this.#close(reason));
  }

  async #close(reason: ParleyError | undefined): Promise<void> {
    const { context, id, onClosed } = this.#options;
    this.#closing.abort(reason);
    this.#keeper.close();
    this.retire();
    const connection = this.#connection;
    const withdrawing = this.isKnownToServer ? context.calls.withdraw(id()) : undefined;
    if (withdrawing) connection.silence();
    else connection.disconnect();
    onClosed();
    context.onClosed();
    if (!withdrawing) return;
    // A server that loses the connection first withdraws the stream itself, and then answers the call with 404.
    await settledWithin(withdrawalHeadStartMs, withdrawing);
    connection.disconnect();
    await withdrawing;
  }

  #inTurn<Result>(
    work: (signal: AbortSignal) => Promise<Result>,
    timeoutMs: number,
    signals: readonly (AbortSignal | undefined)[] = [],
  ): Promise<Result> {
    const operation = `${this.#options.direction}Stream`;
    const deadline = { operation, timeoutMs, signals: [...signals, this.closing] };
    return this.#queue(() => withDeadline(deadline, ({ signal }) => work(signal)));
  }

  #connect(): PeerLink {
    const { iceConfiguration, onPeer } = this.#options.context;
    const connection: PeerLink = new PeerLink({
      iceConfiguration,
      sendCandidates: (candidates) => void this.#sendCandidates(candidates, connection),
      onStateChange: () => this.#keeper.onState(),
      log: this.#options.log,
    });
    onPeer(connection.peer);
    return connection;
  }

  async #sendCandidates(candidates: readonly RTCIceCandidateInit[], from: PeerLink): Promise<void> {
    const { context, id, log } = this.#options;
    log('debug', 'candidates', { count: candidates.length });
    const isKnown = await context.calls.sendCandidates(id(), candidates);
    if (!isKnown && from === this.#connection) this.#keeper.onForgotten();
  }

  async #restart(timeoutMs: number): Promise<RestartResult> {
    try {
      await this.negotiate('restart', timeoutMs);
      return 'negotiated';
    } catch (error) {
      if (error instanceof NotFoundError) {
        this.#options.onForgotten?.();
        return 'forgotten';
      }
      return isRefused(error) || error instanceof NegotiationError ? 'refused' : 'failed';
    }
  }
}
