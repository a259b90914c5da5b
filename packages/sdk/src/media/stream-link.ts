import { HttpError, NotFoundError, withDeadline } from '@parley-rtc/client';
import { NegotiationError } from '../errors/media-errors.ts';
import { ConnectionKeeper, type RestartResult } from './connection-keeper.ts';
import { PeerLink, type PeerLinkOptions } from './peer-link.ts';

/** How long offer, answer and what lies between may take. */
const negotiationTimeoutMs = 15_000;

/**
 * What an exchange is about: something the server does not know yet, a new path for something it knows, or the same
 * again for a server that has forgotten it.
 */
export type Purpose = 'open' | 'restart' | 'reopen';

export interface StreamLinkOptions extends Pick<PeerLinkOptions, 'iceConfiguration'> {
  /** For the texts of errors. */
  readonly operation: string;
  /** Give up, as long as the link is not open. */
  readonly signals: readonly (AbortSignal | undefined)[];
  readonly addMedia: (peer: RTCPeerConnection) => void;
  /**
   * Reopens over a new connection. Senders need it: a browser names the layers of a simulcast only in the first packets
   * of a connection (RFC 8852), so a server that has forgotten them would never learn them again.
   */
  readonly reopensAnew: boolean;
  /** A connection is made; nothing was exchanged yet. */
  readonly onPeer: (peer: RTCPeerConnection) => void;
  /** Gives the server our offer and returns its answer. */
  readonly exchange: (sdpOffer: string, signal: AbortSignal, purpose: Purpose) => Promise<string | undefined>;
  /** Resolves with whether the server knows what they are for. Never rejects. */
  readonly sendCandidates: (candidates: readonly RTCIceCandidateInit[]) => Promise<boolean>;
  /** Tells the server that the stream or view is no longer wanted. Never rejects. */
  readonly withdraw: () => Promise<unknown>;
  /** The connection is lost for good: neither ICE nor DTLS will bring it back. */
  readonly onFailed: () => void;
  /** The server no longer knows what it is asked to give a new path to. */
  readonly onForgotten: () => void;
  /** The link has closed, for whatever reason. Called once. */
  readonly onClosed: () => void;
}

/** A connection that carries one stream. */
export interface StreamLink {
  /** The present connection; reopening may bring another. */
  readonly peer: RTCPeerConnection;
  readonly isClosed: boolean;
  /** Aborts when the link is closed. */
  readonly closing: AbortSignal;
  /** The network or the page is back: looks after the connection at once. */
  check(): void;
  /** Negotiates once more, one after the other. Rejects as opening does, but closes nothing. */
  negotiate(purpose: Exclude<Purpose, 'open'>, timeoutMs?: number): Promise<void>;
  /** Closes the connection at once and resolves when the server was told. Calling it again is fine. */
  close(): Promise<void>;
}

/**
 * Opens a connection for one stream: media, offer, exchange, answer. On any failure it is closed again, and withdrawn
 * if the server may know of it. Once open it is kept: see {@link ConnectionKeeper}.
 */
export async function openStreamLink(options: StreamLinkOptions): Promise<StreamLink> {
  const { operation, signals } = options;
  const closing = new AbortController();
  let isKnownToServer = false;
  let closed: Promise<void> | undefined;
  const keeper = new ConnectionKeeper({
    connectionState: () => link.state,
    restart: (timeoutMs) => restart(timeoutMs),
    onLost: options.onFailed,
  });
  const connect = () => {
    const sendCandidates = async (candidates: readonly RTCIceCandidateInit[]) => {
      const isKnown = await options.sendCandidates(candidates);
      if (!isKnown && connected === link) keeper.onForgotten();
    };
    const connected: PeerLink = new PeerLink({
      ...options,
      sendCandidates: (candidates) => void sendCandidates(candidates),
      onStateChange: () => keeper.onState(),
    });
    options.onPeer(connected.peer);
    return connected;
  };
  let link = connect();
  const close = () => {
    closed ??= (async () => {
      closing.abort();
      keeper.close();
      link.close();
      options.onClosed();
      if (isKnownToServer) await options.withdraw();
    })();
    return closed;
  };
  const exchange = async (sdpOffer: string, signal: AbortSignal) => {
    isKnownToServer = true;
    try {
      const answer = await options.exchange(sdpOffer, signal, 'open');
      if (answer !== undefined) return answer;
    } catch (error) {
      // Refused, so there is nothing to withdraw. After any other failure the server may have done it.
      if (error instanceof HttpError && !error.retryable) isKnownToServer = false;
      throw error;
    }
    throw unanswered();
  };
  let turn: Promise<unknown> = Promise.resolve();
  const negotiate: StreamLink['negotiate'] = (purpose, timeoutMs = negotiationTimeoutMs) => {
    const negotiated = turn.then(() =>
      withDeadline(
        { operation, signals: [closing.signal], timeoutMs: Math.min(timeoutMs, negotiationTimeoutMs) },
        async ({ signal }) => {
          signal.throwIfAborted();
          if (purpose === 'reopen' && options.reopensAnew) {
            link.close();
            link = connect();
            options.addMedia(link.peer);
          }
          await link.negotiate(async (sdpOffer) => {
            const answer = await options.exchange(sdpOffer, signal, purpose);
            if (answer === undefined) throw unanswered();
            signal.throwIfAborted();
            return answer;
          });
        },
      ),
    );
    turn = negotiated.catch(() => {});
    return negotiated;
  };
  const restart = async (timeoutMs: number): Promise<RestartResult> => {
    try {
      await negotiate('restart', timeoutMs);
      return 'negotiated';
    } catch (error) {
      if (error instanceof NotFoundError) {
        options.onForgotten();
        return 'forgotten';
      }
      const isFinal = error instanceof HttpError ? !error.retryable : error instanceof NegotiationError;
      return isFinal ? 'refused' : 'failed';
    }
  };
  try {
    await withDeadline({ operation, signals, timeoutMs: negotiationTimeoutMs }, async ({ signal }) => {
      options.addMedia(link.peer);
      await link.negotiate((sdpOffer) => exchange(sdpOffer, signal));
    });
  } catch (error) {
    void close();
    throw error;
  }
  // Without any candidate, which the browser may have said before the answer. Told once whoever opens the link has it.
  if (link.state === 'failed') setTimeout(() => keeper.onState());
  return {
    get peer() {
      return link.peer;
    },
    get isClosed() {
      return closed !== undefined;
    },
    closing: closing.signal,
    check: () => keeper.check(),
    negotiate,
    close,
  };
}

function unanswered(): NegotiationError {
  return new NegotiationError('The server sent no answer to our offer.');
}
