import { HttpError } from '@parley-rtc/client';
import { NegotiationError } from '../errors/media-errors.ts';
import { withDeadline } from '../with-deadline.ts';
import { PeerLink, type PeerLinkOptions } from './peer-link.ts';

/** How long offer, answer and what lies between may take. */
const negotiationTimeoutMs = 15_000;

export interface StreamLinkOptions extends PeerLinkOptions {
  /** For the texts of errors. */
  readonly operation: string;
  /** Give up, as long as the link is not open. */
  readonly signals: readonly (AbortSignal | undefined)[];
  readonly addMedia: (peer: RTCPeerConnection) => void;
  /** The connection is made; nothing was exchanged yet. */
  readonly onPeer: (peer: RTCPeerConnection) => void;
  /** Gives the server our offer and returns its answer. */
  readonly exchange: (sdpOffer: string, signal: AbortSignal) => Promise<string | undefined>;
  /** Tells the server that the stream or view is no longer wanted. Never rejects. */
  readonly withdraw: () => Promise<void>;
  /** The link has closed, for whatever reason. Called once. */
  readonly onClosed: () => void;
}

/** A connection that carries one stream. */
export interface StreamLink {
  readonly peer: RTCPeerConnection;
  readonly isClosed: boolean;
  /** Closes the connection at once and resolves when the server was told. Calling it again is fine. */
  close(): Promise<void>;
}

/**
 * Opens a connection for one stream: media, offer, exchange, answer. On any failure it is closed again, and withdrawn
 * if the server may know of it.
 */
export async function openStreamLink(options: StreamLinkOptions): Promise<StreamLink> {
  const { operation, signals } = options;
  let isKnownToServer = false;
  let closed: Promise<void> | undefined;
  const link = new PeerLink(options);
  options.onPeer(link.peer);
  const close = () => {
    closed ??= (async () => {
      link.close();
      options.onClosed();
      if (isKnownToServer) await options.withdraw();
    })();
    return closed;
  };
  const exchange = async (sdpOffer: string, signal: AbortSignal) => {
    isKnownToServer = true;
    try {
      const answer = await options.exchange(sdpOffer, signal);
      if (answer !== undefined) return answer;
    } catch (error) {
      // Refused, so there is nothing to withdraw. After any other failure the server may have done it.
      if (error instanceof HttpError && !error.retryable) isKnownToServer = false;
      throw error;
    }
    throw new NegotiationError('The server sent no answer to our offer.');
  };
  try {
    await withDeadline({ operation, signals, timeoutMs: negotiationTimeoutMs }, async (signal) => {
      options.addMedia(link.peer);
      await link.negotiate((sdpOffer) => exchange(sdpOffer, signal));
    });
  } catch (error) {
    void close();
    throw error;
  }
  return {
    peer: link.peer,
    get isClosed() {
      return closed !== undefined;
    },
    close,
  };
}
