import { InvalidOptionsError, type Log } from '@parley-rtc/client';
import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import { NegotiationError } from '../errors/media-errors.ts';
import { CandidateBatcher } from './candidate-batcher.ts';
import { watchDtls } from './watch-dtls.ts';

export interface PeerLinkOptions {
  /** Read before each offer, because credentials expire. */
  readonly iceConfiguration: () => Promise<RTCConfiguration>;
  readonly sendCandidates: (candidates: readonly RTCIceCandidateInit[]) => void;
  readonly onStateChange: () => void;
  readonly log?: Log | undefined;
}

/** An `RTCPeerConnection` to the server for one stream in one direction. Its media never changes; its path may. */
export class PeerLink {
  /** Whether this browser can restart ICE with a server that then has a new certificate. Known from the first such answer. */
  static canRestart = true;
  readonly peer: RTCPeerConnection;
  #hasCandidate = false;
  /** Whether the server no longer knows its DTLS association. */
  #isStale = false;
  readonly #batcher: CandidateBatcher;
  readonly #iceConfiguration: PeerLinkOptions['iceConfiguration'];
  readonly #log: Log | undefined;

  /** @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) in a browser without WebRTC. */
  constructor({ iceConfiguration, sendCandidates, onStateChange, log }: PeerLinkOptions) {
    if (typeof globalThis.RTCPeerConnection !== 'function') {
      throw new UnsupportedBrowserError('RTCPeerConnection');
    }
    const peer = new RTCPeerConnection();
    const batcher = new CandidateBatcher(sendCandidates);
    peer.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) {
        this.#hasCandidate = true;
        log?.('trace', 'candidate', { candidate: candidate.candidate });
        batcher.add(toWire(candidate));
      }
      // Null and an empty string both mark the end of candidates, which the server does not need (decision 34).
      else if (peer.remoteDescription) onStateChange();
    };
    peer.onconnectionstatechange = () => {
      log?.('debug', 'connection', { state: peer.connectionState });
      onStateChange();
    };
    this.peer = peer;
    this.#batcher = batcher;
    this.#iceConfiguration = iceConfiguration;
    this.#log = log;
  }

  /**
   * The browser's state, or `failed` when no media can flow although the browser does not say so: gathering ended without a
   * candidate, or the server no longer knows the connection's DTLS association.
   */
  /** Whether ICE has a path, whatever has become of DTLS. */
  get hasPath(): boolean {
    const { iceConnectionState } = this.peer;
    return iceConnectionState === 'connected' || iceConnectionState === 'completed';
  }

  get state(): RTCPeerConnectionState {
    const { iceGatheringState, connectionState } = this.peer;
    const isLonely = iceGatheringState === 'complete' && !this.#hasCandidate;
    return isLonely || this.#isStale ? 'failed' : connectionState;
  }

  /** Whether it has no media yet. */
  get isNew(): boolean {
    return this.peer.getTransceivers().length === 0;
  }

  /** Creates the SDP offer for the transceivers. After the first answer it requests a new path (ICE restart). */
  async createOffer(): Promise<string> {
    this.#batcher.hold();
    const configuration = await this.#iceConfiguration();
    try {
      this.peer.setConfiguration(configuration);
    } catch (cause) {
      throw new InvalidOptionsError(
        'The browser does not accept the ICE servers.',
        "Fix `iceServers`, or the server's list of ICE servers.",
        { cause },
      );
    }
    const iceRestart = this.peer.remoteDescription !== null;
    await this.peer.setLocalDescription(await this.peer.createOffer({ iceRestart }));
    const sdp = this.peer.localDescription?.sdp ?? '';
    this.#log?.('trace', 'offer', { sdp });
    return sdp;
  }

  /**
   * Applies the server's SDP answer and releases the candidates held since the offer.
   *
   * @throws NegotiationError (`ERR_NEGOTIATION`) when the answer is missing or the browser refuses it.
   */
  async applyAnswer(sdp: string | undefined): Promise<void> {
    this.#log?.('trace', 'answer', { sdp });
    if (sdp === undefined) throw new NegotiationError('The server sent no answer to our offer.');
    const dtlsFollows = watchDtls(this.peer);
    try {
      await this.peer.setRemoteDescription({ type: 'answer', sdp });
    } catch (cause) {
      throw new NegotiationError("The browser rejected the server's answer.", { cause });
    }
    if (!dtlsFollows()) {
      PeerLink.canRestart = false;
      this.#isStale = true;
      // Not final: the next attempt makes a new connection.
      throw new Error("The browser keeps its DTLS association despite the server's new certificate.");
    }
    this.#batcher.release();
  }

  /** Sends neither media nor candidates from now on, but leaves the connection open. */
  silence(): void {
    this.#batcher.stop();
    // A browser rejects this for a connection that has closed.
    for (const sender of this.peer.getSenders()) sender.replaceTrack(null).catch(() => {});
  }

  disconnect(): void {
    this.#batcher.stop();
    this.peer.close();
  }
}

/** Keeps only the fields that the API accepts; a candidate's `toJSON` returns more. */
function toWire({ candidate, sdpMid, sdpMLineIndex }: RTCIceCandidate): RTCIceCandidateInit {
  return { candidate, sdpMid, sdpMLineIndex };
}
